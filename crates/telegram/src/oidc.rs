//! “Log In With Telegram”: OpenID Connect with the authorization code flow, PKCE and a nonce.
//!
//! What the provider says is believed only after the ID token's signature was checked by a key of the provider, named by
//! `kid`, with the one algorithm that fits this key ([`id_token`]). Invariants: the header of a token never chooses how it
//! is checked; every call has a timeout and a bound on the size of its answer; no code, token or secret is ever printed.

mod http;
pub mod id_token;
mod keys;
mod provider;

#[cfg(test)]
mod tests;

use reqwest::Url;
use secrecy::SecretString;

pub use crate::oidc::{
    http::HttpOidcProvider,
    id_token::{Expected, IdTokenError, OidcLogin},
    keys::KeySet,
    provider::{OidcProvider, ProviderError},
};

/// The provider of Telegram itself.
pub const TELEGRAM_ISSUER: &str = "https://oauth.telegram.org";

/// How this server is known to the provider.
#[derive(Debug, Clone)]
pub struct OidcClient {
    /// The provider's issuer, without a slash at the end. Its addresses are `/auth`, `/token` and
    /// `/.well-known/jwks.json` behind it.
    pub issuer: String,
    /// The client's id.
    pub client_id: String,
    /// The client's secret.
    pub client_secret: SecretString,
    /// Where the provider sends people back to.
    pub redirect_uri: String,
}

/// What binds an answer of the provider to the browser that asked.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Comes back in the address.
    pub state: &'a str,
    /// Comes back in the ID token.
    pub nonce: &'a str,
    /// The digest (S256) of the secret that only the one who asked can present with the code.
    pub code_challenge: &'a str,
}

impl OidcClient {
    /// The address at which a person signs in; `None` when the issuer is no address.
    pub fn authorize_url(&self, asked: Asked<'_>) -> Option<Url> {
        let mut url = Url::parse(&format!("{}/auth", self.issuer)).ok()?;
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.client_id)
            .append_pair("redirect_uri", &self.redirect_uri)
            .append_pair("scope", "openid profile")
            .append_pair("state", asked.state)
            .append_pair("nonce", asked.nonce)
            .append_pair("code_challenge", asked.code_challenge)
            .append_pair("code_challenge_method", "S256");
        Some(url)
    }
}
