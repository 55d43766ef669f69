//! `/console/players/{player}`: one player.

use domain::{Consents, Reachability, console::Permission, token::TokenState};
use i18n::{Key, keys::console as texts};
use leptos::prelude::*;
use services::console::{
    audit::AuditLine,
    players::{LiveSession, Personal, PlayerSheet, PlayerToken},
};

use super::{
    frame::{Section, View, page},
    parts::{audit_table, cell, form_key, id, or_dash, when, yes},
};

/// The page.
pub fn render_player(view: View<'_>, sheet: PlayerSheet) -> String {
    let title = sheet.user.alias.clone();
    page(view, Some(Section::Players), &title, || {
        let lines = sheet.lines.clone();
        let player = sheet.user.player.to_string();
        let (listed, said, issued) = match sheet.personal.clone() {
            Some(Personal { sessions, consents, tokens }) => (Some(sessions), Some(consents), Some(tokens)),
            None => (None, None, None),
        };
        view! {
            <div class="columns">
                {identity(view, sheet)}
                <div class="stack">
                    {sessions(view, &player, listed)}
                    {said.map(|said| consents(view, said))}
                </div>
            </div>
            {issued.map(|issued| tokens(view, issued))}
            {lines.map(|lines| log(view, &player, lines))}
        }
        .into_any()
    })
}

fn fact(view: View<'_>, key: Key, value: AnyView) -> AnyView {
    view! { <div class="fact"><dt>{view.text(key)}</dt><dd>{value}</dd></div> }.into_any()
}

fn identity(view: View<'_>, sheet: PlayerSheet) -> AnyView {
    let catalog = view.catalog();
    let PlayerSheet { user, names, is_linked, has_chat, .. } = sheet;
    let personal = view.operator.may(Permission::ViewPersonal);
    let mut facts = vec![
        fact(view, texts::PLAYER_KEY, id(user.player.to_string())),
        fact(view, texts::PLAYER_ID, id(user.user_id.to_string())),
        fact(view, texts::PLAYER_LOCALE, user.locale.tag().into_any()),
        fact(view, texts::PLAYER_SINCE, when(user.created_at)),
        fact(view, texts::PLAYER_LINKED, yes(catalog, is_linked).into_any()),
        fact(view, texts::PLAYER_CONTACT, yes(catalog, user.contact_confirmed).into_any()),
        fact(view, texts::PLAYER_CHAT, yes(catalog, has_chat).into_any()),
        fact(view, texts::PLAYER_REACH, view.text(reach(user.reachability)).into_any()),
    ];
    if personal {
        facts.extend([
            fact(view, texts::PLAYER_NAME, or_dash(names.first_name)),
            fact(view, texts::PLAYER_USERNAME, or_dash(names.username.map(|name| format!("@{name}")))),
            fact(view, texts::PLAYER_TELEGRAM, or_dash(user.telegram_user_id.map(|id| id.0.to_string()))),
            fact(view, texts::PLAYER_PLATFORM, or_dash(user.platform_user_id.map(|id| id.to_string()))),
        ]);
    }
    let hidden = (!personal).then(|| view! { <p class="hint">{view.text(texts::PLAYER_HIDDEN)}</p> });
    view! {
        <section class="panel">
            <h2 class="panel__title">{view.text(texts::PLAYER_IDENTITY)}</h2>
            <dl class="facts">{facts}</dl>
            {hidden}
        </section>
    }
    .into_any()
}

fn consents(view: View<'_>, said: Consents) -> AnyView {
    let catalog = view.catalog();
    let facts = [
        (texts::CONSENT_PROMOTIONS, said.promotions),
        (texts::CONSENT_TOURNAMENTS, said.tournaments),
        (texts::CONSENT_PAYOUTS, said.payouts),
    ]
    .map(|(key, is_given)| fact(view, key, yes(catalog, is_given).into_any()));
    view! {
        <section class="panel">
            <h2 class="panel__title">{view.text(texts::PLAYER_CONSENTS)}</h2>
            <dl class="facts">{facts}</dl>
        </section>
    }
    .into_any()
}

