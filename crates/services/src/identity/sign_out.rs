//! Signing out: the session ends, its refresh token is worth nothing from now on.

use storage::session::SIGN_OUT;

use crate::{
    Services,
    identity::{AuthError, refresh_token::RefreshToken},
};

/// Ends the session of a refresh token. A session that is over already is no error: the wish is fulfilled.
///
/// # Errors
/// [`AuthError::RefreshInvalid`] when the token is not ours; [`AuthError::Store`] when the database fails.
pub async fn sign_out(services: &Services, refresh_token: &str) -> Result<(), AuthError> {
    let token = RefreshToken::parse(refresh_token, services.secrets()).ok_or(AuthError::RefreshInvalid)?;
    let mut tx = services.store().begin_write().await.map_err(AuthError::store("signing out"))?;
    tx.sessions()
        .end(token.session_id(), services.now(), SIGN_OUT)
        .await
        .map_err(AuthError::store("signing out"))?;
    tx.save().await.map_err(AuthError::store("signing out"))
}
