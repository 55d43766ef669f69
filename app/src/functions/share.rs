//! Sharing a board.

use domain::{TournamentId, board::Shared};
use leptos::{prelude::*, server_fn::codec::Json};

use crate::{
    functions::{ArgumentJson, Arguments, Failure},
    session::SignedIn,
};

/// What shares a board: a message for `shareMessage` if Telegram has prepared one, and a link.
///
/// # Errors
/// A problem document: no token or one that is not valid, no such tournament, too many calls, a store that can't be read.
#[server(
    name = ShareTournament,
    prefix = "/fn",
    endpoint = "tournaments/share",
    input = ArgumentJson,
    output = Json,
    client = SignedIn
)]
pub async fn share_tournament(id: TournamentId) -> Result<Shared, Failure> {
    let request = crate::ssr::Request::expect()?;
    let session = request.session().await?;
    services::bot::share::admit(request.services(), &session)
        .await
        .map_err(|_| Failure::from(domain::ErrorCode::RateLimited))?;
    Ok(services::bot::share::share(request.services(), &session, &id).await?)
}

impl Arguments for ShareTournament {
    fn to_json(&self) -> String {
        format!(r#"{{"id":"{}"}}"#, self.id)
    }
}
