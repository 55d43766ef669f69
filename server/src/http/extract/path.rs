//! Ids in a path.

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use domain::{ErrorCode, MissionId, RewardId, SessionId, TournamentId};

use crate::http::error::ApiError;

/// The tournament of a path such as `/v1/tournaments/{id}`.
#[derive(Debug)]
pub struct TournamentPath(pub TournamentId);

impl<S: Send + Sync> FromRequestParts<S> for TournamentPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        // Text that can't be an id names no tournament.
        let unknown = || ApiError::new(ErrorCode::TournamentUnknown);
        let Path(text) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| unknown())?;
        text.parse().map(Self).map_err(|_| unknown())
    }
}

/// The session of a path such as `/v1/tg/sessions/{id}`.
#[derive(Debug)]
pub struct SessionPath(pub SessionId);

impl<S: Send + Sync> FromRequestParts<S> for SessionPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let unknown = || ApiError::new(ErrorCode::SessionUnknown);
        let Path(text) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| unknown())?;
        text.parse().map(Self).map_err(|_| unknown())
    }
}

/// The mission of a path such as `/v1/missions/{id}`.
#[derive(Debug)]
pub struct MissionPath(pub MissionId);

impl<S: Send + Sync> FromRequestParts<S> for MissionPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let unknown = || ApiError::new(ErrorCode::MissionUnknown);
        let Path(text) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| unknown())?;
        text.parse().map(Self).map_err(|_| unknown())
    }
}

/// The reward of a path such as `/v1/rewards/{id}/claim`.
#[derive(Debug)]
pub struct RewardPath(pub RewardId);

impl<S: Send + Sync> FromRequestParts<S> for RewardPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let unknown = || ApiError::new(ErrorCode::RewardUnknown);
        let Path(text) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| unknown())?;
        text.parse().map(Self).map_err(|_| unknown())
    }
}

/// The token of a path such as `/v1/tg/privacy/export/{token}`. Prints nothing of it.
pub struct DownloadPath(pub String);

impl std::fmt::Debug for DownloadPath {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("DownloadPath(…)")
    }
}

impl<S: Send + Sync> FromRequestParts<S> for DownloadPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Path(text) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|_| ApiError::new(ErrorCode::DownloadUnknown))?;
        Ok(Self(text))
    }
}
