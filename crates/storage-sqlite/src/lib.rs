//! The store on one machine: a SQLite file.
//!
//! One connection writes, a few read, one copies the log back, all on one file in WAL mode. `synchronous=FULL` makes a
//! commit durable before it is answered; that there is a single writer makes `BEGIN IMMEDIATE` wait in the pool, in
//! order, in place of failing with "database is locked".
//!
//! Lists go into statements as one JSON text that `json_each` takes apart: the statement's text never changes, so that it
//! is prepared once, and the limit of bound values is never met.

#![deny(missing_docs)]

mod activity;
mod audit;
mod board;
mod board_message;
mod campaign;
mod checkpoint;
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
mod list;
mod mission;
mod mission_progress;
mod one_time_token;
mod operator;
mod outbox;
mod outgoing_event;
mod period;
#[cfg(test)]
mod plans;
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

pub use crate::store::{Options, SqliteStore};
