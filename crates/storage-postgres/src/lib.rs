//! The store of many machines: PostgreSQL.
//!
//! Writes run at READ COMMITTED and lock the rows that they decide on; reads run at REPEATABLE READ, so that they see one
//! state. Statements that touch many rows touch them in the order of their keys, so that two of them wait for each other
//! in place of deadlocking. Lists go into statements as arrays, taken apart by `UNNEST`.

#![deny(missing_docs)]

mod activity;
mod audit;
mod board;
mod board_message;
mod campaign;
mod column;
mod connection;
mod consent;
mod console_session;
mod dialogue;
mod entry;
mod error;
mod event;
mod inbox;
mod job;
mod lease;
mod mission;
mod mission_progress;
mod one_time_token;
mod operator;
mod outbox;
mod outgoing_event;
mod period;
mod privacy;
mod pulse;
mod rank_sample;
mod result;
mod reward;
mod score_log;
mod session;
mod setting;
mod signing_key;
mod store;
mod tournament;
mod transaction;
mod user;
mod wish;

pub use crate::store::{Options, PostgresStore};
