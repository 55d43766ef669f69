//! `/fn/…`: server functions. Each checks its caller itself; here their failures become problem documents with the
//! status that belongs to them.

use axum::{
    body::to_bytes,
    extract::{Request, State},
    http::{Method, header},
    response::{IntoResponse, Response},
};
use domain::ErrorCode;
use leptos::prelude::provide_context;
use serde::Deserialize;

use crate::{http::error::ApiError, state::AppState};

/// A failure is short.
const FAILURE_BYTES_MAX: usize = 64 << 10;

/// What a server function answers when it fails.
#[derive(Debug, Deserialize)]
struct Refusal {
    code: ErrorCode,
}

/// Calls a server function.
pub async fn call(State(state): State<AppState>, mut request: Request) -> Response {
    if !app::functions::PATHS.contains(&request.uri().path()) {
        return ApiError::new(ErrorCode::NotFound).into_response();
    }
    if request.method() != Method::POST {
        return ApiError::new(ErrorCode::MethodNotAllowed).into_response();
    }
    // Leptos answers a form of a page without scripts by a redirect to wherever it came from; there is none here.
    request.headers_mut().remove(header::ACCEPT);
    request.headers_mut().remove(header::REFERER);
    let services = state.services.clone();
    let context = move || provide_context(services.clone());
    let response = leptos_axum::handle_server_fns_with_context(context, request).await.into_response();
    if response.status().is_success() {
        return with_no_store(response);
    }
    failure(response).await
}

/// The failure of a server function as the problem document that `/v1` would answer.
async fn failure(response: Response) -> Response {
    let body = to_bytes(response.into_body(), FAILURE_BYTES_MAX).await.unwrap_or_default();
    let code = serde_json::from_slice::<Refusal>(&body).map_or(ErrorCode::Internal, |refusal| refusal.code);
    ApiError::new(code).into_response()
}

fn with_no_store(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, header::HeaderValue::from_static("nosniff"));
    response
}
