//! Server functions: what pages after the first one ask the server.
//!
//! They are public endpoints like any other. [`ACCESS`] says for each who may call it; a test holds the list against
//! what is registered.

mod alias;
mod board;
mod encoding;
mod failure;
mod lobby;
mod me;
mod missions;
mod share;
mod tournament;
mod tournaments;

pub(crate) use self::encoding::{ArgumentJson, Arguments, PageJson};
pub use self::{
    alias::change_alias,
    board::board_page,
    failure::Failure,
    lobby::lobby,
    me::me,
    missions::{claim_mission, missions},
    share::share_tournament,
    tournament::tournament_page,
    tournaments::{
        join_tournament, list_tournaments, my_tournament, remind_of_tournament, tournament_details,
    },
};

/// Who may call a server function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everyone; a token adds what is the caller's own, and a token that is not valid is refused.
    Anyone,
    /// The holder of a valid bearer token.
    Player,
}

/// Every server function and who may call it.
pub const ACCESS: &[(&str, Access)] = &[
    ("/fn/alias", Access::Player),
    ("/fn/boards/page", Access::Anyone),
    ("/fn/me", Access::Player),
    ("/fn/missions/claim", Access::Player),
    ("/fn/missions/list", Access::Player),
    ("/fn/tournaments/details", Access::Anyone),
    ("/fn/tournaments/join", Access::Player),
    ("/fn/tournaments/list", Access::Anyone),
    ("/fn/tournaments/lobby", Access::Anyone),
    ("/fn/tournaments/mine", Access::Player),
    ("/fn/tournaments/page", Access::Anyone),
    ("/fn/tournaments/reminder", Access::Player),
    ("/fn/tournaments/share", Access::Player),
];

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn every_server_function_is_listed_with_its_access() {
        // Named, so that the linker keeps the registrations.
        let _ =
            (change_alias, board_page, claim_mission, lobby, me, missions, share_tournament, tournament_page);
        let _ = (join_tournament, list_tournaments, my_tournament, remind_of_tournament, tournament_details);
        let mut registered: Vec<_> = leptos::server_fn::axum::server_fn_paths()
            .map(|(path, method)| (path, method.to_string()))
            .collect();
        registered.sort_unstable();
        let listed: Vec<_> = ACCESS.iter().map(|(path, _)| (*path, "POST".to_owned())).collect();
        assert_eq!(registered, listed);
    }
}
