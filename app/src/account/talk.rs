//! What such a page says to the player, and what it asks before it does something.

use std::sync::{Arc, Mutex, PoisonError};

use domain::ErrorCode;
use futures::channel::oneshot;
use i18n::{
    Key,
    keys::{app, later},
};
use leptos::prelude::*;

use crate::{
    context::Context,
    net,
    node::nodes,
    pages::open_in_telegram,
    part::{Part, attr, block, nothing, part, text},
    reactive::Shared,
    telegram::{Telegram, launch, popup},
    texts::Texts,
    ui::{ButtonKind, Shape, Tone, button, card},
};

/// A question that waits for its answer.
#[derive(Clone)]
struct Asked {
    text: String,
    yes: String,
    is_destructive: bool,
    answer: Arc<Mutex<Option<oneshot::Sender<bool>>>>,
}

impl PartialEq for Asked {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.answer, &other.answer)
    }
}

/// The page's voice. Cheap to copy.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Talk {
    asked: Shared<Option<Asked>>,
    said: Shared<String>,
    is_stale: Shared<bool>,
    texts: Texts,
    telegram: Telegram,
}

impl Talk {
    /// A page that has said nothing yet.
    pub(crate) fn new() -> Self {
        let Context { texts, telegram, .. } = Context::get();
        Self {
            asked: Shared::new(None),
            said: Shared::new(String::new()),
            is_stale: Shared::new(false),
            texts,
            telegram,
        }
    }

    /// Says something.
    pub(crate) fn say(self, key: Key) {
        self.said.set(self.texts.get(key));
    }

    /// Says why something was not done.
    pub(crate) fn fail(self, code: ErrorCode) {
        if code == ErrorCode::InitDataStale {
            self.is_stale.set(true);
        } else {
            self.said.set(self.texts.error(code));
        }
    }

    /// Says nothing any more.
    pub(crate) fn hush(self) {
        self.said.set(String::new());
        self.is_stale.set(false);
    }

    /// The proof of who has opened the app, or the way to a new one.
    pub(crate) fn proof(self) -> Option<String> {
        let proof = launch::proof();
        self.is_stale.set(proof.is_none());
        proof
    }

    /// Asks for a yes to something that ends something: by the client's own means where it has some.
    pub(crate) async fn ask(self, question: Key, yes: Key) -> bool {
        self.put(question, yes, true).await
    }

    /// Asks for a yes to something that begins something.
    pub(crate) async fn agree(self, question: Key, yes: Key) -> bool {
        self.put(question, yes, false).await
    }

    async fn put(self, question: Key, yes: Key, is_destructive: bool) -> bool {
        self.hush();
        let (text, yes) = (self.texts.get(question), self.texts.get(yes));
        if let Some(answer) = popup::ask(self.telegram.host_now(), &text, &yes, is_destructive).await {
            return answer;
        }
        let (sender, answer) = oneshot::channel();
        let answer_box = Arc::new(Mutex::new(Some(sender)));
        self.asked.set(Some(Asked { text, yes, is_destructive, answer: answer_box }));
        show_dialog();
        // A page that is left has got no answer.
        answer.await.unwrap_or(false)
    }

    fn answer(self, yes: bool) {
        let Some(asked) = self.asked.now() else { return };
        let sender = asked.answer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(sender) = sender {
            // Nobody listens any more when the page was left.
            let _ = sender.send(yes);
        }
        close_dialog();
        self.asked.set(None);
    }

    /// What was said, and the way to a fresh proof when that is missing.
    pub(crate) fn notices(self) -> Part {
        let stale = block(move || {
            if !self.is_stale.get() {
                return nothing();
            }
            let (title, text) = (self.texts.get(later::PROOF_TITLE), self.texts.get(later::PROOF_TEXT));
            card(Tone::Neutral, Shape::Clock, title, text, "proof-needed", open_in_telegram(app::STALE_OPEN))
        });
        let said = text(move || self.said.get());
        let is_silent = attr(move || self.said.get().is_empty().then(String::new));
        nodes! {
            {stale}
            <p class="said" role="status" data-testid="said" hidden={is_silent}>{said}</p>
        }
    }

    /// The question, where the client can't ask it.
    pub(crate) fn dialog(self) -> Part {
        let dialog = block(move || {
            let Some(asked) = self.asked.get() else { return nothing() };
            let kind = if asked.is_destructive { ButtonKind::Destructive } else { ButtonKind::Filled };
            let yes = button(kind, asked.yes, Arc::new(move || self.answer(true)));
            let no = button(
                ButtonKind::Tinted,
                self.texts.get(later::CANCEL),
                Arc::new(move || self.answer(false)),
            );
            nodes! {
                <dialog class="dialog" aria-labelledby="dialog-text" on:cancel={move |_| self.answer(false)}>
                    <p class="dialog__text" id="dialog-text">{asked.text}</p>
                    <div class="dialog__actions">{no}{yes}</div>
                </dialog>
            }
        });
        part(dialog)
    }
}

fn dialog_element() -> Option<web_sys::Element> {
    document().query_selector("dialog.dialog").ok().flatten()
}

/// Shows the question above everything; the browser keeps the focus inside and gives it back.
fn show_dialog() {
    request_animation_frame(|| {
        if let Some(dialog) = dialog_element() {
            net::call(&dialog, "showModal", &[]);
        }
    });
}

fn close_dialog() {
    if let Some(dialog) = dialog_element() {
        net::call(&dialog, "close", &[]);
    }
}
