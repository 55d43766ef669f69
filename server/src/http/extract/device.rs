//! On what kind of device the caller is.

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};
use domain::session::DeviceKind;

/// The caller's device, as coarse as its owner needs to recognize it. Nothing else of the header is kept.
#[derive(Debug, Clone, Copy)]
pub struct ClientDevice(pub DeviceKind);

impl<S: Send + Sync> FromRequestParts<S> for ClientDevice {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let text = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        Ok(Self(text.map(DeviceKind::from_user_agent).unwrap_or_default()))
    }
}
