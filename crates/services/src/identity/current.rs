//! Whose a session is now.
//!
//! An access token names the user of the moment at which it was signed. A merge or the end of a link gives the session to
//! another user, while the token is good for some minutes more; so whatever belongs to an account asks here, and never
//! takes the token's word.

use storage::{Transaction, user::User};

use crate::identity::{AuthError, Session};

/// The user whose session it is now.
///
/// # Errors
/// [`AuthError::Unauthorized`] when the session is over or unknown; [`AuthError::Store`] when the database fails.
pub async fn user_of(tx: &mut dyn Transaction, session: &Session) -> Result<User, AuthError> {
    let row =
        tx.sessions().by_id(session.session_id()).await.map_err(AuthError::store("reading a session"))?;
    let row = row.filter(|row| row.ended.is_none()).ok_or(AuthError::Unauthorized)?;
    let user = tx.users().by_id(row.user_id).await.map_err(AuthError::store("reading a user"))?;
    user.ok_or(AuthError::Unauthorized)
}
