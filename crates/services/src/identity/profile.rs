//! What a person at Telegram becomes here.

use domain::{ChatId, Locale, PlayerKey, Reachability, TelegramUserId, UserId};
use storage::user::TelegramProfile;

use crate::Services;

/// A profile of somebody that Telegram vouches for. Should the person be new, they get an id, a player key and a
/// made-up alias that holds nothing of the person.
pub fn telegram_profile(
    services: &Services,
    telegram_user_id: TelegramUserId,
    first_name: &str,
    username: Option<&str>,
    language_code: Option<&str>,
    chat_id: Option<ChatId>,
    reachability: Reachability,
) -> TelegramProfile {
    let new_player = PlayerKey::new(services.rng());
    let keys = services.secrets().personal();
    TelegramProfile {
        new_user_id: UserId::new(services.now(), services.rng()),
        new_alias: made_up_alias(&new_player),
        new_player,
        telegram_user_id,
        first_name: keys.seal_first_name(telegram_user_id, first_name),
        username: username.map(|username| keys.seal_username(telegram_user_id, username)),
        locale: language_code.map(Locale::from_tag).unwrap_or_default(),
        chat_id,
        reachability,
        seen_at: services.now(),
    }
}

/// A public name for somebody who has not chosen one: `Player` and the start of the random player key.
pub fn made_up_alias(player: &PlayerKey) -> String {
    let key = player.as_str().trim_start_matches("p_");
    format!("Player {}", key.get(..5).unwrap_or(key).to_ascii_uppercase())
}
