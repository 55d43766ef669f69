//! Updates: what Telegram tells the bot.
//!
//! An update is stored as it came and read leniently, because new kinds and fields appear several times a year and
//! none of them may stop the bot. [`Envelope`] reads just enough to store one; [`Incoming`] is what the bot acts on.

mod command;
mod envelope;
mod incoming;

pub use crate::update::{
    command::{Command, command},
    envelope::{Envelope, NotAnUpdate},
    incoming::{
        CallbackQuery, Chat, ChatKind, Incoming, InlineQuery, MemberStatus, Message, MyChatMember, Person,
        WebAppData,
    },
};
