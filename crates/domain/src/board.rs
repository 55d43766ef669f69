//! The shapes in which a board crosses the wire: a page of it, and the frames of its live stream.

use serde::{Deserialize, Serialize};

use crate::{
    id::{BoardId, PlayerKey, TournamentId},
    ranking::{Order, Score},
    time::Timestamp,
    tournament::{Phase, Tournament},
};

/// The most rows that one page of a board has.
pub const PAGE_LIMIT_MAX: u32 = 100;

/// How many rows the live stream covers, from rank 1.
pub const LIVE_ROWS: u32 = 50;

/// One row of a board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BoardEntry {
    /// 1, 2, 3 … without gaps.
    pub rank: u64,
    /// Who, opaquely.
    pub player: PlayerKey,
    /// The public name.
    pub alias: String,
    /// What counts.
    pub score: Score,
    /// When it was reached.
    pub achieved_at: Timestamp,
}

/// A part of a board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BoardPage {
    /// Which board.
    pub board: BoardId,
    /// Whose board.
    pub tournament_id: TournamentId,
    /// Grows with every change of the board; the ETag and the ids of live frames are made of it.
    pub version: u64,
    /// How many players have a rank.
    pub total: u64,
    /// The rows, by rank.
    pub entries: Vec<BoardEntry>,
    /// The caller's own row; `None` without a token or without a score.
    pub me: Option<BoardEntry>,
    /// What to pass for the next page; `None` at the end.
    pub next_cursor: Option<String>,
}

/// A tournament as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TournamentCard {
    /// The tournament itself.
    #[serde(flatten)]
    pub tournament: Tournament,
    /// Where it stands now.
    pub phase: Phase,
    /// How many players have a rank.
    pub players: u64,
}

/// What `/app` needs for its first paint: the tournaments, and the board of the busiest running one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lobby {
    /// Running first (busiest first), then upcoming (soonest first), then finished (latest first).
    pub tournaments: Vec<TournamentCard>,
    /// The board of the first one, when that is running or finished.
    pub board: Option<BoardPage>,
    /// The server's time, so that countdowns do not trust the phone's clock.
    pub now: Timestamp,
}

/// What `/app/t/{id}` needs for its first paint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TournamentPage {
    /// The tournament.
    pub card: TournamentCard,
    /// The top of its board.
    pub board: BoardPage,
    /// The server's time.
    pub now: Timestamp,
}

/// A board to be shared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Shared {
    /// The link that opens it, for everybody.
    pub link: String,
    /// What `shareMessage` takes, for this person alone and not for long; absent where Telegram has prepared nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prepared_message_id: Option<String>,
}

/// The live stream's first frame (`event: snapshot`): the whole window of [`LIVE_ROWS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveSnapshot {
    /// Whose board.
    pub tournament_id: TournamentId,
    /// The board's version; also the event's id.
    pub version: u64,
    /// How many players have a rank.
    pub total: u64,
    /// Which score is better.
    pub order: Order,
    /// The rows, by rank.
    pub entries: Vec<BoardEntry>,
}

/// A later frame (`event: delta`): what has changed in the window since the version `from`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveDelta {
    /// The version that the receiver must hold to apply this; else it takes a snapshot.
    pub from: u64,
    /// The version afterwards; also the event's id.
    pub version: u64,
    /// How many players have a rank.
    pub total: u64,
    /// Rows that are new in the window or whose score or name changed.
    pub changed: Vec<BoardEntry>,
    /// Rows that only moved: who, and the new rank.
    pub moved: Vec<(PlayerKey, u64)>,
    /// Rows that left the window.
    pub left: Vec<PlayerKey>,
}

impl LiveSnapshot {
    /// What turns this window into `next`.
    pub fn delta_to(&self, next: &Self) -> LiveDelta {
        let mut delta = LiveDelta {
            from: self.version,
            version: next.version,
            total: next.total,
            changed: Vec::new(),
            moved: Vec::new(),
            left: Vec::new(),
        };
        for entry in &next.entries {
            match self.entries.iter().find(|old| old.player == entry.player) {
                Some(old) if old == entry => {}
                Some(old)
                    if old.score == entry.score
                        && old.achieved_at == entry.achieved_at
                        && old.alias == entry.alias =>
                {
                    delta.moved.push((entry.player.clone(), entry.rank));
                }
                _ => delta.changed.push(entry.clone()),
            }
        }
        let stays = |player: &PlayerKey| next.entries.iter().any(|entry| entry.player == *player);
        delta
            .left
            .extend(self.entries.iter().map(|entry| &entry.player).filter(|player| !stays(player)).cloned());
        delta
    }

    /// Applies a delta. Returns `false`, changing nothing, when it does not follow on this version.
    pub fn apply(&mut self, delta: LiveDelta) -> bool {
        if delta.from != self.version {
            return false;
        }
        self.entries.retain(|entry| !delta.left.contains(&entry.player));
        for (player, rank) in delta.moved {
            if let Some(entry) = self.entries.iter_mut().find(|entry| entry.player == player) {
                entry.rank = rank;
            }
        }
        for changed in delta.changed {
            match self.entries.iter_mut().find(|entry| entry.player == changed.player) {
                Some(entry) => *entry = changed,
                None => self.entries.push(changed),
            }
        }
        // Nearly in order already; and the page, which carries this code, is spared a general sort.
        for end in 1..self.entries.len() {
            let mut at = end;
            while at > 0 && self.entries[at - 1].rank > self.entries[at].rank {
                self.entries.swap(at - 1, at);
                at -= 1;
            }
        }
        self.version = delta.version;
        self.total = delta.total;
        true
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn window(version: u64, rows: &[(u8, i64)]) -> LiveSnapshot {
        let mut rows = rows.to_vec();
        rows.sort_by_key(|(player, _)| *player);
        rows.dedup_by_key(|(player, _)| *player);
        rows.sort_by_key(|(player, points)| (-points, *player));
        LiveSnapshot {
            tournament_id: "cup".parse().unwrap(),
            version,
            total: rows.len() as u64,
            order: Order::Desc,
            entries: rows
                .iter()
                .enumerate()
                .map(|(index, (player, points))| BoardEntry {
                    rank: index as u64 + 1,
                    player: format!("p_{player}").parse().unwrap(),
                    alias: format!("Player {player}"),
                    score: Score::new(*points).unwrap(),
                    achieved_at: Timestamp::from_millis(*points),
                })
                .collect(),
        }
    }

    proptest! {
        #[test]
        fn a_delta_leads_from_one_window_to_the_next(
            before in prop::collection::vec((0_u8..12, 0_i64..5), 0..10),
            after in prop::collection::vec((0_u8..12, 0_i64..5), 0..10),
        ) {
            let mut held = window(1, &before);
            let next = window(2, &after);
            let delta = held.delta_to(&next);
            prop_assert!(held.apply(delta));
            prop_assert_eq!(held, next);
        }
    }

    #[test]
    fn a_delta_for_another_version_is_refused() {
        let mut held = window(3, &[(1, 1)]);
        let delta = window(1, &[]).delta_to(&window(2, &[(1, 4)]));
        let before = held.clone();
        assert!(!held.apply(delta));
        assert_eq!(held, before);
    }
}
