//! The commands, one file each, and the buttons of the keyboard that stand for them.

mod admin;
mod app;
mod link;
pub(crate) mod missions;
mod privacy;
mod section;
mod settings;
mod start;
mod stats;
mod status;
mod stop;
pub(super) mod tournaments;
mod unlink;

use domain::{Locale, handoff::CabinetPage};
use i18n::{catalog, keys};
use storage::{StoreError, Transaction};

pub(super) use crate::bot::commands::settings::message as settings_message;
use crate::{
    bot::{
        Context, board_message::Reader, dialogue::Dialogue, join, keyboards, linking, look::Seen,
        reply::Reply,
    },
    links::code::OneTimeCode,
};

/// The commands that everyone sees in the menu, with the keys of their descriptions.
pub const FOR_EVERYONE: [(&str, i18n::Key); 14] = [
    ("start", keys::bot::COMMAND_START),
    ("app", keys::bot::COMMAND_APP),
    ("tournaments", keys::bot::COMMAND_TOURNAMENTS),
    ("join", keys::bot::COMMAND_JOIN),
    ("missions", keys::bot::COMMAND_MISSIONS),
    ("profile", keys::bot::COMMAND_PROFILE),
    ("bonus", keys::bot::COMMAND_BONUS),
    ("link", keys::bot::COMMAND_LINK),
    ("unlink", keys::bot::COMMAND_UNLINK),
    ("settings", keys::bot::COMMAND_SETTINGS),
    ("privacy", keys::bot::COMMAND_PRIVACY),
    ("stop", keys::bot::COMMAND_STOP),
    ("status", keys::bot::COMMAND_STATUS),
    ("help", keys::bot::COMMAND_HELP),
];

/// The commands that operators see as well.
pub const FOR_OPERATORS: [(&str, i18n::Key); 2] =
    [("stats", keys::bot::COMMAND_STATS), ("admin", keys::bot::COMMAND_ADMIN)];

/// What somebody asks of the bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// A command.
    Command {
        /// Without the slash, in lower case.
        name: String,
        /// What stands behind it.
        argument: Option<String>,
    },
    /// A button of the keyboard.
    Button(Button),
    /// A one-time token, pasted as a text.
    Pasted(OneTimeCode),
    /// Anything else.
    Other,
}

/// The buttons of the keyboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Button {
    /// "Profile"
    Profile,
    /// "Tournaments and missions"
    Tournaments,
    /// "Bonuses and promos"
    Bonuses,
    /// "Help"
    Help,
}

impl Asked {
    /// What a text stands for: a button of the keyboard, or a pasted token. A keyboard may still show the language that
    /// was the person's before, so every language's labels count, the present one's first.
    pub fn from_button(text: &str, locale: Locale) -> Self {
        let buttons = [
            (Button::Profile, keys::bot::KEYBOARD_PROFILE),
            (Button::Tournaments, keys::bot::KEYBOARD_TOURNAMENTS),
            (Button::Bonuses, keys::bot::KEYBOARD_BONUSES),
            (Button::Help, keys::bot::KEYBOARD_HELP),
        ];
        let text = text.trim();
        std::iter::once(locale)
            .chain(Locale::ALL)
            .find_map(|locale| buttons.iter().find(|(_, key)| catalog(locale).text(*key) == text))
            .map(|(button, _)| Self::Button(*button))
            .or_else(|| OneTimeCode::from_message(text).map(Self::Pasted))
            .unwrap_or(Self::Other)
    }

    /// Whether it is one of our commands.
    pub fn is_known_command(&self) -> bool {
        let mut known = FOR_EVERYONE.iter().chain(&FOR_OPERATORS);
        matches!(self, Self::Command { name, .. } if known.any(|(command, _)| command == name))
    }

    /// Whether the person pressed Start.
    pub fn is_start(&self) -> bool {
        matches!(self, Self::Command { name, .. } if name == "start")
    }
}

