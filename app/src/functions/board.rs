//! A part of a board.

use domain::{TournamentId, board::BoardPage};
use leptos::prelude::*;

use crate::{
    functions::{ArgumentJson, Arguments, Failure, PageJson},
    session::SignedIn,
};

/// The top of a board, or the rows around the caller.
///
/// # Errors
/// A problem document: no such tournament, `around_me` without a token, a store that can't be read.
#[server(
    name = FetchBoard,
    prefix = "/fn",
    endpoint = "boards/page",
    input = ArgumentJson,
    output = PageJson,
    client = SignedIn
)]
pub async fn board_page(id: TournamentId, around_me: bool, limit: u32) -> Result<BoardPage, Failure> {
    use services::boards::{BoardQuery, WindowQuery};

    let request = crate::ssr::Request::expect()?;
    let viewer = request.viewer().await?;
    let window = if around_me { WindowQuery::AroundMe } else { WindowQuery::Top };
    let board = domain::BoardId::plain(&id);
    Ok(services::boards::page(request.services(), &board, BoardQuery { window, limit }, viewer).await?)
}

impl Arguments for FetchBoard {
    fn to_json(&self) -> String {
        let Self { id, around_me, limit } = self;
        format!(r#"{{"id":"{id}","around_me":{around_me},"limit":{limit}}}"#)
    }
}
