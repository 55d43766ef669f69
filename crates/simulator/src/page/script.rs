//! Telegram's official `telegram-web-app.js`, read from disk once.

use std::path::Path;

use axum::{
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use sha2::{Digest as _, Sha256};

use crate::server::StartError;

/// The script and a tag that changes with it.
#[derive(Debug, Clone)]
pub struct Script {
    content: Bytes,
    etag: String,
}

impl Script {
    /// Reads the script; none where no path is given.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn read(path: Option<&Path>) -> Result<Option<Self>, StartError> {
        let Some(path) = path else { return Ok(None) };
        let content = std::fs::read(path)
            .map_err(|source| StartError::Script { path: path.display().to_string(), source })?;
        let etag = format!("\"{}\"", hex::encode(&Sha256::digest(&content)[..8]));
        Ok(Some(Self { content: Bytes::from(content), etag }))
    }

    /// The answer to a browser. It asks each time whether the script changed, so that the switch that makes the script
    /// unreachable works at once.
    pub fn answer(&self, headers: &HeaderMap) -> Response {
        let caching = [(header::ETAG, self.etag.clone()), (header::CACHE_CONTROL, "no-cache".to_owned())];
        if headers.get(header::IF_NONE_MATCH).is_some_and(|tag| tag.as_bytes() == self.etag.as_bytes()) {
            return (StatusCode::NOT_MODIFIED, caching).into_response();
        }
        let content_type = [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")];
        (caching, content_type, self.content.clone()).into_response()
    }
}
