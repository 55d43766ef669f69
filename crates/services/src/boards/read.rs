//! Reading a part of a board.

use bus::ranks::{RankPage, Ranked, Window};
use domain::{
    BoardId, UserId,
    board::{BoardEntry, BoardPage, PAGE_LIMIT_MAX},
};
use storage::board::{BoardRow, RankedKey};

use crate::{
    Services,
    boards::{BoardError, SeenBoard, cursor},
};

/// What part of a board is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardQuery {
    /// Where.
    pub window: WindowQuery,
    /// How many rows; held within 1 and [`PAGE_LIMIT_MAX`].
    pub limit: u32,
}

/// Where a part of a board begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WindowQuery {
    /// At rank 1.
    Top,
    /// Behind the last row of an earlier page, or above its first: that page's cursor.
    Cursor(String),
    /// Around the viewer.
    AroundMe,
}

/// Reads a part of a board, and the viewer's own row.
///
/// # Errors
/// [`BoardError`] when the board is gone, the cursor is not ours, `AroundMe` comes without a viewer, or the
/// database fails.
pub async fn page(
    services: &Services,
    board: &SeenBoard,
    query: BoardQuery,
) -> Result<BoardPage, BoardError> {
    Ok(page_between(services, board, query).await?.page)
}

/// A page with the ways that lead on and back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageBetween {
    /// The page, with the way on.
    pub page: BoardPage,
    /// What to pass for the page before; `None` at the top.
    pub previous_cursor: Option<String>,
}

/// What a cursor begins with that leads back.
const BACK: char = '~';

/// As [`page()`], with the way back too.
///
/// # Errors
/// As [`page()`].
pub async fn page_between(
    services: &Services,
    board: &SeenBoard,
    query: BoardQuery,
) -> Result<PageBetween, BoardError> {
    let viewer = board.viewer();
    let limit = query.limit.clamp(1, PAGE_LIMIT_MAX);
    let opened = |text: &str| cursor::open(services, board.board_id(), text).ok_or(BoardError::Cursor);
    let window = match query.window {
        WindowQuery::Top => Window::Top,
        WindowQuery::Cursor(text) => match text.strip_prefix(BACK) {
            Some(text) => Window::Before(opened(text)?),
            None => Window::After(opened(&text)?),
        },
        WindowQuery::AroundMe => Window::Around(viewer.ok_or(BoardError::NotSignedIn)?),
    };
    let ranked = if board.is_there() {
        ranked(services, board.board_id(), window, limit, viewer).await?
    } else {
        RankPage { version: 0, total: 0, rows: Vec::new(), me: None }
    };
    dress(services, board.board_id(), ranked, window).await
}

/// Rows with ranks: from the index when it is loaded, else from SQL. While this node loads it SQL answers, lest somebody
/// who has seen a score there find it missing a moment later.
pub(crate) async fn ranked(
    services: &Services,
    board: &BoardId,
    window: Window,
    limit: u32,
    viewer: Option<UserId>,
) -> Result<RankPage, BoardError> {
    if services.index().is_loading(board) {
        return from_sql(services, board, window, limit, viewer).await;
    }
    match services.ranks().page(board, window, limit, viewer).await {
        Ok(Some(page)) => {
            services.index().touch(board, services.now());
            return Ok(page);
        }
        Ok(None) => services.index().load_in_background(services, board),
        Err(error) => tracing::warn!(
            board.id = %board,
            error = %domain::ErrorChain(&error),
            "the rank index does not answer; SQL does"
        ),
    }
    from_sql(services, board, window, limit, viewer).await
}

async fn from_sql(
    services: &Services,
    board: &BoardId,
    window: Window,
    limit: u32,
    viewer: Option<UserId>,
) -> Result<RankPage, BoardError> {
    let doing = "reading a board";
    let mut tx = services.store().begin_read().await.map_err(BoardError::store(doing))?;
    let row: BoardRow =
        tx.boards().by_id(board).await.map_err(BoardError::store(doing))?.ok_or(BoardError::Unknown)?;
    let order = row.ranking.order;
    let rows = match window {
        Window::Top => tx.boards().page(board, order, None, limit).await,
        Window::After(key) => tx.boards().page(board, order, Some(key), limit).await,
        Window::Before(key) => tx.boards().page_before(board, order, key, limit).await,
        Window::Around(user_id) => tx.boards().around(board, order, user_id, limit).await,
    }
    .map_err(BoardError::store(doing))?;
    let me = match viewer {
        Some(user_id) => tx.boards().place(board, order, user_id).await.map_err(BoardError::store(doing))?,
        None => None,
    };
    let ranked = |row: RankedKey| Ranked { rank: row.rank, key: row.key };
    Ok(RankPage {
        version: row.version,
        total: row.players,
        rows: rows.into_iter().map(ranked).collect(),
        me: me.map(ranked),
    })
}

/// Puts names to ranked rows.
async fn dress(
    services: &Services,
    board: &BoardId,
    page: RankPage,
    window: Window,
) -> Result<PageBetween, BoardError> {
    let leads_on = !matches!(window, Window::Around(_));
    let more = page.rows.last().copied().filter(|last| leads_on && last.rank < page.total);
    let before = page.rows.first().copied().filter(|first| leads_on && first.rank > 1);
    let (entries, me) = named(services, &page).await?;
    let page = BoardPage {
        board: board.clone(),
        tournament_id: board.tournament_id(),
        version: page.version,
        total: page.total,
        entries,
        me,
        next_cursor: more.map(|last| cursor::seal(services, board, &last.key)),
    };
    let previous_cursor = before.map(|first| format!("{BACK}{}", cursor::seal(services, board, &first.key)));
    Ok(PageBetween { page, previous_cursor })
}

/// The rows of a page, and the viewer's own, with names.
pub(crate) async fn named(
    services: &Services,
    page: &RankPage,
) -> Result<(Vec<BoardEntry>, Option<BoardEntry>), BoardError> {
    let users: Vec<UserId> = page.rows.iter().chain(&page.me).map(|ranked| ranked.key.user_id).collect();
    let names = services.names().of(services, &users).await?;
    let entry = |ranked: &Ranked| {
        names.get(&ranked.key.user_id).map(|name| BoardEntry {
            rank: ranked.rank,
            player: name.player.clone(),
            alias: name.alias.clone(),
            score: ranked.key.score,
            achieved_at: ranked.key.achieved_at,
        })
    };
    Ok((page.rows.iter().filter_map(entry).collect(), page.me.as_ref().and_then(entry)))
}
