//! The suite of the port [`Ranks`](crate::ranks::Ranks).

mod alike;
mod board;
mod large;
mod pages;

pub use alike::answers_alike;
pub use board::*;
pub use large::*;
pub use pages::*;

use domain::{Order, Score, Timestamp, TournamentId, UserId, ranking::RankKey};
use uuid::Uuid;

use crate::ranks::{RankPage, Ranks, Window};

fn board(name: &str) -> TournamentId {
    name.parse().unwrap()
}

fn user(number: u128) -> UserId {
    UserId::from_uuid(Uuid::from_u128(number))
}

fn key(points: i64, milliseconds: i64, number: u128) -> RankKey {
    RankKey {
        score: Score::new(points).unwrap(),
        achieved_at: Timestamp::from_millis(milliseconds),
        user_id: user(number),
    }
}

async fn page(ranks: &dyn Ranks, board: &TournamentId, window: Window, limit: u32) -> RankPage {
    ranks.page(board, window, limit, None).await.unwrap().unwrap()
}

fn keys(page: &RankPage) -> Vec<RankKey> {
    page.rows.iter().map(|row| row.key).collect()
}

fn ranks_of(page: &RankPage) -> Vec<u64> {
    page.rows.iter().map(|row| row.rank).collect()
}

fn sorted(mut keys: Vec<RankKey>, order: Order) -> Vec<RankKey> {
    keys.sort_by(|left, right| left.compare(right, order));
    keys
}
