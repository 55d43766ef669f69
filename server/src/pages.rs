//! The pages and the files of the site.
//!
//! Every page is rendered anew for its reader, with a nonce of its own, and is never stored; everything it loads has
//! its content's hash in its name and is stored for ever.

mod app_page;
mod catalogs;
mod files;
mod functions;
mod join;
pub(crate) mod login;
pub(crate) mod next;
mod plain;
pub(crate) mod qr;
mod reader;
pub(crate) mod security;
mod site;

use axum::{
    Router,
    http::HeaderMap,
    response::Response,
    routing::{any, get},
};
use tower_http::compression::{CompressionLayer, predicate::SizeAbove};

pub use self::site::Site;
use crate::state::AppState;

/// Shorter answers are not worth the work.
const COMPRESS_FROM_BYTES: u64 = 512;

/// The pages, the site's files and the server functions.
pub fn router() -> Router<AppState> {
    let pages = Router::new()
        .route("/", get(plain::landing))
        .route("/login", get(login::show))
        .route("/kit", get(plain::kit))
        .route("/t/{id}/rules", get(plain::rules))
        .route("/app", get(app_page::show))
        .route("/app/", get(app_page::show))
        .route("/app/join", get(join::show))
        .route("/app/{*rest}", get(app_page::show))
        .route("/i18n/{file}", get(catalogs::show))
        .route("/fn/{*name}", any(functions::call))
        .layer(
            CompressionLayer::new().br(true).gzip(true).compress_when(SizeAbove::new(COMPRESS_FROM_BYTES)),
        );
    pages.merge(files::router())
}

/// What a person sees at a path that leads nowhere.
pub fn not_found(state: &AppState, headers: &HeaderMap) -> Response {
    plain::not_found(state, headers)
}
