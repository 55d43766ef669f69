//! `/unlink`: asks whether the link should end.

use i18n::keys;

use crate::bot::{Context, choice::Choice, commands::say, linking::yes_or_no, reply::Reply};

/// The answer.
pub(super) fn answer(context: Context<'_>) -> Reply {
    if !context.is_private {
        return say(context, keys::bot::PRIVATE_ONLY);
    }
    if !context.is_linked() {
        return say(context, keys::bot::UNLINK_NOTHING);
    }
    say(context, keys::bot::UNLINK_QUESTION).with(yes_or_no(
        context,
        (keys::bot::UNLINK_YES, Choice::Unlink),
        (keys::bot::UNLINK_NO, Choice::Keep),
    ))
}
