//! What a player says yes or no to. Everything is off until the player says yes.
//!
//! Answers of support, security notices and notices about identity checks are of another class: they are required, no
//! kind stands for them, and nothing here switches them off.

use serde::{Deserialize, Serialize};

macro_rules! consent_kinds {
    ($($(#[$doc:meta])* $name:ident = $field:ident;)*) => {
        /// A kind of message that is sent with consent alone.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(rename_all = "lowercase")]
        pub enum ConsentKind {
            $($(#[$doc])* $name,)*
        }

        impl ConsentKind {
            /// Every kind, in the order in which they are shown.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The stable text form.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => stringify!($field),)* }
            }
        }

        /// What a player has said: the whole of it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub struct Consents {
            $($(#[$doc])* pub $field: bool,)*
        }

        impl Consents {
            /// Whether the player has said yes to a kind.
            pub const fn is_given(&self, kind: ConsentKind) -> bool {
                match kind { $(ConsentKind::$name => self.$field,)* }
            }

            /// Notes what the player has said to a kind.
            pub const fn set(&mut self, kind: ConsentKind, is_given: bool) {
                match kind { $(ConsentKind::$name => self.$field = is_given,)* }
            }
        }

        /// What a player changes; what is left out stays as it is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(deny_unknown_fields)]
        pub struct ConsentChanges {
            $($(#[$doc])* #[serde(default)] pub $field: Option<bool>,)*
        }

        impl ConsentChanges {
            /// The change of one kind.
            pub fn of(kind: ConsentKind, is_given: bool) -> Self {
                let mut changes = Self::default();
                match kind { $(ConsentKind::$name => changes.$field = Some(is_given),)* }
                changes
            }

            /// A no to every kind.
            pub const fn withdraw_all() -> Self {
                Self { $($field: Some(false),)* }
            }

            /// What is changed, in the order of the kinds.
            pub fn iter(&self) -> impl Iterator<Item = (ConsentKind, bool)> + use<> {
                [$((ConsentKind::$name, self.$field)),*]
                    .into_iter()
                    .filter_map(|(kind, is_given)| Some((kind, is_given?)))
            }
        }
    };
}

consent_kinds! {
    /// Offers and bonuses of the platform.
    Promotions = promotions;
    /// Tournaments and missions.
    Tournaments = tournaments;
    /// Payouts: that one is on its way, or has arrived.
    Payouts = payouts;
}

impl ConsentKind {
    /// The kind with a text form.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == text)
    }
}

/// The whole state as a player reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConsentState {
    /// What the player has said.
    #[serde(flatten)]
    pub consents: Consents,
    /// The version of the texts that are shown now; an answer proves that these were seen.
    pub text_version: String,
}

/// Where a player said it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ConsentChannel {
    /// In the Mini App.
    MiniApp,
    /// In the chat with the bot.
    Chat,
    /// On a web page outside Telegram.
    Web,
}

impl ConsentChannel {
    /// Every channel.
    pub const ALL: [Self; 3] = [Self::MiniApp, Self::Chat, Self::Web];

    /// The stable text form.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MiniApp => "mini_app",
            Self::Chat => "chat",
            Self::Web => "web",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_off_until_the_player_says_yes() {
        for kind in ConsentKind::ALL {
            assert!(!Consents::default().is_given(*kind));
        }
    }

    #[test]
    fn what_is_left_out_is_unchanged_and_what_is_unknown_is_refused() {
        let changes: ConsentChanges = serde_json::from_str(r#"{"payouts":true}"#).unwrap();
        assert_eq!(changes.iter().collect::<Vec<_>>(), [(ConsentKind::Payouts, true)]);
        assert!(serde_json::from_str::<ConsentChanges>(r#"{"security":false}"#).is_err());
        assert_eq!(ConsentChanges::withdraw_all().iter().count(), ConsentKind::ALL.len());
    }

    #[test]
    fn the_text_form_is_the_serialised_form_and_is_read_back() {
        for kind in ConsentKind::ALL {
            assert_eq!(serde_json::to_string(kind).unwrap(), format!("\"{}\"", kind.as_str()));
            assert_eq!(ConsentKind::from_text(kind.as_str()), Some(*kind));
            let mut consents = Consents::default();
            consents.set(*kind, true);
            assert!(ConsentChanges::of(*kind, true).iter().all(|(kind, yes)| consents.is_given(kind) == yes));
        }
        assert_eq!(ConsentKind::from_text("security"), None);
        for channel in ConsentChannel::ALL {
            assert_eq!(serde_json::to_string(&channel).unwrap(), format!("\"{}\"", channel.as_str()));
        }
    }

    #[test]
    fn the_state_is_one_flat_object() {
        let state = ConsentState { consents: Consents::default(), text_version: "1".to_owned() };
        assert_eq!(
            serde_json::to_string(&state).unwrap(),
            r#"{"promotions":false,"tournaments":false,"payouts":false,"text_version":"1"}"#
        );
    }
}
