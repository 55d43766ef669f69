//! The one place that talks to `window.Telegram.WebApp`.
//!
//! Telegram's script may be late, old, or never come. So nothing here is typed by it: every method is looked up when
//! it is called, gated by the version that brought it, and every callback has a timeout. Where the script or the
//! feature is missing, the page stands on its own feet: in-page buttons take the place of native ones.

pub(crate) mod access;
pub(crate) mod buttons;
pub(crate) mod haptics;
pub(crate) mod launch;
pub(crate) mod look;
pub(crate) mod popup;
pub(crate) mod storage;

use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};

use crate::{
    net,
    reactive::{self, Shared},
};

/// A version of Telegram's client API.
pub(crate) type Version = (u32, u32);

/// Whether there is a Telegram client around the page that draws native parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Host {
    /// The script has not come yet.
    #[default]
    Unknown,
    /// No script, or a plain browser.
    Absent,
    /// A client of this version.
    Present(Version),
}

impl Host {
    /// Whether the client has what came with `version`.
    pub(crate) fn supports(self, version: Version) -> bool {
        matches!(self, Self::Present(have) if have >= version)
    }
}

/// The host of the page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Telegram(Shared<Host>);

impl Telegram {
    /// Nothing is known yet.
    pub(crate) fn new() -> Self {
        Self(Shared::new(Host::Unknown))
    }

    /// A host for the page of all parts.
    #[cfg(feature = "ssr")]
    pub(crate) fn absent() -> Self {
        Self(Shared::new(Host::Absent))
    }

    /// What is around the page; the reader runs again when that is found out.
    pub(crate) fn host(self) -> Host {
        self.0.get()
    }

    /// What is around the page, once.
    pub(crate) fn host_now(self) -> Host {
        self.0.now()
    }

    /// Waits until it is known what is there.
    pub(crate) async fn find(self) {
        if self.0.now() != Host::Unknown {
            return;
        }
        let has_script = launch::script_has_come().await;
        if self.0.now() != Host::Unknown {
            return;
        }
        self.0.set(detect(has_script));
        if !has_script {
            // A script that comes late is welcome all the same.
            reactive::spawn(async move {
                if launch::script_comes_late().await {
                    self.0.set(detect(true));
                }
            });
        }
    }
}

fn detect(has_script: bool) -> Host {
    let Some(app) = web_app().filter(|_| has_script) else { return Host::Absent };
    let text = |name| net::field(&app, name).and_then(|value| value.as_string()).unwrap_or_default();
    if matches!(text("platform").as_str(), "" | "unknown") {
        return Host::Absent;
    }
    Host::Present(parse_version(&text("version")))
}

/// Numbers, not text: 10.0 is newer than 9.6.
fn parse_version(text: &str) -> Version {
    let mut numbers = text.split('.').map(|part| part.parse().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}

/// `window.Telegram.WebApp`, if it is there.
pub(crate) fn web_app() -> Option<JsValue> {
    net::field(&net::field(&window(), "Telegram")?, "WebApp")
}

/// A part of it such as `BackButton`.
pub(crate) fn part(name: &str) -> Option<JsValue> {
    net::field(&web_app()?, name)
}

/// Calls a method of `WebApp`; nothing happens where there is none.
pub(crate) fn call(method: &str, arguments: &[JsValue]) -> Option<JsValue> {
    net::call(&web_app()?, method, arguments)
}

/// Opens an address outside Telegram, in the browser.
pub(crate) fn open_outside(host: Host, url: &str) {
    if matches!(host, Host::Present(_)) && call("openLink", &[url.into()]).is_some() {
        return;
    }
    if !matches!(window().open_with_url_and_target(url, "_blank"), Ok(Some(_))) {
        let _ = window().location().set_href(url);
    }
}

/// Saves a file by the client's own means (8.0), else by the browser's.
pub(crate) fn download(host: Host, url: &str, file_name: &str) {
    let parameters = net::object(&[("url", url.into()), ("file_name", file_name.into())]);
    if host.supports((8, 0)) && call("downloadFile", &[parameters]).is_some() {
        return;
    }
    open_outside(host, url);
}

/// Calls `action` at every event of this name, for the life of the page.
pub(crate) fn on_event(name: &str, mut action: impl FnMut() + 'static) {
    let listener = Closure::<dyn FnMut(JsValue)>::new(move |_| action());
    call("onEvent", &[name.into(), listener.as_ref().unchecked_ref::<js_sys::Function>().into()]);
    listener.forget();
}

/// Opens a `t.me` link: in the client when there is one, else in the browser.
pub(crate) fn open_link(host: Host, url: &str) {
    if host.supports((6, 1)) && call("openTelegramLink", &[url.into()]).is_some() {
        return;
    }
    // A browser that forbids a new window is asked to go there itself.
    if !matches!(window().open_with_url_and_target(url, "_blank"), Ok(Some(_))) {
        let _ = window().location().set_href(url);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_as_numbers() {
        assert!(Host::Present(parse_version("10.0")).supports((9, 6)));
        assert!(Host::Present(parse_version("8.0")).supports((8, 0)));
        assert!(!Host::Present(parse_version("6.0")).supports((6, 1)));
        assert!(!Host::Present(parse_version("")).supports((6, 0)));
        assert!(!Host::Absent.supports((0, 0)));
    }
}
