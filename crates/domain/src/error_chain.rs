//! An error with all its causes on one line, for logs: each says what it was doing, the last one why it failed.

use std::{error::Error, fmt};

/// Prints an error and its causes, separated by colons.
#[derive(Debug, Clone, Copy)]
pub struct ErrorChain<'a>(pub &'a (dyn Error + 'static));

impl fmt::Display for ErrorChain<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(formatter, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("the board can't be read")]
    struct Outer(#[source] Inner);

    #[derive(Debug, thiserror::Error)]
    #[error("no connection")]
    struct Inner;

    #[test]
    fn the_last_cause_is_not_lost() {
        assert_eq!(ErrorChain(&Outer(Inner)).to_string(), "the board can't be read: no connection");
    }
}
