//! What a player disputes: every score of theirs in the order of arrival, what each has done to their standing, and what
//! all of them come to.
//!
//! Invariant: nothing here changes anything, and what is shown is computed by the rules that rank the board.

use std::collections::BTreeMap;

use domain::{
    PlayerKey, Ranking, Score, Standing, Ties, Timestamp, TournamentId, UserId,
    audit::AuditAction,
    console::Permission,
    ranking::{Applied, Played},
};
use serde_json::json;
use storage::{
    Transaction,
    board::{BoardRow, PlayerRow, Presence},
    entry::EntryRow,
    result::ResultRow,
    score_log::ScoreEvent,
    tournament::TournamentRow,
};

use super::act::user_of;
use crate::{
    Services,
    boards::chain,
    console::{ConsoleError, Operator},
    tournaments::place::board_with,
};

/// Rows on a page.
pub const PAGE: usize = 100;
/// How much of computing standings from scratch a page does; behind it only the last standing is told.
const RECOMPUTED_MAX: usize = 5_000_000;

const DOING: &str = "looking at the scores of a player";

/// A player's scores in a period of a tournament.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispute {
    /// Where.
    pub row: TournamentRow,
    /// Which period.
    pub period: u32,
    /// Whose board.
    pub board: Option<BoardRow>,
    /// Who.
    pub player: PlayerKey,
    /// The public name.
    pub alias: String,
    /// How they take part.
    pub entry: Option<EntryRow>,
    /// What stands on the board.
    pub stored: Option<PlayerRow>,
    /// Their rank, while they have one.
    pub rank: Option<u64>,
    /// Their final rank.
    pub result: Option<ResultRow>,
    /// What the rows of the log come to now.
    pub computed: Option<Standing>,
    /// Whether these are all rows that there ever were.
    pub is_whole: bool,
    /// How many rows there are.
    pub rows: usize,
    /// The rows of the page, the newest first.
    pub events: Vec<EventLine>,
    /// How many rows stand in front of the page's.
    pub from: usize,
}

/// A row of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventLine {
    /// What came.
    pub event: ScoreEvent,
    /// What it has done.
    pub effect: Effect,
    /// The standing behind it; `None` when nothing was left, or it was not computed.
    pub standing: Option<Standing>,
    /// The row with the correction that holds.
    pub corrected_by: Option<i64>,
}

/// What a row of the log has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// The standing is another one.
    Moved,
    /// It was taken and changed nothing.
    Nothing,
    /// It says what an earlier score really was.
    Corrected,
    /// It declares an earlier score void.
    Voided,
}

impl Dispute {
    /// The standing that is on the board, while there is one.
    #[must_use]
    pub fn ranked(&self) -> Option<Standing> {
        self.stored.as_ref().and_then(PlayerRow::ranked)
    }

    /// Whether the player is excluded.
    pub fn is_excluded(&self) -> bool {
        let is_noted = self.entry.as_ref().is_some_and(|entry| entry.disqualified.is_some());
        is_noted || self.stored.as_ref().is_some_and(|row| row.presence == Presence::Disqualified)
    }
}

