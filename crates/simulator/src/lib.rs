//! Telegram on a desk: a Bot API server that behaves like the real one, people who write to the bot, a page that
//! looks like a Telegram client and hosts the Mini App, and a demo platform that makes the boards move.
//!
//! Invariant: never linked into `podium`; nothing in here reaches the real Telegram. Other crates start it in their
//! tests with [`start`] and drive it through [`Handle`].

#![deny(missing_docs)]

pub mod api;
mod cabinet;
mod clock;
pub mod config;
mod control;
mod delivery;
pub mod demo;
mod html;
mod init_data;

pub mod launch;
mod oauth;
mod page;
mod server;
pub mod simulator;
pub mod world;

pub use crate::{
    config::{Config, DemoConfig, LimitsConfig},
    init_data::third_party_public_key,
    launch::{Kind, Launch},
    oauth::OauthFaults,
    server::{Handle, StartError, start},
    simulator::{Load, Simulator},
    world::{faults::Faults, users::NewUser},
};
