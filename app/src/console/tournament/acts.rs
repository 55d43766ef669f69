//! What can be done to a tournament: each says in numbers what it concerns, and is asked for twice.

use domain::{console::Permission, tournament::lifecycle::State};
use i18n::{Key, keys::desk};
use leptos::prelude::*;
use services::console::tournaments::sheet::Sheet;

use crate::console::{
    frame::View,
    parts::{Again, panel, sure},
};

/// The commands that the state allows.
pub(super) fn acts(
    view: View<'_>,
    path: &str,
    sheet: &Sheet,
    extend_again: Option<&Again>,
) -> Option<AnyView> {
    if !view.operator.may(Permission::RunTournaments) {
        return None;
    }
    let state = sheet.row.status.state;
    let is_frozen = sheet.row.status.is_frozen;
    let is_over = matches!(state, State::Finished | State::Canceled);
    let is_running = sheet.phase == domain::tournament::Phase::Running;
    let say = |key: Key| {
        view! { <p class="hint">{numbers(view, sheet)}</p><p class="hint">{view.text(key)}</p> }.into_any()
    };
    let act = |is_possible: bool, name: &str, title: Key, why: Key, is_danger: bool| {
        is_possible.then(|| sure(view, format!("{path}/{name}"), view.text(title), say(why), is_danger, None))
    };
    let extend = (!is_over || extend_again.is_some()).then(|| {
        let ends_at = sheet.row.tournament.ends_at;
        let field = extend_again.map_or_else(|| view.zone.field(ends_at), |again| again.typed.clone());
        let said = extend_again.map(|again| again.said(view, view.text(desk::WHY_LATER).to_owned()));
        let content = view! {
            {say(desk::ACT_EXTEND_SURE)}
            <input class="field" type="datetime-local" step="1" name="ends_at" required
                aria-label=view.text(desk::ENDS) value=field />
            <input type="hidden" name="ends_at.was" value=ends_at.to_string() />
        };
        sure(view, format!("{path}/extend"), view.text(desk::ACT_EXTEND), content.into_any(), false, said)
    });
    let offered = [
        act(is_running, "stop", desk::ACT_STOP, desk::ACT_STOP_SURE, true),
        extend,
        act(!is_over && !is_frozen, "freeze", desk::ACT_FREEZE, desk::ACT_FREEZE_SURE, true),
        act(!is_over && is_frozen, "thaw", desk::ACT_THAW, desk::ACT_THAW_SURE, false),
        act(state.is_public() && !is_over, "recompute", desk::ACT_RECOMPUTE, desk::ACT_RECOMPUTE_SURE, false),
        act(state.is_movable(), "cancel", desk::ACT_CANCEL, desk::ACT_CANCEL_SURE, true),
    ];
    let offered: Vec<AnyView> = offered.into_iter().flatten().collect();
    (!offered.is_empty()).then(|| panel(view.text(desk::ACT), view! { <div class="acts">{offered}</div> }))
}

/// What a command concerns.
fn numbers(view: View<'_>, sheet: &Sheet) -> String {
    let effects = sheet.effects;
    desk::act_numbers(view.catalog(), effects.entries, effects.players, effects.scores, effects.winners)
}

/// The way to the scores of a player.
pub(super) fn find(view: View<'_>, path: &str) -> AnyView {
    let text = |key| view.text(key);
    panel(
        text(desk::FIND),
        view! {
            <form class="search" method="get" action=format!("{path}/player")>
                <div class="search__row">
                    <input class="field search__field" id="player" name="player" required maxlength="24"
                        autocomplete="off" spellcheck="false" data-field aria-label=text(desk::FIND)
                        aria-describedby="find-hint" />
                    <input type="hidden" name="zone" value=view.zone.name().to_owned() />
                    <button class="button">{text(desk::FIND_SHOW)}</button>
                </div>
                <p class="hint" id="find-hint">{text(desk::FIND_HINT)}</p>
            </form>
        },
    )
}
