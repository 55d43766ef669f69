//! People: who they are at Telegram, at the platform, and on boards.

use async_trait::async_trait;
use domain::{
    ChatId, KycLevel, Locale, PlatformUserId, PlayerKey, Reachability, TelegramUserId, Timestamp, UserId,
    condition::Person,
};

use crate::error::StoreError;

/// A text that is sealed before it comes here, so that the database holds no plain one. Which key seals it, and how, is
/// not this crate's to know; to a repository it is text.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedText(String);

impl SealedText {
    /// A text that was sealed, or was read from a row.
    pub fn from_stored(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// What is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for SealedText {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("SealedText(…)")
    }
}

/// The names of a person, as they are stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredNames {
    /// Whose row.
    pub user_id: UserId,
    /// Who it is at Telegram.
    pub telegram_user_id: TelegramUserId,
    /// The first name.
    pub first_name: Option<SealedText>,
    /// The user name.
    pub username: Option<SealedText>,
}

/// A user.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    /// Podium's own id.
    pub user_id: UserId,
    /// Who it is at Telegram; unique.
    pub telegram_user_id: Option<TelegramUserId>,
    /// Who it is at the platform; unique. Absent for a light profile.
    pub platform_user_id: Option<PlatformUserId>,
    /// What boards call the player; unique.
    pub player: PlayerKey,
    /// The public name.
    pub alias: String,
    /// The first name, as Telegram gave it last.
    pub first_name: Option<SealedText>,
    /// The user name at Telegram, which may be absent.
    pub username: Option<SealedText>,
    /// The language.
    pub locale: Locale,
    /// The private chat with the bot, once there is one.
    pub chat_id: Option<ChatId>,
    /// Whether the bot may write to the person.
    pub reachability: Reachability,
    /// Whether the platform has a confirmed phone or e-mail of the user.
    pub contact_confirmed: bool,
    /// Where the user lives, if the platform has told it.
    pub region: Option<String>,
    /// The level of identification, as the platform has told it last.
    pub kyc_level: KycLevel,
    /// When it was first seen.
    pub created_at: Timestamp,
    /// When it will be erased, since the person asked for it.
    pub erase_after: Option<Timestamp>,
}

impl User {
    /// What is known of the user, as far as conditions ask.
    pub fn person(&self) -> Person<'_> {
        Person {
            is_linked: self.platform_user_id.is_some() && self.telegram_user_id.is_some(),
            kyc_level: self.kyc_level,
            region: self.region.as_deref(),
        }
    }
}

impl std::fmt::Debug for User {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("User").field("user_id", &self.user_id).finish_non_exhaustive()
    }
}

/// What a verified sign-in or a message tells of a person at Telegram.
#[derive(Clone, PartialEq, Eq)]
pub struct TelegramProfile {
    /// The id to use when the person is new.
    pub new_user_id: UserId,
    /// The player key to use when the person is new.
    pub new_player: PlayerKey,
    /// The alias to use when the person is new: made up, nothing of the person.
    pub new_alias: String,
    /// Who.
    pub telegram_user_id: TelegramUserId,
    /// The first name.
    pub first_name: SealedText,
    /// The user name, which may be absent.
    pub username: Option<SealedText>,
    /// The language: Telegram's `language_code` mapped to ours.
    pub locale: Locale,
    /// The private chat, when this comes from one. `None` leaves a known chat alone.
    pub chat_id: Option<ChatId>,
    /// What this tells of whether the bot may write. A message in the private chat stands above all; what a sign-in
    /// tells replaces `unknown` and `needs_start` alone; `unknown` tells nothing.
    pub reachability: Reachability,
    /// When this was seen.
    pub seen_at: Timestamp,
}

impl std::fmt::Debug for TelegramProfile {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("TelegramProfile")
            .field("new_user_id", &self.new_user_id)
            .finish_non_exhaustive()
    }
}

/// What the platform tells of a user.
#[derive(Clone, PartialEq, Eq)]
pub struct PlatformProfile {
    /// The id to use when the user is new.
    pub new_user_id: UserId,
    /// The player key to use when the user is new.
    pub new_player: PlayerKey,
    /// Who.
    pub platform_user_id: PlatformUserId,
    /// The public name on boards.
    pub alias: String,
    /// The language, when the platform knows it. It stands until Telegram tells another.
    pub locale: Option<Locale>,
    /// Whether the platform has a confirmed phone or e-mail of the user; what is known stays when it does not tell.
    pub contact_confirmed: Option<bool>,
    /// Where the user lives; what is known stays when the platform does not tell.
    pub region: Option<String>,
    /// When this was seen.
    pub seen_at: Timestamp,
}

impl std::fmt::Debug for PlatformProfile {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("PlatformProfile")
            .field("new_user_id", &self.new_user_id)
            .finish_non_exhaustive()
    }
}

/// Access to users.
#[async_trait]
pub trait UserRepository: Send {
    /// The user with an id.
    async fn by_id(&mut self, user_id: UserId) -> Result<Option<User>, StoreError>;