/// The answers, in the order in which they are sent. `seen` is what was read for them.
///
/// # Errors
/// When the database fails.
pub(super) async fn answer(
    context: Context<'_>,
    tx: &mut dyn Transaction,
    asked: &Asked,
    before: Dialogue,
    seen: &Seen,
) -> Result<Vec<Reply>, StoreError> {
    if seen.list.is_some() {
        if let Some(replies) = tournaments::answer(context.services, Reader::of(context), seen) {
            return Ok(replies);
        }
        return Ok(vec![say_with_menu(context, tx, keys::bot::TOURNAMENT_NONE).await?]);
    }
    Ok(vec![answer_alone(context, tx, asked, before, seen).await?])
}

async fn answer_alone(
    context: Context<'_>,
    tx: &mut dyn Transaction,
    asked: &Asked,
    before: Dialogue,
    seen: &Seen,
) -> Result<Reply, StoreError> {
    match asked {
        Asked::Command { name, argument } => match name.as_str() {
            "start" => start::answer(context, tx, argument.as_deref(), seen).await,
            "help" => say_with_menu(context, tx, keys::bot::HELP).await,
            "app" => Ok(app::answer(context)),
            "profile" => Ok(profile(context)),
            "bonus" => Ok(bonus(context)),
            "settings" => settings::answer(context, tx).await,
            "privacy" => Ok(privacy::answer(context)),
            "stop" => stop::answer(context, tx).await,
            "join" => join::ask(context, tx).await,
            "missions" => my_missions(context, tx, seen).await,
            "link" => link::answer(context, tx, argument.as_deref()).await,
            "unlink" => Ok(unlink::answer(context)),
            "status" => status::answer(context, tx).await,
            "stats" => stats::answer(context, tx).await,
            "admin" => Ok(admin::answer(context)),
            _ => say_with_menu(context, tx, keys::bot::UNKNOWN_COMMAND).await,
        },
        Asked::Button(Button::Profile) => Ok(profile(context)),
        Asked::Button(Button::Bonuses) => Ok(bonus(context)),
        // Answered above, whatever is on.
        Asked::Button(Button::Tournaments) => say_with_menu(context, tx, keys::bot::TOURNAMENT_NONE).await,
        Asked::Button(Button::Help) => say_with_menu(context, tx, keys::bot::HELP).await,
        Asked::Pasted(code) => linking::show(context, tx, code).await,
        Asked::Other if before == Dialogue::Fresh => start::answer(context, tx, None, seen).await,
        Asked::Other => say_with_menu(context, tx, keys::bot::UNKNOWN_TEXT).await,
    }
}

/// The text with the keyboard below the input field; its button that opens the app is good for a while from now on.
pub(super) async fn with_menu(
    context: Context<'_>,
    tx: &mut dyn Transaction,
    reply: Reply,
) -> Result<Reply, StoreError> {
    let address = join::address(context, tx).await?;
    Ok(reply.with(keyboards::main_menu(context, address.as_deref())))
}

/// A fixed text with the keyboard.
async fn say_with_menu(
    context: Context<'_>,
    tx: &mut dyn Transaction,
    key: i18n::Key,
) -> Result<Reply, StoreError> {
    with_menu(context, tx, say(context, key)).await
}

/// `/missions`. They are the person's own, so a group is not told.
async fn my_missions(
    context: Context<'_>,
    tx: &mut dyn Transaction,
    seen: &Seen,
) -> Result<Reply, StoreError> {
    let Context { services, is_private, user, .. } = context;
    if !is_private {
        return Ok(say(context, keys::bot::PRIVATE_ONLY).with(keyboards::open_app(context, "/app/missions")));
    }
    if let Some(missions) = &seen.missions {
        return Ok(missions::message(services, Reader::of(context), missions));
    }
    // Who was not known before this message has begun nothing yet.
    let missions = crate::missions::all(services, tx, user.clone()).await?;
    Ok(missions::message(services, Reader::of(context), &missions))
}

fn profile(context: Context<'_>) -> Reply {
    section::answer(context, "/app/profile", CabinetPage::Profile)
}

fn bonus(context: Context<'_>) -> Reply {
    section::answer(context, "/app", CabinetPage::Bonus)
}

/// A fixed text in the person's language.
fn say(context: Context<'_>, key: i18n::Key) -> Reply {
    Reply::text(catalog(context.locale).text(key))
}

/// Whether the person is an operator.
fn is_operator(context: Context<'_>) -> bool {
    context.services.settings().admin_ids.contains(&context.person.id)
}
