//! `/console/operators`: who works here.

use domain::console::Role;
use i18n::keys::console as texts;
use leptos::prelude::*;
use services::console::operators::{OperatorLine, OperatorPage};

use super::{
    frame::{Section, View, page},
    parts::{cell, form_key, role, when, yes},
};

/// The page.
pub fn render_operators(view: View<'_>, operators: OperatorPage) -> String {
    let text = move |key| view.text(key);
    page(view, Some(Section::Operators), text(texts::NAV_OPERATORS), || {
        let next = operators.next.map(|id| {
            view! { <a class="button" href=format!("/console/operators?after={id}")>{text(texts::OPERATORS_NEXT)}</a> }
        });
        let rows = operators.operators.into_iter().map(|line| row(view, line)).collect_view();
        let head = [
            texts::OPERATORS_NAME,
            texts::OPERATORS_ROLE,
            texts::OPERATORS_SOURCE,
            texts::OPERATORS_FACTOR,
            texts::OPERATORS_STATE,
            texts::PLAYER_SINCE,
            texts::OPERATORS_CHANGE,
        ]
        .map(|key| view! { <th scope="col">{text(key)}</th> });
        view! {
            <table class="table">
                <thead><tr>{head}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
            <p class="pager">{next}</p>
            {invite(view)}
        }
        .into_any()
    })
}

fn invite(view: View<'_>) -> AnyView {
    let text = |key| view.text(key);
    view! {
        <section class="panel narrow">
            <h2 class="panel__title">{text(texts::OPERATORS_INVITE)}</h2>
            <form method="post" action="/console/operators/invite">
                {form_key(view.operator)}
                <label class="search__label" for="label">{text(texts::OPERATORS_LABEL)}</label>
                <div class="search__row">
                    <input class="field search__field" id="label" name="label" required maxlength="64"
                        autocomplete="off" data-field />
                    <select class="field" name="role" aria-label=text(texts::OPERATORS_ROLE)>
                        {roles(view, Role::Viewer)}
                    </select>
                    <button class="button">{text(texts::OPERATORS_INVITE_BUTTON)}</button>
                </div>
                <p class="hint">{text(texts::OPERATORS_INVITE_HINT)}</p>
            </form>
        </section>
    }
    .into_any()
}

/// The link of a new invitation, shown once.
pub fn render_invited(view: View<'_>, label: &str, link: &str) -> String {
    let text = move |key| view.text(key);
    let (label, link) = (label.trim().to_owned(), link.to_owned());
    page(view, Some(Section::Operators), text(texts::OPERATORS_INVITED_TITLE), || {
        view! {
            <div class="narrow">
                <p>{texts::operators_invited_text(view.catalog(), &label)}</p>
                <p class="secret"><code data-testid="invitation">{link}</code></p>
                <p><a class="button button--main" href="/console/operators">{text(texts::NAV_OPERATORS)}</a></p>
            </div>
        }
        .into_any()
    })
}

fn row(view: View<'_>, line: OperatorLine) -> AnyView {
    let text = |key| view.text(key);
    let OperatorLine { operator, label, is_active, has_second_factor, is_changeable } = line;
    let path = format!("/console/operators/{}", operator.operator_id);
    let is_self = operator.operator_id == view.operator.operator_id();
    let you = is_self.then(|| view! { " "<span class="badge">{text(texts::OPERATORS_YOU)}</span> });
    let source = match operator.source {
        services::console::operators::OperatorSource::Settings => texts::OPERATORS_SETTINGS,
        services::console::operators::OperatorSource::Invitation => texts::OPERATORS_INVITATION,
    };
    let state = text(if is_active { texts::OPERATORS_ACTIVE } else { texts::OPERATORS_ENDED });
    let state_class = if is_active { "badge badge--good" } else { "badge" };
    let change = is_changeable.then(|| set_role(view, &path, operator.role));
    let end = is_changeable.then(|| {
        view! {
            <form method="post" action=format!("{path}/end")>
                {form_key(view.operator)}
                <button class="button button--small button--danger">{text(texts::OPERATORS_END)}</button>
            </form>
        }
    });
    let reset = (has_second_factor && !is_self).then(|| {
        view! {
            <form method="post" action=format!("{path}/second-factor/reset")>
                {form_key(view.operator)}
                <button class="button button--small">{text(texts::OPERATORS_RESET)}</button>
            </form>
        }
    });
    let log = format!("/console/audit?of={}", operator.operator_id);
    view! {
        <tr>
            {cell(text(texts::OPERATORS_NAME), view! { <a href=log><b>{label}</b></a>{you} })}
            {cell(text(texts::OPERATORS_ROLE), text(role(operator.role)))}
            {cell(text(texts::OPERATORS_SOURCE), text(source))}
            {cell(text(texts::OPERATORS_FACTOR), yes(view.catalog(), has_second_factor))}
            {cell(text(texts::OPERATORS_STATE), view! { <span class=state_class>{state}</span> })}
            {cell(text(texts::PLAYER_SINCE), when(operator.created_at))}
            {cell(text(texts::OPERATORS_CHANGE), view! { <span class="actions">{change}{reset}{end}</span> })}
        </tr>
    }
    .into_any()
}

fn set_role(view: View<'_>, path: &str, now: Role) -> AnyView {
    let text = |key| view.text(key);
    view! {
        <form class="inline" method="post" action=format!("{path}/role")>
            {form_key(view.operator)}
            <select class="field field--small" name="role" aria-label=text(texts::OPERATORS_ROLE)>{roles(view, now)}</select>
            <button class="button button--small">{text(texts::OPERATORS_SET_ROLE)}</button>
        </form>
    }
    .into_any()
}

fn roles(view: View<'_>, now: Role) -> AnyView {
    Role::ALL
        .iter()
        .map(|one| {
            view! { <option value=one.as_str() selected=*one == now>{view.text(role(*one))}</option> }
        })
        .collect_view()
        .into_any()
}
