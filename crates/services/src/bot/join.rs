//! Joining a tournament from the chat: by what the keyboard's app sends, and by a button below a message.
//!
//! `sendData` is a message of the person, so Telegram says who it is from; what is in it, any client can make up. A code that
//! Podium put into the button's address comes back with it: good once, for 15 minutes, and for the person whose keyboard it
//! was. So what arrives is from a page that this person has just opened from our button, and nothing is joined twice by a message
//! that comes again. The code is in the query of the address, because the fragment is where clients write the launch
//! parameters; it says nothing of the person, and alone it joins nothing: the message must come from the same person.

use std::num::NonZeroU32;

use domain::{Timestamp, TokenAction, TokenId, TokenRefusal, TournamentId};
use i18n::{Key, catalog, keys};
use serde::Deserialize;
use storage::{StoreError, Transaction, entry::EntryOrigin, one_time_token::NewOneTimeToken};
use telegram::keyboard::{InlineButton, InlineKeyboard, KeyboardError};

use crate::{
    bot::{
        Context,
        choice::Choice,
        commands,
        confirm::{self, Done},
        reply::Reply,
    },
    links::{
        LinkError,
        code::OneTimeCode,
        spend::{Holder, Shown, count, spend, take},
    },
    tournaments::{TournamentError, join::within},
};

/// The most bytes that `sendData` may send.
const DATA_LEN_MAX: usize = 4096;

/// What the page sends.
#[derive(Deserialize)]
struct Sent {
    v: u8,
    action: String,
    tournament: TournamentId,
    nonce: String,
}

impl Sent {
    /// Reads what arrived; `None` for what our page does not send.
    fn read(data: &str) -> Option<(TournamentId, OneTimeCode)> {
        let sent: Self = (data.len() <= DATA_LEN_MAX).then(|| serde_json::from_str(data).ok())??;
        let code = OneTimeCode::parse(&sent.nonce)?;
        (sent.v == 1 && sent.action == "join").then_some((sent.tournament, code))
    }
}

/// The address of the keyboard's button, with a code for the person of this chat; none in a group, whose keyboard can't open
/// an app.
pub(super) async fn address(
    context: Context<'_>,
    tx: &mut dyn Transaction,
) -> Result<Option<String>, StoreError> {
    if !context.is_private {
        return Ok(None);
    }
    let services = context.services;
    let now: Timestamp = services.now();
    let code = OneTimeCode::new(services.rng());
    let token = NewOneTimeToken {
        token_id: TokenId::new(now, services.rng()),
        token_hash: code.hash(services.secrets()),
        action: TokenAction::Join,
        payload: "{}".to_owned(),
        platform_user_id: None,
        telegram_user_id: Some(context.person.id),
        request: None,
        created_at: now,
        expires_at: now.plus_ms(TokenAction::Join.lifetime_ms()),
    };
    tx.one_time_tokens().add(&token).await?;
    count(Some(TokenAction::Join), "issued");
    let (public_url, tag) = (&services.settings().public_url, context.locale.tag());
    Ok(Some(format!("{public_url}/app/join?code={}&lang={tag}", code.to_text())))
}

/// `/join`: the keyboard anew.
pub(super) async fn ask(context: Context<'_>, tx: &mut dyn Transaction) -> Result<Reply, StoreError> {
    let key = if context.is_private { keys::bot::JOIN_ASK } else { keys::bot::PRIVATE_ONLY };
    commands::with_menu(context, tx, say(context, key)).await
}

/// The answer to what the keyboard's app has sent.
pub(super) async fn take_in(
    context: Context<'_>,
    tx: &mut dyn Transaction,
    data: &str,
) -> Result<Reply, StoreError> {
    let Some((tournament_id, code)) = Sent::read(data).filter(|_| context.is_private) else {
        count(None, TokenRefusal::Unknown.label());
        return commands::with_menu(context, tx, say(context, keys::bot::JOIN_FORGED)).await;
    };
    let holder =
        Holder { user: context.user, telegram_user_id: context.person.id, chat_id: Some(context.chat_id) };
    let is_ours = |action| action == TokenAction::Join;
    let token = match take(context.services, tx, Shown::Code(&code), holder, is_ours).await {
        Ok(token) => token,
        Err(LinkError::Store(error)) => return Err(error),
        Err(LinkError::Refused(TokenRefusal::Expired)) => {
            // Who asks is known; that they still want it is asked.
            let again = say(context, keys::bot::JOIN_EXPIRED);
            return Ok(again.with(join_button(context, &tournament_id)));
        }
        Err(error) => {
            let key = match error {
                LinkError::Refused(TokenRefusal::Reused) => keys::bot::JOIN_REUSED,
                LinkError::Refused(TokenRefusal::Foreign) => keys::bot::JOIN_FOREIGN,
                _ => keys::bot::JOIN_FORGED,
            };
            return commands::with_menu(context, tx, say(context, key)).await;
        }
    };
    match enter(context, tx, &tournament_id).await? {
        Ok(text) => {
            spend(context.services, tx, &token, context.user).await?;
            commands::with_menu(context, tx, Reply::text(text)).await
        }
        // The code stays good: the page is opened again and another tournament chosen.
        Err(text) => Ok(Reply::text(text)),
    }
}

/// The answer to a button that joins: the text that takes the message's place.
pub(super) async fn at_a_tap(
    context: Context<'_>,
    tx: &mut dyn Transaction,
    tournament_id: &TournamentId,
) -> Result<Reply, StoreError> {
    let (Ok(text) | Err(text)) = enter(context, tx, tournament_id).await?;
    Ok(Reply::text(text).with(open_button(context, tournament_id)))
}

/// Joins the tournament. Answers what the chat reads: that it is done, or why not, which leaves nothing written.
async fn enter(
    context: Context<'_>,
    tx: &mut dyn Transaction,
    tournament_id: &TournamentId,
) -> Result<Result<String, String>, StoreError> {
    let Context { services, user, locale, .. } = context;
    match within(services, tx, user, tournament_id, (EntryOrigin::Chat, NonZeroU32::MIN)).await {
        Ok(_) => {}
        Err(TournamentError::Store(source)) => return Err(source),
        Err(error) => return Ok(Err(catalog(locale).error(error.code()).to_owned())),
    }
    let row = tx.tournaments().by_id(tournament_id).await?;
    let row = row.ok_or(StoreError::Inconsistent { table: "entries", column: "tournament_id" })?;
    Ok(Ok(confirm::text(Done::Joined(&row.tournament), locale, services.now())))
}

fn say(context: Context<'_>, key: Key) -> Reply {
    Reply::text(catalog(context.locale).text(key))
}

fn join_button(context: Context<'_>, id: &TournamentId) -> Result<InlineKeyboard, KeyboardError> {
    let label = catalog(context.locale).text(keys::bot::JOIN_BUTTON);
    InlineKeyboard::new(vec![vec![InlineButton::callback(label, &Choice::Join(id.clone()).to_data())?]])
}

fn open_button(context: Context<'_>, id: &TournamentId) -> Result<InlineKeyboard, KeyboardError> {
    let label = catalog(context.locale).text(keys::bot::TOURNAMENT_BUTTON_BOARD);
    let path = format!("/app/t/{id}");
    InlineKeyboard::new(vec![vec![crate::bot::keyboards::app_button(
        context,
        label,
        &path,
        Some(&format!("t_{id}")),
    )?]])
}
