//! Whether the bot may write to somebody, as updates and refused messages tell it.

use domain::{ChatId, Reachability, TelegramUserId};
use storage::{StoreError, Transaction};
use telegram::{
    api::ApiError,
    update::{ChatKind, MemberStatus, MyChatMember},
};

use crate::Services;

/// Takes in that the bot was blocked or unblocked. In groups nothing depends on it.
pub(super) async fn take_in(
    services: &Services,
    tx: &mut dyn Transaction,
    change: &MyChatMember,
) -> Result<(), StoreError> {
    let state = match (change.chat.kind, change.new_status) {
        (ChatKind::Private, MemberStatus::Kicked) => Reachability::Blocked,
        (ChatKind::Private, MemberStatus::Member) => Reachability::Reachable,
        _ => return Ok(()),
    };
    tx.users().set_reachability(change.from.id, state, services.now()).await
}

/// What a refused message tells of the person whose private chat it was for.
pub(crate) fn told_by(chat_id: ChatId, error: &ApiError) -> Option<(TelegramUserId, Reachability)> {
    // A private chat has the number of its person; groups have negative ones.
    let person = (chat_id.0 > 0).then_some(TelegramUserId(chat_id.0))?;
    match error {
        ApiError::Blocked => Some((person, Reachability::Blocked)),
        ApiError::Deactivated => Some((person, Reachability::Deactivated)),
        ApiError::NeedsStart => Some((person, Reachability::NeedsStart)),
        _ => None,
    }
}
