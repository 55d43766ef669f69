//! `/console/players`

use app::console::{Done, Found, render_player, render_players};
use axum::{
    extract::{Path, RawQuery},
    response::Response,
};
use domain::PlayerKey;
use services::console::{ConsoleError, players};

use crate::console::{answer::see_other, desk::Desk, form::ConsoleForm};

/// `GET`: the search, and what the last one found.
pub(super) async fn show(RawQuery(query): RawQuery, desk: Desk) -> Response {
    let query = query.unwrap_or_default();
    let address = query.split('&').find_map(|pair| pair.strip_prefix("found="));
    let typed = address.map(|address| players::kept_query(desk.services(), desk.operator(), address));
    let found = match typed {
        None => desk
            .operator()
            .require(desk.services(), domain::console::Permission::ViewPlayers)
            .await
            .map(|()| Found::Nothing),
        Some(None) => Ok(Found::Expired),
        Some(Some(typed)) => players::search(desk.services(), desk.operator(), &typed)
            .await
            .map(|players| Found::Players(typed, players)),
    };
    match found {
        Ok(found) => desk.page(render_players(desk.view(), found)),
        Err(error) => desk.failed(error),
    }
}

/// `POST`: what was typed goes into no address in the clear.
pub(super) async fn search(form: ConsoleForm) -> Response {
    let (desk, typed) = (&form.desk, form.field("query"));
    match players::keep_query(desk.services(), desk.operator(), typed) {
        Ok(address) => see_other(&format!("/console/players?found={address}")),
        Err(ConsoleError::Invalid) => see_other("/console/players"),
        Err(error) => desk.failed(error),
    }
}

fn player(text: &str) -> Result<PlayerKey, ConsoleError> {
    text.parse().map_err(|_| ConsoleError::Unknown)
}

/// `GET …/{player}`
pub(super) async fn look(Path(text): Path<String>, desk: Desk) -> Response {
    let sheet = match player(&text) {
        Ok(player) => players::look(desk.services(), desk.operator(), &player).await,
        Err(error) => Err(error),
    };
    match sheet {
        Ok(sheet) => desk.page(render_player(desk.view(), sheet)),
        Err(error) => desk.failed(error),
    }
}

/// `POST …/{player}/sessions/end`
pub(super) async fn end_sessions(Path(text): Path<String>, form: ConsoleForm) -> Response {
    let desk = form.desk;
    let player = match player(&text) {
        Ok(player) => player,
        Err(error) => return desk.failed(error),
    };
    match players::end_sessions(desk.services(), desk.operator(), &player).await {
        Ok(_) => see_other(&format!("/console/players/{player}?done={}", Done::SessionsEnded.as_str())),
        Err(error) => desk.failed(error),
    }
}
