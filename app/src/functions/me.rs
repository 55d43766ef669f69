//! The signed-in player.

use domain::session::Me;
use leptos::{prelude::*, server_fn::codec::Json};

use crate::{functions::Failure, session::SignedIn};

/// What a player may know of themselves.
///
/// # Errors
/// A problem document: no token or one that is not valid, a store that can't be read.
#[server(
    name = FetchMe,
    prefix = "/fn",
    endpoint = "me",
    input = Json,
    output = Json,
    client = SignedIn
)]
pub async fn me() -> Result<Me, Failure> {
    let request = crate::ssr::Request::expect()?;
    let session = request.session().await?;
    Ok(services::identity::me(request.services(), &session).await?)
}
