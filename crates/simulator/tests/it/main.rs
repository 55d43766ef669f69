//! The simulator from outside: as a bot, as a webhook and as a browser see it.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test, as the test itself would")]

mod bot;
mod control;
mod faults;
mod inline;
mod launch;
mod limits;
mod messages;
mod oauth;
mod platform;
mod polling;
mod webhook;
mod webhook_receiver;
