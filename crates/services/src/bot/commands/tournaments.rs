//! The button "Tournaments and missions": the busiest running tournament, or the next one.

use domain::board::TournamentCard;
use i18n::keys;
use storage::{StoreError, Transaction};

use crate::bot::{Context, commands::say, keyboards, reply::Reply, tournament_message};

/// The answer.
pub(super) async fn answer(context: Context<'_>, tx: &mut dyn Transaction) -> Result<Reply, StoreError> {
    let now = context.services.now();
    match tx.tournaments().list(now, 1).await?.into_iter().next() {
        Some(row) => {
            let card =
                TournamentCard { phase: row.phase(now), players: row.players, tournament: row.tournament };
            Ok(tournament_message::message(context, &card))
        }
        None => Ok(say(context, keys::bot::TOURNAMENT_NONE).with(keyboards::main_menu(context))),
    }
}
