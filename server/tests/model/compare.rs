//! Every way to read a board against the model's board.

use bus::ranks::{Ranked, Window};
use domain::{BoardId, Score, Ties, Timestamp, TournamentId, UserId, ranking::RankKey};
use services::{
    Services,
    boards::{index, keep},
};
use storage::board::RankedKey;

use crate::model::{Model, Row};

/// How many rows are asked for around a player.
const AROUND: usize = 3;

/// The names of things in a history.
pub struct Names {
    pub tournament_id: TournamentId,
    pub users: Vec<UserId>,
}

/// A difference, in words.
pub type Difference = String;

pub fn same<T: PartialEq + std::fmt::Debug>(what: &str, got: &T, expected: &T) -> Result<(), Difference> {
    if got == expected { Ok(()) } else { Err(format!("{what}:\n     is {got:?}\nshould be {expected:?}")) }
}

fn ranked(rows: &[Row], names: &Names) -> Vec<Ranked> {
    let key = |row: &Row| {
        let ties: Vec<Score> = row.points.1.iter().map(|tie| Score::new(*tie).unwrap()).collect();
        RankKey {
            score: Score::new(row.points.0).unwrap(),
            ties: Ties::new(&ties).unwrap(),
            achieved_at: Timestamp::from_millis(row.at),
            user_id: names.users[row.player],
        }
    };
    (1..).zip(rows).map(|(rank, row)| Ranked { rank, key: key(row) }).collect()
}

/// The rows around a player, as many as there are, the player in their middle where there is room.
fn around(board: &[Ranked], user_id: UserId) -> Vec<Ranked> {
    let Some(place) = board.iter().position(|row| row.key.user_id == user_id) else { return Vec::new() };
    let first = place.saturating_sub(AROUND / 2).min(board.len().saturating_sub(AROUND));
    board.iter().skip(first).take(AROUND).copied().collect()
}

/// Compares the boards of the model with those of a node, in SQL and in its index. `turn` chooses who is looked at
/// closely.
pub async fn boards(
    services: &Services,
    model: &Model,
    names: &Names,
    turn: usize,
) -> Result<(), Difference> {
    keep::look(services).await.map_err(|error| format!("looking after boards: {error}"))?;
    for period in 0..model.periods.len() {
        for cohort in model.boards_of(period) {
            let number = u32::try_from(period).unwrap();
            let id = BoardId::of(&names.tournament_id, number, cohort);
            let expected = ranked(&model.board(period, cohort), names);
            board(services, &id, &expected, names.users[turn % names.users.len()])
                .await
                .map_err(|difference| format!("board {id}, {difference}"))?;
        }
    }
    Ok(())
}

async fn board(
    services: &Services,
    id: &BoardId,
    expected: &[Ranked],
    user_id: UserId,
) -> Result<(), Difference> {
    let all = expected.to_vec();
    let near = around(expected, user_id);
    let me = expected.iter().find(|row| row.key.user_id == user_id).copied();
    let total = expected.len() as u64;

    let mut tx = services.store().begin_read().await.unwrap();
    let row = tx.boards().by_id(id).await.unwrap().ok_or("which is not there")?;
    let order = row.ranking.order;
    let read = |rows: Vec<RankedKey>| -> Vec<Ranked> {
        rows.into_iter().map(|row| Ranked { rank: row.rank, key: row.key }).collect()
    };
    same("in SQL", &read(tx.boards().page(id, order, None, 100).await.unwrap()), &all)?;
    same("players in SQL", &row.players, &total)?;
    let limit = u32::try_from(AROUND).unwrap();
    same(
        "around a player in SQL",
        &read(tx.boards().around(id, order, user_id, limit).await.unwrap()),
        &near,
    )?;
    let place = tx.boards().place(id, order, user_id).await.unwrap();
    same("a player's place in SQL", &place.map(|row| Ranked { rank: row.rank, key: row.key }), &me)?;
    if let Some(first) = all.first() {
        let behind = read(tx.boards().page(id, order, Some(first.key), 100).await.unwrap());
        same("behind the first in SQL", &behind, &all[1..].to_vec())?;
    }
    drop(tx);

    let ranks = services.ranks();
    if ranks.version(id).await.unwrap().is_none() {
        index::load(services, id).await.map_err(|error| format!("loading: {error}"))?;
    }
    let page = ranks.page(id, Window::Top, 100, Some(user_id)).await.unwrap().ok_or("which is not loaded")?;
    same("in the index", &page.rows, &all)?;
    same("players in the index", &page.total, &total)?;
    same("a player's place in the index", &page.me, &me)?;
    same("the index's version", &page.version, &row.version)?;
    let page =
        ranks.page(id, Window::Around(user_id), limit, None).await.unwrap().ok_or("which is not loaded")?;
    same("around a player in the index", &page.rows, &near)?;
    if let Some(first) = all.first() {
        let page = ranks.page(id, Window::After(first.key), 100, None).await.unwrap();
        let behind = page.map(|page| page.rows).unwrap_or_default();
        same("behind the first in the index", &behind, &all[1..].to_vec())?;
    }
    Ok(())
}
