//! `/cabinet`: the demo platform's own site, to which Podium hands players over.
//!
//! A real cabinet would set its cookie and go on to an address without the code. This one shows what it was told.

use axum::{
    Form, Router,
    extract::{Query, State},
    http::{HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Deserialize;

use crate::{
    demo::{PostError, cabinet::Visit},
    html::escape,
    simulator::Simulator,
};

/// The routes.
pub(crate) fn routes() -> Router<Simulator> {
    Router::new().route("/", get(enter).post(confirm))
}

/// What the address of a hand-over holds.
#[derive(Debug, Deserialize)]
struct Arrival {
    #[serde(default)]
    to: String,
    step: Option<String>,
    code: Option<String>,
}

/// Somebody comes, with a code or without.
async fn enter(State(simulator): State<Simulator>, Query(arrival): Query<Arrival>) -> Response {
    let Some(demo) = simulator.demo() else { return absent() };
    let Some(code) = arrival.code else {
        let text = "<h1>Sign in</h1><p data-testid=\"cabinet-signed-out\">Nobody has told this site who you are: \
                    here you would sign in as you always do.</p>";
        return page(StatusCode::OK, &format!("{text}{}", wanted(&arrival.to, arrival.step.as_deref())));
    };
    match demo.redeem(&code).await {
        Ok(visit) => page(StatusCode::OK, &signed_in(&visit)),
        Err(error) => refused(&error),
    }
}

/// What the page posts.
#[derive(Debug, Deserialize)]
struct Deed {
    secret: String,
}

/// The visitor confirms their phone.
async fn confirm(State(simulator): State<Simulator>, Form(deed): Form<Deed>) -> Response {
    let Some(demo) = simulator.demo() else { return absent() };
    match demo.confirm_contact(&deed.secret).await {
        Ok(Some(())) => page(
            StatusCode::OK,
            "<h1>Thank you</h1><p data-testid=\"cabinet-confirmed\">Your phone is confirmed. Podium knows it \
             already: go back to the app.</p>",
        ),
        Ok(None) => page(StatusCode::FORBIDDEN, "<h1>Who are you?</h1><p>Come here from the app again.</p>"),
        Err(error) => refused(&error),
    }
}

fn signed_in(visit: &Visit) -> String {
    let confirm = visit.secret.as_ref().map_or_else(String::new, |secret| {
        format!(
            "<form method=\"post\" action=\"/cabinet\"><button name=\"secret\" value=\"{}\" data-testid=\"cabinet-confirm\">Confirm my \
             phone</button></form>",
            escape(secret)
        )
    });
    format!(
        "<h1>Welcome</h1><p>Signed in as <strong data-testid=\"cabinet-name\">{}</strong></p>{}{confirm}",
        escape(&visit.name),
        wanted(&visit.to, visit.step.as_deref()),
    )
}

/// Which page it would be.
fn wanted(to: &str, step: Option<&str>) -> String {
    let step = step.map_or_else(String::new, |step| {
        format!(", at the step <strong data-testid=\"cabinet-step\">{}</strong>", escape(step))
    });
    format!("<p>You wanted to see <strong data-testid=\"cabinet-page\">{}</strong>{step}.</p>", escape(to))
}

fn refused(error: &PostError) -> Response {
    let (status, text) = match error {
        PostError::Status(409) => (StatusCode::CONFLICT, "This way in was used before."),
        PostError::Status(410) => (StatusCode::GONE, "This way in is too old."),
        PostError::Status(403) => (StatusCode::FORBIDDEN, "Your account is no longer linked with Telegram."),
        PostError::Status(404) => (StatusCode::NOT_FOUND, "This way in is not known."),
        PostError::Status(_) | PostError::Unreachable(_) => {
            (StatusCode::BAD_GATEWAY, "Podium can’t be asked who you are.")
        }
    };
    let text = format!(
        "<h1>No way in</h1><p data-testid=\"cabinet-refused\">{text}</p><p>Go back to the app and \
                        press the button once more.</p>"
    );
    page(status, &text)
}

fn absent() -> Response {
    (StatusCode::NOT_FOUND, "start the simulator with --demo").into_response()
}

fn page(status: StatusCode, body: &str) -> Response {
    let html = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width,initial-scale=1\"><title>Demo platform: cabinet</title><link rel=\"icon\" \
         href=\"/page/icon.svg\"><link rel=\"stylesheet\" href=\"/page/cabinet.css\"></head><body><main><p \
         class=\"site\">Demo platform</p>{body}</main></body></html>"
    );
    let headers: [(HeaderName, &str); 4] = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; \
             frame-ancestors 'none'",
        ),
        (header::CACHE_CONTROL, "no-store"),
        // The code in the address is nobody else's.
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (status, headers, html).into_response()
}
