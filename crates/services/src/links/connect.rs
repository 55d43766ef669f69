//! Making and ending the link between a person at Telegram and an account of the platform.

use domain::{PlatformUserId, TelegramUserId, UserId, audit::AuditAction};
use serde_json::{Map, json};
use storage::{StoreError, Transaction, audit::Actor, user::User};

use crate::{
    Services, audit,
    events_out::{self, EventKind},
    identity::profile::telegram_profile,
    links::LinkError,
};

/// Links `person` with `account`. A light profile is taken over by the account's user when there is one already.
/// `may_replace` lets the link with another account end for it. Answers the user that both are now.
///
/// # Errors
/// [`LinkError::AccountTaken`] and [`LinkError::LinkedElsewhere`], having changed nothing; [`LinkError::Store`].
pub async fn connect(
    services: &Services,
    tx: &mut dyn Transaction,
    person: &User,
    account: &PlatformUserId,
    may_replace: bool,
) -> Result<User, LinkError> {
    if person.platform_user_id.as_ref() == Some(account) {
        return Ok(person.clone());
    }
    let known = tx.users().by_platform_ids(std::slice::from_ref(account)).await?.pop();
    if known.as_ref().is_some_and(|known| known.telegram_user_id.is_some()) {
        return Err(LinkError::AccountTaken);
    }
    let light = match (&person.platform_user_id, may_replace) {
        (None, _) => person.clone(),
        (Some(_), true) => separate(services, tx, person).await?,
        (Some(_), false) => return Err(LinkError::LinkedElsewhere),
    };
    let user_id = if let Some(known) = known {
        merge(services, tx, light.user_id, known.user_id).await?;
        known.user_id
    } else {
        tx.users().set_platform_id(light.user_id, account, &light.alias).await?;
        light.user_id
    };
    tell_of_link(services, tx, Actor::player(user_id), user_id, account).await?;
    let user = tx.users().by_id(user_id).await?;
    user.ok_or(LinkError::Store(StoreError::Inconsistent { table: "users", column: "user_id" }))
}

/// Lets a platform's user take over a light profile. The lines of both say so.
pub(crate) async fn merge(
    services: &Services,
    tx: &mut dyn Transaction,
    light: UserId,
    into: UserId,
) -> Result<(), StoreError> {
    tx.users().merge_light(light, into).await?;
    let merged = AuditAction::ProfileMerged;
    audit::record(services, tx, Actor::system(), merged, Some(light), &json!({"into": into})).await?;
    audit::record(services, tx, Actor::system(), merged, Some(into), &json!({"from": light})).await
}

/// Writes down that a link was made, and tells the platform.
pub(crate) async fn tell_of_link(
    services: &Services,
    tx: &mut dyn Transaction,
    actor: Actor,
    user_id: UserId,
    account: &PlatformUserId,
) -> Result<(), StoreError> {
    audit::record(services, tx, actor, AuditAction::LinkCreated, Some(user_id), &json!({})).await?;
    let data = Map::from_iter([
        ("user_id".to_owned(), json!(user_id)),
        ("platform_user_id".to_owned(), json!(account)),
        ("linked_at".to_owned(), json!(services.now())),
    ]);
    events_out::enqueue(services, tx, EventKind::LinkCreated, &user_id.to_string(), data).await
}

/// Ends the link of a user: the account keeps what is the account's, messages that wait on its behalf are taken back, and
/// the person goes on as a light profile, with their sessions. Answers that profile.
///
/// # Errors
/// [`LinkError::NotLinked`]; [`LinkError::Store`] when the database fails.
pub async fn separate(services: &Services, tx: &mut dyn Transaction, user: &User) -> Result<User, LinkError> {
    let (Some(account), Some(telegram_user_id)) = (&user.platform_user_id, user.telegram_user_id) else {
        return Err(LinkError::NotLinked);
    };
    tx.users().unlink(user.user_id, telegram_user_id, services.now()).await?;
    let taken_back = tx.outbox().cancel_waiting(user.user_id).await?;
    let light = add_light(services, tx, user, telegram_user_id).await?;
    tx.sessions().give_all(user.user_id, light.user_id).await?;
    let detail = json!({"light": light.user_id, "messages_taken_back": taken_back});
    let actor = Actor::player(user.user_id);
    audit::record(services, tx, actor, AuditAction::LinkEnded, Some(user.user_id), &detail).await?;
    let data = Map::from_iter([
        ("user_id".to_owned(), json!(user.user_id)),
        ("platform_user_id".to_owned(), json!(account)),
        ("unlinked_at".to_owned(), json!(services.now())),
    ]);
    events_out::enqueue(services, tx, EventKind::LinkEnded, &user.user_id.to_string(), data).await?;
    Ok(light)
}

/// The person anew, with what Telegram has told of them so far.
async fn add_light(
    services: &Services,
    tx: &mut dyn Transaction,
    user: &User,
    telegram_user_id: TelegramUserId,
) -> Result<User, StoreError> {
    let personal = services.secrets().personal();
    let profile = telegram_profile(
        services,
        telegram_user_id,
        &personal.first_name(user).unwrap_or_default(),
        personal.username(user).as_deref(),
        Some(user.locale.tag()),
        user.chat_id,
        user.reachability,
    );
    tx.users()
        .upsert_telegram(&[profile])
        .await?
        .pop()
        .ok_or(StoreError::Inconsistent { table: "users", column: "telegram_user_id" })
}
