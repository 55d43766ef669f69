//! What the player's own page says of the account: whether it is linked, whether a contact is confirmed, and, for those who
//! were asked to go on with identification, the way there.
//!
//! Invariant: what comes from the server has its place from the start; nothing on the page moves when it is there.

use std::sync::Arc;

use i18n::keys::later;
use leptos::prelude::*;

use crate::{
    account::{
        api,
        cabinet::{self, Page},
        start::remote,
        talk::Talk,
        wire::Account,
    },
    context::Context,
    data::Remote,
    node::nodes,
    part::{Part, block, nothing, part},
    reactive::{self, Shared},
    ui::{ButtonKind, Press, Shape, Tone, Way, button, card, cell, section},
};

const URL: &str = "/v1/tg/me";
/// The lines of the section: the link, the contact, the way to the cabinet.
const LINES: usize = 3;

/// Where the player's account stands. Cheap to copy.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standing {
    talk: Talk,
    account: Shared<Remote<Account>>,
}

impl Standing {
    /// Not known yet.
    pub(crate) fn new() -> Self {
        Self { talk: Talk::new(), account: Shared::new(Remote::Loading) }
    }

    /// What is said above the page: why something did not work, and what the player was asked to go on with.
    pub(crate) fn notices(self) -> Part {
        let asked = match asked(&search()) {
            Some(page) => self.identification(page),
            None => nothing(),
        };
        nodes! { {self.talk.notices()} {asked} }
    }

    fn identification(self, page: Page) -> Part {
        let texts = Context::get().texts;
        let go = self.go(page);
        let drawn = block(move || {
            let has_cabinet = self.account.get().ready().is_none_or(|account| account.has_cabinet);
            let way = if has_cabinet { Way::Press(texts.get(later::KYC_GO), go.clone()) } else { Way::None };
            let (title, text) = (texts.get(later::KYC_TITLE), texts.get(later::KYC_TEXT));
            card(Tone::Neutral, Shape::Person, title, text, "kyc-asked", way)
        });
        part(drawn)
    }

    /// The section of the account.
    pub(crate) fn section(self) -> Part {
        let content = remote(self.account, later::ACCOUNT_HEADER, LINES, URL, move |account: Account| {
            self.draw(account)
        });
        self.keep_up();
        nodes! { <div class="standing" data-testid="standing">{content}</div> }
    }

    /// Whoever comes back from the cabinet may have confirmed something there.
    fn keep_up(self) {
        let visible = Context::get().visible;
        reactive::effect(move || {
            if visible.get() && self.account.now().ready().is_some() {
                reactive::spawn(self.refresh());
            }
        });
    }

    async fn refresh(self) {
        if let Ok(account) = api::get(URL).await.read() {
            self.account.set(Remote::Ready(account));
        }
    }

    fn draw(self, account: Account) -> Part {
        let texts = Context::get().texts;
        let link = if account.linked { later::ACCOUNT_LINKED } else { later::ACCOUNT_NOT_LINKED };
        let contact =
            if account.contact_confirmed { later::PROFILE_CONTACT_DONE } else { later::PROFILE_CONTACT_OPEN };
        let mut cells = vec![
            cell(texts.get(later::ACCOUNT_LINK), texts.get(link)),
            cell(texts.get(later::PROFILE_CONTACT), texts.get(contact)),
        ];
        if account.has_cabinet {
            let (label, page) = if account.contact_confirmed {
                (later::ACCOUNT_CABINET, Page::Profile)
            } else {
                (later::PROFILE_CONTACT_CONFIRM, Page::Contact)
            };
            cells.push(button(ButtonKind::Plain, texts.get(label), self.go(page)));
        }
        section(Some(texts.get(later::ACCOUNT_HEADER)), None, cells)
    }

    fn go(self, page: Page) -> Press {
        let telegram = Context::get().telegram;
        Arc::new(move || reactive::spawn(cabinet::go(self.talk, telegram, page.clone())))
    }
}

/// The query of the address.
fn search() -> String {
    window().location().search().unwrap_or_default()
}

/// Whether the player was asked to go on with identification, and at which step: `?kyc` or `?kyc=<step>`.
fn asked(search: &str) -> Option<Page> {
    let mut pairs =
        search.trim_start_matches('?').split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let (_, step) = pairs.find(|(name, _)| *name == "kyc")?;
    let is_step = !step.is_empty()
        && step.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    Some(Page::Kyc(is_step.then(|| step.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_step_is_read_from_the_address() {
        let step = |text: &str| Some(Page::Kyc(Some(text.to_owned())));
        assert_eq!(asked("?kyc=passport"), step("passport"));
        assert_eq!(asked("?a=b&kyc=proof-of_address"), step("proof-of_address"));
        assert_eq!(asked("?kyc"), Some(Page::Kyc(None)));
        assert_eq!(asked("?kyc=&a"), Some(Page::Kyc(None)));
        for none in ["?kyc=%22%7D", "?kyc=a.b"] {
            assert_eq!(
                asked(none),
                Some(Page::Kyc(None)),
                "what the server takes for no step names none: {none}"
            );
        }
        assert_eq!(asked("?kycx=1"), None);
        assert_eq!(asked(""), None);
    }
}