    /// The user behind a Telegram id.
    async fn by_telegram_id(&mut self, telegram_user_id: TelegramUserId) -> Result<Option<User>, StoreError>;

    /// The users behind platform ids, by platform id; unknown ones are left out. At most 1000 ids.
    async fn by_platform_ids(&mut self, ids: &[PlatformUserId]) -> Result<Vec<User>, StoreError>;

    /// What boards show of users: `(user, player, alias)`, the made-up alias of those who hide, by user id; unknown ones are left out. At most 1000 ids.
    async fn names(&mut self, ids: &[UserId]) -> Result<Vec<(UserId, PlayerKey, String)>, StoreError>;

    /// The made-up name under which boards show a user who hides; `None` for who does not.
    async fn hidden_alias(&mut self, user_id: UserId) -> Result<Option<String>, StoreError>;

    /// Lets boards show a user under a made-up name, or under their alias again, and by another key: nobody can follow
    /// the one name to the other.
    async fn hide(
        &mut self,
        user_id: UserId,
        alias: Option<&str>,
        player: &PlayerKey,
    ) -> Result<(), StoreError>;

    /// The user that boards call `player`.
    async fn by_player(&mut self, player: &PlayerKey) -> Result<Option<User>, StoreError>;

    /// Users whose alias begins with `beginning`, letter for letter, by alias and id, behind `after`.
    async fn by_alias(
        &mut self,
        beginning: &str,
        after: Option<(&str, UserId)>,
        limit: u32,
    ) -> Result<Vec<User>, StoreError>;

    /// Adds or refreshes people from Telegram; first name, user name, locale and (when given) chat become those of the
    /// profile, alias and player key stay. Answers in the order of the profiles, each person at most once in a call. A
    /// row that says the same already may be left as it is: when it was written tells to the hour when the person was
    /// last seen.
    async fn upsert_telegram(&mut self, profiles: &[TelegramProfile]) -> Result<Vec<User>, StoreError>;

    /// Adds or refreshes a user of the platform; the alias becomes that of the profile.
    async fn upsert_platform(&mut self, profile: &PlatformProfile) -> Result<User, StoreError>;

    /// Gives a light profile its platform id and alias. A profile that has a platform id by now, or is gone, is a
    /// [`StoreError::Conflict`]: a link that another transaction made in between is never replaced.
    async fn set_platform_id(
        &mut self,
        user_id: UserId,
        platform_user_id: &PlatformUserId,
        alias: &str,
    ) -> Result<(), StoreError>;

    /// Gives a platform user, who has no Telegram id yet, a Telegram id. A user who has one by now, or is gone, is a
    /// [`StoreError::Conflict`].
    async fn set_telegram_id(
        &mut self,
        user_id: UserId,
        telegram_user_id: TelegramUserId,
    ) -> Result<(), StoreError>;

    /// Sets whether the platform has a confirmed phone or e-mail of a user.
    async fn set_contact_confirmed(&mut self, user_id: UserId, is_confirmed: bool) -> Result<(), StoreError>;

    /// Sets where a user lives.
    async fn set_region(&mut self, user_id: UserId, region: &str) -> Result<(), StoreError>;

    /// Sets a user's level of identification, as it was told at `told_at`. Returns `false`, changing nothing, when
    /// something later was told before.
    async fn set_kyc_level(
        &mut self,
        user_id: UserId,
        level: KycLevel,
        told_at: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Notes that a user without a confirmed contact is asked to confirm one. Returns `false`, changing nothing, when
    /// they were asked before or have confirmed it: they are asked once.
    async fn ask_contact(&mut self, user_id: UserId, now: Timestamp) -> Result<bool, StoreError>;

    /// Sets whether the bot may write to a person at Telegram, if they are known.
    async fn set_reachability(
        &mut self,
        telegram_user_id: TelegramUserId,
        reachability: Reachability,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Ends the link of a platform's user with a person at Telegram: Telegram id, names and chat are forgotten, what
    /// belongs to the account stays. A [`StoreError::Conflict`] when the two are not linked (any more).
    async fn unlink(
        &mut self,
        user_id: UserId,
        telegram_user_id: TelegramUserId,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Up to `limit` persons that have a first name or a user name, in the order of their user ids, behind `after`.
    async fn names_after(
        &mut self,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<StoredNames>, StoreError>;

    /// Puts the names of `after` in the place of those of `before`. Returns `false`, changing nothing, when others
    /// stand there by now.
    async fn replace_names(&mut self, before: &StoredNames, after: &StoredNames) -> Result<bool, StoreError>;

    /// Lets the platform user `into` take over the light profile `light`: Telegram id, names, chat, locale, reachability,
    /// a planned erasure and what is listed in [`follow`](crate::follow) become `into`'s; `light` is gone afterwards. A
    /// [`StoreError::Conflict`] when `light` is no light profile (any more) or `into` has a Telegram id (by now).
    async fn merge_light(&mut self, light: UserId, into: UserId) -> Result<(), StoreError>;
}
