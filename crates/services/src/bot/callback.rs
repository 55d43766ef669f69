//! A tap on a button below a message. Whatever else happens, the button stops spinning.
//!
//! Some answer a question of the bot ([`Choice`]), others switch a consent. Such a button says what it did when the message was written: `consent:<kind>:<on|off>:<version of the texts>`. A yes
//! proves that the texts of that version were seen, so a yes to older texts shows the present ones instead of counting.

use domain::{ChatId, ConsentChanges, ConsentChannel, ConsentKind, ErrorCode, Locale};
use i18n::{catalog, keys};
use storage::{StoreError, Transaction};
use telegram::update::{CallbackQuery, ChatKind};

use crate::{
    Services,
    bot::{
        Context,
        board_message::{self, Reader},
        choice::Choice,
        commands::{missions, settings_message, tournaments},
        inline, join, linking,
        look::Seen,
    },
    consents::{self, texts::TEXT_VERSION},
    limits,
    missions::{
        MissionError,
        claim::{Claims, claim_within},
    },
    outbox::Outgoing,
};

/// How often what was sent to another chat is changed at most.
const REFRESH_EVERY_MS: i64 = 15_000;

/// The data of a button that switches a consent.
pub(crate) fn consent_data(kind: ConsentKind, is_given: bool) -> String {
    format!("consent:{}:{}:{TEXT_VERSION}", kind.as_str(), if is_given { "on" } else { "off" })
}

/// What a button of ours stands for: the kind, whether it is wanted, the version of the texts that stood above it.
fn parse_consent(data: &str) -> Option<(ConsentKind, bool, u32)> {
    let mut parts = data.strip_prefix("consent:")?.split(':');
    let kind = ConsentKind::from_text(parts.next()?)?;
    let is_given = match parts.next()? {
        "on" => true,
        "off" => false,
        _ => return None,
    };
    let version = parts.next()?.parse().ok()?;
    parts.next().is_none().then_some((kind, is_given, version))
}

/// Does what the button says. Answers the chat and the calls to make for it.
pub(super) async fn handle(
    services: &Services,
    tx: &mut dyn Transaction,
    query: &CallbackQuery,
    seen: &Seen,
) -> Result<(ChatId, Vec<Outgoing>, Option<Claims>), StoreError> {
    let chat_id = query.chat.as_ref().map_or(ChatId(query.from.id.0), |chat| chat.id);
    if let Some(calls) = show(services, query, seen).await {
        return Ok((chat_id, calls, None));
    }
    if let Some((calls, claims)) = claim(services, tx, query).await? {
        return Ok((chat_id, calls, claims));
    }
    let mut calls = vec![Outgoing::callback_answer(&query.id)];
    calls.extend(switch_consent(services, tx, query).await?);
    calls.extend(choose(services, tx, query).await?);
    Ok((chat_id, calls, None))
}

/// Shows boards anew, for whoever presses: a page of the list, a board, what was sent to another chat.
async fn show(services: &Services, query: &CallbackQuery, seen: &Seen) -> Option<Vec<Outgoing>> {
    let choice = query.data.as_deref().and_then(Choice::parse)?;
    let locale = inline::locale_of(&query.from);
    let edit = match (choice, query.chat, query.message_id) {
        (Choice::List(_), Some(chat), Some(message_id)) => {
            let reader = Reader { is_private: chat.kind == ChatKind::Private, locale, user_id: None };
            let list = seen.list.as_ref()?;
            tournaments::page(services, reader, list).into_edit(chat.id, message_id)
        }
        (Choice::Board(_), Some(chat), Some(message_id)) => {
            let is_private = chat.kind == ChatKind::Private;
            let reader = Reader { is_private, locale, user_id: seen.viewer.filter(|_| is_private) };
            let Some(view) = &seen.board else { return Some(vec![gone(query, locale)]) };
            board_message::reply(services, reader, view, Some(message_id)).into_edit(chat.id, message_id)
        }
        (Choice::Missions, Some(chat), _) => {
            let is_private = chat.kind == ChatKind::Private;
            let reader = Reader { is_private, locale, user_id: None };
            missions::message(services, reader, seen.missions.as_ref()?).into_outgoing(chat.id)
        }
        (Choice::Refresh(locale, _), ..) => {
            let message = query.inline_message_id.as_deref()?;
            let Some(view) = &seen.board else { return Some(vec![gone(query, locale)]) };
            // Many may press in a large chat; one edit in a while is for all of them.
            if !limits::first(services, "inline:refresh", message.as_bytes(), REFRESH_EVERY_MS).await {
                let note = catalog(locale).text(keys::bot::INLINE_JUST_NOW);
                return Some(vec![Outgoing::callback_note(&query.id, note)]);
            }
            inline::refreshed(services, locale, view).into_inline_edit(message)
        }
        _ => return None,
    };
    Some(vec![Outgoing::callback_answer(&query.id), edit])
}

