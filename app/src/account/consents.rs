//! What the player wants to be told.

use domain::ErrorCode;
use i18n::{
    Key,
    keys::{consent, later},
};

use crate::{
    account::{api, start::remote, talk::Talk, wire::Consents},
    context::Context,
    data::Remote,
    part::Part,
    reactive::{self, Shared},
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

/// The section of the switches.
pub(super) fn consents(talk: Talk) -> Part {
    let state = Shared::new(Remote::Loading);
    remote(state, later::CONSENTS_HEADER, 1, URL, move |given: Consents| {
        let texts = Context::get().texts;
        let cells = KINDS.iter().map(|kind| {
            let is_on = (kind.is_given)(&given);
            let press = move || reactive::spawn(change(state, talk, given, kind.field, !is_on));
            switch_cell(texts.get(kind.title), texts.get(kind.text), kind.field, is_on, press)
        });
        section(
            Some(texts.get(later::CONSENTS_HEADER)),
            Some(texts.get(later::CONSENTS_NOTE)),
            cells.collect(),
        )
    })
}

/// Says yes or no. The switch turns at once, and back when the server has not heard it.
async fn change(
    state: Shared<Remote<Consents>>,
    talk: Talk,
    before: Consents,
    field: &'static str,
    is_given: bool,
) {
    talk.hush();
    state.set(Remote::Ready(with(before, field, is_given)));
    keep_focus_on(field);
    let answer: Result<Consents, ErrorCode> =
        api::post(URL, format!("{{\"{field}\":{is_given}}}")).await.read();
    match answer {
        Ok(now) => state.set(Remote::Ready(now)),
        Err(code) => {
            state.set(Remote::Ready(before));
            talk.fail(code);
        }
    }
    keep_focus_on(field);
}

fn with(mut consents: Consents, field: &str, is_given: bool) -> Consents {
    match field {
        "tournaments" => consents.tournaments = is_given,
        "payouts" => consents.payouts = is_given,
        _ => consents.promotions = is_given,
    }
    consents
}

/// The switches are drawn anew when one has turned; the keyboard stays where it was.
fn keep_focus_on(field: &str) {
    crate::router::give_focus(&format!("[data-switch={field}]"));
}
