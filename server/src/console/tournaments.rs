//! `/console/tournaments`

use app::console::{
    Again, Done, TournamentFormView, TournamentPageView, TournamentsView, render_dispute, render_pulse,
    render_tournament, render_tournament_form, render_tournaments,
};
use axum::{
    extract::{Path, Query, rejection::QueryRejection},
    http::StatusCode,
    response::Response,
};
use domain::{BoardId, Owner, PlayerKey, TournamentId, console::Permission, tournament::lifecycle::State};
use serde::Deserialize;
use services::console::{
    ConsoleError,
    tournaments::{
        self, TournamentSearch,
        act::{self, Command},
        dispute,
        dry_run::{self, DryRun},
        form::TournamentForm,
        preview::preview,
        pulse,
        save::{Changed, Saved, Wish, save},
        sheet::{self, definition_of},
        templates,
    },
};
use services::tournaments::definition::Definition;

use crate::console::{answer::see_other, desk::Desk, form::ConsoleForm};

type Asked<T> = Result<Query<T>, QueryRejection>;

/// Which tournaments.
#[derive(Debug, Default, Deserialize)]
pub(super) struct ListQuery {
    #[serde(default)]
    q: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    owner: String,
    after: Option<String>,
}

/// `GET`
pub(super) async fn show(query: Asked<ListQuery>, desk: Desk) -> Response {
    let Query(ListQuery { q, state, owner, after }) = query.unwrap_or_default();
    let search = TournamentSearch {
        state: State::from_text(&state),
        owner: Owner::from_text(&owner),
        text: q.trim().to_owned(),
    };
    let after = after.filter(|after| !after.is_empty());
    match tournaments::list(desk.services(), desk.operator(), &search, after.as_deref()).await {
        Ok(list) => {
            let shown = TournamentsView { search, is_later_page: after.is_some(), list };
            desk.page(render_tournaments(desk.view(), shown))
        }
        Err(error) => desk.failed(error),
    }
}

/// What a new tournament begins with.
#[derive(Debug, Default, Deserialize)]
pub(super) struct NewQuery {
    #[serde(default)]
    template: String,
}

/// `GET …/new`
pub(super) async fn begin(query: Asked<NewQuery>, desk: Desk) -> Response {
    if let Err(error) = desk.operator().require(desk.services(), Permission::EditTournaments).await {
        return desk.failed(error);
    }
    let Query(NewQuery { template }) = query.unwrap_or_default();
    let now = desk.services().now();
    let form = templates::form(&template, desk.zone(), now).unwrap_or_default();
    desk.page(render_tournament_form(desk.view(), fresh(form, None)))
}

/// A form that nobody has filled in yet.
const fn fresh(form: TournamentForm, changes: Option<(String, u64, bool)>) -> TournamentFormView {
    TournamentFormView {
        form,
        errors: Vec::new(),
        failed: None,
        is_again: false,
        changes,
        preview: None,
        tried: None,
        tried_on: String::new(),
    }
}

/// `POST …/new`
pub(super) async fn create(form: ConsoleForm) -> Response {
    keep(&form, None).await
}

/// `GET …/{id}/edit`
pub(super) async fn edit(Path(id): Path<String>, desk: Desk) -> Response {
    if let Err(error) = desk.operator().require(desk.services(), Permission::EditTournaments).await {
        return desk.failed(error);
    }
    let found = match tournament(&id) {
        Ok(id) => sheet::look(desk.services(), desk.operator(), &id, None, None).await,
        Err(error) => Err(error),
    };
    let row = match found {
        Ok(found) => found.row,
        Err(error) => return desk.failed(error),
    };
    if row.status.owner != Owner::Console {
        return desk.failed(ConsoleError::NotChangeable);
    }
    let form = TournamentForm::of(&definition_of(&row), desk.zone());
    let changes = Some((id, row.status.revision, row.status.state == State::Draft));
    desk.page(render_tournament_form(desk.view(), fresh(form, changes)))
}

/// `POST …/{id}/edit`
pub(super) async fn change(Path(id): Path<String>, form: ConsoleForm) -> Response {
    let changed = tournament(&id).and_then(|tournament_id| {
        let revision = form.field("revision").parse().map_err(|_| ConsoleError::Invalid)?;
        Ok(Changed { tournament_id, revision })
    });
    match changed {
        Ok(changed) => keep(&form, Some(changed)).await,
        Err(error) => form.desk.failed(error),
    }
}

