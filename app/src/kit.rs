//! `/kit`: the design system on one page, every part in every state, rendered by the server alone.

pub(crate) mod samples;

use std::sync::Arc;

use domain::{ErrorCode, Locale};
use leptos::prelude::*;

use crate::{
    board::{BoardStore, board, me_bar, more},
    context::Context,
    page_data::{First, PageData},
    pages::{dock, offline, phase_mark, sign_in_notice},
    part::{Part, part},
    router::Route,
    session::{Session, SignIn},
    telegram::Telegram,
    ui::{
        ButtonKind, Shape, Way, avatar, board_skeleton, button, cell, cell_link, cell_skeleton, icon,
        placeholder, section, steps,
    },
};

/// The page of all parts.
pub(crate) fn kit(locale: Locale) -> Part {
    let data = PageData {
        path: Route::Lobby.path(),
        bot: Some("podium_bot".to_owned()),
        now: samples::now(),
        first: First::Nothing,
    };
    let mut context = Context::new(data, i18n::catalog(locale).clone());
    context.session = Session::in_state(SignIn::In(samples::signed_in()));
    context.telegram = Telegram::absent();
    context.provide();
    let shown = [marks(), buttons(), boards(), lists(), notices(), feet()];
    part(view! {
        <main class="kit">
            <h1 class="kit__title">"Podium's parts"</h1>
            {Vec::from(shown)}
        </main>
    })
}

fn shown(name: &'static str, parts: Vec<Part>) -> Part {
    part(view! {
        <section>
            <h2 class="kit__name">{name}</h2>
            {parts}
        </section>
    })
}

fn padded(parts: Vec<Part>) -> Part {
    part(view! { <div class="kit__part--padded">{parts}</div> })
}

fn line(parts: Vec<Part>) -> Part {
    padded(vec![part(view! { <div class="kit__line">{parts}</div> })])
}

fn panel(content: Part) -> Part {
    part(view! { <section class="panel">{content}</section> })
}

fn marks() -> Part {
    let names = ["Ann", "Boris", "Chloé", "Дима", "Enzo", "Fay", "Gus"];
    let avatars = names.map(|name| avatar(name, name, "avatar"));
    let cards = samples::lobby().tournaments;
    let logos = vec![steps("steps site__logo"), steps("steps greeting__logo")];
    part((
        shown("Steps", vec![line(logos)]),
        shown("Icons", vec![line(Shape::ALL.map(icon).into())]),
        shown("Avatars", vec![line(avatars.into())]),
        shown("Phases", vec![line(cards.iter().map(|card| phase_mark(card, None)).collect())]),
    ))
}

fn buttons() -> Part {
    let kinds = [
        ("Filled", ButtonKind::Filled),
        ("Tinted", ButtonKind::Tinted),
        ("Destructive", ButtonKind::Destructive),
    ];
    let buttons = kinds.map(|(label, kind)| button(kind, label.to_owned(), Arc::new(|| ())));
    shown("Buttons", vec![padded(buttons.into())])
}

fn boards() -> Part {
    let session = Context::get().session;
    let with_players = |players: u64| {
        let store = BoardStore::new(samples::board(players), &samples::card(), session);
        panel(part((board(store, 50), more(store))))
    };
    let retry = Way::Press("Try again".to_owned(), Arc::new(|| ()));
    let failed = placeholder("This did not load".to_owned(), "Please try again.".to_owned(), retry);
    let empty = placeholder("Leaderboard".to_owned(), "Nobody has a score yet.".to_owned(), Way::None);
    part((
        shown("Board", vec![with_players(8)]),
        shown("Board with two free steps", vec![with_players(1)]),
        shown("Board that loads", vec![panel(board_skeleton("Loading".to_owned()))]),
        shown("Board that is empty", vec![panel(empty)]),
        shown("Board that could not be had", vec![failed]),
    ))
}

fn lists() -> Part {
    let link = |title: &'static str, subtitle: &'static str| {
        let content = view! {
            <span class="cell__title">{title}</span>
            <span class="cell__subtitle">{subtitle}</span>
        };
        cell_link(&Route::Lobby, part(content))
    };
    let cells = vec![
        link("Autumn cup", "Starts in 04:10:32 · 12 players"),
        link(
            "A title that is far too long for the width of any phone there is",
            "Starts in 2 d 4 h · 1,204 players",
        ),
        cell("Language".to_owned(), "English".to_owned()),
        cell_skeleton(),
    ];
    let footer = "A sentence that explains the section.".to_owned();
    shown("Section", vec![section(Some("Coming up".to_owned()), Some(footer), cells)])
}

fn notices() -> Part {
    let states = [
        SignIn::Needed,
        SignIn::Stale,
        SignIn::Out,
        SignIn::Failed(ErrorCode::InitDataInvalid),
        SignIn::Failed(ErrorCode::Unavailable),
    ];
    part((
        shown("Notices", states.map(|state| sign_in_notice(&state)).into()),
        shown("Cut off", vec![offline()]),
    ))
}

fn feet() -> Part {
    let session = Context::get().session;
    let store = BoardStore::new(samples::board(8), &samples::card(), session);
    let foot = part(view! { <div class="dock">{me_bar(store)}{dock()}</div> });
    shown("Foot", vec![foot])
}
