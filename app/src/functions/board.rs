//! A part of a board.

use domain::{TournamentId, board::BoardPage};
use leptos::prelude::*;

use crate::{
    functions::{ArgumentJson, Arguments, Failure, PageJson},
    session::SignedIn,
};

/// The top of the board that the caller sees of a tournament, or the rows around them: of the period that is played, and
/// of the caller's own cohort.
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
    use services::boards::{
        BoardQuery, WindowQuery,
        sight::{self, Wanted},
    };

    let request = crate::ssr::Request::expect()?;
    let viewer = request.viewer().await?;
    let window = if around_me { WindowQuery::AroundMe } else { WindowQuery::Top };
    let board = sight::board(request.services(), &id, viewer, Wanted::default()).await?;
    Ok(services::boards::page(request.services(), &board, BoardQuery { window, limit }).await?)
}

impl Arguments for FetchBoard {
    fn to_json(&self) -> String {
        let Self { id, around_me, limit } = self;
        format!(r#"{{"id":"{id}","around_me":{around_me},"limit":{limit}}}"#)
    }
}
