//! "Notify me": whoever asks is told in the chat that a tournament starts soon and, while it runs, that they have fallen
//! off the places that count.
//!
//! The wish is about one tournament and stands beside the consent: without a yes to notices of tournaments nothing is
//! sent, whatever was wished for.

use domain::TournamentId;

use crate::{
    Services,
    bot::confirm::{Done, Place, confirm},
    identity::{AuthError, Session, current},
    limits::{self, Action, Subject},
    tournaments::{TournamentError, clock, overtaken},
};

/// Notes or withdraws the caller's wish. Answers whether they have it now.
///
/// # Errors
/// [`TournamentError::Closed`] when the tournament is over.
pub async fn set(
    services: &Services,
    session: &Session,
    tournament_id: &TournamentId,
    is_wanted: bool,
) -> Result<bool, TournamentError> {
    limits::take(services, Action::Account, Subject::Person(&session.user_id().to_string()))
        .await
        .map_err(AuthError::Limited)?;
    let mut tx = services.store().begin_write().await?;
    let user = current::user_of(&mut *tx, session).await?;
    let held = tx.tournaments().hold(std::slice::from_ref(tournament_id)).await?.pop();
    let row = held.filter(|row| row.audience().admits(true)).ok_or(TournamentError::Unknown)?;
    if is_wanted {
        if !row.status.state.is_movable() || services.now() >= row.tournament.ends_at {
            return Err(TournamentError::Closed);
        }
        let is_new = tx.wishes().add(tournament_id, user.user_id, services.now()).await?;
        overtaken::watch(services, &mut *tx, &row).await?;
        if is_new {
            // The others may have been told already.
            clock::plan_reminder(services, &mut *tx, &row).await?;
        }
        // Without the consent nothing would follow, so nothing is promised.
        if is_new
            && services.now() < row.tournament.starts_at
            && tx.consents().state(user.user_id).await?.tournaments
        {
            confirm(services, &mut *tx, &user, Done::ReminderSet(&row.tournament), Place::App).await?;
        }
    } else {
        tx.wishes().remove(tournament_id, user.user_id).await?;
    }
    tx.save().await?;
    services.signals().publish(bus::signals::Signal::Jobs);
    Ok(is_wanted)
}
