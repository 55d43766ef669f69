//! What goes wrong on purpose.

use serde::{Deserialize, Serialize};

use crate::api::error::ApiError;

/// The methods that one-off faults hit unless others are named: those that put something into a chat.
const SENDING: [&str; 6] = [
    "sendmessage",
    "editmessagetext",
    "answercallbackquery",
    "answerinlinequery",
    "sendphoto",
    "senddocument",
];

/// The faults to come.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// Every call is answered this much later.
    pub slow_ms: u64,
    /// So many calls are answered with 429.
    pub next_429: u32,
    /// The `retry_after` of those answers, in seconds; 0 means 1.
    pub retry_after: u32,
    /// So many calls are answered with 403, as if the user had blocked the bot.
    pub next_403: u32,
    /// So many calls are answered with 500.
    pub next_500: u32,
    /// So many calls are carried out, but the connection is dropped instead of answered.
    pub drop_next: u32,
    /// The connection of so many calls is dropped before anything is done.
    pub drop_before: u32,
    /// Every connection is dropped, as if Telegram could not be reached.
    pub api_down: bool,
    /// The methods that the one-off faults hit; empty means those that put something into a chat.
    pub methods: Vec<String>,
}

/// What a call meets.
#[derive(Debug, PartialEq, Eq)]
pub enum Met {
    /// Nothing.
    Nothing,
    /// An error instead of the answer.
    Refusal(ApiError),
    /// A dropped connection, nothing done.
    DropBefore,
    /// A dropped connection, but the work done.
    DropAfter,
}

impl Faults {
    /// What a call of `method` (in lower case) meets; one-off faults are used up.
    pub fn meet(&mut self, method: &str) -> Met {
        if self.api_down {
            return Met::DropBefore;
        }
        let hit = if self.methods.is_empty() {
            SENDING.contains(&method)
        } else {
            self.methods.iter().any(|wanted| wanted.eq_ignore_ascii_case(method))
        };
        if !hit {
            return Met::Nothing;
        }
        let retry_after = i64::from(self.retry_after.max(1));
        if take(&mut self.drop_before) {
            Met::DropBefore
        } else if take(&mut self.drop_next) {
            Met::DropAfter
        } else if take(&mut self.next_429) {
            Met::Refusal(ApiError::too_many_requests(retry_after))
        } else if take(&mut self.next_403) {
            Met::Refusal(ApiError::forbidden("bot was blocked by the user"))
        } else if take(&mut self.next_500) {
            Met::Refusal(ApiError::new(500, "Internal Server Error"))
        } else {
            Met::Nothing
        }
    }
}

fn take(count: &mut u32) -> bool {
    let any = *count > 0;
    *count = count.saturating_sub(1);
    any
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_one_off_fault_is_used_up_by_sending_alone() {
        let mut faults = Faults { next_500: 1, ..Faults::default() };
        assert_eq!(faults.meet("getupdates"), Met::Nothing);
        assert!(matches!(faults.meet("sendmessage"), Met::Refusal(error) if error.code == 500));
        assert_eq!(faults.meet("sendmessage"), Met::Nothing);
    }

    #[test]
    fn named_methods_are_hit_instead() {
        let mut faults = Faults { drop_next: 1, methods: vec!["setWebhook".to_owned()], ..Faults::default() };
        assert_eq!(faults.meet("sendmessage"), Met::Nothing);
        assert_eq!(faults.meet("setwebhook"), Met::DropAfter);
    }
}
