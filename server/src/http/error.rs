//! Errors on the wire: problem documents (RFC 9457) with a code from a closed list.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{ErrorCode, Problem};
use services::{
    boards::BoardError,
    console::ConsoleError,
    identity::AuthError,
    inbox::IngestError,
    limits::Limited,
    links::LinkError,
    missions::MissionError,
    platform::{EventsError, SignatureError},
    privacy::download::DownloadError,
    rewards::RewardError,
    tournaments::TournamentError,
};

use crate::telemetry::trace;

/// A problem document with the headers that go with it.
#[derive(Debug)]
pub struct ApiError {
    problem: Problem,
    retry_after_s: Option<u64>,
}

impl ApiError {
    /// The document for a code. What can be tried again later says when.
    pub fn new(code: ErrorCode) -> Self {
        let retry_after_s = (code == ErrorCode::Unavailable).then_some(2);
        Self { problem: Problem::new(code), retry_after_s }
    }

    /// The same with a sentence on what exactly was wrong: about the request, never about this server.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.problem = self.problem.with_detail(detail);
        self
    }

    /// What the client is told.
    pub const fn code(&self) -> ErrorCode {
        self.problem.code
    }

    /// The same on a page for people, which says by itself what is wrong: the header that says when to come back.
    pub fn on_page(&self, mut page: Response) -> Response {
        if let Some(seconds) = self.retry_after_s {
            page.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        page
    }

    /// An error that someone must look at: logged with its whole chain, told to the client as a bare code.
    fn logged(code: ErrorCode, error: &(dyn std::error::Error + 'static)) -> Self {
        let chain = domain::ErrorChain(error);
        match code {
            ErrorCode::Internal => tracing::error!(error = %chain, "a request failed"),
            ErrorCode::Unavailable => tracing::warn!(error = %chain, "a request can't be served now"),
            _ => tracing::debug!(error = %chain, code = code.as_str(), "a request was refused"),
        }
        Self::new(code)
    }
}

impl IntoResponse for ApiError {
    fn into_response(mut self) -> Response {
        self.problem.trace_id = trace::current_id();
        let status = StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let code = self.problem.code;
        let mut response = (status, Json(self.problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, challenge(code));
        }
        if let Some(seconds) = self.retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// The challenge of a 401 (RFC 6750, 3).
fn challenge(code: ErrorCode) -> HeaderValue {
    HeaderValue::from_static(match code {
        ErrorCode::TokenExpired => {
            r#"Bearer realm="podium", error="invalid_token", error_description="expired""#
        }
        ErrorCode::SignatureInvalid => r#"Signature realm="podium""#,
        _ => r#"Bearer realm="podium""#,
    })
}

impl From<AuthError> for ApiError {
    fn from(error: AuthError) -> Self {
        if let AuthError::Limited(limited) = error {
            return limited.into();
        }
        Self::logged(error.code(), &error)
    }
}

impl From<Limited> for ApiError {
    fn from(limited: Limited) -> Self {
        Self {
            problem: Problem::new(ErrorCode::RateLimited),
            retry_after_s: Some(limited.retry_after_ms.div_ceil(1000).max(1)),
        }
    }
}

impl From<ConsoleError> for ApiError {
    fn from(error: ConsoleError) -> Self {
        match error {
            ConsoleError::Auth(error) => error.into(),
            ConsoleError::Limited(limited) => limited.into(),
            other => Self::logged(other.code(), &other),
        }
    }
}

impl From<BoardError> for ApiError {
    fn from(error: BoardError) -> Self {
        let api_error = Self::logged(error.code(), &error);
        match error {
            BoardError::Cursor => api_error.with_detail("cursor is not one of a page of this board"),
            BoardError::Unknown
            | BoardError::NotSignedIn
            | BoardError::Store { .. }
            | BoardError::Index(_) => api_error,
        }
    }
}

impl From<DownloadError> for ApiError {
    fn from(error: DownloadError) -> Self {
        Self::logged(error.code(), &error)
    }
}

impl From<IngestError> for ApiError {
    fn from(error: IngestError) -> Self {
        Self::logged(error.code(), &error)
    }
}

impl From<EventsError> for ApiError {
    fn from(error: EventsError) -> Self {
        Self::logged(error.code(), &error)
    }
}

impl From<LinkError> for ApiError {
    fn from(error: LinkError) -> Self {
        match error {
            LinkError::Auth(error) => error.into(),
            LinkError::Malformed(detail) => Self::new(ErrorCode::BadRequest).with_detail(detail),
            error => Self::logged(error.code(), &error),
        }
    }
}

impl From<MissionError> for ApiError {
    fn from(error: MissionError) -> Self {
        match error {
            MissionError::Auth(error) => error.into(),
            MissionError::Invalid(invalid) => {
                Self::new(ErrorCode::EventDataInvalid).with_detail(invalid.to_string())
            }
            error => Self::logged(error.code(), &error),
        }
    }
}

impl From<RewardError> for ApiError {
    fn from(error: RewardError) -> Self {
        match error {
            RewardError::Auth(error) => error.into(),
            RewardError::Cursor => {
                Self::new(ErrorCode::BadRequest).with_detail("cursor is not one of a page of rewards")
            }
            error => Self::logged(error.code(), &error),
        }
    }
}

impl From<TournamentError> for ApiError {
    fn from(error: TournamentError) -> Self {
        let detail = match &error {
            TournamentError::Cursor => Some("cursor is not one of this list".to_owned()),
            TournamentError::Malformed(what) => Some((*what).to_owned()),
            // What is missing is the player's own affair, and they may know it.
            TournamentError::NotEligible(refusal) => Some(refusal.to_string()),
            _ => None,
        };
        let answer = match error {
            TournamentError::Auth(error) => return error.into(),
            error => Self::logged(error.code(), &error),
        };
        match detail {
            Some(detail) => answer.with_detail(detail),
            None => answer,
        }
    }
}

impl From<SignatureError> for ApiError {
    fn from(error: SignatureError) -> Self {
        Self::logged(ErrorCode::SignatureInvalid, &error).with_detail(error.to_string())
    }
}
