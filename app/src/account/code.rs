//! The field for a code, or a link with one, that somebody has copied from the cabinet.
//!
//! Invariant: the code leaves the field for the server alone; no address and no storage of the browser ever holds it.

use domain::ErrorCode;
use i18n::keys::later;
use leptos::prelude::*;

use crate::{
    account::{api, link, talk::Talk, wire::Question},
    context::Context,
    net,
    node::nodes,
    part::{Part, attr, text},
    reactive::{self, Shared},
    router,
};

const FIELD: &str = "#link-code";

/// The field and its button, as a line of a section.
pub(super) fn code_cell(talk: Talk) -> Part {
    let texts = Context::get().texts;
    let trouble = Shared::new(String::new());
    let (said, is_wrong) =
        (text(move || trouble.get()), attr(move || (!trouble.get().is_empty()).then(|| "true".to_owned())));
    let is_silent = attr(move || trouble.get().is_empty().then(String::new));
    let context = Context::get();
    let submit = move |event: web_sys::Event| {
        event.prevent_default();
        reactive::spawn(show(talk, trouble, context));
    };
    nodes! {
        <form class="cell code" on:submit={submit}>
            <label class="cell__main">
                <span class="cell__note">{texts.get(later::ACCOUNT_CODE)}</span>
                <input
                    id="link-code"
                    class="code__field"
                    type="text"
                    maxlength="300"
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    enterkeyhint="go"
                    aria-describedby="link-code-trouble"
                    aria-invalid={is_wrong}
                />
            </label>
            <button type="submit" class="button button--tinted code__go">{texts.get(later::ACCOUNT_CODE_GO)}</button>
            <p id="link-code-trouble" class="code__trouble" role="alert" hidden={is_silent}>{said}</p>
        </form>
    }
}

/// Asks the server which account it is, and the player whether it is theirs.
async fn show(talk: Talk, trouble: Shared<String>, context: Context) {
    let texts = context.texts;
    talk.hush();
    trouble.set(String::new());
    let code = typed();
    if code.is_empty() {
        trouble.set(texts.get(later::ACCOUNT_CODE_EMPTY));
        return router::give_focus(FIELD);
    }
    // Without it the link could not be made: better said before the question than after it.
    if talk.proof().is_none() {
        return router::move_focus(":focus", "[data-testid=proof-needed]");
    }
    let answer: Result<Question, ErrorCode> =
        api::post("/v1/tg/link/preview", api::object(&[("token", &code)])).await.read();
    match answer {
        Ok(question) => link::ask_about(code, question, context.router),
        Err(code) => {
            trouble.set(texts.error(code));
            router::give_focus(FIELD);
        }
    }
}

/// What stands in the field.
fn typed() -> String {
    let field = document().query_selector(FIELD).ok().flatten();
    let value = field.and_then(|field| net::field(&field, "value")?.as_string());
    value.map(|value| value.trim().to_owned()).unwrap_or_default()
}
