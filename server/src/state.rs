//! What every handler is handed.

use std::sync::Arc;

use axum::extract::FromRef;
use services::Services;

use crate::{http::viewers::Viewers, pages::Site, settings::Settings, stop::Stop};

/// The state of the web server. Cheap to clone.
#[derive(Debug, Clone)]
pub struct AppState {
    /// The use cases.
    pub services: Services,
    /// The built site.
    pub site: Arc<Site>,
    /// What the operator has set.
    pub settings: Arc<Settings>,
    /// The secret that Telegram sends with each update; `None` when no webhook is served.
    pub webhook_secret: Option<Arc<secrecy::SecretString>>,
    /// The open live streams.
    pub viewers: Arc<Viewers>,
    /// How this process stops: streams end then.
    pub stop: Stop,
}

impl FromRef<AppState> for Services {
    fn from_ref(state: &AppState) -> Self {
        state.services.clone()
    }
}

impl FromRef<AppState> for Arc<Settings> {
    fn from_ref(state: &AppState) -> Self {
        Arc::clone(&state.settings)
    }
}
