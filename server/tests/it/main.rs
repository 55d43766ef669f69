//! The whole server in one process: real routes, real SQLite, a clock that the test moves, and a simulated Telegram
//! where one is needed.

#![expect(clippy::unwrap_used, reason = "a test ends where it can't go on")]

mod board;
mod board_messages;
mod bot;
mod bot_support;
mod confirm;
mod consents;
mod console;
mod console_missions;
mod console_pages;
mod console_support;
mod console_tournaments;
mod cup;
mod devices;
mod events;
mod events_out;
mod exchange;
mod fresh;
mod handoff;
mod history;
mod identity_table;
mod index_down;
mod inline;
mod jobs;
mod join_chat;
mod linking_chat;
mod links;
mod links_limits;
mod links_platform;
mod links_support;
mod listener;
mod live;
mod login;
mod mission_histories;
mod mission_rules;
mod missions;
mod missions_chat;
mod missions_support;
mod oidc;
mod openapi;
mod pages;
mod privacy;
mod problems;
mod refresh;
mod retention;
mod rewards;
mod scores;
mod sealed_names;
mod stats;
mod support;
mod suspicion;
mod tournament_end;
mod tournament_join;
mod webhook;
