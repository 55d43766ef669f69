//! What the player wants to be told.

use i18n::{
    Key,
    keys::{consent, later},
};

use crate::{
    account::{
        api::Reply,
        start::remote_as_known,
        switch::{Show, Switch, turn},
        talk::Talk,
        wire::Consents,
    },
    context::Context,
    data::Remote,
    node::nodes,
    part::Part,
    reactive::Shared,
    ui::{section, switch_cell},
};

const URL: &str = "/v1/tg/consents";

/// A kind of message that is sent with consent alone.
struct Kind {
    field: &'static str,
    title: Key,
    text: Key,
    is_given: fn(&Consents) -> bool,
}

const KINDS: [Kind; 3] = [
    Kind {
        field: "tournaments",
        title: consent::TOURNAMENTS_TITLE,
        text: consent::TOURNAMENTS_TEXT,
        is_given: |consents| consents.tournaments,
    },
    Kind {
        field: "payouts",
        title: consent::PAYOUTS_TITLE,
        text: consent::PAYOUTS_TEXT,
        is_given: |consents| consents.payouts,
    },
    Kind {
        field: "promotions",
        title: consent::PROMOTIONS_TITLE,
        text: consent::PROMOTIONS_TEXT,
        is_given: |consents| consents.promotions,
    },
];

/// What stands there while it is on the way.
const NOT_KNOWN: Consents = Consents { tournaments: false, payouts: false, promotions: false };

/// The section of the switches.
pub(super) fn consents(talk: Talk) -> Part {
    let state = Shared::new(Remote::Loading);
    remote_as_known(state, later::CONSENTS_HEADER, URL, move |given: Option<Consents>| {
        let given = given.unwrap_or(NOT_KNOWN);
        let texts = Context::get().texts;
        let cells = KINDS.iter().map(|kind| {
            let is_on = (kind.is_given)(&given);
            let press = move || {
                let switch = Switch { url: URL, field: kind.field };
                turn(talk, switch, !is_on, change(state, given, with(given, kind.field, !is_on)));
            };
            let note = nodes! { {texts.get(kind.text)} };
            switch_cell(texts.get(kind.title), note, kind.field, is_on, press)
        });
        section(
            Some(texts.get(later::CONSENTS_HEADER)),
            Some(texts.get(later::CONSENTS_NOTE)),
            cells.collect(),
        )
    })
}

/// Shows the consents before and after a change.
fn change(state: Shared<Remote<Consents>>, before: Consents, after: Consents) -> Show {
    Box::new(move |reply| {
        let answer = reply.map_or(Ok(after), Reply::read);
        state.set(Remote::Ready(answer.unwrap_or(before)));
        answer.map(|_| ())
    })
}

fn with(mut consents: Consents, field: &str, is_given: bool) -> Consents {
    match field {
        "tournaments" => consents.tournaments = is_given,
        "payouts" => consents.payouts = is_given,
        _ => consents.promotions = is_given,
    }
    consents
}
