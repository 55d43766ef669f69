//! The suite of the port [`Ranks`](crate::ranks::Ranks).

mod alike;
mod board;
mod large;
mod pages;

pub use alike::answers_alike;
pub use board::*;
pub use large::*;
pub use pages::*;

use domain::{BoardId, BoardOrder, Score, Ties, Timestamp, UserId, ranking::RankKey};
use uuid::Uuid;

use crate::ranks::{Change, RankPage, Ranks, Window};

fn board(name: &str) -> BoardId {
    name.parse().unwrap()
}

fn user(number: u128) -> UserId {
    UserId::from_uuid(Uuid::from_u128(number))
}

fn key(points: i64, milliseconds: i64, number: u128) -> RankKey {
    RankKey {
        score: Score::new(points).unwrap(),
        ties: Ties::default(),
        achieved_at: Timestamp::from_millis(milliseconds),
        user_id: user(number),
    }
}

/// A player moves there.
fn moved(points: i64, milliseconds: i64, number: u128) -> Change {
    Change::Put(key(points, milliseconds, number))
}

fn puts(keys: &[RankKey]) -> Vec<Change> {
    keys.iter().copied().map(Change::Put).collect()
}

async fn page(ranks: &dyn Ranks, board: &BoardId, window: Window, limit: u32) -> RankPage {
    ranks.page(board, window, limit, None).await.unwrap().unwrap()
}

fn keys(page: &RankPage) -> Vec<RankKey> {
    page.rows.iter().map(|row| row.key).collect()
}

fn ranks_of(page: &RankPage) -> Vec<u64> {
    page.rows.iter().map(|row| row.rank).collect()
}

fn sorted(mut keys: Vec<RankKey>, order: BoardOrder) -> Vec<RankKey> {
    keys.sort_by(|left, right| left.compare(right, order));
    keys
}