/// Claims what a mission has to give to who presses: a note says what it was, or why not, and the list is written anew.
async fn claim(
    services: &Services,
    tx: &mut dyn Transaction,
    query: &CallbackQuery,
) -> Result<Option<(Vec<Outgoing>, Option<Claims>)>, StoreError> {
    let Some(Choice::Claim(mission_id)) = query.data.as_deref().and_then(Choice::parse) else {
        return Ok(None);
    };
    let chat = query.chat.filter(|chat| chat.kind == ChatKind::Private && chat.id.0 == query.from.id.0);
    let (Some(chat), Some(user)) = (chat, tx.users().by_telegram_id(query.from.id).await?) else {
        return Ok(None);
    };
    let locale = inline::locale_of(&query.from);
    let claims = match claim_within(services, tx, user.clone(), &mission_id).await {
        Ok(claims) => Ok(claims),
        // Somebody else was faster, or the database failed: the tap is handled again.
        Err(MissionError::Store(source)) => return Err(source),
        Err(error) => Err(error.code()),
    };
    let note = match &claims {
        Ok(claims) => {
            let what = missions::listed(claims.now().map(|reward| &reward.what), locale);
            if what.is_empty() {
                catalog(locale).text(keys::bot::MISSIONS_DONE).to_owned()
            } else {
                keys::bot::missions_claimed(catalog(locale), &what)
            }
        }
        Err(code) => catalog(locale).error(*code).to_owned(),
    };
    let mut calls = vec![Outgoing::callback_note(&query.id, &note)];
    if let Some(message_id) = query.message_id {
        let reader = Reader { is_private: true, locale, user_id: Some(user.user_id) };
        let list = crate::missions::all(services, tx, user).await?;
        calls.push(missions::message(services, reader, &list).into_edit(chat.id, message_id));
    }
    Ok(Some((calls, claims.ok())))
}

/// The note that a tournament is not there any more.
fn gone(query: &CallbackQuery, locale: Locale) -> Outgoing {
    Outgoing::callback_note(&query.id, catalog(locale).error(ErrorCode::TournamentUnknown))
}

/// What was chosen below a question. Whoever was not asked is refused by the choice itself.
async fn choose(
    services: &Services,
    tx: &mut dyn Transaction,
    query: &CallbackQuery,
) -> Result<Option<Outgoing>, StoreError> {
    let choice = query.data.as_deref().and_then(Choice::parse);
    let chat = query.chat.filter(|chat| chat.kind == ChatKind::Private);
    let (Some(choice), Some(chat), Some(message_id)) = (choice, chat, query.message_id) else {
        return Ok(None);
    };
    let Some(user) = tx.users().by_telegram_id(query.from.id).await? else { return Ok(None) };
    let context = Context {
        services,
        chat_id: chat.id,
        is_private: true,
        person: &query.from,
        user: &user,
        locale: query.from.language_code.as_deref().map(Locale::from_tag).unwrap_or_default(),
    };
    let reply = match choice {
        Choice::Join(id) => join::at_a_tap(context, tx, &id).await?,
        other => linking::choose(context, tx, other).await?,
    };
    Ok(Some(reply.into_edit(chat.id, message_id)))
}

async fn switch_consent(
    services: &Services,
    tx: &mut dyn Transaction,
    query: &CallbackQuery,
) -> Result<Option<Outgoing>, StoreError> {
    let Some((kind, is_given, version)) = query.data.as_deref().and_then(parse_consent) else {
        return Ok(None);
    };
    // Only the person's own chat is about their account.
    let Some(chat) = query.chat.filter(|chat| chat.kind == ChatKind::Private && chat.id.0 == query.from.id.0)
    else {
        return Ok(None);
    };
    let Some(user) = tx.users().by_telegram_id(query.from.id).await? else { return Ok(None) };
    let locale = query.from.language_code.as_deref().map(Locale::from_tag).unwrap_or_default();
    let counts = !is_given || version == TEXT_VERSION;
    if counts {
        let changes = ConsentChanges::of(kind, is_given);
        let proof = (ConsentChannel::Chat, locale);
        let has_changed = consents::record(services, tx, user.user_id, &changes, proof).await?;
        // Telegram refuses an edit that changes nothing.
        if !has_changed {
            return Ok(None);
        }
    }
    let consents = tx.consents().state(user.user_id).await?;
    let reply = settings_message(&services.settings().public_url, locale, consents);
    Ok(query.message_id.map(|message_id| reply.into_edit(chat.id, message_id)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_button_s_data_is_read_back_and_fits() {
        for kind in ConsentKind::ALL {
            for is_given in [true, false] {
                let data = consent_data(*kind, is_given);
                assert!(data.len() <= telegram::keyboard::CALLBACK_DATA_LEN_MAX);
                assert_eq!(parse_consent(&data), Some((*kind, is_given, TEXT_VERSION)));
            }
        }
    }

    #[test]
    fn what_is_no_button_of_ours_is_nothing() {
        for data in [
            "",
            "consent:",
            "consent:security:off:1",
            "consent:payouts:maybe:1",
            "consent:payouts:on",
            "consent:payouts:on:1:x",
            "consent:payouts:on:-1",
            "more:1",
        ] {
            assert_eq!(parse_consent(data), None, "{data}");
        }
    }
}
