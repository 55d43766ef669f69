//! Why a keyboard is refused.

/// A keyboard that Telegram would refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyboardError {
    /// A label is empty or too long.
    #[error("a button's label must have 1 to 64 characters")]
    Label,
    /// The data of a button is empty or too long.
    #[error("a button's data must have 1 to 64 bytes")]
    CallbackData,
    /// The address of a link is none.
    #[error("a button's address must be http, https or tg")]
    Address,
    /// The address of a Mini App is none.
    #[error("a Mini App's address must be https, or http on loopback")]
    AppAddress,
    /// There is no row, an empty one, or one that is too long.
    #[error("a keyboard must have rows of 1 to 8 buttons")]
    Row,
    /// There are too many buttons.
    #[error("a keyboard must have at most 100 buttons")]
    TooManyButtons,
    /// The text in the empty input field is empty or too long.
    #[error("a placeholder must have 1 to 64 characters")]
    Placeholder,
}
