//! What `/app/t/{id}` shows.

use domain::{TournamentId, board::TournamentPage};
use leptos::prelude::*;

use crate::{
    functions::{ArgumentJson, Arguments, Failure, PageJson},
    session::SignedIn,
};

/// A tournament with the top of its board; the caller's own row with a token.
///
/// # Errors
/// A problem document: no such tournament, a token that is not valid, a store that can't be read.
#[server(
    name = FetchTournament,
    prefix = "/fn",
    endpoint = "tournaments/page",
    input = ArgumentJson,
    output = PageJson,
    client = SignedIn
)]
pub async fn tournament_page(id: TournamentId) -> Result<TournamentPage, Failure> {
    let request = crate::ssr::Request::expect()?;
    let viewer = request.viewer().await?;
    Ok(services::boards::tournament_page(request.services(), &id, viewer).await?)
}

impl Arguments for FetchTournament {
    fn to_json(&self) -> String {
        format!(r#"{{"id":"{}"}}"#, self.id)
    }
}
