//! Hiding on boards.

use domain::AliasState;
use leptos::{prelude::*, server_fn::codec::Json};

use crate::{functions::Failure, session::SignedIn};

/// Hides the player behind a made-up name, or shows their alias again; without `hidden` nothing changes. Answers what
/// boards show.
///
/// # Errors
/// A problem document: no token or one that is not valid, a store that can't be written.
#[server(
    name = ChangeAlias,
    prefix = "/fn",
    endpoint = "alias",
    input = Json,
    output = Json,
    client = SignedIn
)]
pub async fn change_alias(hidden: Option<bool>) -> Result<AliasState, Failure> {
    let request = crate::ssr::Request::expect()?;
    let session = request.session().await?;
    Ok(match hidden {
        Some(hidden) => services::boards::alias::change(request.services(), &session, hidden).await?,
        None => services::boards::alias::state(request.services(), &session).await?,
    })
}
