//! `/app/link`: somebody has opened a link with a one-time token, or pasted one in the settings. What it does is done, or
//! asked first.

use std::cell::RefCell;

use domain::ErrorCode;
use i18n::keys::later;

use crate::{
    account::{
        api,
        start::{signed_in_page, waiting},
        talk::Talk,
        wire::{Account, Question},
    },
    actions::Action,
    context::Context,
    json::{FromJson, Value},
    node::nodes,
    pages::name_document,
    part::{Part, block, nothing},
    reactive::{self, Shared},
    router::{Route, Router},
    ui::{Way, placeholder},
};

/// Where the link stands.
#[derive(Debug, Clone, PartialEq, Default)]
enum State {
    /// The server is asked what it is about.
    #[default]
    Working,
    /// The player is asked.
    Ask(Question),
    /// The account is linked.
    Linked,
    /// It can't be used.
    Refused(ErrorCode),
    /// There is no fresh proof of who has opened it.
    Stale,
}

thread_local! {
    /// The token that was pasted in the settings, and what it is about, on the way from there to this page.
    static PASTED: RefCell<Option<(String, Question)>> = const { RefCell::new(None) };
}

/// Asks whether the account of a pasted token is the player's.
pub(super) fn ask_about(token: String, question: Question, router: Router) {
    PASTED.replace(Some((token, question)));
    router.go(Route::Link);
}

/// What a launch by a link was about.
enum Start {
    Nothing,
    Open(String),
    Linked,
    Ask(Question),
}

impl FromJson for Start {
    fn from_json(value: &Value) -> Option<Self> {
        let text = |name| String::from_json(value.field(name)?);
        match text("kind")?.as_str() {
            "nothing" => Some(Self::Nothing),
            "open" => text("path").map(Self::Open),
            "linked" => Some(Self::Linked),
            "ask" => Question::from_json(value.field("question")?).map(Self::Ask),
            _ => None,
        }
    }
}

/// The page behind a link with a token.
pub(crate) fn link_page() -> Part {
    let Context { texts, router, .. } = Context::get();
    name_document(Some(texts.get(later::LINK_TITLE)));
    let pasted = PASTED.take();
    signed_in_page(later::LINK_TITLE, move || {
        let talk = Talk::new();
        let state = Shared::new(State::Working);
        match &pasted {
            Some((_, question)) => state.set(State::Ask(question.clone())),
            None => reactive::effect(move || reactive::spawn(begin(state, talk, router))),
        }
        offer(state, talk, pasted.as_ref().map(|(token, _)| token.clone()));
        let content = block(move || match state.get() {
            State::Working => waiting(),
            State::Ask(question) => ask(&question),
            State::Linked => {
                let way = Way::Follow(texts.get(later::LINK_ON), Route::Lobby.path());
                placeholder(texts.get(later::LINK_DONE_TITLE), texts.get(later::LINK_DONE_TEXT), way)
            }
            State::Refused(code) => {
                let way = Way::Follow(texts.get(later::LINK_ON), Route::Lobby.path());
                placeholder(texts.get(later::LINK_REFUSED), texts.error(code), way)
            }
            // The notice above says how to go on.
            State::Stale => nothing(),
        });
        nodes! { {talk.notices()} {content} }
    })
}

fn ask(question: &Question) -> Part {
    let texts = Context::get().texts;
    let text = if question.is_linked_elsewhere { later::LINK_REPLACE_TEXT } else { later::LINK_TEXT };
    nodes! {
        <div class="placeholder" data-testid="link-question">
            <p class="placeholder__title">{texts.get(later::LINK_ASK)}</p>
            <p class="link-account" data-testid="masked-account">{question.platform_account.clone()}</p>
            <p class="placeholder__text">{texts.get(text)}</p>
        </div>
    }
}

/// The two answers, as the client's own buttons.
fn offer(state: Shared<State>, talk: Talk, pasted: Option<String>) {
    let Context { actions, texts, router, .. } = Context::get();
    let asks = move || match state.get() {
        State::Ask(question) => Some(question),
        _ => None,
    };
    let confirm = move || {
        let replaces = asks()?.is_linked_elsewhere;
        let (label, pasted) = (texts.get(later::LINK_CONFIRM), pasted.clone());
        Some(Action::new(label, move || reactive::spawn(link(state, talk, pasted.clone(), replaces))))
    };
    let refuse = move || {
        asks()?;
        Some(Action::new(texts.get(later::LINK_NOT_ME), move || router.go(Route::Lobby)))
    };
    actions.offer(confirm, refuse);
}

/// Asks the server what the link is about.
async fn begin(state: Shared<State>, talk: Talk, router: Router) {
    let Some(proof) = talk.proof() else { return state.set(State::Stale) };
    let answer = api::post("/v1/tg/start", api::object(&[("init_data", &proof)])).await.read();
    match answer {
        Ok(Start::Ask(question)) => state.set(State::Ask(question)),
        Ok(Start::Linked) => state.set(State::Linked),
        Ok(Start::Open(address)) => router.replace_with(&address),
        Ok(Start::Nothing) => state.set(State::Refused(ErrorCode::OneTimeTokenUnknown)),
        Err(code) => refuse(state, talk, code),
    }
}

/// The player has said yes.
async fn link(state: Shared<State>, talk: Talk, pasted: Option<String>, replaces: bool) {
    let Some(proof) = talk.proof() else { return };
    state.set(State::Working);
    let token = pasted.unwrap_or_else(|| token(&proof));
    let texts = api::object(&[("token", &token), ("init_data", &proof)]);
    let body = format!("{{\"replace\":{replaces},{}", texts.trim_start_matches('{'));
    let answer: Result<Account, ErrorCode> = api::post("/v1/tg/link", body).await.read();
    match answer {
        Ok(_) => state.set(State::Linked),
        Err(code) => refuse(state, talk, code),
    }
}

fn refuse(state: Shared<State>, talk: Talk, code: ErrorCode) {
    if code == ErrorCode::InitDataStale {
        talk.fail(code);
        state.set(State::Stale);
    } else {
        state.set(State::Refused(code));
    }
}

/// The start parameter that Telegram has signed. A token is base64url: what else stands there is not one.
fn token(init_data: &str) -> String {
    let parameter =
        init_data.split('&').find_map(|pair| pair.strip_prefix("start_param=")).unwrap_or_default();
    parameter.chars().filter(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    #[test]
    fn the_token_is_the_signed_one() {
        assert_eq!(token("user=%7B%7D&start_param=Zm9v-_0&hash=1"), "Zm9v-_0");
        assert_eq!(token("user=%7B%7D&start_param=a%22b&hash=1"), "a22b");
        assert_eq!(token("user=%7B%7D&hash=1"), "");
    }

    #[test]
    fn what_a_link_is_about_is_read() {
        let read = |text| json::read::<Start>(text);
        assert!(matches!(read(r#"{"kind":"nothing"}"#), Some(Start::Nothing)));
        assert!(
            matches!(read(r#"{"kind":"open","path":"/app/t/cup"}"#), Some(Start::Open(path)) if path == "/app/t/cup")
        );
        assert!(matches!(read(r#"{"kind":"linked","platform_account":"a•••n"}"#), Some(Start::Linked)));
        let ask = r#"{"kind":"ask","question":{"action":"link","platform_account":"a•••n","is_linked_elsewhere":true,"expires_at":"2026-11-21T12:00:00Z"}}"#;
        assert!(matches!(read(ask), Some(Start::Ask(question)) if question.is_linked_elsewhere));
        assert!(read(r#"{"kind":"other"}"#).is_none());
    }
}
