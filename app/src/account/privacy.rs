//! `/app/privacy`: what is kept of a player, a copy of it, and its erasure.

use std::sync::Arc;

use domain::{ErrorCode, Timestamp};
use i18n::keys::later;

use crate::{
    account::{
        api,
        start::{remote, signed_in_page},
        talk::Talk,
        wire::{Address, Preparation},
    },
    clock,
    context::Context,
    data::Remote,
    node::nodes,
    pages::name_document,
    part::Part,
    reactive::{self, Shared},
    telegram::{self, Telegram},
    texts::Texts,
    ui::{ButtonKind, button, section},
};

const URL: &str = "/v1/tg/privacy";
const FILE_NAME: &str = "podium-export.json";

/// What is kept, in the order in which players ask for it: what, and why or for how long.
const KEPT: [(i18n::Key, i18n::Key); 5] = [
    (later::KEPT_PROFILE, later::KEPT_PROFILE_WHY),
    (later::KEPT_SCORES, later::KEPT_SCORES_WHY),
    (later::KEPT_MESSAGES, later::KEPT_MESSAGES_WHY),
    (later::KEPT_DEVICES, later::KEPT_DEVICES_WHY),
    (later::KEPT_CONSENTS, later::KEPT_CONSENTS_WHY),
];

/// The privacy page.
pub(crate) fn privacy_page() -> Part {
    let texts = Context::get().texts;
    name_document(Some(texts.get(later::PRIVACY_TITLE)));
    let talk = Talk::new();
    signed_in_page(later::PRIVACY_TITLE, move || {
        nodes! {
            {talk.notices()}
            {kept(texts)}
            {copy(talk)}
            {erasure(talk)}
            {talk.dialog()}
        }
    })
}

fn kept(texts: Texts) -> Part {
    let cells = KEPT.map(|(what, why)| {
        nodes! {
            <div class="cell">
                <span class="cell__main">
                    <span>{texts.get(what)}</span>
                    <span class="cell__note">{texts.get(why)}</span>
                </span>
            </div>
        }
    });
    section(Some(texts.get(later::KEPT_HEADER)), Some(texts.get(later::KEPT_NOTE)), Vec::from(cells))
}

fn copy(talk: Talk) -> Part {
    let Context { texts, telegram, .. } = Context::get();
    let export = Arc::new(move || reactive::spawn(export(talk, telegram)));
    let button = button(ButtonKind::Plain, texts.get(later::EXPORT), export);
    section(Some(texts.get(later::EXPORT_HEADER)), Some(texts.get(later::EXPORT_NOTE)), vec![button])
}

async fn export(talk: Talk, telegram: Telegram) {
    talk.hush();
    let Some(proof) = talk.proof() else { return };
    let answer: Result<Address, ErrorCode> =
        api::post("/v1/tg/privacy/export", api::object(&[("init_data", &proof)])).await.read();
    match answer {
        Ok(address) => telegram::download(telegram.host_now(), &address.url, FILE_NAME),
        Err(code) => talk.fail(code),
    }
}

fn erasure(talk: Talk) -> Part {
    let state = Shared::new(Remote::Loading);
    remote(state, later::ERASURE_HEADER, 1, URL, move |preparation: Preparation| {
        let texts = Context::get().texts;
        let header = Some(texts.get(later::ERASURE_HEADER));
        match preparation.erase_at {
            None => {
                let erase = Arc::new(move || reactive::spawn(plan(state, talk)));
                let erase = button(ButtonKind::Destructive, texts.get(later::ERASE), erase);
                section(header, Some(texts.get(later::ERASURE_NOTE)), vec![erase])
            }
            Some(at) => {
                let keep = Arc::new(move || reactive::spawn(cancel(state, talk)));
                let keep = button(ButtonKind::Plain, texts.get(later::ERASURE_CANCEL), keep);
                section(header, Some(texts.get(later::ERASURE_CANCEL_NOTE)), vec![planned(texts, at), keep])
            }
        }
    })
}

fn planned(texts: Texts, at: Timestamp) -> Part {
    let when = clock::moment(texts.locale(), at);
    let text = texts.with(|catalog| later::erasure_planned(catalog, &when));
    nodes! { <p class="cell cell--warning" data-testid="erasure-planned">{text}</p> }
}

async fn plan(state: Shared<Remote<Preparation>>, talk: Talk) {
    if !talk.ask(later::ERASE_ASK, later::ERASE).await {
        return;
    }
    let Some(proof) = talk.proof() else { return };
    let answer = api::post("/v1/tg/privacy/erasure", api::object(&[("init_data", &proof)])).await.read();
    match answer {
        Ok(preparation) => state.set(Remote::Ready(preparation)),
        Err(code) => talk.fail(code),
    }
    crate::router::keep_focus();
}

async fn cancel(state: Shared<Remote<Preparation>>, talk: Talk) {
    talk.hush();
    match api::delete("/v1/tg/privacy/erasure").await.done() {
        Ok(()) => {
            state.set(Remote::Ready(Preparation { erase_at: None }));
            talk.say(later::ERASURE_CANCELLED);
        }
        Err(code) => talk.fail(code),
    }
    crate::router::keep_focus();
}
