//! What stands around every page of a signed-in operator: sections, who one is, the way out, and what was done.

use domain::{Locale, console::Permission};
use i18n::{
    Catalog, Key,
    keys::{console as texts, desk},
};
use leptos::prelude::*;
use services::console::{FactorState, Operator, zone::ViewerZone};

use super::{
    document::document,
    files::SCRIPT,
    parts::{form_key, role},
};
use crate::ssr::render;

/// Who looks, in which language.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// The language.
    pub locale: Locale,
    /// Who.
    pub operator: &'a Operator,
    /// What was just done, after a form.
    pub done: Option<Done>,
    /// In which time zone times are shown and read, where a page has them so.
    pub zone: &'a ViewerZone,
    /// The zone of pages whose address names none.
    pub home: &'a ViewerZone,
}

impl View<'_> {
    pub(super) fn catalog(&self) -> &'static Catalog {
        i18n::catalog(self.locale)
    }

    pub(super) fn text(&self, key: Key) -> &'static str {
        self.catalog().text(key)
    }

    /// An address with what it says behind `?`, empty values left out, and the time zone kept where another one was chosen
    /// than that of the browser.
    pub fn address(&self, path: &str, pairs: &[(&str, &str)]) -> String {
        let zone = ("zone", self.zone.name());
        let is_said = |(name, value): &&(&str, &str)| {
            !(value.is_empty() || *name == "zone" && *value == self.home.name())
        };
        let said: Vec<String> = pairs
            .iter()
            .chain(std::iter::once(&zone))
            .filter(is_said)
            .map(|(name, value)| format!("{name}={}", encoded(value)))
            .collect();
        if said.is_empty() { path.to_owned() } else { format!("{path}?{}", said.join("&")) }
    }
}

/// A value as it stands in an address.
pub fn encoded(value: &str) -> String {
    use std::fmt::Write as _;
    let mut output = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~/".contains(&byte) {
            output.push(char::from(byte));
        } else {
            // Writing to a String can't fail.
            let _ = write!(output, "%{byte:02X}");
        }
    }
    output
}

macro_rules! done {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $key:expr;)*) => {
        /// What a form has done: the page behind it says so.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Done {
            $($(#[$doc])* $name,)*
        }

        impl Done {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// What stands in the address.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// The one that stands in an address.
            pub fn from_text(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|done| done.as_str() == text)
            }

            const fn key(self) -> Key {
                match self { $(Self::$name => $key,)* }
            }
        }
    };
}

done! {
    /// A player's sessions were ended.
    SessionsEnded = "sessions", texts::DONE_SESSIONS;
    /// An operator's role was changed.
    RoleChanged = "role", texts::DONE_ROLE;
    /// An operator was ended.
    OperatorEnded = "ended", texts::DONE_ENDED;
    /// A second factor was taken away.
    FactorReset = "reset", texts::DONE_RESET;
    /// A tournament or a mission was saved.
    Saved = "saved", desk::DONE_SAVED;
    /// A tournament was published.
    Published = "published", desk::DONE_PUBLISHED;
    /// A tournament was stopped.
    Stopped = "stopped", desk::DONE_STOPPED;
    /// A tournament was extended.
    Extended = "extended", desk::DONE_EXTENDED;
    /// A tournament was frozen.
    Frozen = "frozen", desk::DONE_FROZEN;
    /// A tournament was thawed.
    Thawed = "thawed", desk::DONE_THAWED;
    /// A tournament was canceled.
    Canceled = "canceled", desk::DONE_CANCELED;
    /// A tournament is computed anew.
    Recompute = "recompute", desk::DONE_RECOMPUTE;
    /// A player was excluded.
    Excluded = "excluded", desk::DONE_EXCLUDED;
    /// A player takes part again.
    Reinstated = "reinstated", desk::DONE_REINSTATED;
    /// A mission was stopped.
    MissionStopped = "mission-stopped", desk::DONE_MISSION_STOPPED;
    /// A mission goes on.
    MissionResumed = "mission-resumed", desk::DONE_MISSION_RESUMED;
}

/// The sections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    Players,
    Tournaments,
    Missions,
    Audit,
    Operators,
    Factor,
}

impl Section {
    /// Those in the navigation, what they are called, where they are, and who may go there.
    const LISTED: [(Self, Key, &'static str, Permission); 5] = [
        (Self::Players, texts::NAV_PLAYERS, "/console/players", Permission::ViewPlayers),
        (Self::Tournaments, desk::NAV_TOURNAMENTS, "/console/tournaments", Permission::ViewTournaments),
        (Self::Missions, desk::NAV_MISSIONS, "/console/missions", Permission::ViewMissions),
        (Self::Audit, texts::NAV_AUDIT, "/console/audit", Permission::ViewAudit),
        (Self::Operators, texts::NAV_OPERATORS, "/console/operators", Permission::ViewOperators),
    ];
}

/// A whole page.
pub(super) fn page(
    view: View<'_>,
    here: Option<Section>,
    title: &str,
    content: impl FnOnce() -> AnyView,
) -> String {
    let text = |key| view.text(key);
    let operator = view.operator;
    let heading = title.to_owned();
    let done = view.done.map(|done| view! { <p class="flash" role="status">{text(done.key())}</p> });
    let body = render(|| {
        let links = Section::LISTED
            .iter()
            .filter(|(.., permission)| operator.may(*permission))
            .map(|(section, key, path, _)| {
                let current = (here == Some(*section)).then_some("page");
                let address = view.address(path, &[]);
                view! { <a class="nav__link" href=address aria-current=current>{text(*key)}</a> }
            })
            .collect_view();
        let is_in = matches!(operator.factor(), FactorState::Passed { .. });
        let factor = is_in.then(|| {
            let current = (here == Some(Section::Factor)).then_some("page");
            view! {
                <a class="bar__link" href="/console/second-factor" aria-current=current>{text(texts::NAV_FACTOR)}</a>
            }
        });
        view! {
            <a class="skip" href="#content">{text(texts::SKIP)}</a>
            <header class="bar">
                <a class="bar__brand" href=view.address("/console", &[])>"Podium"</a>
                <nav class="nav" aria-label=text(texts::NAV)>{links}</nav>
                <div class="bar__who">
                    <span class="bar__label">{operator.label().to_owned()}</span>
                    <span class="badge">{text(role(operator.role()))}</span>
                    {factor}
                    <form method="post" action="/console/sign-out">
                        {form_key(operator)}
                        <button class="bar__out">{text(texts::SIGN_OUT)}</button>
                    </form>
                </div>
            </header>
            <main class="page" id="content" tabindex="-1" data-draft-kept=text(texts::DRAFT_KEPT)
                data-draft-back=text(texts::DRAFT_BACK)>
                <h1 class="page__title">{heading}</h1>
                {done}
                {content()}
            </main>
        }
    });
    document(view.locale, &format!("{title} · {}", text(texts::TITLE)), &SCRIPT, &body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_an_address_can_t_be_taken_for_more_than_a_value() {
        assert_eq!(encoded("Europe/Rome"), "Europe/Rome");
        assert_eq!(encoded("Etc/GMT+1"), "Etc/GMT%2B1");
        assert_eq!(encoded("a&b=c d#é\n"), "a%26b%3Dc%20d%23%C3%A9%0A");
    }
}
