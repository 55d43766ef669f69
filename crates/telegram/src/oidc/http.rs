//! The provider over HTTP.

use std::time::Duration;

use async_trait::async_trait;
use reqwest::{Client, Response, Url, header, redirect};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use crate::oidc::{KeySet, OidcClient, OidcProvider, ProviderError};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(4);
/// For a whole call; a person is waiting.
const CALL_TIMEOUT: Duration = Duration::from_secs(8);
/// How long an unused connection is kept.
const IDLE: Duration = Duration::from_secs(30);
/// The largest answer that is read.
const ANSWER_LEN_MAX: usize = 256 * 1024;

/// The client of a provider can't be made: its issuer is no http or https address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the issuer must be an http or https address without a query")]
pub struct BadIssuer;

/// A provider over HTTP.
pub struct HttpOidcProvider {
    http: Client,
    client: OidcClient,
}

impl HttpOidcProvider {
    /// A client of the provider that `client` names.
    ///
    /// # Errors
    /// When the issuer is no http or https address.
    pub fn new(client: OidcClient) -> Result<Self, BadIssuer> {
        let url = Url::parse(&client.issuer).map_err(|_| BadIssuer)?;
        if !matches!(url.scheme(), "http" | "https") || url.query().is_some() || url.fragment().is_some() {
            return Err(BadIssuer);
        }
        let http = Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(CALL_TIMEOUT)
            .pool_idle_timeout(IDLE)
            // A redirect would carry the secret to another host.
            .redirect(redirect::Policy::none())
            .build()
            .map_err(|_| BadIssuer)?;
        Ok(Self { http, client })
    }
}

impl std::fmt::Debug for HttpOidcProvider {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("HttpOidcProvider").field("client", &self.client).finish_non_exhaustive()
    }
}

#[async_trait]
impl OidcProvider for HttpOidcProvider {
    fn client(&self) -> &OidcClient {
        &self.client
    }

    async fn id_token(&self, code: &str, verifier: &str) -> Result<SecretString, ProviderError> {
        #[derive(Deserialize)]
        struct Answer {
            id_token: SecretString,
        }
        let OidcClient { issuer, client_id, client_secret, redirect_uri } = &self.client;
        let form = form(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect_uri),
            ("client_id", client_id),
            ("code_verifier", verifier),
        ]);
        let request = self
            .http
            .post(format!("{issuer}/token"))
            .basic_auth(client_id, Some(client_secret.expose_secret()))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form);
        let response = request.send().await.map_err(|_| ProviderError::Unreachable)?;
        let status = response.status().as_u16();
        match status {
            200 => {}
            // RFC 6749, 5.2: `invalid_grant` and its kin. 401 is about this server, not about the code.
            400 => return Err(ProviderError::Refused),
            _ => return Err(ProviderError::Answer { status }),
        }
        let body = read(response).await?;
        let answer: Answer = serde_json::from_str(&body).map_err(|_| ProviderError::Answer { status })?;
        Ok(answer.id_token)
    }

    async fn keys(&self) -> Result<KeySet, ProviderError> {
        let url = format!("{}/.well-known/jwks.json", self.client.issuer);
        let response = self.http.get(url).send().await.map_err(|_| ProviderError::Unreachable)?;
        let status = response.status().as_u16();
        if status != 200 {
            return Err(ProviderError::Answer { status });
        }
        KeySet::parse(&read(response).await?).ok_or(ProviderError::Answer { status })
    }
}

/// A form as it is posted.
fn form(pairs: &[(&str, &str)]) -> String {
    // The serializer of queries is that of forms; the address around it is never used.
    let Ok(mut url) = Url::parse("https://form.invalid/") else { return String::new() };
    url.query_pairs_mut().extend_pairs(pairs);
    url.query().unwrap_or_default().to_owned()
}

/// The body of an answer, up to [`ANSWER_LEN_MAX`].
async fn read(mut response: Response) -> Result<String, ProviderError> {
    let status = response.status().as_u16();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| ProviderError::Unreachable)? {
        if body.len() + chunk.len() > ANSWER_LEN_MAX {
            return Err(ProviderError::Answer { status });
        }
        body.extend_from_slice(&chunk);
    }
    String::from_utf8(body).map_err(|_| ProviderError::Answer { status })
}
