//! Tokens in the chat: shown by `/start`, pasted, or answered by a button.

use domain::{TokenAction, TokenRefusal};
use i18n::{Key, catalog, keys};
use storage::{StoreError, Transaction, one_time_token::OneTimeToken, user::User};
use telegram::keyboard::{InlineButton, InlineKeyboard, KeyboardError};

use crate::{
    bot::{Context, choice::Choice, keyboards, reply::Reply},
    links::{
        LinkError,
        code::OneTimeCode,
        connect::separate,
        link::{account_of, complete},
        spend::{Holder, Shown, decline, spend, take},
        start::{is_for_players, path_of},
    },
};

/// The answer to a token that somebody shows.
pub(super) async fn show(
    context: Context<'_>,
    tx: &mut dyn Transaction,
    code: &OneTimeCode,
) -> Result<Reply, StoreError> {
    let shown = match take(context.services, tx, Shown::Code(code), holder(context), is_for_players).await {
        Ok(token) => act(context, tx, &token).await,
        Err(error) => Err(error),
    };
    or_refusal(context, shown)
}

async fn act(
    context: Context<'_>,
    tx: &mut dyn Transaction,
    token: &OneTimeToken,
) -> Result<Reply, LinkError> {
    let Context { services, user, .. } = context;
    match token.action {
        TokenAction::Link => question(context, token),
        TokenAction::SignIn => match complete(services, tx, token, user, false).await {
            Ok(_) => Ok(linked(context, token, keys::bot::link_signed_in)?),
            Err(LinkError::LinkedElsewhere) => question(context, token),
            Err(error) => Err(error),
        },
        TokenAction::OpenTournament | TokenAction::OpenMission | TokenAction::OpenKyc => {
            let path = path_of(token)?;
            spend(services, tx, token, user).await?;
            Ok(say(context, words_of(token.action)).with(keyboards::open_app(context, &path)))
        }
        TokenAction::ConsoleInvitation | TokenAction::Handoff | TokenAction::Join => {
            Err(LinkError::Refused(TokenRefusal::Unknown))
        }
    }
}

/// What is said above the button that opens what a token leads to.
const fn words_of(action: TokenAction) -> Key {
    match action {
        TokenAction::OpenTournament => keys::bot::OPEN_TOURNAMENT,
        TokenAction::OpenKyc => keys::bot::OPEN_KYC,
        _ => keys::bot::APP_TEXT,
    }
}

/// The answer to a button below a question: the text that takes the question's place.
pub(super) async fn choose(
    context: Context<'_>,
    tx: &mut dyn Transaction,
    choice: Choice,
) -> Result<Reply, StoreError> {
    let done = match choice {
        Choice::Link(_) | Choice::Replace(_) | Choice::Decline(_) => answer(context, tx, choice).await,
        Choice::Unlink => {
            separate(context.services, tx, context.user).await.map(|_| say(context, keys::bot::UNLINK_DONE))
        }
        // Nothing of these is about a link.
        Choice::Missions
        | Choice::Claim(_)
        | Choice::Join(_)
        | Choice::List(_)
        | Choice::Board(_)
        | Choice::Refresh(..)
        | Choice::Keep => Ok(say(context, keys::bot::UNLINK_KEPT)),
    };
    or_refusal(context, done)
}

async fn answer(context: Context<'_>, tx: &mut dyn Transaction, choice: Choice) -> Result<Reply, LinkError> {
    let (Choice::Link(id) | Choice::Replace(id) | Choice::Decline(id)) = choice else {
        return Err(LinkError::NotLinked);
    };
    let Context { services, user, .. } = context;
    let token = take(services, tx, Shown::Id(id), holder(context), TokenAction::is_link).await?;
    if let Choice::Decline(_) = choice {
        decline(services, tx, &token, user).await?;
        return Ok(say(context, keys::bot::LINK_DECLINED));
    }
    complete(services, tx, &token, user, matches!(choice, Choice::Replace(_))).await?;
    linked(context, &token, keys::bot::link_done)
}

const fn holder(context: Context<'_>) -> Holder<'_> {
    Holder {
        user: context.user,
        telegram_user_id: context.person.id,
        chat_id: if context.is_private { Some(context.chat_id) } else { None },
    }
}

/// Whether the account should be linked, with the buttons that say so.
fn question(context: Context<'_>, token: &OneTimeToken) -> Result<Reply, LinkError> {
    let texts = catalog(context.locale);
    let account = account_of(token)?;
    let is_other = is_linked_elsewhere(context.user, token);
    let (text, yes) = if is_other {
        (keys::bot::link_replace(texts, account.as_str()), Choice::Replace(token.token_id))
    } else {
        (keys::bot::link_question(texts, account.as_str()), Choice::Link(token.token_id))
    };
    Ok(Reply::text(text).with(yes_or_no(
        context,
        (keys::bot::LINK_YES, yes),
        (keys::bot::LINK_NO, Choice::Decline(token.token_id)),
    )))
}

fn is_linked_elsewhere(user: &User, token: &OneTimeToken) -> bool {
    user.platform_user_id.is_some() && user.platform_user_id != token.platform_user_id
}

/// Two buttons.
pub(super) fn yes_or_no(
    context: Context<'_>,
    yes: (Key, Choice),
    no: (Key, Choice),
) -> Result<InlineKeyboard, KeyboardError> {
    let texts = catalog(context.locale);
    let button = |(key, choice): (Key, Choice)| InlineButton::callback(texts.text(key), &choice.to_data());
    InlineKeyboard::new(vec![vec![button(yes)?, button(no)?]])
}

fn linked(
    context: Context<'_>,
    token: &OneTimeToken,
    text: fn(&i18n::Catalog, &str) -> String,
) -> Result<Reply, LinkError> {
    let account = account_of(token)?;
    Ok(Reply::text(text(catalog(context.locale), account.as_str())))
}

fn say(context: Context<'_>, key: Key) -> Reply {
    Reply::text(catalog(context.locale).text(key))
}

/// What a refusal sounds like in the chat. A failure of the database is no answer: the update is tried again.
fn or_refusal(context: Context<'_>, result: Result<Reply, LinkError>) -> Result<Reply, StoreError> {
    match result {
        Err(LinkError::Store(error)) => Err(error),
        Err(error) => Ok(Reply::text(catalog(context.locale).error(error.code()))),
        Ok(reply) => Ok(reply),
    }
}
