//! Posting events to the platform over HTTP. No address and no body of an answer is ever logged: the address may hold a
//! secret, the body anything.

use std::time::Duration;

use anyhow::Context;
use async_trait::async_trait;
use reqwest::{Client, header, redirect};
use services::events_out::{PlatformWebhook, PostError, SignedEvent};
use url::Url;

/// How long to wait for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a whole post may take; shorter than the lease of a sender.
const POST_TIMEOUT: Duration = Duration::from_secs(15);
/// How long an unused connection is kept.
const IDLE: Duration = Duration::from_secs(30);

/// The platform's address for events.
pub struct HttpPlatformWebhook {
    client: Client,
    url: Url,
}

impl HttpPlatformWebhook {
    /// A client for `url`.
    ///
    /// # Errors
    /// When the system gives no client.
    pub fn new(url: Url) -> anyhow::Result<Self> {
        let client = Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(POST_TIMEOUT)
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(4)
            // A redirect would carry the event to where nobody has allowed it to go.
            .redirect(redirect::Policy::none())
            .user_agent(concat!("podium/", env!("CARGO_PKG_VERSION")))
            .build()
            .context("the client for the platform's webhook can't be made")?;
        Ok(Self { client, url })
    }
}

impl std::fmt::Debug for HttpPlatformWebhook {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("HttpPlatformWebhook(…)")
    }
}

#[async_trait]
impl PlatformWebhook for HttpPlatformWebhook {
    async fn post(&self, event: &SignedEvent) -> Result<(), PostError> {
        let request = self
            .client
            .post(self.url.clone())
            .header(header::CONTENT_TYPE, "application/cloudevents+json")
            .header("webhook-id", &event.id)
            .header("webhook-timestamp", &event.timestamp)
            .header("webhook-signature", &event.signature)
            .body(event.body.clone());
        // The status is all that counts: the body is not read, and its connection is closed with it.
        let answer = request
            .send()
            .await
            .map_err(|error| if error.is_timeout() { PostError::Timeout } else { PostError::Unreachable })?;
        let status = answer.status();
        if status.is_success() { Ok(()) } else { Err(PostError::Status(status.as_u16())) }
    }
}
