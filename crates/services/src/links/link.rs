//! Linking from the Mini App: the person sees the masked account first, and says yes with a fresh proof.

use domain::{MaskedAccount, TokenAction, session::Me, token::LinkQuestion};
use storage::{Transaction, one_time_token::OneTimeToken, user::User};

use crate::{
    Services,
    identity::{AuthError, Session, current, fresh, me::describe},
    limits::{self, Action, Subject},
    links::{
        LinkError,
        code::OneTimeCode,
        connect::connect,
        issue::TokenPayload,
        settle,
        spend::{Holder, Shown, count, spend, take},
    },
};

/// What a link would do: shown before the person says yes. Binds the token to them.
///
/// # Errors
/// [`LinkError::Refused`] says why the token is not taken.
pub async fn preview(services: &Services, session: &Session, token: &str) -> Result<LinkQuestion, LinkError> {
    limit(services, session).await?;
    let mut tx = services.store().begin_write().await?;
    let result = async {
        let user = current::user_of(&mut *tx, session).await?;
        let token = take_link(services, &mut *tx, token, &user).await?;
        question(&token, &user)
    }
    .await;
    settle(tx, result).await
}

/// Links the account of a token with the person of a session, who has just opened the app. `may_replace` says that the
/// link with another account ends for it.
///
/// # Errors
/// As [`preview`]; the errors of [`fresh::prove`]; [`LinkError::AccountTaken`], [`LinkError::LinkedElsewhere`].
pub async fn link(
    services: &Services,
    session: &Session,
    token: &str,
    raw_init_data: &str,
    may_replace: bool,
) -> Result<Me, LinkError> {
    limit(services, session).await?;
    let mut tx = services.store().begin_write().await?;
    let result = async {
        let proof = fresh::prove(services, &mut *tx, session, raw_init_data).await?;
        let token = take_link(services, &mut *tx, token, proof.user()).await?;
        let user = complete(services, &mut *tx, &token, proof.user(), may_replace).await?;
        Ok(describe(services, user, proof.data().user.id))
    }
    .await;
    settle(tx, result).await
}

/// Makes the link of a token that was taken in this transaction, and spends it.
///
/// # Errors
/// [`LinkError::AccountTaken`], [`LinkError::LinkedElsewhere`], [`LinkError::Store`].
pub(crate) async fn complete(
    services: &Services,
    tx: &mut dyn Transaction,
    token: &OneTimeToken,
    person: &User,
    may_replace: bool,
) -> Result<User, LinkError> {
    let account = token.platform_user_id.as_ref().ok_or(LinkError::NotLinked)?;
    let user = connect(services, tx, person, account, may_replace).await?;
    spend(services, tx, token, &user).await?;
    Ok(user)
}

/// The account of a token, masked.
///
/// # Errors
/// [`LinkError::Store`] when the stored token can't be read.
pub(crate) fn account_of(token: &OneTimeToken) -> Result<MaskedAccount, LinkError> {
    let account = TokenPayload::of(token)?.account;
    let unreadable = storage::StoreError::Inconsistent { table: "one_time_tokens", column: "payload" };
    account.ok_or(LinkError::Store(unreadable))
}

/// What the person is asked about a token.
///
/// # Errors
/// [`LinkError::Store`] when the stored token can't be read.
pub(crate) fn question(token: &OneTimeToken, person: &User) -> Result<LinkQuestion, LinkError> {
    Ok(LinkQuestion {
        action: token.action,
        platform_account: account_of(token)?,
        is_linked_elsewhere: person.platform_user_id.is_some()
            && person.platform_user_id != token.platform_user_id,
        expires_at: token.expires_at,
    })
}

async fn take_link(
    services: &Services,
    tx: &mut dyn Transaction,
    token: &str,
    user: &User,
) -> Result<OneTimeToken, LinkError> {
    let Some(code) = OneTimeCode::from_message(token) else {
        let unknown = domain::TokenRefusal::Unknown;
        count(None, unknown.label());
        return Err(LinkError::Refused(unknown));
    };
    let telegram_user_id = user.telegram_user_id.ok_or(AuthError::Unauthorized)?;
    let holder = Holder { user, telegram_user_id, chat_id: None };
    take(services, tx, Shown::Code(&code), holder, TokenAction::is_link).await
}

/// By person and not by session: who signs in again has no more tries.
pub(super) async fn limit(services: &Services, session: &Session) -> Result<(), LinkError> {
    limits::take(services, Action::Link, Subject::Person(&session.user_id().to_string()))
        .await
        .map_err(|limited| LinkError::Auth(AuthError::Limited(limited)))
}