/// A look at the scores of a player.
///
/// # Errors
/// [`ConsoleError::Forbidden`] without [`Permission::ViewTournaments`]; [`ConsoleError::Unknown`].
pub async fn look(
    services: &Services,
    operator: &Operator,
    tournament_id: &TournamentId,
    player: &PlayerKey,
    period: Option<u32>,
    from: usize,
) -> Result<Dispute, ConsoleError> {
    operator.require(services, Permission::ViewTournaments).await?;
    let mut tx = services.store().begin_write().await.map_err(ConsoleError::store(DOING))?;
    let row = tx.tournaments().by_id(tournament_id).await.map_err(ConsoleError::store(DOING))?;
    let row = row.ok_or(ConsoleError::Unknown)?;
    let user = user_of(&mut *tx, player).await?;
    let user_id = user.user_id;
    let period = match period {
        Some(period) => period,
        None => period_of(services, &mut *tx, tournament_id, user_id).await?,
    };
    let entries = tx.entries().of_users(tournament_id, period, &[user_id]).await;
    let mut entry = entries.map_err(ConsoleError::store(DOING))?.pop();
    let board_id = board_with(entry.as_ref(), tournament_id, period);
    let board = tx.boards().by_id(&board_id).await.map_err(ConsoleError::store(DOING))?;
    let key = [(board_id.clone(), user_id)];
    let stored = tx.boards().players(&key).await.map_err(ConsoleError::store(DOING))?.pop();
    let rank = match &board {
        Some(board) => tx.boards().place(&board_id, board.ranking.order, user_id).await,
        None => Ok(None),
    };
    let rank = rank.map_err(ConsoleError::store(DOING))?.map(|place| place.rank);
    let result = tx.results().of_user(&board_id, user_id).await.map_err(ConsoleError::store(DOING))?;
    let log = match stored.as_ref().and_then(|stored| stored.last_event) {
        Some(head) => chain::read(&mut *tx, head).await.map_err(ConsoleError::store(DOING))?,
        None => Vec::new(),
    };
    let detail = json!({"tournament_id": tournament_id, "period": period});
    operator.write(services, &mut *tx, AuditAction::ScoresViewed, Some(user_id), &detail).await?;
    tx.save().await.map_err(ConsoleError::store(DOING))?;

    if !operator.may(Permission::DisqualifyPlayers)
        && let Some((_, reason)) = entry.as_mut().and_then(|entry| entry.disqualified.as_mut())
    {
        reason.clear();
    }
    let ranking = board.as_ref().map_or_else(|| row.tournament.ranking(), |board| board.ranking);
    let is_whole = log.is_empty() || chain::is_whole(&log);
    let rows = log.len();
    let lines = explain(ranking, log);
    Ok(Dispute {
        computed: lines.last().and_then(|line| line.standing),
        events: lines.into_iter().rev().skip(from).take(PAGE).collect(),
        row,
        period,
        board,
        player: user.player,
        alias: user.alias,
        entry,
        stored,
        rank,
        result,
        is_whole,
        rows,
        from,
    })
}

/// The period that a player was in last, or the one that is played. One that has not begun is none of them.
async fn period_of(
    services: &Services,
    tx: &mut dyn Transaction,
    tournament_id: &TournamentId,
    user_id: UserId,
) -> Result<u32, ConsoleError> {
    let current = tx.periods().current(tournament_id, services.now()).await;
    let current = current.map_err(ConsoleError::store(DOING))?.map_or(0, |period| period.period);
    let entry = tx.entries().latest(tournament_id, user_id, Some(current + 1)).await;
    Ok(entry.map_err(ConsoleError::store(DOING))?.map_or(current, |entry| entry.period))
}

/// What each row of a log has done, in the order of arrival. `log` has the newest row first.
fn explain(ranking: Ranking, log: Vec<ScoreEvent>) -> Vec<EventLine> {
    let corrected_by: BTreeMap<i64, i64> = chain::corrections(&log)
        .into_iter()
        .map(|(number, correction)| (number, correction.number))
        .collect();
    let last = log.first().map(|event| event.number);
    let mut budget = RECOMPUTED_MAX;
    // What counts of each score, by its place in the log.
    let mut scores: BTreeMap<i64, Kept> = BTreeMap::new();
    let mut standing: Option<Standing> = None;
    let mut lines = Vec::with_capacity(log.len());
    let mut is_known = true;
    for event in log.into_iter().rev() {
        let before = standing;
        let place = event.corrects.unwrap_or(event.number);
        let known = scores.get(&place);
        // An older correction that comes behind a newer one changes nothing.
        let is_late = known.is_some_and(|known| known.corrected_at.is_some_and(|at| event.happened_at < at));
        let at = known.map_or(event.happened_at, |known| known.at);
        if !is_late {
            let corrected_at = event.corrects.map(|_| event.happened_at);
            scores.insert(place, Kept { result: event.result, at, corrected_at });
        }
        let played = event.result.map(|(score, ties)| Played { score, ties, at });
        let applied = match played.filter(|_| event.corrects.is_none() && is_known) {
            Some(played) => ranking.apply(standing, played),
            None => Applied::NeedsHistory,
        };
        match applied {
            Applied::Standing(now) => standing = Some(now),
            Applied::NeedsHistory if budget >= scores.len() || last == Some(event.number) => {
                budget = budget.saturating_sub(scores.len());
                standing = ranking.of_history(counted(&scores));
                is_known = true;
            }
            Applied::NeedsHistory => (standing, is_known) = (None, false),
        }
        let effect = match (event.corrects, event.result) {
            _ if is_late => Effect::Nothing,
            (Some(_), Some(_)) => Effect::Corrected,
            (Some(_), None) => Effect::Voided,
            (None, _) if before == standing => Effect::Nothing,
            (None, _) => Effect::Moved,
        };
        let corrected_by = corrected_by.get(&event.number).copied();
        lines.push(EventLine { event, effect, standing, corrected_by });
    }
    lines
}

