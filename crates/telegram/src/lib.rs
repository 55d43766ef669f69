//! What Podium knows of Telegram: who signed init data, how an update looks, how the Bot API is called and what it
//! answers, and what keyboards and links must keep to.
//!
//! Nothing here decides anything about players; `services` does. Nothing here stores anything.
//!
//! Invariants:
//! - a [`Verified`] value exists only because a signature was checked in this crate;
//! - no token, no init data, no name and no message text reaches a log line or an error;
//! - an update of a kind that nobody knows yet is never an error;
//! - every call to the Bot API has a timeout and a bound on the size of its answer.

#![deny(missing_docs)]

pub mod api;
pub mod init_data;
pub mod inline;
pub mod keyboard;
pub mod link;
pub mod login_widget;
pub mod oidc;
pub mod send_limits;
pub mod token;
pub mod update;
pub mod verified;

pub use crate::{token::BotToken, verified::Verified};

/// The types of the Bot API, for payloads that this crate has no builder for.
pub use frankenstein;
