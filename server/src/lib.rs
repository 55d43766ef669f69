//! The server: composes the rooms of the house, reads the environment, and listens. Nothing else does any of these.

pub mod asn;
pub mod commands;
pub mod compose;
pub mod console;
pub mod http;
pub mod pages;
pub mod platform_webhook;
pub mod roles;
pub mod settings;
pub mod state;
pub mod stop;
pub mod system;
pub mod telemetry;