/// A score as it is by now.
struct Kept {
    /// What counts; none if it is void.
    result: Option<(Score, Ties)>,
    /// When it happened.
    at: Timestamp,
    /// The time of the correction that holds.
    corrected_at: Option<Timestamp>,
}

/// The scores that count.
fn counted(scores: &BTreeMap<i64, Kept>) -> Vec<Played> {
    let played = |kept: &Kept| kept.result.map(|(score, ties)| Played { score, ties, at: kept.at });
    scores.values().filter_map(played).collect()
}

#[cfg(test)]
mod tests {
    use domain::{BoardOrder, Operator};

    use super::*;

    fn event(number: i64, points: Option<i64>, corrects: Option<i64>) -> ScoreEvent {
        ScoreEvent {
            number,
            board_id: "cup".parse().unwrap(),
            user_id: UserId::from_uuid(uuid::Uuid::from_u128(1)),
            source: "/platform".parse().unwrap(),
            event_id: format!("e{number}").parse().unwrap(),
            result: points.map(|points| (Score::new(points).unwrap(), Ties::default())),
            happened_at: Timestamp::from_millis(number),
            received_at: Timestamp::from_millis(number),
            corrects,
            previous: (number > 1).then(|| number - 1),
        }
    }

    fn told(operator: Operator, log: &[ScoreEvent]) -> Vec<(Effect, Option<i64>)> {
        let newest_first: Vec<ScoreEvent> = log.iter().rev().cloned().collect();
        let ranking = Ranking { operator, order: BoardOrder::DESC };
        explain(ranking, newest_first)
            .into_iter()
            .map(|line| (line.effect, line.standing.map(|standing| standing.score.points())))
            .collect()
    }

    #[test]
    fn each_row_says_what_it_did_and_the_last_standing_is_what_all_come_to() {
        let log = [
            event(1, Some(10), None),
            event(2, Some(5), None),
            event(3, Some(30), None),
            event(4, None, Some(3)),
            event(5, Some(12), Some(2)),
        ];
        assert_eq!(
            told(Operator::Best, &log),
            [
                (Effect::Moved, Some(10)),
                (Effect::Nothing, Some(10)),
                (Effect::Moved, Some(30)),
                (Effect::Voided, Some(10)),
                (Effect::Corrected, Some(12)),
            ]
        );
        assert_eq!(told(Operator::Sum, &log).last(), Some(&(Effect::Corrected, Some(22))));
        assert_eq!(told(Operator::Count, &log).last(), Some(&(Effect::Corrected, Some(2))));
        assert_eq!(told(Operator::Latest, &log).last(), Some(&(Effect::Corrected, Some(12))));
    }

    #[test]
    fn a_score_says_which_row_corrected_it_last() {
        let log = vec![event(3, Some(7), Some(1)), event(2, Some(5), Some(1)), event(1, Some(10), None)];
        let lines = explain(Ranking { operator: Operator::Best, order: BoardOrder::DESC }, log);
        assert_eq!(lines[0].corrected_by, Some(3));
        assert_eq!(lines[2].standing.unwrap().score.points(), 7);
    }

    #[test]
    fn a_correction_that_comes_behind_a_newer_one_does_nothing() {
        let mut log = [event(1, Some(10), None), event(9, Some(7), Some(1)), event(10, Some(5), Some(1))];
        log[2].happened_at = Timestamp::from_millis(8);
        assert_eq!(
            told(Operator::Best, &log),
            [(Effect::Moved, Some(10)), (Effect::Corrected, Some(7)), (Effect::Nothing, Some(7))]
        );
    }

    #[test]
    fn when_all_is_void_nothing_stands() {
        assert_eq!(
            told(Operator::Sum, &[event(1, Some(10), None), event(2, None, Some(1))]),
            [(Effect::Moved, Some(10)), (Effect::Voided, None)]
        );
    }
}
