//! Where a chat's dialogue stands.
//!
//! ```text
//! fresh ── any message ──▶ greeted ── any message ──▶ greeted
//! ```
//! Somebody who writes without having pressed Start (an old chat, a deleted history) is greeted first; after that the
//! bot does not explain itself again.

/// The state of a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialogue {
    /// The bot has not introduced itself.
    Fresh,
    /// It has.
    Greeted,
}

/// What can happen in a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// The person pressed Start.
    Started,
    /// The person wrote something else.
    Spoke,
}

impl Dialogue {
    /// The state after an event.
    #[must_use]
    pub const fn apply(self, event: Event) -> Self {
        match (self, event) {
            (Self::Fresh | Self::Greeted, Event::Started | Event::Spoke) => Self::Greeted,
        }
    }

    /// The state of a stored row. What a later version wrote, and this one does not know, counts as greeted.
    pub fn read(json: Option<&str>) -> Self {
        if json.is_none() { Self::Fresh } else { Self::Greeted }
    }

    /// What is stored.
    pub const fn to_json(self) -> &'static str {
        match self {
            Self::Fresh => r#"{"state":"fresh"}"#,
            Self::Greeted => r#"{"state":"greeted"}"#,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chat_is_greeted_once() {
        assert_eq!(Dialogue::read(None), Dialogue::Fresh);
        for event in [Event::Started, Event::Spoke] {
            let after = Dialogue::Fresh.apply(event);
            assert_eq!(after, Dialogue::Greeted);
            assert_eq!(after.apply(event), Dialogue::Greeted);
            assert_eq!(Dialogue::read(Some(after.to_json())), after);
        }
    }
}
