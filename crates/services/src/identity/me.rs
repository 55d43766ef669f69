//! What a player may know of themselves.

use domain::{
    TelegramUserId,
    session::{Kyc, Me},
};
use storage::user::User;

use crate::{
    Services,
    identity::{AuthError, Session, current},
};

/// The signed-in player.
///
/// # Errors
/// [`AuthError::Unauthorized`] when the session is over; [`AuthError::Store`] when the database fails.
pub async fn me(services: &Services, session: &Session) -> Result<Me, AuthError> {
    let mut tx = services.store().begin_read().await.map_err(AuthError::store("reading a user"))?;
    let user = current::user_of(&mut *tx, session).await?;
    let telegram_user_id = user.telegram_user_id.ok_or(AuthError::Unauthorized)?;
    Ok(describe(services, user, telegram_user_id))
}

/// The answer for a user. Balances come from platform events, which fill them once they are read here; until then a
/// player has none.
pub(crate) fn describe(services: &Services, user: User, telegram_user_id: TelegramUserId) -> Me {
    let first_name = services.secrets().personal().first_name(&user).unwrap_or_default();
    Me {
        user_id: user.user_id,
        linked: user.platform_user_id.is_some(),
        contact_confirmed: user.contact_confirmed,
        has_cabinet: services.settings().cabinet_url.is_some(),
        reachability: user.reachability,
        platform_user_id: user.platform_user_id,
        telegram_user_id,
        first_name,
        alias: user.alias,
        player: user.player,
        locale: user.locale,
        balances: Vec::new(),
        kyc: Kyc { level: user.kyc_level },
    }
}
