//! Who a tournament or a mission belongs to.

use serde::{Deserialize, Serialize};

/// Who says what a thing is. Nobody else edits it; operators of the console may stop it, and do what else stands in
/// docs/CONSOLE.md, whoever owns it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Owner {
    /// The platform, by its events.
    #[default]
    Platform,
    /// The operators of the console.
    Console,
}

impl Owner {
    /// Every owner.
    pub const ALL: [Self; 2] = [Self::Platform, Self::Console];

    /// The stable text form.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Platform => "platform",
            Self::Console => "console",
        }
    }

    /// The owner with a text form.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|owner| owner.as_str() == text)
    }
}
