//! `/console/operators`

use app::console::{Done, render_invited, render_operators};
use axum::{
    extract::{Path, RawQuery},
    response::Response,
};
use domain::{OperatorId, console::Role};
use services::console::{ConsoleError, invitations, operators};

use crate::console::{answer::see_other, desk::Desk, form::ConsoleForm};

/// `GET`
pub(super) async fn show(RawQuery(query): RawQuery, desk: Desk) -> Response {
    let query = query.unwrap_or_default();
    let after = query.split('&').find_map(|pair| pair.strip_prefix("after="));
    let after = after.and_then(|text| text.parse::<OperatorId>().ok());
    match operators::list(desk.services(), desk.operator(), after).await {
        Ok(page) => desk.page(render_operators(desk.view(), page)),
        Err(error) => desk.failed(error),
    }
}

fn operator_id(text: &str) -> Result<OperatorId, ConsoleError> {
    text.parse().map_err(|_| ConsoleError::Unknown)
}

/// Back to the list, which says what was done.
fn answer(desk: &Desk, outcome: Result<(), ConsoleError>, done: Done) -> Response {
    match outcome {
        Ok(()) => see_other(&format!("/console/operators?done={}", done.as_str())),
        Err(error) => desk.failed(error),
    }
}

/// `POST …/invite`: the link is in the answer alone, for it is a secret.
pub(super) async fn invite(form: ConsoleForm) -> Response {
    let role = Role::from_text(form.field("role")).ok_or(ConsoleError::Invalid);
    let desk = &form.desk;
    let link = match role {
        Ok(role) => invitations::invite(desk.services(), desk.operator(), form.field("label"), role).await,
        Err(error) => Err(error),
    };
    match link {
        Ok(link) => desk.page(render_invited(desk.view(), form.field("label"), &link)),
        Err(error) => desk.failed(error),
    }
}

/// `POST …/{operator}/role`
pub(super) async fn change_role(Path(text): Path<String>, form: ConsoleForm) -> Response {
    let role = Role::from_text(form.field("role")).ok_or(ConsoleError::Invalid);
    let desk = form.desk;
    let outcome = match (operator_id(&text), role) {
        (Ok(id), Ok(role)) => operators::change_role(desk.services(), desk.operator(), id, role).await,
        (Err(error), _) | (_, Err(error)) => Err(error),
    };
    answer(&desk, outcome, Done::RoleChanged)
}

/// `POST …/{operator}/end`
pub(super) async fn end(Path(text): Path<String>, form: ConsoleForm) -> Response {
    let desk = form.desk;
    let outcome = match operator_id(&text) {
        Ok(id) => operators::end(desk.services(), desk.operator(), id).await,
        Err(error) => Err(error),
    };
    answer(&desk, outcome, Done::OperatorEnded)
}

/// `POST …/{operator}/second-factor/reset`
pub(super) async fn reset_second_factor(Path(text): Path<String>, form: ConsoleForm) -> Response {
    let desk = form.desk;
    let outcome = match operator_id(&text) {
        Ok(id) => operators::reset_second_factor(desk.services(), desk.operator(), id).await,
        Err(error) => Err(error),
    };
    answer(&desk, outcome, Done::FactorReset)
}
