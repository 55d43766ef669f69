//! Ranks on Redis, shared by all nodes.
//!
//! A board is three keys in one slot: `…:meta` (a hash of version and order), `…:places` (a sorted set whose members
//! are tie columns, time and player) and `…:players` (a hash from player to tie columns and time, which with the
//! player's id make the member to look up or replace).
//!
//! Invariant: each script reads or changes a board at one go. A rebuild is staged under keys that expire by
//! themselves and takes the board's place in one step, so a rebuild that dies leaves the board as it was. Versions
//! stay below 2^53, as Lua counts in doubles.

use std::{collections::HashSet, time::Duration};

use async_trait::async_trait;
use domain::{BoardId, BoardOrder, UserId, ranking::RankKey};
use redis::Script;

use crate::{
    BusError, RedisConnection,
    ranks::{
        Applied, Change, Loaded, PAGE_ROWS_MAX, RankPage, Ranked, Ranks, TwoKeysOfOnePlayer, Window,
        encoding::{self, Malformed},
        rows_above,
    },
    redis::{CALL_TIMEOUT, STEP_TIMEOUT, timed},
};

/// How many keys go to Redis in one step of a rebuild: some milliseconds of its time.
const STAGE_STEP: usize = 2_000;
/// How many changes go as arguments of one script call; more are staged first.
const APPLY_INLINE_MAX: usize = 2_000;
/// How long staged keys outlive the last step.
const STAGED_FOR: Duration = Duration::from_mins(1);
/// From this many keys on, sorting is work for a blocking thread.
const BLOCKING_FROM: usize = 1_000;

/// The rank index of many machines.
#[derive(Debug, Clone)]
pub struct RedisRanks {
    connection: RedisConnection,
    page: Script,
    apply: Script,
    swap: Script,
}

/// The keys of one board. The braces make Redis Cluster put them into one slot.
struct Keys {
    meta: String,
    places: String,
    players: String,
    staged: String,
}

/// What `page.lua` answers.
type PageReply = Option<(u64, String, u64, u64, Vec<Vec<u8>>, u64, Vec<Vec<u8>>)>;

/// Some of the staged keys were gone when the board should have been put in place.
#[derive(Debug, thiserror::Error)]
#[error("the staged board is incomplete")]
struct Incomplete;

impl RedisRanks {
    /// The ranks on this server.
    pub fn new(connection: RedisConnection) -> Self {
        Self {
            connection,
            page: Script::new(concat!(include_str!("lua/key.lua"), include_str!("lua/page.lua"))),
            apply: Script::new(concat!(include_str!("lua/key.lua"), include_str!("lua/apply.lua"))),
            swap: Script::new(include_str!("lua/swap.lua")),
        }
    }

    fn keys(&self, board: &BoardId) -> Keys {
        let key = |part| self.connection.key(&format!("ranks2:{{{board}}}:{part}"));
        Keys { meta: key("meta"), places: key("places"), players: key("players"), staged: key("staged") }
    }

    /// A number that no other rebuild has, to tell staged keys apart.
    async fn staging_number(&self, operation: &'static str) -> Result<u64, BusError> {
        let mut manager = self.connection.manager();
        let mut command = redis::cmd("INCR");
        command.arg(self.connection.key("ranks:stagings"));
        timed(operation, CALL_TIMEOUT, command.query_async(&mut manager)).await
    }

    async fn stage(
        &self,
        order: BoardOrder,
        keys: &[RankKey],
        places: &str,
        players: &str,
    ) -> Result<(), BusError> {
        let mut manager = self.connection.manager();
        for step in keys.chunks(STAGE_STEP) {
            let mut pipeline = redis::pipe();
            pipeline.atomic();
            pipeline.cmd("ZADD").arg(places);
            for key in step {
                pipeline.arg(encoding::weight(key, order.order)).arg(encoding::member(key, order));
            }
            pipeline.cmd("HSET").arg(players);
            for key in step {
                pipeline.arg(&key.user_id.as_uuid().as_bytes()[..]).arg(encoding::prefix(key, order));
            }
            for staged in [places, players] {
                pipeline.cmd("PEXPIRE").arg(staged).arg(expiry_ms());
            }
            timed("ranks.load", STEP_TIMEOUT, pipeline.exec_async(&mut manager)).await?;
        }
        Ok(())
    }

    async fn stage_changes(&self, changes: &[Change], list: &str) -> Result<(), BusError> {
        let mut manager = self.connection.manager();
        for step in changes.chunks(STAGE_STEP) {
            let mut pipeline = redis::pipe();
            pipeline.atomic();
            pipeline.cmd("RPUSH").arg(list);
            for change in step {
                pipeline.arg(encoding::change(change));
            }
            pipeline.cmd("PEXPIRE").arg(list).arg(expiry_ms());
            timed("ranks.apply", STEP_TIMEOUT, pipeline.exec_async(&mut manager)).await?;
        }
        Ok(())
    }
}

#[async_trait]
impl Ranks for RedisRanks {
    async fn load(
        &self,
        board: &BoardId,
        order: BoardOrder,
        version: u64,
        keys: Vec<RankKey>,
    ) -> Result<(), BusError> {
        const OPERATION: &str = "ranks.load";
        if self.version(board).await?.is_some_and(|present| present > version) {
            return Ok(());
        }
        let sorted = if keys.len() < BLOCKING_FROM {
            sorted(keys, order)
        } else {
            tokio::task::spawn_blocking(move || sorted(keys, order)).await.map_err(BusError::at(OPERATION))?
        };
        let keys = sorted.map_err(BusError::at(OPERATION))?;
        let board = self.keys(board);
        let number = self.staging_number(OPERATION).await?;
        let (places, players) =
            (format!("{}:{number}:places", board.staged), format!("{}:{number}:players", board.staged));
        self.stage(order, &keys, &places, &players).await?;
        let mut manager = self.connection.manager();
        let mut script = self.swap.prepare_invoke();
        script.key(board.meta).key(board.places).key(board.players).key(places).key(players);
        script.arg(version).arg(encoding::order_name(order)).arg(keys.len());
        let outcome: String = timed(OPERATION, STEP_TIMEOUT, script.invoke_async(&mut manager)).await?;
        match outcome.as_str() {
            "done" | "later" => Ok(()),
            _ => Err(BusError::at(OPERATION)(Incomplete)),
        }
    }

