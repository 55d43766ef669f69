//! Forms of the console: each comes from our own origin and carries the key of its session.

use std::collections::HashMap;

use axum::{
    Form,
    extract::{DefaultBodyLimit, FromRequest, FromRequestParts, Request},
    http::{HeaderMap, StatusCode, header},
    response::Response,
};

use crate::{console::desk::Desk, settings::Settings, state::AppState};

/// The most fields of a form.
const FIELDS_MAX: usize = 48;
/// The most bytes of a form: rules in four languages and 200 lines of prizes fit, in letters that take twelve bytes each
/// on the way. Only an operator may send so many.
const BYTES_MAX: usize = 1 << 20;

/// A form, and who sent it.
#[derive(Debug)]
pub(super) struct ConsoleForm {
    pub(super) desk: Desk,
    fields: HashMap<String, String>,
}

impl ConsoleForm {
    /// A field's text; empty when there is none.
    pub(super) fn field(&self, name: &str) -> &str {
        self.fields.get(name).map(String::as_str).unwrap_or_default()
    }
}

impl FromRequest<AppState> for ConsoleForm {
    type Rejection = Response;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let desk = Desk::from_request_parts(&mut parts, state).await?;
        if !is_from_here(&state.settings, &parts.headers) {
            return Err(desk.form_refused());
        }
        let mut request = Request::from_parts(parts, body);
        DefaultBodyLimit::max(BYTES_MAX).apply(&mut request);
        let fields = match Form::<HashMap<String, String>>::from_request(request, state).await {
            Ok(Form(fields)) => fields,
            Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                return Err(desk.form_too_large());
            }
            Err(_) => return Err(desk.form_refused()),
        };
        let key = fields.get("form_key").map(String::as_str).unwrap_or_default();
        if fields.len() > FIELDS_MAX || !desk.operator().owns_form(key) {
            return Err(desk.form_refused());
        }
        let desk = match fields.get("zone") {
            Some(zone) => desk.in_zone(zone),
            None => desk,
        };
        Ok(Self { desk, fields })
    }
}

/// Whether a page of ours sends this. Browsers say the origin of every POST; what says none must say by
/// `Sec-Fetch-Site`, which no page can set, that it is ours.
pub(super) fn is_from_here(settings: &Settings, headers: &HeaderMap) -> bool {
    let text = |value: &axum::http::HeaderValue| value.to_str().unwrap_or_default().to_owned();
    match headers.get(header::ORIGIN).map(text) {
        Some(origin) => origin == settings.public_url,
        None => headers.get("sec-fetch-site").map(text).as_deref() == Some("same-origin"),
    }
}
