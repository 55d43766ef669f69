//! What the pages show, kept while the player moves between them: a page that was seen is there at once when the
//! player comes back, and is brought up to date behind their back.

use crate::{
    functions,
    page_data::First,
    reactive::Shared,
    router::{self, Route},
};
use domain::{
    ErrorCode, TournamentId,
    board::{BoardPage, Lobby, TournamentCard, TournamentPage},
};

/// Something that comes from the server.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) enum Remote<T> {
    /// It is on its way.
    #[default]
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
    lobby: Shared<Remote<Lobby>>,
    tournament: Shared<Option<Known>>,
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
        Self { lobby: Shared::new(lobby), tournament: Shared::new(tournament) }
    }

    /// The tournaments; the reader runs again when they change.
    pub(crate) fn lobby(self) -> Remote<Lobby> {
        self.lobby.get()
    }

    /// The tournaments, once.
    pub(crate) fn lobby_now(self) -> Remote<Lobby> {
        self.lobby.now()
    }

    /// The tournament that is shown, or was last; the reader runs again when it changes.
    pub(crate) fn tournament(self) -> Option<Known> {
        self.tournament.get()
    }

    /// The tournament that is shown, once.
    pub(crate) fn tournament_now(self) -> Option<Known> {
        self.tournament.now()
    }

    /// Forgets all of it: the next page asks anew.
    pub(crate) fn forget(self) {
        self.lobby.set(Remote::Loading);
        self.tournament.set(None);
    }

    /// Asks for the tournaments. What is there stays until the answer comes, and after a failure.
    pub(crate) async fn load_lobby(self) {
        if matches!(self.lobby_now(), Remote::Failed(_)) {
            self.lobby.set(Remote::Loading);
        }
        match functions::lobby().await {
            Ok(lobby) => self.lobby.set(Remote::Ready(lobby)),
            Err(failure) => {
                if self.lobby_now().ready().is_none() {
                    self.lobby.set(Remote::Failed(failure.code()));
                }
            }
        }
    }

    /// Makes `id` the tournament that is shown, with what is known of it already.
    pub(crate) fn turn_to(self, id: &TournamentId) {
        if self.shown(id).is_some() {
            return;
        }
        let mut known = Known { id: id.clone(), card: None, board: Remote::Loading };
        if let Remote::Ready(lobby) = self.lobby_now() {
            known.card = lobby.tournaments.into_iter().find(|card| card.tournament.tournament_id == *id);
            if let Some(board) = lobby.board.filter(|board| board.tournament_id == *id) {
                known.board = Remote::Ready(board);
            }
        }
        self.tournament.set(Some(known));
    }

    /// Asks for the tournament that is shown.
    pub(crate) async fn load_tournament(self) {
        let Some(known) = self.tournament_now() else { return };
        let id = known.id.clone();
        if known.board.ready().is_none() {
            self.tournament.set(Some(Known { board: Remote::Loading, ..known }));
        }
        let answer = functions::tournament_page(id.clone()).await;
        let Some(known) = self.shown(&id) else { return };
        match answer {
            Ok(page) => self.tournament.set(Some(Known::from(page))),
            Err(failure) if known.board.ready().is_none() => {
                self.tournament.set(Some(Known { id, card: None, board: Remote::Failed(failure.code()) }));
            }
            Err(_) => {}
        }
        router::keep_focus();
    }

    /// The tournament that is shown, if it is `id`.
    fn shown(self, id: &TournamentId) -> Option<Known> {
        self.tournament_now().filter(|known| known.id == *id)
    }
}

impl From<TournamentPage> for Known {
    fn from(page: TournamentPage) -> Self {
        let id = page.card.tournament.tournament_id.clone();
        Self { id, card: Some(page.card), board: Remote::Ready(page.board) }
    }
}
