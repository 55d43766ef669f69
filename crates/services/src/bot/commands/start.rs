//! `/start`: the greeting, and the way to what a link was about.

use domain::{TournamentId, board::TournamentCard};
use i18n::keys;
use storage::{StoreError, Transaction};

use crate::bot::{Context, commands::say, keyboards, reply::Reply, tournament_message};

/// The answer. `t_<id>` opens a tournament; a parameter that says nothing to us is told apart from none.
pub(super) async fn answer(
    context: Context<'_>,
    tx: &mut dyn Transaction,
    argument: Option<&str>,
) -> Result<Reply, StoreError> {
    let key = match argument {
        None => keys::bot::START_HELLO,
        Some(parameter) => {
            if let Some(card) = linked_tournament(context, tx, parameter).await? {
                return Ok(tournament_message::message(context, &card));
            }
            keys::bot::START_UNKNOWN_LINK
        }
    };
    Ok(say(context, key).with(keyboards::open_app(context, "/app")))
}

async fn linked_tournament(
    context: Context<'_>,
    tx: &mut dyn Transaction,
    parameter: &str,
) -> Result<Option<TournamentCard>, StoreError> {
    let Some(id) = parameter.strip_prefix("t_").and_then(|id| id.parse::<TournamentId>().ok()) else {
        return Ok(None);
    };
    let row = tx.tournaments().by_id(&id).await?;
    Ok(row.map(|row| TournamentCard {
        phase: row.tournament.phase(context.services.now()),
        players: row.players,
        tournament: row.tournament,
    }))
}
