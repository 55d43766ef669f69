//! The way to the platform's own site: a one-time code in an address, opened outside of Telegram at once.

use domain::ErrorCode;

use crate::{
    account::{api, talk::Talk, wire::Address},
    telegram::{self, Telegram},
};

/// A page of the cabinet, in the words of the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Page {
    /// The account.
    Profile,
    /// The confirmation of a phone or an e-mail.
    Contact,
    /// Identification, at a step if one was named.
    Kyc(Option<String>),
}

impl Page {
    fn request(&self) -> String {
        match self {
            Self::Profile => api::object(&[("to", "profile")]),
            Self::Contact => api::object(&[("to", "contact")]),
            Self::Kyc(None) => api::object(&[("to", "kyc")]),
            Self::Kyc(Some(step)) => api::object(&[("to", "kyc"), ("step", step)]),
        }
    }
}

/// Takes the player over.
pub(crate) async fn go(talk: Talk, telegram: Telegram, page: Page) {
    talk.hush();
    let answer: Result<Address, ErrorCode> = api::post("/v1/tg/handoff", page.request()).await.read();
    match answer {
        Ok(address) => telegram::open_outside(telegram.host_now(), &address.url),
        Err(code) => talk.fail(code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_identification_has_a_step() {
        assert_eq!(Page::Contact.request(), r#"{"to":"contact"}"#);
        assert_eq!(Page::Kyc(None).request(), r#"{"to":"kyc"}"#);
        assert_eq!(Page::Kyc(Some("passport".to_owned())).request(), r#"{"to":"kyc","step":"passport"}"#);
    }
}
