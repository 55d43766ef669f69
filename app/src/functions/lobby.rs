//! What `/app` shows.

use domain::board::Lobby;
use leptos::prelude::*;

use crate::{
    functions::{ArgumentJson, Arguments, Failure, PageJson},
    session::SignedIn,
};

/// The tournaments, and the board of the busiest running one.
///
/// # Errors
/// A problem document: a token that is not valid, a store that can't be read.
#[server(
    name = FetchLobby,
    prefix = "/fn",
    endpoint = "tournaments/lobby",
    input = ArgumentJson,
    output = PageJson,
    client = SignedIn
)]
pub async fn lobby() -> Result<Lobby, Failure> {
    let request = crate::ssr::Request::expect()?;
    let viewer = request.viewer().await?;
    Ok(services::boards::lobby(request.services(), viewer).await?)
}

impl Arguments for FetchLobby {
    fn to_json(&self) -> String {
        "{}".to_owned()
    }
}
