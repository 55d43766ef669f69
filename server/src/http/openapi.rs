//! The API's documentation, derived from the handlers.

use axum::{
    Router,
    extract::{DefaultBodyLimit, State},
    http::header,
    response::IntoResponse,
    routing::get,
};
use utoipa::{
    Modify, OpenApi,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{http::v1, state::AppState};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Podium",
        description = "A gaming platform's companion inside Telegram. Errors are problem documents (RFC 9457) with a \
                       `code` from a closed list.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    modifiers(&Bearer),
    tags(
        (name = "sign-in", description = "Sessions of players"),
        (name = "privacy", description = "What a player has said yes to, and what is kept of them"),
        (name = "linking", description = "One-time tokens, and the link with an account of the platform"),
        (name = "boards", description = "Tournaments and their boards; readable without a token"),
        (name = "tournaments", description = "Taking part in tournaments, and how they ended"),
        (name = "missions", description = "What a player can do"),
        (name = "rewards", description = "What a player is given"),
        (name = "platform", description = "What the platform tells; signed with a service key"),
        (name = "page", description = "What the Mini App reports"),
        (name = "health", description = "For load balancers")
    )
)]
struct Document;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        document
            .components
            .get_or_insert_default()
            .add_security_scheme("bearer", SecurityScheme::Http(scheme));
    }
}

/// The documented routes and the document that describes them.
pub fn documented_routes() -> (Router<AppState>, utoipa::openapi::OpenApi) {
    // The platform's batches are larger than anything else that is sent here.
    let events = OpenApiRouter::new()
        .routes(routes!(v1::platform_events::platform_events))
        .layer(DefaultBodyLimit::max(v1::platform_events::BODY_BYTES_MAX));
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(v1::exchange::exchange))
        .routes(routes!(v1::login::login))
        .routes(routes!(v1::oidc::start))
        .routes(routes!(v1::oidc::callback))
        .routes(routes!(v1::refresh::refresh))
        .routes(routes!(v1::logout::logout))
        .routes(routes!(v1::me::me))
        .routes(routes!(v1::sessions::sessions, v1::sessions::end_other_sessions))
        .routes(routes!(v1::sessions::end_session))
        .routes(routes!(v1::consents::consents, v1::consents::change_consents))
        .routes(routes!(v1::alias::alias, v1::alias::change_alias))
        .routes(routes!(v1::privacy::privacy))
        .routes(routes!(v1::privacy::plan_erasure, v1::privacy::cancel_erasure))
        .routes(routes!(v1::privacy::export))
        .routes(routes!(v1::privacy::download_export))
        .routes(routes!(v1::jwks::jwks))
        .routes(routes!(v1::tournaments::tournaments))
        .routes(routes!(v1::tournament::tournament))
        .routes(routes!(v1::share::share))
        .routes(routes!(v1::board::board))
        .routes(routes!(v1::live::live))
        .routes(routes!(v1::tournament_entry::join))
        .routes(routes!(v1::tournament_entry::want_reminder, v1::tournament_entry::drop_reminder))
        .routes(routes!(v1::tournament_entry::mine))
        .routes(routes!(v1::tournament_results::details))
        .routes(routes!(v1::tournament_results::periods))
        .routes(routes!(v1::tournament_results::results))
        .routes(routes!(v1::tournament_scores::scores))
        .routes(routes!(v1::history::history))
        .routes(routes!(v1::history::entries))
        .routes(routes!(v1::missions::list))
        .routes(routes!(v1::missions::one))
        .routes(routes!(v1::missions::claim))
        .routes(routes!(v1::rewards::rewards))
        .routes(routes!(v1::rewards::claim))
        .routes(routes!(v1::live::live_many))
        .routes(routes!(v1::start::start))
        .routes(routes!(v1::link::preview))
        .routes(routes!(v1::link::link))
        .routes(routes!(v1::unlink::unlink))
        .routes(routes!(v1::handoff::hand_over))
        .routes(routes!(v1::handoff::redeem))
        .routes(routes!(v1::platform_tokens::issue))
        .routes(routes!(v1::platform_tokens::status))
        .routes(routes!(v1::platform_notifications::notifications))
        .routes(routes!(v1::platform_campaigns::campaigns))
        .merge(events)
        .routes(routes!(v1::telemetry::telemetry))
        .routes(routes!(v1::health::live))
        .routes(routes!(v1::health::ready))
        .split_for_parts()
}

/// The document as it is served and kept as a snapshot.
///
/// # Errors
/// Never for the document of this crate; a test holds that.
pub fn document_json() -> Result<String, serde_json::Error> {
    documented_routes().1.to_pretty_json()
}

/// `GET /openapi.json`
pub fn router() -> Router<AppState> {
    Router::new().route("/openapi.json", get(document))
}

async fn document(State(_): State<AppState>) -> impl IntoResponse {
    static DOCUMENT: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    let document = DOCUMENT.get_or_init(|| document_json().unwrap_or_default()).as_str();
    ([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "public, max-age=300")], document)
}
