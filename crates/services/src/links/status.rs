//! What became of a token: how a web site learns that its user has arrived.

use domain::{
    Timestamp, TokenId, TokenRefusal,
    token::{TokenState, TokenStatus},
};

use storage::one_time_token::OneTimeToken;

use crate::{Services, links::LinkError, platform::PlatformKey};

/// Where a token stands.
///
/// # Errors
/// [`LinkError::Refused`] when there is no such token; [`LinkError::Store`].
pub async fn status(
    services: &Services,
    _key: &PlatformKey,
    token_id: TokenId,
) -> Result<TokenStatus, LinkError> {
    let mut tx = services.store().begin_read().await?;
    let token = tx.one_time_tokens().by_id(token_id).await?;
    // What happens at the console is nobody else's.
    let token = token
        .filter(|token| {
            !matches!(token.action, domain::TokenAction::ConsoleInvitation | domain::TokenAction::Join)
        })
        .ok_or(LinkError::Refused(TokenRefusal::Unknown))?;
    let by = match token.spent {
        Some((_, user_id)) => tx.users().by_id(user_id).await?,
        None => None,
    };
    Ok(TokenStatus {
        token_id,
        action: token.action,
        state: state_at(&token, services.now()),
        user_id: by.as_ref().map(|user| user.user_id),
        platform_user_id: by.and_then(|user| user.platform_user_id),
        expires_at: token.expires_at,
    })
}

/// Where a token stands at `now`.
pub(crate) fn state_at(token: &OneTimeToken, now: Timestamp) -> TokenState {
    match token.spent {
        Some(_) => TokenState::Spent,
        None if token.expires_at <= now => TokenState::Expired,
        None => TokenState::Pending,
    }
}
