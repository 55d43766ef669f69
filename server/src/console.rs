//! The console on the wire: `/console/…`, for operators.
//!
//! Invariants: the cookie is scoped to `/console`, no script can read it, and every form carries a key that is made of
//! it and comes from our own origin; nothing personal is in an address; what is allowed is decided by `services::console`
//! alone.

mod answer;
mod audit;
mod cookie;
mod desk;
mod enter;
mod form;
mod missions;
mod operators;
mod players;
mod second_factor;
mod tournaments;

use axum::{
    Router,
    routing::{get, post},
};
use tower_http::compression::{CompressionLayer, predicate::SizeAbove};

use crate::state::AppState;

/// Shorter answers are not worth the work.
const COMPRESS_FROM_BYTES: u64 = 512;

/// Makes the router and the list of what is in it from one table, so that the two can't differ.
macro_rules! routes {
    ($($method:ident $path:literal => $handler:path;)*) => {
        /// Every route of the console: method and path.
        pub const ROUTES: &[(&str, &str)] = &[$((stringify!($method), $path)),*];

        fn table() -> Router<AppState> {
            Router::new()$(.route($path, $method($handler)))*
        }
    };
}

routes! {
    get "/console" => players::show;
    get "/console/" => players::show;
    get "/console/enter" => enter::show;
    get "/console/files/{file}" => enter::file;
    post "/console/session" => enter::open;
    post "/console/sign-out" => enter::sign_out;
    get "/console/alive" => enter::alive;
    get "/console/second-factor" => second_factor::show;
    post "/console/second-factor" => second_factor::submit;
    post "/console/second-factor/replace" => second_factor::replace;
    get "/console/players" => players::show;
    post "/console/players" => players::search;
    get "/console/players/{player}" => players::look;
    post "/console/players/{player}/sessions/end" => players::end_sessions;
    get "/console/tournaments" => tournaments::show;
    get "/console/tournaments/new" => tournaments::begin;
    post "/console/tournaments/new" => tournaments::create;
    get "/console/tournaments/{id}" => tournaments::look;
    get "/console/tournaments/{id}/edit" => tournaments::edit;
    post "/console/tournaments/{id}/edit" => tournaments::change;
    get "/console/tournaments/{id}/pulse" => tournaments::pulse;
    post "/console/tournaments/{id}/{command}" => tournaments::command;
    get "/console/tournaments/{id}/player" => tournaments::find;
    get "/console/tournaments/{id}/players/{player}" => tournaments::dispute;
    post "/console/tournaments/{id}/players/{player}/exclude" => tournaments::exclude;
    post "/console/tournaments/{id}/players/{player}/reinstate" => tournaments::reinstate;
    get "/console/missions" => missions::show;
    get "/console/missions/new" => missions::begin;
    post "/console/missions/new" => missions::create;
    get "/console/missions/{id}" => missions::look;
    get "/console/missions/{id}/edit" => missions::edit;
    post "/console/missions/{id}/edit" => missions::change;
    post "/console/missions/{id}/stop" => missions::stop;
    post "/console/missions/{id}/resume" => missions::resume;
    get "/console/audit" => audit::show;
    get "/console/operators" => operators::show;
    post "/console/operators/invite" => operators::invite;
    post "/console/operators/{operator}/role" => operators::change_role;
    post "/console/operators/{operator}/end" => operators::end;
    post "/console/operators/{operator}/second-factor/reset" => operators::reset_second_factor;
}

/// The routes of the console.
pub fn router() -> Router<AppState> {
    table()
        .layer(CompressionLayer::new().br(true).gzip(true).compress_when(SizeAbove::new(COMPRESS_FROM_BYTES)))
}
