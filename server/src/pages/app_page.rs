//! `/app/…`: the player's pages, with what is public already on them.

use app::{First, PageData, Route};
use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode, Uri},
    response::{IntoResponse, Response},
};
use domain::ErrorCode;
use services::boards::{self, BoardError};

use crate::{
    http::error::ApiError,
    pages::{
        plain,
        reader::Reader,
        security::{Fence, page},
    },
    state::AppState,
};

/// A page of the app.
pub async fn show(
    State(state): State<AppState>,
    uri: Uri,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let Some(route) = route(uri.path(), query.as_deref()) else { return plain::not_found(&state, &headers) };
    let first = first(&state, &route).await;
    let status = match &first {
        First::Failed(ErrorCode::TournamentUnknown) => StatusCode::NOT_FOUND,
        First::Failed(_) => StatusCode::SERVICE_UNAVAILABLE,
        First::Lobby(_) | First::Tournament(_) | First::Nothing => StatusCode::OK,
    };
    let data = PageData {
        path: route.path(),
        bot: plain::bot_username(&state).await,
        now: state.services.now(),
        first,
    };
    let reader = Reader::new(&state, &headers);
    let script = &state.settings.telegram.web_app_js;
    match app::ssr::render_app(reader.setting(&state.site), data, script) {
        Ok(html) => page(&state.settings, Fence::App, status, &reader.nonce, html),
        Err(error) => {
            tracing::error!(error = %domain::ErrorChain(&error), "a page can't be rendered");
            ApiError::new(ErrorCode::Internal).into_response()
        }
    }
}

/// The page that is asked for. Telegram passes the parameter of a `startapp` link in the query too, so that the first
/// paint already shows the tournament that was shared.
fn route(path: &str, query: Option<&str>) -> Option<Route> {
    let route = Route::parse(path)?;
    if route != Route::Lobby {
        return Some(route);
    }
    let pairs = query.unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
    let wanted = pairs.into_iter().find(|(name, _)| *name == "tgWebAppStartParam");
    Some(wanted.and_then(|(_, parameter)| Route::from_start_parameter(parameter)).unwrap_or(route))
}

/// What is public of a page.
async fn first(state: &AppState, route: &Route) -> First {
    let outcome = match route {
        Route::Lobby => boards::lobby(&state.services, None).await.map(First::Lobby),
        Route::Tournament(id) => {
            boards::tournament_page(&state.services, id, None).await.map(First::Tournament)
        }
        Route::Tournaments(_)
        | Route::History
        | Route::Missions(_)
        | Route::Rewards
        | Route::Profile
        | Route::Settings
        | Route::Privacy
        | Route::Link => Ok(First::Nothing),
    };
    outcome.unwrap_or_else(|error| {
        if !matches!(error, BoardError::Unknown) {
            tracing::error!(error = %domain::ErrorChain(&error), "a page is shown without its content");
        }
        First::Failed(error.code())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_parameter_in_the_query_opens_its_tournament() {
        let cup = Route::parse("/app/t/cup").unwrap();
        assert_eq!(route("/app", Some("tgWebAppStartParam=t_cup")), Some(cup.clone()));
        assert_eq!(route("/app", Some("a=b&tgWebAppStartParam=t_cup&c=d")), Some(cup));
        assert_eq!(route("/app", Some("tgWebAppStartParam=code")), Some(Route::Lobby));
        assert_eq!(route("/app", Some("tgWebAppStartParam=p_privacy")), Some(Route::Privacy));
        assert_eq!(route("/app", Some("tgWebAppStartParam=p_missions")), Some(Route::Missions(None)));
        assert_eq!(route("/app", Some("tgWebAppStartParam=Zm9vYmFyYmF6cXV4-_0123")), Some(Route::Link));
        assert_eq!(route("/app", None), Some(Route::Lobby));
        assert_eq!(route("/app/profile", Some("tgWebAppStartParam=t_cup")), Some(Route::Profile));
        assert_eq!(route("/app/bonus", None), None);
    }
}
