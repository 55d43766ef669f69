//! The log of one player's scores on a board, and what it comes to.

use std::collections::HashMap;

use domain::{Ranking, ranking::Played};
use storage::{
    StoreError, Transaction,
    board::{PlayerRow, Presence},
    score_log::ScoreEvent,
};

/// The rows of one look at the log.
pub(crate) const CHAIN_PAGE: u32 = 1_000;

/// The most rows of one player that are read. Beyond it the standing stays what it has come to.
const CHAIN_MAX: usize = 100_000;

/// The log that ends with a row, the newest row first.
pub(crate) async fn read(tx: &mut dyn Transaction, head: i64) -> Result<Vec<ScoreEvent>, StoreError> {
    let mut chain: Vec<ScoreEvent> = Vec::new();
    let mut next = Some(head);
    while let Some(head) = next.filter(|_| chain.len() < CHAIN_MAX) {
        let page = tx.score_log().chains(&[head], CHAIN_PAGE).await?;
        if page.is_empty() {
            break;
        }
        chain.extend(page);
        next = chain.last().and_then(|event| event.previous);
    }
    Ok(chain)
}

/// The scores of a log, the newest row first, as they count now: each with the correction that holds, and without those
/// that were declared void.
pub(crate) fn played(chain: &[ScoreEvent]) -> Vec<Played> {
    let corrected = corrections(chain);
    let as_it_counts = |event: &ScoreEvent| {
        let (score, ties) = corrected.get(&event.number).copied().unwrap_or(event).result?;
        Some(Played { score, ties, at: event.happened_at })
    };
    chain.iter().filter(|event| event.corrects.is_none()).filter_map(as_it_counts).collect()
}

/// The correction that holds of each score of a log, by the score's number: the one of the latest time, of several at one
/// time the one that came last. A sender who tries again may bring an older one behind a newer one.
pub(crate) fn corrections(log: &[ScoreEvent]) -> HashMap<i64, &ScoreEvent> {
    let mut holding: HashMap<i64, &ScoreEvent> = HashMap::new();
    for event in log {
        let Some(number) = event.corrects else { continue };
        let holds = holding.entry(number).or_insert(event);
        if (holds.happened_at, holds.number) < (event.happened_at, event.number) {
            *holds = event;
        }
    }
    holding
}

/// Whether a log begins with the player's first score: what is left of one that was removed in part, or is too long,
/// says nothing of the whole.
pub(crate) fn is_whole(chain: &[ScoreEvent]) -> bool {
    chain.last().is_some_and(|first| first.previous.is_none())
}

/// A player's row as their log says. Who was taken off the board stays off it.
pub(crate) fn recomputed(row: &PlayerRow, ranking: Ranking, chain: &[ScoreEvent]) -> PlayerRow {
    let played = played(chain);
    let attempts = played.len() as u64;
    let standing = ranking.of_history(played);
    let presence = match (row.presence, standing) {
        (Presence::Disqualified, _) => Presence::Disqualified,
        (_, Some(_)) => Presence::OnBoard,
        (_, None) => Presence::Empty,
    };
    PlayerRow { standing: standing.unwrap_or(row.standing), presence, attempts, ..row.clone() }
}

#[cfg(test)]
mod tests {
    use domain::{Score, Ties, Timestamp, UserId};

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

    fn points(chain: &[ScoreEvent]) -> Vec<i64> {
        let newest_first: Vec<ScoreEvent> = chain.iter().rev().cloned().collect();
        played(&newest_first).iter().rev().map(|played| played.score.points()).collect()
    }

    #[test]
    fn the_last_correction_of_a_score_counts() {
        let scores = [event(1, Some(10), None), event(2, Some(20), None)];
        assert_eq!(points(&scores), [10, 20]);
        let corrected = [&scores[..], &[event(3, Some(5), Some(1)), event(4, Some(7), Some(1))]].concat();
        assert_eq!(points(&corrected), [7, 20]);
        let void = [&corrected[..], &[event(5, None, Some(2))]].concat();
        assert_eq!(points(&void), [7]);
        let restored = [&void[..], &[event(6, Some(20), Some(2))]].concat();
        assert_eq!(points(&restored), [7, 20]);
    }

    #[test]
    fn a_correction_that_comes_late_does_not_replace_a_newer_one() {
        let corrected = |number, points, at| ScoreEvent {
            happened_at: Timestamp::from_millis(at),
            ..event(number, points, Some(1))
        };
        let score = event(1, Some(10), None);
        let late = [score.clone(), corrected(2, Some(7), 90), corrected(3, Some(5), 60)];
        assert_eq!(points(&late), [7]);
        let void = [&late[..], &[corrected(4, None, 91), corrected(5, Some(8), 90)]].concat();
        assert_eq!(points(&void), [0; 0]);
        let at_once = [score, corrected(2, Some(7), 90), corrected(3, Some(5), 90)];
        assert_eq!(points(&at_once), [5], "of one time the one that came last");
    }

    #[test]
    fn a_log_that_lost_its_beginning_is_not_whole() {
        assert!(is_whole(&[event(2, Some(1), None), event(1, Some(1), None)]));
        assert!(!is_whole(&[event(2, Some(1), None)]));
        assert!(!is_whole(&[]));
    }
}
