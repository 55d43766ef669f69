//! Whether boards show the player under a made-up name.

use domain::AliasState;
use i18n::keys::later;

use crate::{
    account::{
        start::remote,
        switch::{Switch, turn},
        talk::Talk,
    },
    context::Context,
    data::Remote,
    node::nodes,
    part::Part,
    reactive::{self, Shared},
    ui::{section, switch_cell},
};

const SWITCH: Switch = Switch { url: "/v1/tg/alias", field: "hidden" };

/// Stands in for the name that the server is making up. Others see one that nobody knows yet.
const AWAITED: &str = "…";

/// The section of the name on boards. It is as high before the name is there, and while it changes.
pub(super) fn alias(talk: Talk) -> Part {
    let state = Shared::new(Remote::Loading);
    let content = remote(state, later::ALIAS_HEADER, 1, SWITCH.url, move |shown: AliasState| {
        let texts = Context::get().texts;
        let note = nodes! {
            {texts.get(later::ALIAS_SHOWN)} {" "}
            <span class="alias__name" data-testid="alias">{shown.alias.clone()}</span>
        };
        let is_hidden = shown.hidden;
        let context = Context::get();
        let press = move || {
            if shown.alias != AWAITED {
                reactive::spawn(change(context, state, talk, shown.clone()));
            }
        };
        let cell = switch_cell(texts.get(later::ALIAS_HIDE), note, SWITCH.field, is_hidden, press);
        section(Some(texts.get(later::ALIAS_HEADER)), None, vec![cell])
    });
    nodes! { <div class="alias">{content}</div> }
}

/// Hides the player, or shows them again. What the page knows of boards says the former name, and is forgotten.
async fn change(context: Context, state: Shared<Remote<AliasState>>, talk: Talk, before: AliasState) {
    let hidden = !before.hidden;
    let after = AliasState { hidden, alias: AWAITED.to_owned(), ..before.clone() };
    if let Some(now) = turn(state, talk, SWITCH, hidden, (before, after)).await {
        context.session.rename(now.alias, now.player);
        context.data.forget();
    }
}
