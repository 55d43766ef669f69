//! Pages.

use std::path::Path;

use axum::{Router, response::{IntoResponse, Response}};

use crate::state::AppState;

/// The built site.
#[derive(Debug)]
pub struct Site;

impl Site {
    /// Loads.
    pub fn load(_root: &Path) -> anyhow::Result<Self> {
        Ok(Self)
    }
}

/// Routes.
pub fn router() -> Router<AppState> {
    Router::new()
}

/// 404.
pub async fn not_found() -> Response {
    axum::http::StatusCode::NOT_FOUND.into_response()
}
