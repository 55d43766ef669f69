//! Access tokens: short JWTs that the platform's own services can verify by our JWKS.
//!
//! Keys rotate without a restart. A new key is published [`PUBLISH_AHEAD_MS`] before it signs, so that every node and
//! every verifier knows it by then; the old one stays published until its last token has expired.

pub mod jwt;
pub mod key_ring;

pub use crate::tokens::{
    jwt::{AccessToken, Session, TokenError},
    key_ring::{Jwk, Jwks, KeyError, KeyRing, rotate},
};

/// Seconds that an access token is good for (it may be 5 to 15 minutes).
pub const ACCESS_TOKEN_SECONDS: u32 = 900;

/// Milliseconds between the publication of a key and its first signature: longer than a node or a verifier caches the
/// key set.
pub const PUBLISH_AHEAD_MS: i64 = 120_000;
