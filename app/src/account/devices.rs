//! The devices on which the player is signed in, and their end.

use std::sync::Arc;

use domain::ErrorCode;
use i18n::keys::later;

use crate::{
    account::{
        api,
        start::remote,
        talk::Talk,
        wire::{Device, Devices},
    },
    clock,
    context::Context,
    data::Remote,
    node::nodes,
    part::{Part, nothing},
    reactive::{self, Shared},
    texts::Texts,
    ui::{ButtonKind, button, section},
};

const URL: &str = "/v1/tg/sessions";

/// The section of the devices.
pub(super) fn devices(talk: Talk) -> Part {
    let state = Shared::new(Remote::Loading);
    remote(state, later::DEVICES_HEADER, 1, URL, move |devices: Devices| {
        let texts = Context::get().texts;
        let mut cells: Vec<Part> =
            devices.sessions.iter().map(|device| device_cell(texts, state, talk, device)).collect();
        if devices.sessions.iter().any(|device| !device.current) {
            let end_all = Arc::new(move || reactive::spawn(end(state, talk, None)));
            cells.push(button(ButtonKind::Destructive, texts.get(later::DEVICES_END_OTHERS), end_all));
        }
        section(Some(texts.get(later::DEVICES_HEADER)), Some(texts.get(later::DEVICES_NOTE)), cells)
    })
}

fn device_cell(texts: Texts, state: Shared<Remote<Devices>>, talk: Talk, device: &Device) -> Part {
    let name = texts.get(match device.device.as_str() {
        "ios" => later::DEVICE_IOS,
        "android" => later::DEVICE_ANDROID,
        "windows" => later::DEVICE_WINDOWS,
        "macos" => later::DEVICE_MACOS,
        "linux" => later::DEVICE_LINUX,
        _ => later::DEVICE_UNKNOWN,
    });
    let method = texts.get(match device.method.as_str() {
        "widget" => later::METHOD_WIDGET,
        "oidc" => later::METHOD_OIDC,
        "deep_link" => later::METHOD_DEEP_LINK,
        _ => later::METHOD_APP,
    });
    let last = clock::moment(texts.locale(), device.last_used_at);
    let (end_it, note) = if device.current {
        (nothing(), texts.get(later::DEVICE_CURRENT))
    } else {
        let id = device.id.clone();
        let label = texts.with(|catalog| later::device_end_label(catalog, &name));
        let end_it = move |_| reactive::spawn(end(state, talk, Some(id.clone())));
        let button = nodes! {
            <button type="button" class="cell__action" aria-label={label} on:click={end_it}>
                {texts.get(later::DEVICE_END)}
            </button>
        };
        (button, last)
    };
    nodes! {
        <div class="cell" data-testid="device">
            <span class="cell__main">
                <span class="cell__title">{name}</span>
                <span class="cell__subtitle">{format!("{method} · {note}")}</span>
            </span>
            {end_it}
        </div>
    }
}

/// Ends one session, or all the others, and looks what is left.
async fn end(state: Shared<Remote<Devices>>, talk: Talk, id: Option<String>) {
    let question = if id.is_some() { later::DEVICE_END_ASK } else { later::DEVICES_END_OTHERS_ASK };
    if !talk.ask(question, later::DEVICE_END).await {
        return;
    }
    let url = id.map_or_else(|| URL.to_owned(), |id| format!("{URL}/{id}"));
    let ended = api::delete(&url).await.done();
    let left: Result<Devices, ErrorCode> = api::get(URL).await.read();
    if let Ok(left) = left {
        state.set(Remote::Ready(left));
    }
    match ended {
        Ok(()) => talk.say(later::DEVICES_ENDED),
        Err(code) => talk.fail(code),
    }
    crate::router::keep_focus();
}
