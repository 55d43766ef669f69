//! Calls of the platform, signed after the Standard Webhooks specification.

use axum::{
    body::Bytes,
    extract::{FromRef, FromRequest, Request},
    http::{HeaderMap, StatusCode},
};
use domain::ErrorCode;
use services::{
    Services,
    platform::{self, PlatformKey, signature::SignatureHeaders},
};

use crate::http::error::ApiError;

/// A call that the platform has signed. The signature is checked over the body as it came, before anybody reads it.
#[derive(Debug)]
pub struct SignedCall {
    /// The proof.
    pub key: PlatformKey,
    /// The call's id, unique for the platform: the same call, sent again, has the same.
    pub id: String,
    /// What was signed.
    pub body: Bytes,
}

impl<S> FromRequest<S> for SignedCall
where
    S: Send + Sync,
    Services: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let services = Services::from_ref(state);
        let headers = request.headers().clone();
        let body =
            Bytes::from_request(request, state).await.map_err(|rejection| match rejection.status() {
                StatusCode::PAYLOAD_TOO_LARGE => ApiError::new(ErrorCode::TooLarge),
                _ => ApiError::new(ErrorCode::BadRequest),
            })?;
        let signed = SignatureHeaders {
            id: header(&headers, "webhook-id"),
            timestamp: header(&headers, "webhook-timestamp"),
            signature: header(&headers, "webhook-signature"),
        };
        let key = platform::verify(&services.settings().platform_keys, signed, &body, services.now())?;
        Ok(Self { key, id: signed.id.to_owned(), body })
    }
}

fn header<'h>(headers: &'h HeaderMap, name: &str) -> &'h str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
