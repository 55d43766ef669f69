//! Sharing a board from the app: a message that Telegram keeps ready for one person, and a link for wherever that can't be had.
//!
//! Preparing a message changes nothing that anybody sees: it is an answer to who asks, and no effect that would have to wait
//! for a commit. It is the person who sends it, by `shareMessage`.

use std::time::Duration;

use domain::{TournamentId, board::Shared};
use serde_json::json;
use storage::{StoreError, user::User};
use telegram::inline::Article;

use crate::{
    Services,
    boards::BoardError,
    bot::{
        board_message::text::{self, PODIUM_ROWS},
        inline,
        look::{self, View},
    },
    identity::Session,
    limits::{self, Action, Limited, Subject},
};

/// How long the person may wait for it; the link is there at once.
const PREPARED_MS: u64 = 3_000;

/// Takes one call from what a person may still share.
///
/// # Errors
/// [`Limited`] when they have shared too much.
pub async fn admit(services: &Services, session: &Session) -> Result<(), Limited> {
    let person = session.user_id().to_string();
    limits::take(services, Action::Share, Subject::Person(&person)).await
}

/// A board to be shared by a signed-in person.
///
/// # Errors
/// [`BoardError::Unknown`] when there is no such tournament; else when the database fails.
pub async fn share(services: &Services, session: &Session, id: &TournamentId) -> Result<Shared, BoardError> {
    let rows = u32::try_from(PODIUM_ROWS).unwrap_or(1);
    let found = look::view(services, id, None, rows).await.map_err(failed)?;
    let view = found.ok_or(BoardError::Unknown)?;
    // The name is learned here when this node has not asked for it yet.
    services.bot_identity().username(services).await.map_err(failed)?;
    let user = user(services, session).await.map_err(failed)?;
    let prepared = match user {
        Some(user) => prepare(services, &user, &view).await,
        None => None,
    };
    Ok(Shared { link: inline::address(services, id), prepared_message_id: prepared })
}

fn failed(source: StoreError) -> BoardError {
    BoardError::Store { doing: "sharing a board", source }
}

async fn user(services: &Services, session: &Session) -> Result<Option<User>, StoreError> {
    let mut tx = services.store().begin_read().await?;
    tx.users().by_id(session.user_id()).await
}

/// Has Telegram keep the message ready. `None` when it does not, whatever the reason: then there is the link.
async fn prepare(services: &Services, user: &User, view: &View) -> Option<String> {
    let (bot, person) = (services.bot_api()?, user.telegram_user_id?);
    let (locale, now) = (user.locale, services.now());
    let tournament = &view.card.tournament;
    let article = Article::new(
        &format!("t_{}", tournament.tournament_id),
        tournament.title.for_locale(locale),
        &text::state(&view.card, locale, now),
        &text::podium(view, locale, now),
    )?;
    let keyboard = inline::keyboard(services, locale, &view.card).ok()?;
    let payload = json!({
        "user_id": person,
        "result": article.with(&keyboard),
        "allow_user_chats": true,
        "allow_group_chats": true,
        "allow_channel_chats": true,
    })
    .to_string();
    let call = bot.call("savePreparedInlineMessage", &payload);
    match tokio::time::timeout(Duration::from_millis(PREPARED_MS), call).await {
        Ok(Ok(answer)) => Some(answer.get("id")?.as_str()?.to_owned()),
        Ok(Err(error)) => {
            tracing::warn!(error = %domain::ErrorChain(&error), "a message could not be prepared; there is the link");
            None
        }
        Err(_) => {
            tracing::warn!("Telegram did not prepare a message in time; there is the link");
            None
        }
    }
}