/// Saves a form, or shows it again with what is wrong or what it would do.
async fn keep(form: &ConsoleForm, changed: Option<Changed>) -> Response {
    let (desk, typed) = (&form.desk, TournamentForm::new(|name| form.field(name)));
    let wish = match form.field("do") {
        "publish" => Some(Wish::Publish),
        "draft" => Some(Wish::Draft),
        _ => None,
    };
    let looked = is_draft(desk, changed.as_ref()).await;
    // Where nobody could look whether it is one, both buttons are there: what can't become a draft is refused.
    let is_draft = *looked.as_ref().unwrap_or(&true);
    let again = |errors| {
        let changed = changed.as_ref();
        let changes = changed.map(|changed| (changed.tournament_id.to_string(), changed.revision, is_draft));
        let tried_on = form.field("try_on").trim().to_owned();
        TournamentFormView { errors, is_again: true, tried_on, ..fresh(typed.clone(), changes) }
    };
    let failed = async |code| {
        let shown = TournamentFormView { failed: Some(code), ..again(Vec::new()) };
        Some(render_tournament_form(desk.view(), shown))
    };
    if let Err(error) = looked {
        return desk.failed_form(error, failed).await;
    }
    let Some(wish) = wish else {
        let grace_ms = desk.services().settings().score_grace_ms;
        let shown = match typed.read(desk.zone()) {
            Ok(definition) if form.field("do") == "try" => {
                let shown = again(Vec::new());
                let tried = match attempt(desk, &definition, &shown.tried_on).await {
                    Ok(tried) => tried,
                    Err(error) => return desk.failed_form(error, failed).await,
                };
                TournamentFormView { tried: Some(tried), ..shown }
            }
            Ok(definition) => TournamentFormView {
                preview: Some(preview(&definition, desk.services().now(), grace_ms)),
                ..again(Vec::new())
            },
            Err(errors) => again(errors),
        };
        return desk.page(render_tournament_form(desk.view(), shown));
    };
    match save(desk.services(), desk.operator(), &typed, desk.zone(), changed.as_ref(), wish).await {
        Ok(Saved::Done(id)) => {
            let is_news = wish == Wish::Publish && is_draft;
            let done = if is_news { Done::Published } else { Done::Saved };
            desk.on(&format!("/console/tournaments/{id}"), done, &[])
        }
        Ok(Saved::Wrong(errors)) => {
            let html = render_tournament_form(desk.view(), again(errors));
            desk.page_with(StatusCode::UNPROCESSABLE_ENTITY, html)
        }
        Err(error) => desk.failed_form(error, failed).await,
    }
}

/// Tries what was typed on a board; there may be none of such a name.
async fn attempt(desk: &Desk, definition: &Definition, on: &str) -> Result<Option<DryRun>, ConsoleError> {
    match on.parse() {
        Ok(board) => dry_run::attempt(desk.services(), desk.operator(), definition, &board).await,
        Err(_) => Ok(None),
    }
}

/// Whether a form is of what nobody but operators sees yet.
async fn is_draft(desk: &Desk, changed: Option<&Changed>) -> Result<bool, ConsoleError> {
    desk.operator().require(desk.services(), Permission::EditTournaments).await?;
    let Some(changed) = changed else { return Ok(true) };
    sheet::state_of(desk.services(), &changed.tournament_id).await.map(|state| state == State::Draft)
}

fn tournament(text: &str) -> Result<TournamentId, ConsoleError> {
    text.parse().map_err(|_| ConsoleError::Unknown)
}

/// What of a tournament.
#[derive(Debug, Default, Deserialize)]
pub(super) struct LookQuery {
    #[serde(default)]
    period: String,
    #[serde(default)]
    board: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    player: String,
}

/// `GET …/{id}`
pub(super) async fn look(Path(id): Path<String>, query: Asked<LookQuery>, desk: Desk) -> Response {
    let Query(asked) = query.unwrap_or_default();
    match seen(&desk, &id, &asked).await {
        Ok((sheet, pulse)) => {
            let shown = TournamentPageView { sheet, pulse, extend_again: None };
            desk.page(render_tournament(desk.view(), shown))
        }
        Err(error) => desk.failed(error),
    }
}

async fn seen(
    desk: &Desk,
    id: &str,
    asked: &LookQuery,
) -> Result<(sheet::Sheet, pulse::Pulse), ConsoleError> {
    let id = tournament(id)?;
    let board: Option<BoardId> = asked.board.parse().ok();
    let period = asked.period.parse().ok();
    let sheet = sheet::look(desk.services(), desk.operator(), &id, period, board.as_ref()).await?;
    Ok((sheet, pulse::look(desk.services(), desk.operator(), &id).await?))
}

/// `GET …/{id}/pulse`: the charts alone, for the page that is open.
pub(super) async fn pulse(Path(id): Path<String>, desk: Desk) -> Response {
    let found = match tournament(&id) {
        Ok(id) => pulse::look(desk.services(), desk.operator(), &id).await,
        Err(error) => Err(error),
    };
    match found {
        Ok(found) => desk.page(render_pulse(desk.view(), &found)),
        Err(error) => desk.failed(error),
    }
}

