//! What somebody has done in the app is confirmed in their chat: one place, so that every use case says it alike.
//!
//! The row is written in the transaction of what was done, so that a chat hears of nothing that was undone; and it is
//! written on behalf of the account, so that it leaves only while the chat is still theirs. Nothing is written for who
//! can't be reached, nor for what was done in the chat itself, which is answered there.
//!
//! It answers what the person has just done, so that nobody has to have asked for it. Whoever has said no to notices of
//! tournaments, to which missions belong, is left alone all the same.

use domain::{ChatId, ConsentKind, Locale, Timestamp, Tournament};
use i18n::{catalog, keys};
use storage::{StoreError, Transaction, user::User};
use telegram::keyboard::{InlineButton, InlineKeyboard, KeyboardError};

use crate::{Services, outbox::Outgoing};

/// The answers that are looked through for the last one about tournaments.
const PROOFS_MAX: u32 = 100;

/// What somebody has done.
#[derive(Debug, Clone, Copy)]
pub enum Done<'a> {
    /// Joined a tournament.
    Joined(&'a Tournament),
    /// Asked to be reminded of a tournament's start.
    ReminderSet(&'a Tournament),
    /// Claimed a reward: what it is, in the person's language.
    Claimed(&'a str),
}

/// Where it was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the app, or by a call of the API.
    App,
    /// In the chat, which has answered it.
    Chat,
}

/// Confirms in the chat of `user` what they have just done, as a row of this transaction. Returns whether there is a row:
/// after the commit, `Signal::Outbox` lets it leave at once; without the hint it leaves within half a second.
///
/// # Errors
/// When the database fails.
pub async fn confirm(
    services: &Services,
    tx: &mut dyn Transaction,
    user: &User,
    done: Done<'_>,
    place: Place,
) -> Result<bool, StoreError> {
    // Without a bot nobody would send it.
    let bot_id = services.bot_id().filter(|_| services.bot_api().is_some());
    let (Some(bot_id), Some(person)) = (bot_id, user.telegram_user_id) else { return Ok(false) };
    if place == Place::Chat || user.reachability != domain::Reachability::Reachable {
        return Ok(false);
    }
    // The last word: nobody who was never asked has said no.
    let proofs = tx.consents().proofs(user.user_id, PROOFS_MAX).await?;
    let last = proofs.iter().find(|proof| proof.kind == ConsentKind::Tournaments);
    if last.is_some_and(|proof| !proof.is_given) {
        return Ok(false);
    }
    // A private chat has the number of its person.
    let chat_id = user.chat_id.unwrap_or(ChatId(person.0));
    let now = services.now();
    let text = text(done, user.locale, now);
    let keyboard = match keyboard(done, user.locale, &services.settings().public_url) {
        Ok(keyboard) => serde_json::to_value(keyboard).ok(),
        Err(error) => {
            tracing::error!(error = %domain::ErrorChain(&error), "a keyboard could not be made");
            None
        }
    };
    let mut row = Outgoing::wanted(chat_id, &text, keyboard).into_row(bot_id, chat_id, now, services.rng());
    row.user_id = Some(user.user_id);
    tx.outbox().add_many(&[row]).await?;
    Ok(true)
}

/// What the chat reads.
pub(super) fn text(done: Done<'_>, locale: Locale, now: Timestamp) -> String {
    let texts = catalog(locale);
    let until = |then: Timestamp| i18n::duration(texts, then.millis_since(now));
    match done {
        Done::Joined(tournament) if now < tournament.starts_at => keys::bot::confirm_joined_upcoming(
            texts,
            &until(tournament.starts_at),
            tournament.title.for_locale(locale),
        ),
        Done::Joined(tournament) => keys::bot::confirm_joined_running(
            texts,
            &until(tournament.ends_at),
            tournament.title.for_locale(locale),
        ),
        Done::ReminderSet(tournament) => keys::bot::confirm_reminder(
            texts,
            &until(tournament.starts_at),
            tournament.title.for_locale(locale),
        ),
        Done::Claimed(what) => keys::bot::confirm_claimed(texts, what),
    }
}

/// The way back to where it was done.
fn keyboard(done: Done<'_>, locale: Locale, public_url: &str) -> Result<InlineKeyboard, KeyboardError> {
    let texts = catalog(locale);
    let (label, path) = match done {
        Done::Joined(tournament) | Done::ReminderSet(tournament) => {
            (keys::bot::TOURNAMENT_BUTTON_BOARD, format!("/app/t/{}", tournament.tournament_id))
        }
        Done::Claimed(_) => (keys::bot::APP_BUTTON, "/app".to_owned()),
    };
    InlineKeyboard::new(vec![vec![InlineButton::web_app(texts.text(label), &format!("{public_url}{path}"))?]])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use domain::{Operator, Order, tournament::Title};

    use super::*;

    fn tournament() -> Tournament {
        Tournament {
            tournament_id: "cup".parse().unwrap(),
            title: Title::new(BTreeMap::from([("en".to_owned(), "Cup".to_owned())])).unwrap(),
            starts_at: Timestamp::from_millis(3_600_000),
            ends_at: Timestamp::from_millis(3 * 3_600_000),
            operator: Operator::Best,
            order: Order::Desc,
            ties: domain::ranking::TieOrders::default(),
        }
    }

    #[test]
    fn joining_says_how_long_until_the_start_and_then_until_the_end() {
        let cup = tournament();
        let at = |ms| text(Done::Joined(&cup), Locale::En, Timestamp::from_millis(ms));
        assert_eq!(at(0), "You are in: Cup\nIt starts in 1 hour. Good luck!");
        assert_eq!(at(3_600_000), "You are in: Cup\nIt ends in 2 hours. Good luck!");
    }

    #[test]
    fn each_deed_is_confirmed_in_words_of_its_own_in_every_language() {
        let cup = tournament();
        let deeds = [Done::Joined(&cup), Done::ReminderSet(&cup), Done::Claimed("20 free spins")];
        let texts: std::collections::BTreeSet<String> = Locale::ALL
            .into_iter()
            .flat_map(|locale| deeds.map(|done| text(done, locale, Timestamp::from_millis(0))))
            .collect();
        assert_eq!(texts.len(), 4 * deeds.len());
    }

    #[test]
    fn the_button_leads_back_to_where_it_was_done() {
        let cup = tournament();
        let address = |done| {
            let keyboard = keyboard(done, Locale::En, "https://podium.example").unwrap();
            serde_json::to_value(keyboard).unwrap()["inline_keyboard"][0][0]["web_app"]["url"].clone()
        };
        assert_eq!(address(Done::Joined(&cup)), "https://podium.example/app/t/cup");
        assert_eq!(address(Done::Claimed("x")), "https://podium.example/app");
    }
}
