//! What `/app` shows.

use domain::board::Lobby;
use leptos::{prelude::*, server_fn::codec::Json};

use crate::{
    functions::{Failure, PageJson},
    session::SignedIn,
};

/// The tournaments, and the board of the busiest running one.
///
/// # Errors
/// A problem document when the store can't be read.
#[server(
    name = FetchLobby,
    prefix = "/fn",
    endpoint = "tournaments/lobby",
    input = Json,
    output = PageJson,
    client = SignedIn
)]
pub async fn lobby() -> Result<Lobby, Failure> {
    let request = crate::ssr::Request::expect()?;
    Ok(services::boards::lobby(request.services()).await?)
}
