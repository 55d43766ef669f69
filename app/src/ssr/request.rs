//! The request behind a server function.

use axum::http::{header, request::Parts};
use domain::{ErrorCode, UserId};
use leptos::prelude::*;
use services::{
    Services,
    boards::BoardError,
    identity::{AuthError, Session},
    missions::MissionError,
    tournaments::TournamentError,
};

use crate::functions::Failure;

/// Who asks, and the services to ask.
#[derive(Debug, Clone)]
pub struct Request {
    services: Services,
    bearer: Option<String>,
}

impl Request {
    /// The request that is being answered.
    ///
    /// # Errors
    /// [`ErrorCode::Internal`] when the server was put together without providing [`Services`].
    pub fn expect() -> Result<Self, Failure> {
        let services = use_context::<Services>().ok_or(ErrorCode::Internal)?;
        let bearer = use_context::<Parts>().and_then(|parts| bearer(&parts));
        Ok(Self { services, bearer })
    }

    /// The use cases.
    pub const fn services(&self) -> &Services {
        &self.services
    }

    /// The caller's session.
    ///
    /// # Errors
    /// A problem document without a token or with one that is not valid.
    pub async fn session(&self) -> Result<Session, Failure> {
        let bearer = self.bearer.as_deref().ok_or(ErrorCode::Unauthorized)?;
        Ok(services::identity::authenticate(&self.services, bearer).await?)
    }

    /// The caller where a token is not required. One that is there must be valid all the same.
    ///
    /// # Errors
    /// A problem document for a token that is not valid.
    pub async fn viewer(&self) -> Result<Option<UserId>, Failure> {
        match self.bearer {
            Some(_) => Ok(Some(self.session().await?.user_id())),
            None => Ok(None),
        }
    }
}

fn bearer(parts: &Parts) -> Option<String> {
    let value = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}

impl From<BoardError> for Failure {
    fn from(error: BoardError) -> Self {
        Self::from(error.code())
    }
}

impl From<MissionError> for Failure {
    fn from(error: MissionError) -> Self {
        Self::from(error.code())
    }
}

impl From<TournamentError> for Failure {
    fn from(error: TournamentError) -> Self {
        Self::from(error.code())
    }
}

impl From<AuthError> for Failure {
    fn from(error: AuthError) -> Self {
        Self::from(error.code())
    }
}
