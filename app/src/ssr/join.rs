//! `/app/join`: the page that the chat's keyboard opens, to join a tournament by a tap.
//!
//! It is a page of its own without WASM: an app that is opened from the keyboard is signed in by nothing, so it has a list to
//! show and one thing to send. The script is [`join.js`](../join.js).

use std::sync::LazyLock;

use domain::{board::TournamentCard, tournament::Phase};
use i18n::keys::site;
use leptos::prelude::*;

use crate::{
    document::{Document, compact},
    router::Route,
    ssr::render::{Setting, render},
    ui::steps,
};

/// The page's script as it is sent.
static SCRIPT: LazyLock<String> = LazyLock::new(|| compact(include_str!("../join.js")));

/// What `/app/join` shows.
#[derive(Debug, Clone)]
pub struct JoinPage {
    /// What can be joined, or is on.
    pub tournaments: Vec<TournamentCard>,
    /// The code of the button, when it has the form of one.
    pub code: Option<String>,
    /// The address of Telegram's script.
    pub telegram_script: String,
}

/// `/app/join`.
pub fn render_join(setting: Setting<'_>, page: JoinPage) -> String {
    let catalog = i18n::catalog(setting.locale);
    let text = |key| catalog.text(key);
    let JoinPage { tournaments, code, telegram_script } = page;
    let is_empty = tournaments.is_empty();
    let locale = setting.locale;
    let item = move |card: TournamentCard| {
        let id = card.tournament.tournament_id.clone();
        let title = card.tournament.title.for_locale(locale).to_owned();
        let note = match card.phase {
            Phase::Running => site::JOIN_RUNNING,
            _ => site::JOIN_UPCOMING,
        };
        view! {
            <a class="button button--tinted" href=Route::Tournament(id.clone()).path() data-id=id.to_string()
                data-testid="join-tournament">
                <span>{title} <small class="site__small">{catalog.text(note)}</small></span>
            </a>
        }
    };
    let body = render(|| {
        view! {
            <main class="site" id="join" data-testid="join">
                {steps("steps site__logo")}
                <h1 class="site__title">{text(site::JOIN_TITLE)}</h1>
                <p class="site__text" id="join-text">
                    {text(if is_empty { site::JOIN_NOTHING } else { site::JOIN_TEXT })}
                </p>
                <p class="site__text" id="join-outside" role="status" hidden data-testid="join-outside">
                    {text(site::JOIN_OUTSIDE)}
                </p>
                <div class="site__actions">{tournaments.into_iter().map(item).collect_view()}</div>
            </main>
        }
    });
    let data = serde_json::json!({"script": telegram_script, "nonce": setting.nonce, "code": code});
    let Setting { assets, nonce, locale } = setting;
    Document {
        assets,
        nonce,
        locale,
        title: text(site::JOIN_TITLE),
        description: text(site::JOIN_TEXT),
        body: format!(
            "{body}<script type=\"application/json\" id=\"join-data\">{}</script><script nonce=\"{nonce}\">{}</script>",
            data.to_string().replace('<', "\\u003c"),
            *SCRIPT
        ),
        life: None,
    }
    .render()
}