/// `POST …/{id}/{command}`
pub(super) async fn command(Path((id, name)): Path<(String, String)>, form: ConsoleForm) -> Response {
    let desk = &form.desk;
    let wanted = match name.as_str() {
        "stop" => Ok((Command::Stop, Done::Stopped)),
        "extend" => {
            let ends_at = desk.zone().parse_kept(form.field("ends_at"), form.field("ends_at.was"));
            let ends_at = ends_at.ok_or(ConsoleError::Invalid);
            ends_at.map(|ends_at| (Command::Extend(ends_at), Done::Extended))
        }
        "freeze" => Ok((Command::Freeze, Done::Frozen)),
        "thaw" => Ok((Command::Thaw, Done::Thawed)),
        "cancel" => Ok((Command::Cancel, Done::Canceled)),
        "recompute" => Ok((Command::Recompute, Done::Recompute)),
        _ => Err(ConsoleError::Unknown),
    };
    let outcome = match (tournament(&id), wanted) {
        (Ok(id), Ok((wanted, done))) => {
            act::command(desk.services(), desk.operator(), &id, wanted).await.map(|()| done)
        }
        (Err(error), _) | (_, Err(error)) => Err(error),
    };
    match outcome {
        Ok(done) => desk.on(&format!("/console/tournaments/{id}"), done, &[]),
        Err(error) if name == "extend" => {
            let typed = form.field("ends_at").to_owned();
            desk.failed_form(error, async |code| extend_again(desk, &id, Again { typed, code }).await).await
        }
        Err(error) => desk.failed(error),
    }
}

/// The page of a tournament that could not be extended, with the end that was typed.
async fn extend_again(desk: &Desk, id: &str, again: Again) -> Option<String> {
    let (sheet, pulse) = seen(desk, id, &LookQuery::default()).await.ok()?;
    Some(render_tournament(desk.view(), TournamentPageView { sheet, pulse, extend_again: Some(again) }))
}

/// `GET …/{id}/player`: from a key that was typed to the player's page.
pub(super) async fn find(Path(id): Path<String>, query: Asked<LookQuery>, desk: Desk) -> Response {
    let Query(asked) = query.unwrap_or_default();
    match (tournament(&id), asked.player.trim().parse::<PlayerKey>()) {
        (Ok(id), Ok(player)) => {
            let path = format!("/console/tournaments/{id}/players/{player}");
            see_other(&desk.view().address(&path, &[]))
        }
        (Err(error), _) => desk.failed(error),
        (_, Err(_)) => desk.failed(ConsoleError::Unknown),
    }
}

/// `GET …/{id}/players/{player}`
pub(super) async fn dispute(
    Path((id, player)): Path<(String, String)>,
    query: Asked<LookQuery>,
    desk: Desk,
) -> Response {
    let Query(asked) = query.unwrap_or_default();
    let (period, from) = (asked.period.parse().ok(), asked.from.parse().unwrap_or_default());
    let found = match named(&id, &player) {
        Ok((id, player)) => dispute::look(desk.services(), desk.operator(), &id, &player, period, from).await,
        Err(error) => Err(error),
    };
    match found {
        Ok(shown) => desk.page(render_dispute(desk.view(), &shown, None)),
        Err(error) => desk.failed(error),
    }
}

fn named(id: &str, player: &str) -> Result<(TournamentId, PlayerKey), ConsoleError> {
    Ok((tournament(id)?, player.parse().map_err(|_| ConsoleError::Unknown)?))
}

/// `POST …/exclude`
pub(super) async fn exclude(Path((id, player)): Path<(String, String)>, form: ConsoleForm) -> Response {
    set_excluded(&form, &id, &player, Some(form.field("reason")), Done::Excluded).await
}

/// `POST …/reinstate`
pub(super) async fn reinstate(Path((id, player)): Path<(String, String)>, form: ConsoleForm) -> Response {
    set_excluded(&form, &id, &player, None, Done::Reinstated).await
}

async fn set_excluded(
    form: &ConsoleForm,
    id: &str,
    player: &str,
    reason: Option<&str>,
    done: Done,
) -> Response {
    let desk = &form.desk;
    let outcome = match named(id, player) {
        Ok((id, player)) => act::exclude(desk.services(), desk.operator(), &id, &player, reason).await,
        Err(error) => Err(error),
    };
    match outcome {
        Ok(()) => {
            let path = format!("/console/tournaments/{id}/players/{player}");
            desk.on(&path, done, &[("period", form.field("period"))])
        }
        Err(error) => match reason {
            Some(reason) => {
                let period = form.field("period").parse().ok();
                let again = async |code| {
                    let (id, player) = named(id, player).ok()?;
                    let shown =
                        dispute::look(desk.services(), desk.operator(), &id, &player, period, 0).await;
                    let again = Again { typed: reason.to_owned(), code };
                    Some(render_dispute(desk.view(), &shown.ok()?, Some(&again)))
                };
                desk.failed_form(error, again).await
            }
            None => desk.failed(error),
        },
    }
}
