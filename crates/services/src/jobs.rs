//! Durable jobs: what is to be done at a time, once, whatever is down at that time.
//!
//! To plan a job is to write a row in the transaction of the change that calls for it ([`plan()`]), so that it exists
//! exactly when the change does. A [`worker`] does it when it is due: in one transaction with the mark that it is done.
//! What that transaction changes in memory and for viewers is told after its commit ([`JobDone`]).
//!
//! How to add a kind: a line in [`storage::job::JobKind`]; a [`JobHandler`] beside what it is about; a line in
//! [`house()`]. What a handler must keep to:
//!
//! - It looks at what it finds, not at what the plan said: a plan is a wake-up call. It reads, and locks, what it is
//!   about, and does what is to be done *now*: perhaps nothing, because it was stopped, moved or done meanwhile.
//! - All that it does is written in the transaction that it is handed. It neither saves it nor calls the network: what
//!   has to be asked of others is asked before it begins ([`JobHandler::prepare`]).
//! - It is short: on SQLite everyone who writes waits for it. What is long is done in slices: it plans its own job
//!   anew, at once, with a payload that says where it stands. What nobody may see in part is written ahead
//!   ([`JobHandler::prepare`]).
//! - It locks what it is about before it plans or cancels jobs, as those do who plan from elsewhere.
//!
//! Invariants: what a job does and its end are committed together; a job that fails again and again is given up, and
//! holds nobody up; a worker leaves kinds alone that it has no handler for.

pub mod handler;
pub mod plan;
mod read;
pub mod replay;
pub mod retry;
mod run;
pub mod worker;

pub use crate::jobs::{
    handler::{Handlers, JobDone, JobError, JobHandler, house},
    plan::{is_open, plan},
    read::{key, payload},
    replay::replay_dead,
};
