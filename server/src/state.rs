//! What every handler is handed.

use std::{ops::Deref, sync::Arc};

use axum::extract::FromRef;
use services::Services;

use crate::{http::viewers::Viewers, pages::Site, settings::Settings, stop::Stop};

/// The state of the web server. Cheap to clone: every layer and every request does.
#[derive(Debug, Clone)]
pub struct AppState(Arc<AppParts>);

/// What the state consists of.
#[derive(Debug)]
pub struct AppParts {
    /// The use cases.
    pub services: Services,
    /// The built site.
    pub site: Site,
    /// What the operator has set.
    pub settings: Arc<Settings>,
    /// The secret that Telegram sends with each update; `None` when no webhook is served.
    pub webhook_secret: Option<secrecy::SecretString>,
    /// The open live streams.
    pub viewers: Arc<Viewers>,
    /// How this process stops: streams end then.
    pub stop: Stop,
}

impl AppState {
    /// Puts the parts together.
    pub fn new(parts: AppParts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for AppState {
    type Target = AppParts;

    fn deref(&self) -> &AppParts {
        &self.0
    }
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
