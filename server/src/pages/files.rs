//! The files of the built site: `/pkg/…`, and what `public/` has put beside it.

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::Response,
    routing::get,
};
use tower::ServiceExt as _;
use tower_http::services::{ServeDir, ServeFile};

use crate::{pages::plain, state::AppState};

/// What lies beside the page's code.
const PUBLIC: [&str; 2] = ["/favicon.svg", "/robots.txt"];

/// The routes of the files.
pub fn router() -> Router<AppState> {
    let code = Router::new().route("/pkg/{*file}", get(code)).layer(middleware::map_response(immutable));
    let public = PUBLIC.into_iter().fold(Router::new(), |router, path| router.route(path, get(public)));
    code.merge(public.layer(middleware::map_response(for_a_day))).layer(middleware::from_fn(nosniff))
}

/// The page's code, as small as the browser can take it.
async fn code(State(state): State<AppState>, request: Request) -> Response {
    let files = ServeDir::new(state.site.root())
        .precompressed_br()
        .precompressed_gzip()
        .append_index_html_on_directories(false);
    serve(&state, files.oneshot(request.map(|_| axum::body::Body::empty())).await)
}

async fn public(State(state): State<AppState>, request: Request) -> Response {
    let path = state.site.root().join(request.uri().path().trim_start_matches('/'));
    let file = ServeFile::new(path).precompressed_br().precompressed_gzip();
    serve(&state, file.oneshot(request).await)
}

type Served = axum::http::Response<tower_http::services::fs::ServeFileSystemResponseBody>;

fn serve(state: &AppState, outcome: Result<Served, std::convert::Infallible>) -> Response {
    let Ok(response) = outcome;
    if response.status() == StatusCode::NOT_FOUND {
        return plain::not_found(state, &axum::http::HeaderMap::new());
    }
    response.map(axum::body::Body::new)
}

/// A name with a hash in it never means other content.
async fn immutable(mut response: Response) -> Response {
    if response.status().is_success() {
        let value = HeaderValue::from_static("public, max-age=31536000, immutable");
        response.headers_mut().insert(header::CACHE_CONTROL, value);
    }
    response
}

async fn for_a_day(mut response: Response) -> Response {
    if response.status().is_success() {
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=86400"));
    }
    response
}

async fn nosniff(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
