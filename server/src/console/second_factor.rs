//! `/console/second-factor`

use app::console::{FactorFailure, FactorPage, render_recovery_codes, render_second_factor};
use axum::{http::StatusCode, response::Response};
use services::console::{
    self, ConsoleError, FactorState,
    second_factor::{self, Enrollment},
};

use crate::{
    console::{answer::see_other, cookie, desk::Desk, form::ConsoleForm},
    pages::qr,
};

/// `GET`
pub(super) async fn show(desk: Desk) -> Response {
    shown(&desk, None).await
}

async fn shown(desk: &Desk, failure: Option<FactorFailure>) -> Response {
    let page = match desk.operator().factor() {
        FactorState::ToShow => Ok(FactorPage::Show),
        FactorState::Passed { enrolled: true } => {
            second_factor::recovery_codes_left(desk.services(), desk.operator()).await.map(FactorPage::On)
        }
        FactorState::ToEnroll | FactorState::Passed { enrolled: false } => {
            let enrollment = second_factor::begin(desk.services(), desk.operator()).await;
            enrollment.map(|enrollment| set_up(desk, enrollment))
        }
    };
    let status = match failure {
        None => StatusCode::OK,
        Some(FactorFailure::Wrong) => StatusCode::BAD_REQUEST,
        Some(FactorFailure::Locked) => StatusCode::TOO_MANY_REQUESTS,
    };
    match page {
        Ok(page) => desk.page_with(status, render_second_factor(desk.view(), page, failure)),
        Err(error) => desk.failed(error),
    }
}

/// The new key, also as a code to scan: the address holds nothing that the page does not show as text.
fn set_up(desk: &Desk, enrollment: Enrollment) -> FactorPage {
    let label = i18n::catalog(desk.view().locale).text(i18n::keys::console::FACTOR_QR);
    let qr = qr::svg(&enrollment.address, label, "scan__qr");
    FactorPage::SetUp { enrollment, qr }
}

/// What a code that was not taken leads to.
async fn refused(desk: &Desk, error: ConsoleError) -> Response {
    match error {
        ConsoleError::CodeWrong => shown(desk, Some(FactorFailure::Wrong)).await,
        ConsoleError::Locked { .. } => shown(desk, Some(FactorFailure::Locked)).await,
        other => desk.failed(other),
    }
}

/// `POST`: a code, of the factor or of one that is being set up.
pub(super) async fn submit(form: ConsoleForm) -> Response {
    let code = form.field("code").to_owned();
    let desk = form.desk;
    if desk.operator().factor() == FactorState::ToShow {
        return match second_factor::pass(desk.services(), desk.operator(), &code).await {
            Ok(token) => cookie::set(&desk.state().settings, &token.to_text(), see_other("/console")),
            Err(error) => refused(&desk, error).await,
        };
    }
    let enrolled = match second_factor::confirm(desk.services(), desk.operator(), &code).await {
        Ok(enrolled) => enrolled,
        Err(error) => return refused(&desk, error).await,
    };
    // The codes are shown by the answer itself: a page to come back to would have to keep them.
    let token = enrolled.token.to_text();
    let operator = match console::authenticate(desk.services(), &token).await {
        Ok(operator) => operator,
        Err(error) => return desk.failed(error),
    };
    let desk = desk.with(operator);
    let html = render_recovery_codes(desk.view(), &enrolled.recovery_codes);
    cookie::set(&desk.state().settings, &token, desk.page(html))
}

/// `POST …/replace`: gives the factor up, so that another can be set up.
pub(super) async fn replace(form: ConsoleForm) -> Response {
    let code = form.field("code").to_owned();
    let desk = form.desk;
    match second_factor::replace(desk.services(), desk.operator(), &code).await {
        Ok(()) => see_other("/console/second-factor"),
        Err(error) => refused(&desk, error).await,
    }
}
