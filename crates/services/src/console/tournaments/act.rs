//! What operators do to tournaments, whoever owns them: stop, extend, freeze, thaw, cancel, compute anew, exclude.
//!
//! Invariant: each is done with its line of the audit log in one transaction, by the use case that every other way of
//! doing it goes through.

use domain::{PlayerKey, Timestamp, TournamentId, UserId, console::Permission};
use storage::{Transaction, user::User};

use crate::{
    Services, boards,
    console::{ConsoleError, Operator, actor},
    tournaments::{TournamentError, command, exclude},
};

const DOING: &str = "changing a tournament";

/// What is done to a tournament.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// It ends now, with its ranks and prizes.
    Stop,
    /// It goes on until then.
    Extend(Timestamp),
    /// It takes no scores.
    Freeze,
    /// It takes scores again.
    Thaw,
    /// It does not take place.
    Cancel,
    /// Its boards are computed anew.
    Recompute,
}

/// Does it.
///
/// # Errors
/// [`ConsoleError::Forbidden`] without [`Permission::RunTournaments`]; [`ConsoleError::Unknown`];
/// [`ConsoleError::Tournament`] when its state does not allow it.
pub async fn command(
    services: &Services,
    operator: &Operator,
    tournament_id: &TournamentId,
    wanted: Command,
) -> Result<(), ConsoleError> {
    operator.require(services, Permission::RunTournaments).await?;
    let mut tx = services.store().begin_write().await.map_err(ConsoleError::store(DOING))?;
    let (tx_ref, by) = (&mut *tx, actor(operator.operator_id()));
    let done = match wanted {
        Command::Stop => command::stop(services, tx_ref, by, tournament_id).await,
        Command::Extend(ends_at) => command::extend(services, tx_ref, by, tournament_id, ends_at).await,
        Command::Freeze => command::freeze(services, tx_ref, by, tournament_id).await,
        Command::Thaw => command::thaw(services, tx_ref, by, tournament_id).await,
        Command::Cancel => command::cancel(services, tx_ref, by, tournament_id).await,
        Command::Recompute => command::recompute(services, tx_ref, by, tournament_id).await,
    };
    done.map_err(failed)?;
    tx.save().await.map_err(ConsoleError::store(DOING))?;
    services.signals().publish(bus::signals::Signal::Jobs);
    Ok(())
}

/// Excludes a player, or takes that back.
///
/// # Errors
/// [`ConsoleError::Forbidden`] without [`Permission::DisqualifyPlayers`]; [`ConsoleError::Unknown`];
/// [`ConsoleError::Invalid`] for a reason that is empty or too long.
pub async fn exclude(
    services: &Services,
    operator: &Operator,
    tournament_id: &TournamentId,
    player: &PlayerKey,
    reason: Option<&str>,
) -> Result<(), ConsoleError> {
    operator.require(services, Permission::DisqualifyPlayers).await?;
    let mut tx = services.store().begin_write().await.map_err(ConsoleError::store(DOING))?;
    let user_id = user_of(&mut *tx, player).await?.user_id;
    let boards = apply(services, &mut *tx, operator, tournament_id, user_id, reason).await.map_err(failed)?;
    tx.save().await.map_err(ConsoleError::store(DOING))?;
    boards::standing::tell(services, boards).await;
    Ok(())
}

async fn apply(
    services: &Services,
    tx: &mut dyn Transaction,
    operator: &Operator,
    tournament_id: &TournamentId,
    user_id: UserId,
    reason: Option<&str>,
) -> Result<Vec<boards::standing::BoardChange>, TournamentError> {
    let by = actor(operator.operator_id());
    match reason {
        Some(reason) => exclude::disqualify(services, tx, by, tournament_id, user_id, reason).await,
        None => exclude::reinstate(services, tx, by, tournament_id, user_id).await,
    }
}

/// The player of a key.
pub(super) async fn user_of(tx: &mut dyn Transaction, player: &PlayerKey) -> Result<User, ConsoleError> {
    let user = tx.users().by_player(player).await.map_err(ConsoleError::store("looking for a player"))?;
    user.ok_or(ConsoleError::Unknown)
}

/// What an operator is told of a tournament's own failure.
pub(super) fn failed(error: TournamentError) -> ConsoleError {
    match error {
        TournamentError::Unknown => ConsoleError::Unknown,
        TournamentError::Malformed(_) | TournamentError::PlayerUnknown => ConsoleError::Invalid,
        TournamentError::Store(source) => ConsoleError::Store { doing: DOING, source },
        other => ConsoleError::Tournament(other),
    }
}
