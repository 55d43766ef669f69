//! `platform.score.corrected`: a score that was taken is given another result, or is declared void. Of several corrections of
//! one score that of the latest time holds, in whatever order they come.

use domain::ErrorCode;
use storage::{
    StoreError, Transaction,
    board::{BoardState, PlayerRow},
    score_log::ScoreEvent,
};

use crate::{
    Services,
    boards::{
        chain,
        standing::{self, BoardChange},
    },
    platform::{
        envelope::{PlatformEvent, ScoreCorrected},
        scores,
    },
    tournaments::route,
};

/// Applies a correction. Answers what it has changed, or why it is refused.
///
/// # Errors
/// When the database fails.
pub(crate) async fn apply(
    services: &Services,
    tx: &mut dyn Transaction,
    event: &PlatformEvent,
    correction: &ScoreCorrected,
) -> Result<Result<Option<BoardChange>, route::Refusal>, StoreError> {
    let tournament_id = std::slice::from_ref(&correction.tournament_id);
    let Some(row) = tx.tournaments().hold(tournament_id).await?.pop() else {
        return Ok(Err((ErrorCode::TournamentUnknown, "tournament_id is not known")));
    };
    let player = std::slice::from_ref(&correction.platform_user_id);
    let Some(user) = tx.users().by_platform_ids(player).await?.pop() else {
        return Ok(Err((ErrorCode::PlayerUnknown, "platform_user_id is not known")));
    };
    if let Err(detail) = event.check_time(services.now()) {
        return Ok(Err((ErrorCode::TournamentNotRunning, detail)));
    }
    let result = match &correction.result {
        Some((score, ties)) => match scores::ties_of(&row, ties) {
            Ok(ties) => Some((*score, ties)),
            Err(refused) => return Ok(Err(refused)),
        },
        None => None,
    };
    for board_id in route::boards_of(tx, &row, user.user_id).await? {
        let Some(board) = tx.boards().lock(&board_id).await? else { continue };
        let Some(row) = tx.boards().players(&[(board_id, user.user_id)]).await?.pop() else { continue };
        let Some(head) = row.last_event else { continue };
        let mut log = chain::read(tx, head).await?;
        let is_meant = |one: &&ScoreEvent| {
            one.corrects.is_none() && one.source == correction.source && one.event_id == correction.event_id
        };
        let Some(corrects) = log.iter().find(is_meant).map(|one| one.number) else { continue };
        if board.state == BoardState::Final {
            return Ok(Err((ErrorCode::TournamentNotRunning, "the tournament's results are final")));
        }
        if !chain::is_whole(&log) {
            return Ok(Err((
                ErrorCode::TournamentNotRunning,
                "the player's earlier scores are not kept any more",
            )));
        }
        let Some(number) = tx.score_log().reserve(1).await?.pop() else { continue };
        let corrected = ScoreEvent {
            number,
            board_id: board.board_id.clone(),
            user_id: user.user_id,
            source: event.source.clone(),
            event_id: event.event_id.clone(),
            result,
            happened_at: event.time,
            received_at: services.now(),
            corrects: Some(corrects),
            previous: Some(head),
        };
        tx.score_log().add(std::slice::from_ref(&corrected)).await?;
        log.insert(0, corrected);
        let after = PlayerRow { last_event: Some(number), ..chain::recomputed(&row, board.ranking, &log) };
        return Ok(Ok(standing::store(tx, &board, vec![(Some(row), after)]).await?));
    }
    Ok(Err((ErrorCode::NotFound, "event is not one of a score that was taken from this player here")))
}