    async fn apply(
        &self,
        board: &BoardId,
        order: BoardOrder,
        (from, version): (u64, u64),
        changes: &[Change],
    ) -> Result<Applied, BusError> {
        const OPERATION: &str = "ranks.apply";
        let board = self.keys(board);
        let mut manager = self.connection.manager();
        let mut script = self.apply.prepare_invoke();
        script.key(board.meta).key(board.places).key(board.players);
        script.arg(from).arg(version).arg(encoding::order_name(order));
        let timeout = if changes.len() <= APPLY_INLINE_MAX {
            for change in changes {
                script.arg(encoding::change(change));
            }
            CALL_TIMEOUT
        } else {
            let list = format!("{}:{}:changes", board.staged, self.staging_number(OPERATION).await?);
            self.stage_changes(changes, &list).await?;
            script.key(list).arg(changes.len());
            STEP_TIMEOUT
        };
        let (outcome, at): (String, u64) =
            timed(OPERATION, timeout, script.invoke_async(&mut manager)).await?;
        match outcome.as_str() {
            "done" => Ok(Applied::Done),
            "known" => Ok(Applied::Known { at }),
            "gap" => Ok(Applied::Gap { at }),
            "not_loaded" => Ok(Applied::NotLoaded),
            _ => Err(BusError::at(OPERATION)(Incomplete)),
        }
    }

    async fn page(
        &self,
        board: &BoardId,
        window: Window,
        limit: u32,
        me: Option<UserId>,
    ) -> Result<Option<RankPage>, BusError> {
        const OPERATION: &str = "ranks.page";
        let board = self.keys(board);
        let limit = limit.min(PAGE_ROWS_MAX);
        let mut script = self.page.prepare_invoke();
        script.key(board.meta).key(board.places).key(board.players);
        script.arg(limit).arg(me.map_or_else(Vec::new, player)).arg(rows_above(limit as usize));
        match window {
            Window::Top => script.arg("top"),
            Window::After(key) => script.arg("after").arg(encoding::entry(&key)),
            Window::Before(key) => script.arg("before").arg(encoding::entry(&key)),
            Window::Around(user_id) => script.arg("around").arg(player(user_id)),
        };
        let mut manager = self.connection.manager();
        let reply: PageReply = timed(OPERATION, CALL_TIMEOUT, script.invoke_async(&mut manager)).await?;
        reply.map(read_page).transpose().map_err(BusError::at(OPERATION))
    }

    async fn loaded(&self, board: &BoardId) -> Result<Option<Loaded>, BusError> {
        const OPERATION: &str = "ranks.loaded";
        let mut manager = self.connection.manager();
        let mut command = redis::cmd("HMGET");
        command.arg(self.keys(board).meta).arg("version").arg("order");
        let meta: (Option<u64>, Option<String>) =
            timed(OPERATION, CALL_TIMEOUT, command.query_async(&mut manager)).await?;
        let (Some(version), Some(order)) = meta else { return Ok(None) };
        let order = encoding::order_of(&order).map_err(BusError::at(OPERATION))?;
        Ok(Some(Loaded { version, order }))
    }

    fn is_shared(&self) -> bool {
        true
    }

    async fn unload(&self, board: &BoardId) -> Result<(), BusError> {
        let keys = self.keys(board);
        let mut manager = self.connection.manager();
        let mut command = redis::cmd("UNLINK");
        command.arg(keys.meta).arg(keys.places).arg(keys.players);
        timed("ranks.unload", CALL_TIMEOUT, command.exec_async(&mut manager)).await
    }
}

/// Keys in the order of the board: a sorted set grows several times faster at its end than at random places.
fn sorted(mut keys: Vec<RankKey>, order: BoardOrder) -> Result<Vec<RankKey>, TwoKeysOfOnePlayer> {
    let players: HashSet<_> = keys.iter().map(|key| key.user_id).collect();
    if players.len() != keys.len() {
        return Err(TwoKeysOfOnePlayer);
    }
    keys.sort_unstable_by(|left, right| left.compare(right, order));
    Ok(keys)
}

fn player(user_id: UserId) -> Vec<u8> {
    user_id.as_uuid().as_bytes().to_vec()
}

fn expiry_ms() -> u64 {
    u64::try_from(STAGED_FOR.as_millis()).unwrap_or(u64::MAX)
}

fn read_page(
    (version, order, total, skip, rows, my_rank, my_row): <PageReply as IntoIterator>::Item,
) -> Result<RankPage, Malformed> {
    let order = encoding::order_of(&order)?;
    let decode = |row: &[Vec<u8>]| match row {
        [member, weight] => encoding::decode(member, weight, order),
        _ => Err(Malformed),
    };
    let rows = (skip + 1..)
        .zip(rows.chunks(2))
        .map(|(rank, row)| Ok(Ranked { rank, key: decode(row)? }))
        .collect::<Result<_, _>>()?;
    let me = match my_row.as_slice() {
        [] => None,
        row => Some(Ranked { rank: my_rank, key: decode(row)? }),
    };
    Ok(RankPage { version, total, rows, me })
}
