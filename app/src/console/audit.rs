//! `/console/audit`: what was done by whom.

use domain::audit::AuditAction;
use i18n::keys::console as texts;
use leptos::prelude::*;
use services::console::audit::AuditPage;

use super::{
    frame::{Section, View, page},
    parts::audit_table,
};

/// What is shown.
#[derive(Debug)]
pub struct AuditPageView {
    /// What the filter field holds.
    pub of: String,
    /// The one action that is shown.
    pub action: Option<AuditAction>,
    /// Whether that is an id at all.
    pub is_understood: bool,
    /// Whether newer lines stand on a page before.
    pub is_later_page: bool,
    /// The lines.
    pub lines: AuditPage,
}

/// The page.
pub fn render_audit(view: View<'_>, shown: AuditPageView) -> String {
    let text = move |key| view.text(key);
    page(view, Some(Section::Audit), text(texts::NAV_AUDIT), || {
        let AuditPageView { of, action, is_understood, is_later_page, lines } = shown;
        let address = |before: Option<String>| {
            let pairs = [
                (!of.is_empty()).then(|| format!("of={of}")),
                action.map(|action| format!("what={}", action.as_str())),
                before.map(|id| format!("before={id}")),
            ];
            let pairs: Vec<String> = pairs.into_iter().flatten().collect();
            if pairs.is_empty() {
                "/console/audit".to_owned()
            } else {
                format!("/console/audit?{}", pairs.join("&"))
            }
        };
        let older = lines.next.map(|id| {
            view! { <a class="button" rel="next" href=address(Some(id.to_string()))>{text(texts::AUDIT_OLDER)}</a> }
        });
        let newest = is_later_page
            .then(|| view! { <a class="button" href=address(None)>{text(texts::AUDIT_NEWEST)}</a> });
        let all = (!of.is_empty() || action.is_some())
            .then(|| view! { <a class="button" href="/console/audit">{text(texts::AUDIT_ALL)}</a> });
        let actions = AuditAction::ALL
            .iter()
            .map(|one| {
                let code = one.as_str();
                view! { <option value=code selected=action == Some(*one)>{code.replace('_', " ")}</option> }
            })
            .collect_view();
        let table = match (is_understood, lines.lines.is_empty()) {
            (false, _) => {
                view! { <p class="flash flash--bad" role="alert">{text(texts::AUDIT_NOT_AN_ID)}</p> }
                    .into_any()
            }
            (true, true) => view! { <p class="note">{text(texts::AUDIT_EMPTY)}</p> }.into_any(),
            (true, false) => audit_table(view.catalog(), lines.lines, true),
        };
        view! {
            <form class="search" method="get" action="/console/audit">
                <label class="search__label" for="of">{text(texts::AUDIT_FILTER)}</label>
                <div class="search__row">
                    <input class="field search__field" id="of" name="of" value=of maxlength="40" autocomplete="off"
                        spellcheck="false" data-field aria-describedby="hint" />
                    <select class="field" name="what" aria-label=text(texts::AUDIT_WHAT)>
                        <option value="">{text(texts::AUDIT_ANY)}</option>
                        {actions}
                    </select>
                    <button class="button">{text(texts::AUDIT_BUTTON)}</button>
                    {all}
                </div>
                <p class="hint" id="hint">{text(texts::AUDIT_HINT)}</p>
            </form>
            {table}
            <p class="pager">{newest}{older}</p>
        }
        .into_any()
    })
}
