//! `/console/missions`

use app::console::{
    Done, MissionFormView, MissionsView, Tried, render_mission, render_mission_form, render_missions,
};
use axum::{
    extract::{Path, Query, rejection::QueryRejection},
    http::StatusCode,
    response::Response,
};
use domain::{MissionId, Owner, console::Permission};
use serde::Deserialize;
use services::console::{
    ConsoleError,
    missions::{
        self,
        form::MissionForm,
        save::{Changed, Saved, revision, save},
        templates,
    },
};
use services::missions::ACTIVITIES_KEPT_DAYS;

use crate::console::{desk::Desk, form::ConsoleForm};

type Asked = Result<Query<MissionsQuery>, QueryRejection>;

/// For how many days back a mission is tried when nothing else is said.
const TRY_DAYS: u32 = 30;

/// Which missions, and what a new one begins with.
#[derive(Debug, Default, Deserialize)]
pub(super) struct MissionsQuery {
    #[serde(default)]
    all: String,
    #[serde(default)]
    after: String,
    #[serde(default)]
    template: String,
}

fn mission(text: &str) -> Result<MissionId, ConsoleError> {
    text.parse().map_err(|_| ConsoleError::Unknown)
}

/// `GET`
pub(super) async fn show(query: Asked, desk: Desk) -> Response {
    let Query(asked) = query.unwrap_or_default();
    let all = !asked.all.is_empty();
    let after: Option<MissionId> = asked.after.parse().ok();
    match missions::list(desk.services(), desk.operator(), all, after.as_ref()).await {
        Ok(list) => {
            let shown = MissionsView { list, all, is_later_page: after.is_some() };
            desk.page(render_missions(desk.view(), shown))
        }
        Err(error) => desk.failed(error),
    }
}

/// `GET …/{id}`
pub(super) async fn look(Path(id): Path<String>, desk: Desk) -> Response {
    let found = match mission(&id) {
        Ok(id) => missions::look(desk.services(), desk.operator(), &id).await,
        Err(error) => Err(error),
    };
    match found {
        Ok((row, has_begun)) => {
            let now = desk.services().now();
            desk.page(render_mission(desk.view(), &row, has_begun, now))
        }
        Err(error) => desk.failed(error),
    }
}

/// `GET …/new`
pub(super) async fn begin(query: Asked, desk: Desk) -> Response {
    if let Err(error) = desk.operator().require(desk.services(), Permission::EditMissions).await {
        return desk.failed(error);
    }
    let Query(asked) = query.unwrap_or_default();
    let now = desk.services().now();
    let form = templates::form(&asked.template, desk.zone(), now).unwrap_or_default();
    desk.page(render_mission_form(desk.view(), fresh(form, None)))
}

/// A form that nobody has filled in yet.
const fn fresh(form: MissionForm, changes: Option<Changed>) -> MissionFormView {
    MissionFormView {
        form,
        errors: Vec::new(),
        failed: None,
        is_again: false,
        changes,
        tried: None,
        days: TRY_DAYS,
    }
}

/// `POST …/new`
pub(super) async fn create(form: ConsoleForm) -> Response {
    keep(&form, None).await
}

/// `GET …/{id}/edit`
pub(super) async fn edit(Path(id): Path<String>, desk: Desk) -> Response {
    if let Err(error) = desk.operator().require(desk.services(), Permission::EditMissions).await {
        return desk.failed(error);
    }
    let found = match mission(&id) {
        Ok(id) => missions::look(desk.services(), desk.operator(), &id).await,
        Err(error) => Err(error),
    };
    match found {
        Ok((row, _)) if row.owner == Owner::Console => {
            let form = MissionForm::of(&row.mission, desk.zone());
            let revision = revision(&row.mission);
            let changes = Some(Changed { mission_id: row.mission.mission_id, revision });
            desk.page(render_mission_form(desk.view(), fresh(form, changes)))
        }
        Ok(_) => desk.failed(ConsoleError::NotChangeable),
        Err(error) => desk.failed(error),
    }
}

/// `POST …/{id}/edit`
pub(super) async fn change(Path(id): Path<String>, form: ConsoleForm) -> Response {
    match mission(&id) {
        Ok(mission_id) => {
            let revision = form.field("revision").to_owned();
            keep(&form, Some(Changed { mission_id, revision })).await
        }
        Err(error) => form.desk.failed(error),
    }
}

/// Saves a form, or shows it again with what is wrong or what would have come of it.
async fn keep(form: &ConsoleForm, changed: Option<Changed>) -> Response {
    let (desk, typed) = (&form.desk, MissionForm::new(|name| form.field(name)));
    let days = form.field("days_back").parse().unwrap_or(TRY_DAYS).clamp(1, ACTIVITIES_KEPT_DAYS);
    let again = |errors| {
        let fresh = fresh(typed.clone(), changed.clone());
        MissionFormView { errors, is_again: true, days, ..fresh }
    };
    let failed = async |code| {
        let shown = MissionFormView { failed: Some(code), ..again(Vec::new()) };
        Some(render_mission_form(desk.view(), shown))
    };
    if let Err(error) = desk.operator().require(desk.services(), Permission::EditMissions).await {
        return desk.failed_form(error, failed).await;
    }
    if form.field("do") != "save" {
        let shown = match typed.read(desk.zone()) {
            Ok(mission) => match missions::attempt(desk.services(), desk.operator(), &mission, days).await {
                Ok(run) => MissionFormView { tried: Some(Tried { run }), ..again(Vec::new()) },
                Err(error) => return desk.failed_form(error, failed).await,
            },
            Err(errors) => again(errors),
        };
        return desk.page(render_mission_form(desk.view(), shown));
    }
    match save(desk.services(), desk.operator(), &typed, desk.zone(), changed.as_ref()).await {
        Ok(Saved::Done(id)) => desk.on(&format!("/console/missions/{id}"), Done::Saved, &[]),
        Ok(Saved::Wrong(errors)) => {
            let html = render_mission_form(desk.view(), again(errors));
            desk.page_with(StatusCode::UNPROCESSABLE_ENTITY, html)
        }
        Err(error) => desk.failed_form(error, failed).await,
    }
}

/// `POST …/{id}/stop`
pub(super) async fn stop(Path(id): Path<String>, form: ConsoleForm) -> Response {
    set_stopped(&form.desk, &id, true, Done::MissionStopped).await
}

/// `POST …/{id}/resume`
pub(super) async fn resume(Path(id): Path<String>, form: ConsoleForm) -> Response {
    set_stopped(&form.desk, &id, false, Done::MissionResumed).await
}

async fn set_stopped(desk: &Desk, id: &str, is_stopped: bool, done: Done) -> Response {
    let outcome = match mission(id) {
        Ok(id) => missions::set_stopped(desk.services(), desk.operator(), &id, is_stopped).await,
        Err(error) => Err(error),
    };
    match outcome {
        Ok(()) => desk.on(&format!("/console/missions/{id}"), done, &[]),
        Err(error) => desk.failed(error),
    }
}