/// One-time tokens, without what they could be spent by.
fn tokens(view: View<'_>, tokens: Vec<PlayerToken>) -> AnyView {
    let text = |key| view.text(key);
    let columns = [texts::TOKEN_ACTION, texts::TOKEN_STATE, texts::TOKEN_ISSUED, texts::TOKEN_EXPIRES];
    let [action, state, issued, expires] = columns.map(text);
    let content = if tokens.is_empty() {
        view! { <p class="note">{text(texts::PLAYER_NO_TOKENS)}</p> }.into_any()
    } else {
        let rows = tokens.into_iter().map(|token| {
            view! {
                <tr>
                    {cell(action, view! { <code class="action">{token.action.as_str()}</code> })}
                    {cell(state, text(token_state(token.state)))}
                    {cell(issued, when(token.created_at))}
                    {cell(expires, when(token.expires_at))}
                </tr>
            }
        });
        let rows = rows.collect_view();
        let head = [action, state, issued, expires].map(|name| view! { <th scope="col">{name}</th> });
        view! { <table class="table"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table> }.into_any()
    };
    view! {
        <section class="wide">
            <h2 class="panel__title">{text(texts::PLAYER_TOKENS)}</h2>
            {content}
        </section>
    }
    .into_any()
}

const fn token_state(state: TokenState) -> Key {
    match state {
        TokenState::Pending => texts::TOKEN_PENDING,
        TokenState::Spent => texts::TOKEN_SPENT,
        TokenState::Expired => texts::TOKEN_EXPIRED,
    }
}

/// What can be said of whether the bot may write.
const fn reach(state: Reachability) -> Key {
    match state {
        Reachability::Unknown => texts::REACH_UNKNOWN,
        Reachability::Reachable => texts::REACH_REACHABLE,
        Reachability::NeedsStart => texts::REACH_NEEDS_START,
        Reachability::Blocked => texts::REACH_BLOCKED,
        Reachability::Deactivated => texts::REACH_DEACTIVATED,
    }
}

fn devices(view: View<'_>, sessions: Vec<LiveSession>) -> AnyView {
    let text = |key| view.text(key);
    if sessions.is_empty() {
        return view! { <p class="note">{text(texts::PLAYER_NO_SESSIONS)}</p> }.into_any();
    }
    let rows = sessions
        .into_iter()
        .map(|session| {
            view! {
                <tr>
                    {cell(text(texts::PLAYER_DEVICE), session.device.as_str())}
                    {cell(text(texts::PLAYER_METHOD), view! { <code class="action">{session.method}</code> })}
                    {cell(text(texts::PLAYER_LAST_USED), when(session.refreshed_at))}
                </tr>
            }
        })
        .collect_view();
    let head = [texts::PLAYER_DEVICE, texts::PLAYER_METHOD, texts::PLAYER_LAST_USED]
        .map(|key| view! { <th scope="col">{text(key)}</th> });
    view! { <table class="table"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table> }.into_any()
}

fn sessions(view: View<'_>, player: &str, listed: Option<Vec<LiveSession>>) -> AnyView {
    let text = |key| view.text(key);
    let end = view.operator.may(Permission::EndSessions).then(|| {
        view! {
            <details class="sure">
                <summary class="button button--danger">{text(texts::PLAYER_END_ALL)}</summary>
                <form method="post" action=format!("/console/players/{player}/sessions/end")>
                    {form_key(view.operator)}
                    <p class="hint">{text(texts::PLAYER_END_SURE)}</p>
                    <button class="button button--danger">{text(texts::PLAYER_END_ALL)}</button>
                </form>
            </details>
        }
    });
    view! {
        <section class="panel">
            <h2 class="panel__title">{text(texts::PLAYER_SESSIONS)}</h2>
            {listed.map(|listed| devices(view, listed))}
            {end}
        </section>
    }
    .into_any()
}

fn log(view: View<'_>, player: &str, entries: Vec<AuditLine>) -> AnyView {
    let text = |key| view.text(key);
    let table = if entries.is_empty() {
        view! { <p class="note">{text(texts::PLAYER_NO_LINES)}</p> }.into_any()
    } else {
        audit_table(view.catalog(), entries, false)
    };
    view! {
        <section>
            <h2 class="panel__title">{text(texts::NAV_AUDIT)}</h2>
            {table}
            <p><a href=format!("/console/audit?of={player}")>{text(texts::PLAYER_ALL_LINES)}</a></p>
        </section>
    }
    .into_any()
}
