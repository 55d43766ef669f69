//! What stands around every page of a signed-in operator: sections, who one is, the way out, and what was done.

use domain::{Locale, console::Permission};
use i18n::{Catalog, Key, keys::console as texts};
use leptos::prelude::*;
use services::console::{FactorState, Operator};

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
}

impl View<'_> {
    pub(super) fn catalog(&self) -> &'static Catalog {
        i18n::catalog(self.locale)
    }

    pub(super) fn text(&self, key: Key) -> &'static str {
        self.catalog().text(key)
    }
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
}

/// The sections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    Players,
    Audit,
    Operators,
    Factor,
}

impl Section {
    /// Those in the navigation, what they are called, where they are, and who may go there.
    const LISTED: [(Self, Key, &'static str, Permission); 3] = [
        (Self::Players, texts::NAV_PLAYERS, "/console/players", Permission::ViewPlayers),
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
                view! { <a class="nav__link" href=*path aria-current=current>{text(*key)}</a> }
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
                <a class="bar__brand" href="/console">"Podium"</a>
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
            <main class="page" id="content" tabindex="-1">
                <h1 class="page__title">{heading}</h1>
                {done}
                {content()}
            </main>
        }
    });
    document(view.locale, &format!("{title} · {}", text(texts::TITLE)), &SCRIPT, &body)
}
