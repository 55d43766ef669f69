//! The page that looks like a Telegram client, and Telegram's official script for the Mini App.
//!
//! Invariant: the page talks to this origin alone and to its own frame by `postMessage`; its policy allows no inline
//! script or style.

mod assets;
mod script;

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};

use tower_http::compression::CompressionLayer;

pub use crate::page::script::Script;
use crate::{page::assets::ASSETS, server::Cut, simulator::Simulator};

/// The routes of the page and of the script.
pub fn routes(script: Option<Script>) -> Router<Simulator> {
    let mut routes = Router::new().route("/", get(index)).route(
        "/telegram-web-app.js",
        get(
            async |State(simulator): State<Simulator>,
                   axum::extract::ConnectInfo(cut): axum::extract::ConnectInfo<Cut>,
                   headers: HeaderMap| {
                if !simulator.world().script_reachable {
                    cut.cut();
                    return StatusCode::SERVICE_UNAVAILABLE.into_response();
                }
                match script {
                    Some(script) => script.answer(&headers),
                    None => (StatusCode::NOT_FOUND, "start the simulator with --script").into_response(),
                }
            },
        ),
    );
    for asset in ASSETS {
        let answer = async || {
            ([(header::CONTENT_TYPE, asset.content_type), (header::CACHE_CONTROL, "no-cache")], asset.content)
        };
        routes = routes.route(asset.path, get(answer));
    }
    // As telegram.org does; on a slow phone the script's size counts.
    routes.layer(CompressionLayer::new())
}

async fn index(State(simulator): State<Simulator>) -> Response {
    let app_origin = reqwest::Url::parse(&simulator.config().app_url)
        .map(|url| url.origin().ascii_serialization())
        .unwrap_or_default();
    // Whatever runs on this machine may be framed too: `localhost` and `127.0.0.1` are the same to a developer.
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: https: \
         http://127.0.0.1:* http://localhost:*; frame-src {app_origin} http://127.0.0.1:* http://localhost:*; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    let headers: [(HeaderName, String); 4] = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CACHE_CONTROL, "no-cache".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    (headers, include_str!("../page/index.html")).into_response()
}
