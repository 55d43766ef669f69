//! Who calls, by the bearer token.

use axum::{
    extract::{FromRef, FromRequestParts},
    http::{header, request::Parts},
};
use domain::ErrorCode;
use services::{
    Services,
    identity::{self, Session},
};

use crate::http::error::ApiError;

/// A caller who has signed in; anyone else gets 401.
#[derive(Debug)]
pub struct SignedInSession(pub Session);

/// A caller who may have signed in. A token that is not good is 401 all the same: whoever sends one wants to be known.
#[derive(Debug)]
pub struct MaybeSession(pub Option<Session>);

impl<S> FromRequestParts<S> for SignedInSession
where
    S: Send + Sync,
    Services: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let MaybeSession(session) = MaybeSession::from_request_parts(parts, state).await?;
        session.map(Self).ok_or_else(|| ApiError::new(ErrorCode::Unauthorized))
    }
}

impl<S> FromRequestParts<S> for MaybeSession
where
    S: Send + Sync,
    Services: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Some(value) = parts.headers.get(header::AUTHORIZATION) else { return Ok(Self(None)) };
        let unauthorized = || ApiError::new(ErrorCode::Unauthorized);
        let text = value.to_str().map_err(|_| unauthorized())?;
        let (scheme, token) = text.split_once(' ').ok_or_else(unauthorized)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(unauthorized());
        }
        let services = Services::from_ref(state);
        Ok(Self(Some(identity::authenticate(&services, token.trim()).await?)))
    }
}
