//! `/console/players`: finding a player.

use domain::console::Permission;
use i18n::keys::console as texts;
use leptos::prelude::*;
use services::console::players::{PlayerLine, QUERY_CHARS_MAX};

use super::{
    frame::{Section, View, page},
    parts::{cell, form_key, id, or_dash, when},
};

/// What a search found.
#[derive(Debug)]
pub enum Found {
    /// Nobody has searched.
    Nothing,
    /// The address of a search that is no longer kept.
    Expired,
    /// What was typed, and who was found.
    Players(String, Vec<PlayerLine>),
}

/// The page.
pub fn render_players(view: View<'_>, found: Found) -> String {
    let text = move |key| view.text(key);
    page(view, Some(Section::Players), text(texts::NAV_PLAYERS), || {
        let personal = view.operator.may(Permission::ViewPersonal);
        let hint = text(if personal { texts::PLAYERS_HINT_PERSONAL } else { texts::PLAYERS_HINT });
        let (query, result) = match found {
            Found::Nothing => (String::new(), note(text(texts::PLAYERS_START))),
            Found::Expired => (String::new(), note(text(texts::PLAYERS_EXPIRED))),
            Found::Players(query, players) if players.is_empty() => {
                (query, note(text(texts::PLAYERS_NOBODY)))
            }
            Found::Players(query, players) => (query, table(view, players, personal)),
        };
        view! {
            <form class="search" method="post" action="/console/players" role="search">
                {form_key(view.operator)}
                <label class="search__label" for="query">{text(texts::PLAYERS_SEARCH)}</label>
                <div class="search__row">
                    <input class="field search__field" id="query" name="query" type="search" value=query required
                        maxlength=QUERY_CHARS_MAX.to_string() autocomplete="off" spellcheck="false" data-field
                        aria-describedby="hint" autofocus />
                    <button class="button">{text(texts::PLAYERS_BUTTON)}</button>
                </div>
                <p class="hint" id="hint">{hint}</p>
            </form>
            {result}
        }
        .into_any()
    })
}

fn note(text: &'static str) -> AnyView {
    view! { <p class="note">{text}</p> }.into_any()
}

fn table(view: View<'_>, players: Vec<PlayerLine>, personal: bool) -> AnyView {
    let text = |key| view.text(key);
    let rows = players
        .into_iter()
        .map(|PlayerLine { user, names }| {
            let path = format!("/console/players/{}", user.player);
            let more = personal.then(|| {
                [
                    cell(text(texts::PLAYER_NAME), or_dash(names.first_name)),
                    cell(
                        text(texts::PLAYER_USERNAME),
                        or_dash(names.username.map(|name| format!("@{name}"))),
                    ),
                    cell(
                        text(texts::PLAYER_TELEGRAM),
                        or_dash(user.telegram_user_id.map(|id| id.0.to_string())),
                    ),
                    cell(
                        text(texts::PLAYER_PLATFORM),
                        or_dash(user.platform_user_id.map(|id| id.to_string())),
                    ),
                ]
            });
            view! {
                <tr>
                    {cell(text(texts::PLAYER_ALIAS), view! { <a href=path><b>{user.alias}</b></a> })}
                    {cell(text(texts::PLAYER_KEY), id(user.player.to_string()))}
                    {more}
                    {cell(text(texts::PLAYER_LOCALE), user.locale.tag())}
                    {cell(text(texts::PLAYER_SINCE), when(user.created_at))}
                </tr>
            }
        })
        .collect_view();
    let more = personal.then(|| {
        [texts::PLAYER_NAME, texts::PLAYER_USERNAME, texts::PLAYER_TELEGRAM, texts::PLAYER_PLATFORM]
            .map(|key| view! { <th scope="col">{text(key)}</th> })
    });
    view! {
        <table class="table">
            <thead><tr>
                <th scope="col">{text(texts::PLAYER_ALIAS)}</th>
                <th scope="col">{text(texts::PLAYER_KEY)}</th>
                {more}
                <th scope="col">{text(texts::PLAYER_LOCALE)}</th>
                <th scope="col">{text(texts::PLAYER_SINCE)}</th>
            </tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}
