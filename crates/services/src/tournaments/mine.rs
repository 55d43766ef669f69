//! What a player has of a tournament: their entry, their attempts, the line of their rank, their result and their reward.

use std::num::NonZeroU32;

use domain::{
    BoardId, TournamentId,
    tournament::{
        Phase,
        view::{Mine, RankSample},
    },
};

use crate::{
    Services,
    identity::{Session, current::user_of},
    rewards,
    tournaments::{TournamentError, details, join, place::board_of, prizes, results},
};

/// What the caller has of a tournament, in the period that is played or was the last one; and whether they can join, or
/// have joined, the one that comes.
///
/// # Errors
/// [`TournamentError::Unknown`] when there is no such tournament.
pub async fn mine(
    services: &Services,
    session: &Session,
    tournament_id: &TournamentId,
) -> Result<Mine, TournamentError> {
    let now = services.now();
    let mut tx = services.store().begin_read().await?;
    let user = user_of(&mut *tx, session).await?;
    let user_id = user.user_id;
    let row = details::visible(&mut *tx, tournament_id, Some(user_id)).await?;
    let period = details::current(&mut *tx, tournament_id, now).await?;
    let entry = tx.entries().of_users(tournament_id, period.period, &[user_id]).await?.pop();
    let rules = &row.status.rules;
    // Without one's own cohort there is the first one to look at.
    let cohort = u32::from(rules.cohorts.is_some());
    let played = entry.as_ref().filter(|entry| entry.entries > 0);
    let board = played.map_or_else(|| BoardId::of(tournament_id, period.period, cohort), board_of);
    let next = details::next(&mut *tx, tournament_id, now).await?;
    let to_come = if next.period == period.period {
        entry.clone()
    } else {
        tx.entries().of_users(tournament_id, next.period, &[user_id]).await?.pop()
    };
    let is_out = [&entry, &to_come].into_iter().flatten().any(|entry| entry.disqualified.is_some());
    let has_place = rules.join.size_max.is_none_or(|size| next.entries < u64::from(NonZeroU32::get(size)));
    let joined = to_come.as_ref().filter(|entry| entry.entries > 0);
    let result = tx.results().of_user(&board, user_id).await?;
    let board_row = tx.boards().by_id(&board).await?;
    let (players, tier) = board_row.as_ref().map_or((0, 0), |board| (board.players, board.tier));
    let ranking = board_row.map_or_else(|| row.tournament.ranking(), |board| board.ranking);
    let cohorts = rules.cohorts.as_ref().filter(|cohorts| cohorts.tiers.len() > 1);
    let movement =
        cohorts.zip(result.as_ref()).map(|(cohorts, result)| cohorts.movement(tier, result.rank, players));
    let standing = tx.boards().players(&[(board.clone(), user_id)]).await?.pop();
    let samples = tx.rank_samples().of_player(&board, user_id).await?;
    let is_ranked = standing.as_ref().is_some_and(|row| row.ranked().is_some());
    if is_ranked && row.phase(now) == Phase::Running {
        services.looks().note(&board, user_id, samples.last().map(|sample| sample.at), now);
    }
    let reward = prizes::reward_of(&mut *tx, &board, user_id).await?;
    let columns = ranking.order.ties.len();
    Ok(Mine {
        tournament_id: tournament_id.clone(),
        can_join: joined.is_none()
            && !is_out
            && has_place
            && join::is_open(&row, &next, now)
            && rules.condition.admits(&user.person()).is_ok(),
        wants_reminder: tx.wishes().is_there(tournament_id, user_id).await?,
        attempts_allowed: match (rules.attempts_max, &entry) {
            (None, _) => None,
            (Some(max), Some(entry)) => entry.attempts_allowed(Some(max.get())),
            // Nobody has to join: the first score brings the first set.
            (Some(max), None) => Some(if rules.join.required { 0 } else { u64::from(max.get()) }),
        },
        attempts_used: standing.map_or(0, |row| row.attempts),
        entry: joined.or(played).map(join::view),
        result: result.map(|result| results::view(&result, Some(&user.alias), columns)).transpose()?,
        movement,
        reward: reward.map(|reward| rewards::view(reward, now)),
        ranks: samples.into_iter().map(|sample| RankSample { at: sample.at, rank: sample.rank }).collect(),
        board,
    })
}
