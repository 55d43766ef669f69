//! Whether boards show the player under a made-up name.

use domain::AliasState;
use i18n::keys::later;

use crate::{
    account::{
        api::Reply,
        start::remote,
        switch::{Show, Switch, turn},
        talk::Talk,
    },
    context::Context,
    data::Remote,
    node::nodes,
    part::Part,
    reactive::Shared,
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
                turn(talk, SWITCH, !is_hidden, change(context, state, shown.clone()));
            }
        };
        let cell = switch_cell(texts.get(later::ALIAS_HIDE), note, SWITCH.field, is_hidden, press);
        section(Some(texts.get(later::ALIAS_HEADER)), None, vec![cell])
    });
    nodes! { <div class="alias">{content}</div> }
}

/// Shows the name before and after a change. What the page knows of boards says the former one, and is forgotten.
fn change(context: Context, state: Shared<Remote<AliasState>>, before: AliasState) -> Show {
    Box::new(move |reply| {
        let (shown, said) = match reply.map(Reply::read::<AliasState>) {
            None => {
                let alias = AWAITED.to_owned();
                (AliasState { hidden: !before.hidden, alias, player: before.player.clone() }, Ok(()))
            }
            Some(Ok(now)) => {
                context.session.rename(now.alias.clone(), now.player.clone());
                context.data.forget();
                (now, Ok(()))
            }
            Some(Err(code)) => (before.clone(), Err(code)),
        };
        state.set(Remote::Ready(shown));
        said
    })
}
