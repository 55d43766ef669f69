//! What the pages of tournaments ask beyond their first paint.

use domain::{
    TournamentId,
    tournament::view::{Entry, ListFilter, Mine, TournamentDetails, TournamentsPage},
};
use leptos::{prelude::*, server_fn::codec::Json};

use crate::{functions::Failure, session::SignedIn};

/// What a tournament asks and gives.
///
/// # Errors
/// A problem document: no such tournament, a token that is not valid, a store that can't be read.
#[server(
    name = FetchTournamentDetails,
    prefix = "/fn",
    endpoint = "tournaments/details",
    input = Json,
    output = Json,
    client = SignedIn
)]
pub async fn tournament_details(id: TournamentId) -> Result<TournamentDetails, Failure> {
    let request = crate::ssr::Request::expect()?;
    let viewer = request.viewer().await?;
    Ok(services::tournaments::details::details(request.services(), &id, viewer).await?)
}

/// What the caller has of a tournament.
///
/// # Errors
/// A problem document: no token, no such tournament, a store that can't be read.
#[server(
    name = FetchMyTournament,
    prefix = "/fn",
    endpoint = "tournaments/mine",
    input = Json,
    output = Json,
    client = SignedIn
)]
pub async fn my_tournament(id: TournamentId) -> Result<Mine, Failure> {
    let request = crate::ssr::Request::expect()?;
    let session = request.session().await?;
    Ok(services::tournaments::mine::mine(request.services(), &session, &id).await?)
}

/// Joins a tournament; the same call again changes nothing.
///
/// # Errors
/// A problem document: no token, no such tournament, it is closed or full, the caller may not take part.
#[server(
    name = JoinTournament,
    prefix = "/fn",
    endpoint = "tournaments/join",
    input = Json,
    output = Json,
    client = SignedIn
)]
pub async fn join_tournament(id: TournamentId) -> Result<Entry, Failure> {
    let request = crate::ssr::Request::expect()?;
    let session = request.session().await?;
    let first = std::num::NonZeroU32::MIN;
    Ok(services::tournaments::join::join(request.services(), &session, &id, first).await?)
}

/// Asks to be told of a tournament, or takes that back. Answers what holds now.
///
/// # Errors
/// A problem document: no token, no such tournament, it is over.
#[server(
    name = RemindOfTournament,
    prefix = "/fn",
    endpoint = "tournaments/reminder",
    input = Json,
    output = Json,
    client = SignedIn
)]
pub async fn remind_of_tournament(id: TournamentId, on: bool) -> Result<bool, Failure> {
    let request = crate::ssr::Request::expect()?;
    let session = request.session().await?;
    Ok(services::tournaments::reminder::set(request.services(), &session, &id, on).await?)
}

/// Tournaments that are live, upcoming or past, page by page.
///
/// # Errors
/// A problem document: a cursor that is not one of ours, a store that can't be read.
#[server(
    name = ListTournaments,
    prefix = "/fn",
    endpoint = "tournaments/list",
    input = Json,
    output = Json,
    client = SignedIn
)]
pub async fn list_tournaments(
    filter: ListFilter,
    cursor: Option<String>,
) -> Result<TournamentsPage, Failure> {
    const LIMIT: u32 = 30;
    let request = crate::ssr::Request::expect()?;
    Ok(services::tournaments::list::list(request.services(), filter, cursor.as_deref(), LIMIT).await?)
}
