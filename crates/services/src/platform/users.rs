//! `platform.user.upserted`: the platform's users, and their link to people at Telegram, for which it vouches.

use domain::{ErrorCode, PlayerKey, UserId};
use storage::{
    StoreError, Transaction,
    audit::Actor,
    user::{PlatformProfile, User},
};

use crate::{Services, links::connect, platform::envelope::UserUpserted};

type Refused = (ErrorCode, &'static str);

const TAKEN: Refused = (
    ErrorCode::TelegramIdTaken,
    "telegram_user_id is linked to another user, or the user to another Telegram id",
);

/// What an event did to a user.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Upserted {
    /// Who.
    pub(crate) user_id: UserId,
    /// Whether boards show another name now.
    pub(crate) is_renamed: bool,
    /// Whether a person at Telegram goes by what the event says from now on.
    pub(crate) is_linked: bool,
}

/// Adds or refreshes a user, and links the Telegram id that the event names. Answers the user, or why the event
/// contradicts what is known.
pub(crate) async fn upsert(
    services: &Services,
    tx: &mut dyn Transaction,
    event: &UserUpserted,
) -> Result<Result<Upserted, Refused>, StoreError> {
    let known = tx.users().by_platform_ids(std::slice::from_ref(&event.platform_user_id)).await?.pop();
    let is_renamed = known.as_ref().is_some_and(|user| user.alias != event.alias);
    let linked = match link(services, tx, event, known).await? {
        Ok(linked) => linked,
        Err(refused) => return Ok(Err(refused)),
    };
    if let Linked::Now(user_id) = linked {
        connect::tell_of_link(services, tx, Actor::platform(), user_id, &event.platform_user_id).await?;
    }
    let is_linked = matches!(linked, Linked::Now(_));
    let (Linked::Now(user_id) | Linked::AsBefore(user_id)) = linked;
    Ok(Ok(Upserted { user_id, is_renamed, is_linked }))
}

/// A user, and whether an event has linked them to a person at Telegram.
#[derive(Debug, Clone, Copy)]
enum Linked {
    Now(UserId),
    AsBefore(UserId),
}

async fn link(
    services: &Services,
    tx: &mut dyn Transaction,
    event: &UserUpserted,
    known: Option<User>,
) -> Result<Result<Linked, Refused>, StoreError> {
    let Some(telegram_user_id) = event.telegram_user_id else {
        return Ok(Ok(Linked::AsBefore(upsert_unlinked(services, tx, event).await?)));
    };
    let person = tx.users().by_telegram_id(telegram_user_id).await?;
    match (known, person) {
        (Some(user), Some(person)) if user.user_id == person.user_id => {
            Ok(Ok(Linked::AsBefore(upsert_unlinked(services, tx, event).await?)))
        }
        // A person who is somebody else at the platform, or a user who is somebody else at Telegram.
        (_, Some(person)) if person.platform_user_id.is_some() => Ok(Err(TAKEN)),
        (Some(user), _) if user.telegram_user_id.is_some() => Ok(Err(TAKEN)),
        (Some(user), Some(person)) => {
            connect::merge(services, tx, person.user_id, user.user_id).await?;
            Ok(Ok(Linked::Now(upsert_unlinked(services, tx, event).await?)))
        }
        (None, Some(person)) => {
            tx.users().set_platform_id(person.user_id, &event.platform_user_id, &event.alias).await?;
            if let Some(is_confirmed) = event.contact_confirmed {
                tx.users().set_contact_confirmed(person.user_id, is_confirmed).await?;
            }
            if let Some(region) = &event.region {
                tx.users().set_region(person.user_id, region).await?;
            }
            Ok(Ok(Linked::Now(person.user_id)))
        }
        (_, None) => {
            let user_id = upsert_unlinked(services, tx, event).await?;
            tx.users().set_telegram_id(user_id, telegram_user_id).await?;
            Ok(Ok(Linked::Now(user_id)))
        }
    }
}

async fn upsert_unlinked(
    services: &Services,
    tx: &mut dyn Transaction,
    event: &UserUpserted,
) -> Result<UserId, StoreError> {
    let profile = PlatformProfile {
        new_user_id: UserId::new(services.now(), services.rng()),
        new_player: PlayerKey::new(services.rng()),
        platform_user_id: event.platform_user_id.clone(),
        alias: event.alias.clone(),
        locale: event.locale,
        contact_confirmed: event.contact_confirmed,
        region: event.region.clone(),
        seen_at: services.now(),
    };
    Ok(tx.users().upsert_platform(&profile).await?.user_id)
}
