//! Commands in the text of a message.

/// A command and what was written behind it.
#[derive(Clone, PartialEq, Eq)]
pub struct Command<'a> {
    /// Without the slash, in lower case.
    pub name: String,
    /// What stands behind it, without the blanks around; may be a one-time token.
    pub argument: Option<&'a str>,
}

impl std::fmt::Debug for Command<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Command").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The command that `text` begins with: `/name`, `/name argument`, `/name@ThisBot argument`. `None` for any other text
/// and for a command that is addressed to another bot.
pub fn command<'a>(text: &'a str, bot_username: &str) -> Option<Command<'a>> {
    let text = text.strip_prefix('/')?;
    let (word, argument) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let (name, addressee) = word.split_once('@').map_or((word, None), |(name, bot)| (name, Some(bot)));
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if !(1..=32).contains(&name.len()) || !name.bytes().all(is_name) {
        return None;
    }
    if addressee.is_some_and(|bot| !bot.eq_ignore_ascii_case(bot_username)) {
        return None;
    }
    let argument = argument.trim();
    Some(Command { name: name.to_ascii_lowercase(), argument: (!argument.is_empty()).then_some(argument) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Option<(String, Option<&str>)> {
        command(text, "PodiumBot").map(|command| (command.name, command.argument))
    }

    #[test]
    fn commands_for_this_bot_are_taken() {
        assert_eq!(parsed("/start"), Some(("start".to_owned(), None)));
        assert_eq!(parsed("/start t_cup"), Some(("start".to_owned(), Some("t_cup"))));
        assert_eq!(parsed("/Start@podiumbot  a b "), Some(("start".to_owned(), Some("a b"))));
        assert_eq!(parsed("/help\nmore"), Some(("help".to_owned(), Some("more"))));
    }

    #[test]
    fn other_texts_and_other_bots_commands_are_not() {
        let long = format!("/{}", "a".repeat(33));
        for text in ["", "start", " /start", "/", "/@PodiumBot", "/start@OtherBot", "/старт", "/a/b", &long]
        {
            assert_eq!(parsed(text), None, "{text:?}");
        }
    }

    #[test]
    fn an_argument_does_not_print() {
        assert!(!format!("{:?}", command("/start secret", "b")).contains("secret"));
    }
}
