//! Small parts of the console's pages.

use domain::{ErrorCode, Timestamp, audit::ActorKind, console::Role};
use i18n::{
    Catalog, Key,
    keys::{console as texts, desk},
};
use leptos::prelude::*;
use services::console::{
    Operator,
    audit::AuditLine,
    template::Template,
    zone::{OFFERED, ViewerZone},
};

use super::frame::View;

/// What every form carries.
pub(super) fn form_key(operator: &Operator) -> AnyView {
    view! { <input type="hidden" name="form_key" value=operator.form_key().to_owned() /> }.into_any()
}

/// What a role is called.
pub(super) const fn role(role: Role) -> Key {
    match role {
        Role::Viewer => texts::ROLE_VIEWER,
        Role::Support => texts::ROLE_SUPPORT,
        Role::Manager => texts::ROLE_MANAGER,
        Role::Admin => texts::ROLE_ADMIN,
    }
}

/// A time of day and its date, in UTC, as its column says.
pub(super) fn when(at: Timestamp) -> AnyView {
    let text = at.to_string();
    let day = text.get(..10).unwrap_or_default().to_owned();
    let second = text.get(11..19).unwrap_or_default().to_owned();
    view! { <time class="when" datetime=text><span class="when__day">{day}</span>" "{second}</time> }
        .into_any()
}

/// A time as the clocks of whoever looks show it; a day on which these are changed is marked.
pub(super) fn when_in(view: View<'_>, at: Timestamp) -> AnyView {
    let local = view.zone.show(at);
    let changes = local
        .is_change_day
        .then(|| view! { " "<span class="badge badge--note">{view.text(desk::CLOCKS)}</span> });
    view! {
        <time class="when" datetime=at.to_string() title=local.offset>
            <span class="when__day">{local.day}</span>" "{local.time}
        </time>
        {changes}
    }
    .into_any()
}

/// The way to something new: what it begins with.
pub(super) fn begin(view: View<'_>, path: &'static str, templates: &[Template], label: Key) -> AnyView {
    let text = |key| view.text(key);
    let options = templates
        .iter()
        .map(|template| {
            view! { <option value=template.id.clone()>{template.title(view.locale).to_owned()}</option> }
        })
        .collect_view();
    view! {
        <form class="begin" method="get" action=path>
            <label for="template">{text(desk::NEW_FROM)}</label>
            <select class="field" id="template" name="template">
                {options}
                <option value="">{text(desk::NEW_BLANK)}</option>
            </select>
            <input type="hidden" name="zone" value=view.zone.name().to_owned() />
            <button class="button button--main">{text(label)}</button>
        </form>
    }
    .into_any()
}

/// The choice of a time zone. `kept`: what else stands in the address.
pub(super) fn zone_choice(view: View<'_>, path: &str, kept: &[(&'static str, String)]) -> AnyView {
    let here = view.zone.name();
    let other = (!OFFERED.contains(&here)).then_some(here);
    let options = other
        .into_iter()
        .chain(OFFERED.iter().copied())
        .map(|name| view! { <option value=name.to_owned() selected=name == here>{name.to_owned()}</option> })
        .collect_view();
    let kept = kept
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| view! { <input type="hidden" name=*name value=value.clone() /> })
        .collect_view();
    view! {
        <form class="zone" method="get" action=path.to_owned()>
            {kept}
            <label for="zone">{view.text(desk::ZONE)}</label>
            <select class="field field--small" id="zone" name="zone">{options}</select>
            <button class="button button--small">{view.text(desk::ZONE_SHOW)}</button>
        </form>
    }
    .into_any()
}

/// What a form carries so that the page behind it has the same time zone.
pub(super) fn zone_field(zone: &ViewerZone) -> AnyView {
    view! { <input type="hidden" name="zone" value=zone.name().to_owned() /> }.into_any()
}

/// The head of a table.
pub(super) fn head(names: &[&'static str]) -> AnyView {
    let cells = names.iter().map(|name| view! { <th scope="col">{*name}</th> }).collect_view();
    view! { <thead><tr>{cells}</tr></thead> }.into_any()
}

/// A fact and its value.
pub(super) fn fact(name: &'static str, value: impl IntoView + 'static) -> AnyView {
    view! { <div class="fact"><dt>{name}</dt><dd>{value.into_any()}</dd></div> }.into_any()
}

/// A part of a page with its title.
pub(super) fn panel(title: &'static str, content: impl IntoView + 'static) -> AnyView {
    view! {
        <section class="panel wide">
            <h2 class="panel__title">{title}</h2>
            {content.into_any()}
        </section>
    }
    .into_any()
}

/// What an operator wanted that was refused: what was typed, and why it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Again {
    /// What was typed.
    pub typed: String,
    /// Why it was refused.
    pub code: ErrorCode,
}

