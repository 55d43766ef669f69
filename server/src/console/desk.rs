//! Who sits at the console: the operator behind a request, and how that request is answered.

use app::console::{Done, Failed, FailedWhy, View, encoded, render_failed, render_refused};
use axum::{
    extract::{FromRequestParts, Query},
    http::{HeaderMap, StatusCode, Uri, header, request::Parts},
    response::{IntoResponse, Response},
};
use domain::{ErrorCode, Locale};
use serde::Deserialize;
use services::{
    Services,
    console::{self, ConsoleError, Operator, zone::ViewerZone},
};

use crate::{
    console::{
        answer::{page, see_other},
        cookie,
    },
    http::error::ApiError,
    state::AppState,
    telemetry::trace,
};

/// An operator at work. A request without one is led to the door, or refused.
#[derive(Debug)]
pub(super) struct Desk {
    state: AppState,
    locale: Locale,
    wants_page: bool,
    operator: Operator,
    done: Option<Done>,
    zone: ViewerZone,
    /// The zone of addresses that name none.
    home: ViewerZone,
}

/// The reader's language.
pub(super) fn locale(headers: &HeaderMap) -> Locale {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    accepted.map(Locale::from_accept_language).unwrap_or_default()
}

/// Browsers ask for pages; whoever does not gets problem documents.
fn wants_page(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accepted.is_some_and(|accepted| accepted.contains("text/html"))
}

/// The time zone that an address names, if there is such a one.
fn zone_of(uri: &Uri) -> Option<ViewerZone> {
    #[derive(Default, Deserialize)]
    struct Named {
        #[serde(default)]
        zone: String,
    }
    let named = Query::<Named>::try_from_uri(uri).map(|Query(named)| named).unwrap_or_default();
    ViewerZone::find(&named.zone)
}

impl FromRequestParts<AppState> for Desk {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        let wants_page = wants_page(&parts.headers);
        let cookie = cookie::read(&state.settings, &parts.headers).unwrap_or_default();
        let operator = match console::authenticate(&state.services, cookie).await {
            Ok(operator) => operator,
            Err(ConsoleError::NotSignedIn) if wants_page => return Err(see_other("/console/enter")),
            Err(error) => return Err(ApiError::from(error).into_response()),
        };
        let query = parts.uri.query().unwrap_or_default();
        let done = query.split('&').find_map(|pair| pair.strip_prefix("done="));
        let home = cookie::zone(&parts.headers);
        Ok(Self {
            state: state.clone(),
            locale: locale(&parts.headers),
            wants_page,
            operator,
            done: done.and_then(Done::from_text),
            zone: zone_of(&parts.uri).unwrap_or_else(|| home.clone()),
            home,
        })
    }
}

impl Desk {
    pub(super) fn services(&self) -> &Services {
        &self.state.services
    }

    pub(super) const fn state(&self) -> &AppState {
        &self.state
    }

    pub(super) const fn operator(&self) -> &Operator {
        &self.operator
    }

    pub(super) const fn zone(&self) -> &ViewerZone {
        &self.zone
    }

    /// The same desk with times in the zone of a name, as a form carries it.
    pub(super) fn in_zone(self, name: &str) -> Self {
        Self { zone: ViewerZone::find(name).unwrap_or_else(|| self.home.clone()), ..self }
    }

    /// The way on to an address that says what was done, in the same time zone.
    pub(super) fn on(&self, path: &str, done: Done, more: &[(&str, &str)]) -> Response {
        let zone = ("zone", self.zone.name());
        let said = more.iter().chain([&zone]);
        let mut to = format!("{path}?done={}", done.as_str());
        for (name, value) in said.filter(|(_, value)| !value.is_empty()) {
            to.extend(["&", name, "=", &encoded(value)]);
        }
        see_other(&to)
    }

    /// The same desk with another session of the operator.
    pub(super) fn with(self, operator: Operator) -> Self {
        Self { operator, ..self }
    }

    pub(super) const fn view(&self) -> View<'_> {
        View {
            locale: self.locale,
            operator: &self.operator,
            done: self.done,
            zone: &self.zone,
            home: &self.home,
        }
    }

    pub(super) fn page(&self, html: String) -> Response {
        self.page_with(StatusCode::OK, html)
    }

    pub(super) fn page_with(&self, status: StatusCode, html: String) -> Response {
        page(&self.state.settings, status, html)
    }

    /// What the operator is told instead of what was asked for.
    pub(super) fn failed(&self, error: ConsoleError) -> Response {
        let why = matches!(error, ConsoleError::NotChangeable).then_some(FailedWhy::Unchangeable);
        match error {
            ConsoleError::SecondFactorNeeded if self.wants_page => see_other("/console/second-factor"),
            ConsoleError::NotSignedIn if self.wants_page => see_other("/console/enter"),
            ConsoleError::Forbidden { permission } if self.wants_page => {
                let html = render_refused(self.view(), permission, &trace::current_id());
                self.page_with(StatusCode::FORBIDDEN, html)
            }
            other => self.failed_with(ApiError::from(other), why),
        }
    }

    /// The same with the form as it was filled in, where that can be sent again: `page` makes it for a code, or can't.
    pub(super) async fn failed_form(
        &self,
        error: ConsoleError,
        page: impl AsyncFnOnce(ErrorCode) -> Option<String>,
    ) -> Response {
        let is_final = matches!(
            error,
            ConsoleError::SecondFactorNeeded
                | ConsoleError::NotSignedIn
                | ConsoleError::Forbidden { .. }
                | ConsoleError::NotChangeable
                | ConsoleError::Unknown
        );
        if is_final || !self.wants_page {
            return self.failed(error);
        }
        let error = ApiError::from(error);
        match page(error.code()).await {
            Some(html) => self.page_of(&error.into_response(), html),
            None => self.failed_with(error, None),
        }
    }

    /// A form that is not one of this session's pages.
    pub(super) fn form_refused(&self) -> Response {
        let error = ApiError::new(ErrorCode::Forbidden)
            .with_detail("the form carries no key of this session, or comes from another site");
        self.failed_with(error, Some(FailedWhy::Form))
    }

    /// A form that is larger than any that can be filled in rightly.
    pub(super) fn form_too_large(&self) -> Response {
        self.failed_with(ApiError::new(ErrorCode::TooLarge), Some(FailedWhy::Large))
    }

    fn failed_with(&self, error: ApiError, why: Option<FailedWhy>) -> Response {
        let code = error.code();
        let response = error.into_response();
        if !self.wants_page {
            return response;
        }
        let failed = Failed { code, trace_id: trace::current_id(), why };
        self.page_of(&response, render_failed(self.view(), failed))
    }

    /// A page in place of a problem document.
    fn page_of(&self, response: &Response, html: String) -> Response {
        let mut page = self.page_with(response.status(), html);
        if let Some(seconds) = response.headers().get(header::RETRY_AFTER) {
            page.headers_mut().insert(header::RETRY_AFTER, seconds.clone());
        }
        page
    }
}
