//! "Somebody has signed in": told in the chat, in the transaction that stores the session.
//!
//! Each launch of the Mini App is a sign-in; a person who is told of each stops reading. So the chat hears of a way of
//! signing in that is new: another method, or another kind of device, than the sessions that are kept (those of the
//! last 37 days). The first launch of all is no news to the person who just made it; a first sign-in outside Telegram
//! is. The notice is required: no consent switches it off. It names the method and the kind of device, nothing of the
//! person.

use std::{collections::HashSet, sync::Arc};

use domain::{BotId, ChatId, Locale, Rng, session::DeviceKind};
use i18n::{Key, catalog, keys};
use storage::{
    StoreError, Transaction,
    outbox::NewOutgoing,
    session::{Arrival, Familiarity},
};
use telegram::keyboard::{InlineButton, InlineKeyboard, KeyboardError};

use crate::outbox::Outgoing;

/// Signing in by the launch of the Mini App.
pub(crate) const INIT_DATA: &str = "init_data";

/// What is needed to write to a chat.
#[derive(Debug, Clone)]
pub(crate) struct Notifier {
    pub(crate) bot_id: BotId,
    pub(crate) public_url: Arc<str>,
    pub(crate) rng: Arc<dyn Rng>,
}

/// A sign-in that a chat may hear of.
#[derive(Debug)]
pub(crate) struct Candidate {
    pub(crate) arrival: Arrival,
    pub(crate) chat_id: ChatId,
    pub(crate) locale: Locale,
    pub(crate) at: domain::Timestamp,
}

impl Notifier {
    /// Writes the notices of those sign-ins that are news. Their sessions must not be stored yet. Returns whether there
    /// are any.
    pub(crate) async fn tell(
        &self,
        tx: &mut dyn Transaction,
        candidates: &[Candidate],
    ) -> Result<bool, StoreError> {
        if candidates.is_empty() {
            return Ok(false);
        }
        let arrivals: Vec<Arrival> = candidates.iter().map(|candidate| candidate.arrival).collect();
        let familiarity = tx.sessions().recognize(&arrivals).await?;
        let mut told = HashSet::new();
        let rows: Vec<NewOutgoing> = candidates
            .iter()
            .zip(familiarity)
            .filter(|(candidate, familiarity)| {
                is_news(candidate.arrival.method, *familiarity) && told.insert(candidate.arrival)
            })
            .map(|(candidate, _)| self.row(candidate))
            .collect();
        if rows.is_empty() {
            return Ok(false);
        }
        tx.outbox().add_many(&rows).await?;
        Ok(true)
    }

    fn row(&self, candidate: &Candidate) -> NewOutgoing {
        let texts = catalog(candidate.locale);
        let Arrival { method, device, .. } = candidate.arrival;
        let text = keys::bot::notice_sign_in(
            texts,
            texts.text(device_name(device)),
            texts.text(method_name(method)),
        );
        let keyboard = match self.keyboard(candidate.locale) {
            Ok(keyboard) => serde_json::to_value(keyboard).ok(),
            Err(error) => {
                tracing::error!(error = %domain::ErrorChain(&error), "a keyboard could not be made");
                None
            }
        };
        Outgoing::notice(candidate.chat_id, &text, keyboard).into_row(
            self.bot_id,
            candidate.chat_id,
            candidate.at,
            &*self.rng,
        )
    }

    fn keyboard(&self, locale: Locale) -> Result<InlineKeyboard, KeyboardError> {
        let label = catalog(locale).text(keys::bot::NOTICE_DEVICES_BUTTON);
        let address = format!("{}/app/settings", self.public_url);
        InlineKeyboard::new(vec![vec![InlineButton::web_app(label, &address)?]])
    }
}

fn is_news(method: &str, familiarity: Familiarity) -> bool {
    match familiarity {
        Familiarity::Known => false,
        Familiarity::New => true,
        Familiarity::Stranger => method != INIT_DATA,
    }
}

fn method_name(method: &str) -> Key {
    match method {
        INIT_DATA => keys::bot::SIGN_IN_INIT_DATA,
        "widget" => keys::bot::SIGN_IN_WIDGET,
        "oidc" => keys::bot::SIGN_IN_OIDC,
        "deep_link" => keys::bot::SIGN_IN_DEEP_LINK,
        _ => keys::bot::SIGN_IN_OTHER,
    }
}

const fn device_name(device: DeviceKind) -> Key {
    match device {
        DeviceKind::Ios => keys::bot::DEVICE_IOS,
        DeviceKind::Android => keys::bot::DEVICE_ANDROID,
        DeviceKind::Windows => keys::bot::DEVICE_WINDOWS,
        DeviceKind::Macos => keys::bot::DEVICE_MACOS,
        DeviceKind::Linux => keys::bot::DEVICE_LINUX,
        DeviceKind::Unknown => keys::bot::DEVICE_UNKNOWN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_in_is_news_when_its_kind_is() {
        for (method, familiarity, expected) in [
            (INIT_DATA, Familiarity::Stranger, false),
            (INIT_DATA, Familiarity::Known, false),
            (INIT_DATA, Familiarity::New, true),
            ("widget", Familiarity::Stranger, true),
            ("widget", Familiarity::Known, false),
            ("oidc", Familiarity::New, true),
        ] {
            assert_eq!(is_news(method, familiarity), expected, "{method} {familiarity:?}");
        }
    }
}
