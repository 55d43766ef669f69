//! What the pages show, kept while the player moves between them: a page that was seen is there at once when the
//! player comes back, and is brought up to date behind their back.

use domain::{
    ErrorCode, TournamentId,
    board::{BoardPage, Lobby, TournamentCard, TournamentPage},
};
use leptos::prelude::*;

use crate::{functions, page_data::First, router::Route};

/// Something that comes from the server.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Remote<T> {
    /// It is on its way.
    Loading,
    /// It is there.
    Ready(T),
    /// It could not be had.
    Failed(ErrorCode),
}

impl<T> Remote<T> {
    /// What is there.
    pub(crate) fn ready(&self) -> Option<&T> {
        match self {
            Self::Ready(value) => Some(value),
            Self::Loading | Self::Failed(_) => None,
        }
    }
}

/// What is known about one tournament: its card may be there before its board.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Known {
    /// Which one.
    pub id: TournamentId,
    /// The tournament, when a list has shown it.
    pub card: Option<TournamentCard>,
    /// The board.
    pub board: Remote<BoardPage>,
}

/// The content of the pages. Cheap to copy.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Data {
    lobby: RwSignal<Remote<Lobby>>,
    tournament: RwSignal<Option<Known>>,
}

impl Data {
    /// The content that came with the page.
    pub(crate) fn new(first: First, route: Option<&Route>) -> Self {
        let (mut lobby, mut tournament) = (Remote::Loading, None);
        match (first, route) {
            (First::Lobby(content), _) => lobby = Remote::Ready(content),
            (First::Tournament(page), _) => tournament = Some(Known::from(page)),
            (First::Failed(code), Some(Route::Tournament(id))) => {
                tournament = Some(Known { id: id.clone(), card: None, board: Remote::Failed(code) });
            }
            (First::Failed(code), _) => lobby = Remote::Failed(code),
            (First::Nothing, _) => {}
        }
        Self { lobby: RwSignal::new(lobby), tournament: RwSignal::new(tournament) }
    }

    /// The content of this page.
    pub(crate) fn expect() -> Self {
        expect_context()
    }

    /// The tournaments.
    pub(crate) fn lobby(self) -> Signal<Remote<Lobby>> {
        self.lobby.into()
    }

    /// The tournament that is shown, or was last.
    pub(crate) fn tournament(self) -> Signal<Option<Known>> {
        self.tournament.into()
    }

    /// Asks for the tournaments. What is there stays until the answer comes, and after a failure.
    pub(crate) async fn load_lobby(self) {
        let failed = self.lobby.with_untracked(|lobby| matches!(lobby, Remote::Failed(_)));
        if failed {
            self.lobby.set(Remote::Loading);
        }
        match functions::lobby().await {
            Ok(lobby) => self.lobby.set(Remote::Ready(lobby)),
            Err(failure) => {
                if self.lobby.with_untracked(|lobby| lobby.ready().is_none()) {
                    self.lobby.set(Remote::Failed(failure.code()));
                }
            }
        }
    }

    /// Makes `id` the tournament that is shown, with what is known of it already.
    pub(crate) fn turn_to(self, id: &TournamentId) {
        if self.tournament.with_untracked(|known| known.as_ref().is_some_and(|known| known.id == *id)) {
            return;
        }
        let known = self.lobby.with_untracked(|lobby| {
            let lobby = lobby.ready();
            let card = lobby.and_then(|lobby| {
                lobby.tournaments.iter().find(|card| card.tournament.tournament_id == *id).cloned()
            });
            let board =
                lobby.and_then(|lobby| lobby.board.clone()).filter(|board| board.tournament_id == *id);
            Known { id: id.clone(), card, board: board.map_or(Remote::Loading, Remote::Ready) }
        });
        self.tournament.set(Some(known));
    }

    /// Asks for the tournament that is shown.
    pub(crate) async fn load_tournament(self) {
        let Some(id) = self.tournament.with_untracked(|known| known.as_ref().map(|known| known.id.clone()))
        else {
            return;
        };
        let has_board = || {
            self.tournament.with_untracked(|known| {
                known.as_ref().is_some_and(|known| known.id == id && known.board.ready().is_some())
            })
        };
        if !has_board() {
            self.tournament.update(|known| {
                if let Some(known) = known {
                    known.board = Remote::Loading;
                }
            });
        }
        let answer = functions::tournament_page(id.clone()).await;
        let is_shown =
            self.tournament.with_untracked(|known| known.as_ref().is_some_and(|known| known.id == id));
        if !is_shown {
            return;
        }
        match answer {
            Ok(page) => self.tournament.set(Some(Known::from(page))),
            Err(failure) => {
                if !has_board() {
                    let board = Remote::Failed(failure.code());
                    self.tournament.set(Some(Known { id, card: None, board }));
                }
            }
        }
    }
}

impl From<TournamentPage> for Known {
    fn from(page: TournamentPage) -> Self {
        let id = page.card.tournament.tournament_id.clone();
        Self { id, card: Some(page.card), board: Remote::Ready(page.board) }
    }
}
