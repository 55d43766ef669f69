//! How fast this machine stores updates and scores durably:
//! `cargo run --release -p storage-sqlite --example ingest`. Figures only; nothing is asserted.

use std::time::Instant;

use domain::{BoardId, BotId, ChatId, Score, Standing, Timestamp, UpdateId, UserId};
use storage::{
    Store,
    board::{PlayerRow, Presence},
    inbox::NewUpdate,
    score_log::ScoreEvent,
};
use storage_sqlite::{Options, SqliteStore};
use uuid::Uuid;

type AnyError = Box<dyn std::error::Error>;

const PLAYERS: u64 = 1_000_000;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), AnyError> {
    let folder = tempfile::tempdir_in(".")?;
    let path = folder.path().join("ingest.db");
    let store = SqliteStore::open(&path.to_string_lossy(), &Options::default()).await?;
    store.migrate().await?;
    let mut next_id = 0;
    for batch in [1, 64, 512] {
        let rows = if batch == 1 { 5_000 } else { 200_000 };
        measure_inbox(&store, &mut next_id, batch, rows).await?;
    }
    fill_board(&store).await?;
    for batch in [20, 100, 500] {
        measure_board(&store, batch, false).await?;
        measure_board(&store, batch, true).await?;
    }
    store.close().await;
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "a measurement")]
fn now() -> Instant {
    Instant::now()
}

/// An update as a message in a private chat looks: about 400 bytes.
fn update(id: i64) -> NewUpdate {
    let chat = id % 10_000;
    let payload = format!(
        "{{\"update_id\":{id},\"message\":{{\"message_id\":{id},\"from\":{{\"id\":{chat},\"is_bot\":false,\
         \"first_name\":\"Алиса\",\"username\":\"alice_in_chains\",\"language_code\":\"ru\"}},\"chat\":{{\"id\":{chat},\
         \"first_name\":\"Алиса\",\"username\":\"alice_in_chains\",\"type\":\"private\"}},\"date\":1767225600,\
         \"text\":\"/start t_cup-2026\",\"entities\":[{{\"offset\":0,\"length\":6,\"type\":\"bot_command\"}}]}}}}"
    );
    NewUpdate {
        bot_id: BotId(7_000_000_001),
        update_id: UpdateId(id),
        chat_id: Some(ChatId(chat)),
        payload,
        received_at: Timestamp::from_millis(1_767_225_600_000),
    }
}

async fn measure_inbox(
    store: &SqliteStore,
    next_id: &mut i64,
    batch: i64,
    rows: i64,
) -> Result<(), AnyError> {
    let started = now();
    let last = *next_id + rows;
    while *next_id < last {
        let updates: Vec<NewUpdate> = (*next_id..*next_id + batch).map(update).collect();
        *next_id += batch;
        let mut transaction = store.begin_write().await?;
        transaction.inbox().add_many(&updates).await?;
        transaction.save().await?;
    }
    report("inbox.add_many", batch, rows, started);
    Ok(())
}

fn player(user: u64, round: u64) -> Result<PlayerRow, AnyError> {
    // Ids spread like those of players who come back in no order.
    let id = UserId::from_uuid(Uuid::from_u64_pair(user.wrapping_mul(0x9e37_79b9_7f4a_7c15), user));
    let at = Timestamp::from_millis(1_767_225_600_000 + i64::try_from(round)?);
    Ok(PlayerRow {
        board_id: board()?,
        user_id: id,
        standing: Standing {
            score: Score::new(i64::try_from(user * 7 + round)?)?,
            ties: domain::Ties::default(),
            achieved_at: at,
            newest_at: at,
        },
        presence: Presence::OnBoard,
        attempts: round,
        last_event: None,
        version: round,
    })
}

/// The row of the log behind a player's row.
fn logged(row: &mut PlayerRow, number: i64) -> Result<ScoreEvent, AnyError> {
    Ok(ScoreEvent {
        number,
        board_id: row.board_id.clone(),
        user_id: row.user_id,
        source: "/platform/games".parse()?,
        event_id: format!("0199d7f2-a3b4-7c6e-8a1b-{number:012}").parse()?,
        result: Some((row.standing.score, row.standing.ties)),
        happened_at: row.standing.achieved_at,
        received_at: row.standing.achieved_at,
        corrects: None,
        previous: row.last_event.replace(number),
    })
}

fn board() -> Result<BoardId, AnyError> {
    Ok("cup-2026".parse()?)
}

async fn fill_board(store: &SqliteStore) -> Result<(), AnyError> {
    for first in (0..PLAYERS).step_by(10_000) {
        let rows = (first..first + 10_000).map(|user| player(user, 0)).collect::<Result<Vec<_>, _>>()?;
        let mut transaction = store.begin_write().await?;
        transaction.boards().put_players(&rows).await?;
        transaction.save().await?;
    }
    Ok(())
}

async fn measure_board(store: &SqliteStore, batch: i64, with_log: bool) -> Result<(), AnyError> {
    let rows = 100_000;
    let started = now();
    let mut user: u64 = 1;
    for round in 0..rows / batch {
        let round = u64::try_from(round)? + 1;
        let mut players = (0..batch)
            .map(|_| {
                user = (user.wrapping_mul(6_364_136_223_846_793_005)).wrapping_add(1_442_695_040_888_963_407);
                player((user >> 33) % PLAYERS, round)
            })
            .collect::<Result<Vec<_>, _>>()?;
        let mut transaction = store.begin_write().await?;
        if with_log {
            let numbers = transaction.score_log().reserve(u32::try_from(batch)?).await?;
            let mut events = Vec::with_capacity(players.len());
            for (row, number) in players.iter_mut().zip(numbers) {
                events.push(logged(row, number)?);
            }
            transaction.score_log().add(&events).await?;
        }
        transaction.boards().put_players(&players).await?;
        transaction.save().await?;
    }
    let what =
        if with_log { "score_log.add, boards.put_players" } else { "boards.put_players into 1 000 000" };
    report(what, batch, rows, started);
    Ok(())
}

fn report(what: &str, batch: i64, rows: i64, started: Instant) {
    let elapsed = started.elapsed();
    let rate = u128::try_from(rows).unwrap_or_default() * 1_000_000 / elapsed.as_micros().max(1);
    println!("{what}, batches of {batch}: {rate} rows/s ({rows} rows in {} ms)", elapsed.as_millis());
}
