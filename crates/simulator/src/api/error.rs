//! How the Bot API says no.

use serde_json::{Value, json};

/// An answer with `"ok": false`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{description}")]
pub struct ApiError {
    /// The HTTP status, also the `error_code`.
    pub code: u16,
    /// The words.
    pub description: String,
    /// When to come again, in seconds.
    pub retry_after: Option<i64>,
}

impl ApiError {
    /// An error with its words as they are.
    pub fn new(code: u16, description: impl Into<String>) -> Self {
        Self { code, description: description.into(), retry_after: None }
    }

    /// 400.
    pub fn bad_request(reason: impl std::fmt::Display) -> Self {
        Self::new(400, format!("Bad Request: {reason}"))
    }

    /// 401.
    pub fn unauthorized() -> Self {
        Self::new(401, "Unauthorized")
    }

    /// 403.
    pub fn forbidden(reason: impl std::fmt::Display) -> Self {
        Self::new(403, format!("Forbidden: {reason}"))
    }

    /// 404 for a method that there is not.
    pub fn unknown_method() -> Self {
        Self::new(404, "Not Found: method not found")
    }

    /// 409.
    pub fn conflict(reason: impl std::fmt::Display) -> Self {
        Self::new(409, format!("Conflict: {reason}"))
    }

    /// 429.
    pub fn too_many_requests(retry_after: i64) -> Self {
        Self {
            code: 429,
            description: format!("Too Many Requests: retry after {retry_after}"),
            retry_after: Some(retry_after),
        }
    }

    /// The body of the answer.
    pub fn to_body(&self) -> Value {
        let mut body = json!({"ok": false, "error_code": self.code, "description": self.description});
        if let Some(retry_after) = self.retry_after {
            body["parameters"] = json!({"retry_after": retry_after});
        }
        body
    }
}
