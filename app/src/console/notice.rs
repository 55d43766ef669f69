//! What an operator is told when something is refused or fails.

use domain::{ErrorCode, console::Permission};
use i18n::{Key, keys::console as texts};
use leptos::prelude::*;

use super::frame::{View, page};

/// What went wrong.
#[derive(Debug, Clone)]
pub struct Failed {
    /// The code of the problem.
    pub code: ErrorCode,
    /// What to name when asking for help.
    pub trace_id: String,
    /// What exactly, where the code does not say it.
    pub why: Option<FailedWhy>,
}

/// What exactly went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailedWhy {
    /// A form came without its key, or from another site.
    Form,
    /// A form was larger than any that can be filled in rightly.
    Large,
    /// An operator that can't be changed was to be changed.
    Unchangeable,
}

/// The page for whoever may not.
pub fn render_refused(view: View<'_>, permission: Permission, trace_id: &str) -> String {
    let text = move |key| view.text(key);
    let trace_id = trace_id.to_owned();
    page(view, None, text(texts::REFUSED_TITLE), || {
        view! {
            <div class="narrow" data-testid="refused" data-code=ErrorCode::Forbidden.as_str()>
                <p>{text(texts::REFUSED_TEXT)}</p>
                <dl class="facts">
                    {fact(view, texts::REFUSED_PERMISSION, permission.as_str().to_owned())}
                    {fact(view, texts::FAILED_CODE, ErrorCode::Forbidden.as_str().to_owned())}
                    {fact(view, texts::FAILED_TRACE, trace_id)}
                </dl>
                <p><a class="button" href="/console">{text(texts::FAILED_BACK)}</a></p>
            </div>
        }
        .into_any()
    })
}

/// The page for what failed otherwise.
pub fn render_failed(view: View<'_>, failed: Failed) -> String {
    let text = move |key| view.text(key);
    page(view, None, text(texts::FAILED_TITLE), || {
        let why = match failed.why {
            Some(FailedWhy::Form) => text(texts::FAILED_FORM),
            Some(FailedWhy::Large) => text(texts::FAILED_LARGE),
            Some(FailedWhy::Unchangeable) => text(texts::FAILED_UNCHANGEABLE),
            None => view.catalog().error(failed.code),
        };
        view! {
            <div class="narrow" data-testid="failed" data-code=failed.code.as_str()>
                <p>{why}</p>
                <dl class="facts">
                    {fact(view, texts::FAILED_CODE, failed.code.as_str().to_owned())}
                    {fact(view, texts::FAILED_TRACE, failed.trace_id)}
                </dl>
                <p><a class="button" href="/console">{text(texts::FAILED_BACK)}</a></p>
            </div>
        }
        .into_any()
    })
}

fn fact(view: View<'_>, key: Key, value: String) -> AnyView {
    view! { <div class="fact"><dt>{view.text(key)}</dt><dd><code class="id">{value}</code></dd></div> }
        .into_any()
}
