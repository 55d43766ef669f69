//! `/console/second-factor`: setting it up, showing it, giving it up.

use i18n::{Key, keys::console as texts};
use leptos::prelude::*;
use services::console::second_factor::Enrollment;

use super::{
    frame::{Section, View, page},
    parts::form_key,
};

/// What the page is about.
pub enum FactorPage {
    /// A code is to be shown.
    Show,
    /// A new key is to be taken by an app.
    SetUp {
        /// The key.
        enrollment: Enrollment,
        /// The same as a QR code: SVG that Podium has drawn.
        qr: Option<String>,
    },
    /// It is on; so many recovery codes are left.
    On(u64),
}

impl std::fmt::Debug for FactorPage {
    /// The picture is as secret as the key.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Show => "Show",
            Self::SetUp { .. } => "SetUp(…)",
            Self::On(_) => "On",
        })
    }
}

/// Why a code was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactorFailure {
    /// It is wrong, or was used before.
    Wrong,
    /// Too many were wrong.
    Locked,
}

/// The page.
pub fn render_second_factor(view: View<'_>, shown: FactorPage, failure: Option<FactorFailure>) -> String {
    let text = move |key| view.text(key);
    let title = match &shown {
        FactorPage::Show => texts::FACTOR_SHOW_TITLE,
        FactorPage::SetUp { .. } => texts::FACTOR_SET_TITLE,
        FactorPage::On(_) => texts::FACTOR_ON_TITLE,
    };
    page(view, Some(Section::Factor), text(title), || {
        let failure = failure.map(|failure| match failure {
            FactorFailure::Wrong => texts::FACTOR_WRONG,
            FactorFailure::Locked => texts::FACTOR_LOCKED,
        });
        let failure = failure.map(|key| view! { <p class="flash flash--bad" role="alert">{text(key)}</p> });
        let content = match shown {
            FactorPage::Show => {
                let form = code_form(view, "/console/second-factor", texts::FACTOR_BUTTON);
                view! { <p>{text(texts::FACTOR_SHOW_TEXT)}</p>{form} }.into_any()
            }
            FactorPage::SetUp { enrollment, qr } => set_up(view, enrollment, qr),
            FactorPage::On(left) => {
                let form = code_form(view, "/console/second-factor/replace", texts::FACTOR_REPLACE);
                view! {
                    <p>{texts::factor_left(view.catalog(), left)}</p>
                    <h2 class="panel__title">{text(texts::FACTOR_REPLACE)}</h2>
                    <p>{text(texts::FACTOR_REPLACE_TEXT)}</p>
                    {form}
                }
                .into_any()
            }
        };
        view! { <div class="narrow">{failure}{content}</div> }.into_any()
    })
}

fn set_up(view: View<'_>, enrollment: Enrollment, qr: Option<String>) -> AnyView {
    let text = |key| view.text(key);
    let why = view.operator.role().needs_second_factor().then(|| view! { <p>{text(texts::FACTOR_WHY)}</p> });
    let groups = enrollment.secret.as_bytes().chunks(4).map(String::from_utf8_lossy);
    let secret = groups.collect::<Vec<_>>().join(" ");
    let form = code_form(view, "/console/second-factor", texts::FACTOR_BUTTON);
    view! {
        {why}
        <p>{text(texts::FACTOR_SET_TEXT)}</p>
        {qr.map(|svg| view! { <div class="scan" inner_html=svg></div> })}
        <p class="secret"><span class="dim">{text(texts::FACTOR_KEY)}</span>" "<code>{secret}</code></p>
        <p><a href=enrollment.address>{text(texts::FACTOR_OPEN)}</a></p>
        {form}
    }
    .into_any()
}

fn code_form(view: View<'_>, action: &'static str, button: Key) -> AnyView {
    let text = |key| view.text(key);
    view! {
        <form class="search" method="post" action=action>
            {form_key(view.operator)}
            <label class="search__label" for="code">{text(texts::FACTOR_CODE)}</label>
            <div class="search__row">
                <input class="field code-field" id="code" name="code" inputmode="text" autocomplete="one-time-code"
                    maxlength="32" required autofocus data-field spellcheck="false" autocapitalize="characters" />
                <button class="button button--main">{text(button)}</button>
            </div>
        </form>
    }
    .into_any()
}

/// The recovery codes, shown once.
pub fn render_recovery_codes(view: View<'_>, codes: &[String]) -> String {
    let text = move |key| view.text(key);
    page(view, Some(Section::Factor), text(texts::FACTOR_CODES_TITLE), || {
        let codes = codes.iter().map(|code| view! { <li><code>{code.clone()}</code></li> }).collect_view();
        view! {
            <div class="narrow">
                <p>{text(texts::FACTOR_CODES_TEXT)}</p>
                <ol class="codes">{codes}</ol>
                <p><a class="button button--main" href="/console">{text(texts::FACTOR_CODES_KEPT)}</a></p>
            </div>
        }
        .into_any()
    })
}
