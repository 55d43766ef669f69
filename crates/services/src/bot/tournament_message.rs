//! A tournament as a message: its title, where it stands, and the ways to its board and rules.

use domain::{board::TournamentCard, tournament::Phase};
use i18n::{catalog, keys};
use telegram::keyboard::{InlineButton, InlineKeyboard, KeyboardError};

use crate::bot::{Context, keyboards::app_button, reply::Reply};

/// The message for a tournament.
pub fn message(context: Context<'_>, card: &TournamentCard) -> Reply {
    let texts = catalog(context.locale);
    let tournament = &card.tournament;
    let now = context.services.now();
    let title = tournament.title.for_locale(context.locale);
    let players = keys::bot::tournament_players(texts, card.players);
    let text = match card.phase {
        Phase::Running => {
            let left = i18n::duration(texts, tournament.ends_at.millis_since(now));
            keys::bot::tournament_running(texts, &left, &players, title)
        }
        Phase::Upcoming => {
            let left = i18n::duration(texts, tournament.starts_at.millis_since(now));
            keys::bot::tournament_upcoming(texts, &left, title)
        }
        Phase::Finished => keys::bot::tournament_finished(texts, &players, title),
        Phase::Canceled => keys::bot::tournament_canceled(texts, title),
    };
    Reply::text(text).with(keyboard(context, card))
}

fn keyboard(context: Context<'_>, card: &TournamentCard) -> Result<InlineKeyboard, KeyboardError> {
    let texts = catalog(context.locale);
    let id = &card.tournament.tournament_id;
    let label = texts.text(keys::bot::TOURNAMENT_BUTTON_BOARD);
    let board = app_button(context, label, &format!("/app/t/{id}"), Some(&format!("t_{id}")))?;
    let rules = format!("{}/t/{id}/rules", context.services.settings().public_url);
    InlineKeyboard::new(vec![
        vec![board],
        vec![InlineButton::url(texts.text(keys::bot::TOURNAMENT_BUTTON_RULES), &rules)?],
    ])
}