impl Again {
    /// What is said above the form; `wrong` where it was the field's fault.
    pub(super) fn said(&self, view: View<'_>, wrong: String) -> AnyView {
        let said = match self.code {
            ErrorCode::BadRequest => wrong,
            code => view.catalog().error(code).to_owned(),
        };
        view! { <p class="flash flash--bad" role="alert" data-code=self.code.as_str()>{said}</p> }.into_any()
    }
}

/// What can't be undone by a mistake: it says what it will do, and is asked for twice. `again`: what is said where it was
/// refused; the form is open then.
pub(super) fn sure(
    view: View<'_>,
    action: String,
    name: &'static str,
    content: AnyView,
    is_danger: bool,
    again: Option<AnyView>,
) -> AnyView {
    let class = if is_danger { "button button--danger" } else { "button" };
    let is_open = again.is_some();
    view! {
        <details class="sure" open=is_open>
            <summary class=class>{name}</summary>
            <form method="post" action=action>
                {form_key(view.operator)}
                {zone_field(view.zone)}
                {again}
                {content}
                <button class=class>{name}</button>
            </form>
        </details>
    }
    .into_any()
}

/// Yes or no.
pub(super) fn yes(catalog: &'static Catalog, is: bool) -> &'static str {
    catalog.text(if is { texts::YES } else { texts::NO })
}

/// A cell of a table, which on a phone is a line of a card and says what it is.
pub(super) fn cell(label: &'static str, content: impl IntoView + 'static) -> AnyView {
    view! { <td data-label=label><span class="value">{content.into_any()}</span></td> }.into_any()
}

/// An id, in letters that can be told apart.
pub(super) fn id(text: String) -> AnyView {
    view! { <code class="id">{text}</code> }.into_any()
}

/// What there is not.
pub(super) fn dash() -> AnyView {
    view! { <span class="dim">"–"</span> }.into_any()
}

/// A value that may be absent.
pub(super) fn or_dash(value: Option<String>) -> AnyView {
    value.map_or_else(dash, IntoAny::into_any)
}

/// The rows of the audit log as a table. `with_player` is off on a player's own page.
pub(super) fn audit_table(catalog: &'static Catalog, lines: Vec<AuditLine>, with_player: bool) -> AnyView {
    let text = move |key| catalog.text(key);
    let rows = lines.into_iter().map(|line| {
        let AuditLine { entry, operator, player } = line;
        let kind = match entry.actor.kind {
            ActorKind::Player => texts::ACTOR_PLAYER,
            ActorKind::Operator => texts::ACTOR_OPERATOR,
            ActorKind::Platform => texts::ACTOR_PLATFORM,
            ActorKind::System => texts::ACTOR_SYSTEM,
        };
        let name = match (entry.actor.kind, operator, entry.actor.id) {
            (ActorKind::Operator, label, Some(id)) => {
                let shown = label.unwrap_or_else(|| id.clone());
                Some(view! { " "<a href=format!("/console/audit?of={id}")>{shown}</a> }.into_any())
            }
            _ => None,
        };
        let player = with_player.then(|| {
            let link = player.map(|(key, alias)| {
                view! { <a href=format!("/console/players/{key}")>{alias}</a> }.into_any()
            });
            cell(text(texts::AUDIT_WHOM), link.unwrap_or_else(dash))
        });
        view! {
            <tr>
                {cell(text(texts::TIME), when(entry.happened_at))}
                {cell(text(texts::AUDIT_WHO), view! { <span class="dim">{text(kind)}</span>{name} })}
                {cell(text(texts::AUDIT_WHAT), view! { <code class="action">{entry.action.as_str()}</code> })}
                {player}
                {cell(text(texts::AUDIT_DETAIL), view! { <span class="detail">{detail(&entry.detail)}</span> })}
            </tr>
        }
    });
    let whom = with_player.then(|| view! { <th scope="col">{text(texts::AUDIT_WHOM)}</th> });
    view! {
        <table class="table">
            <thead><tr>
                <th scope="col">{text(texts::TIME)}</th>
                <th scope="col">{text(texts::AUDIT_WHO)}</th>
                <th scope="col">{text(texts::AUDIT_WHAT)}</th>
                {whom}
                <th scope="col">{text(texts::AUDIT_DETAIL)}</th>
            </tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

/// The detail of a line as `name value` pairs; nothing of it is personal.
fn detail(json: &str) -> String {
    let Ok(serde_json::Value::Object(fields)) = serde_json::from_str(json) else { return String::new() };
    let pairs = fields.iter().map(|(name, value)| match value {
        serde_json::Value::String(text) => format!("{name} {text}"),
        other => format!("{name} {other}"),
    });
    pairs.collect::<Vec<_>>().join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_detail_is_read_as_pairs() {
        assert_eq!(detail(r#"{"from":"viewer","failures":2}"#), "failures 2 · from viewer");
        assert_eq!(detail("{}"), "");
        assert_eq!(detail("nonsense"), "");
    }
}
