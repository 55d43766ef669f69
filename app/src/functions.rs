//! Server functions: what the pages of the first route ask the server, once they live. Later pages ask `/v1`.
//!
//! They are public endpoints like any other. A test holds [`PATHS`] against what is registered.

mod board;
mod encoding;
mod failure;
mod lobby;
mod tournament;

pub(crate) use self::encoding::{ArgumentJson, Arguments, PageJson};
pub use self::{board::board_page, failure::Failure, lobby::lobby, tournament::tournament_page};

/// Every server function. Everyone may call them; a token adds what is the caller's own, and a token that is not valid
/// is refused.
pub const PATHS: &[&str] = &["/fn/boards/page", "/fn/tournaments/lobby", "/fn/tournaments/page"];

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn every_server_function_is_listed() {
        // Named, so that the linker keeps the registrations.
        let _ = (board_page, lobby, tournament_page);
        let mut registered: Vec<_> = leptos::server_fn::axum::server_fn_paths()
            .map(|(path, method)| (path, method.to_string()))
            .collect();
        registered.sort_unstable();
        let listed: Vec<_> = PATHS.iter().map(|path| ((*path), "POST".to_owned())).collect();
        assert_eq!(registered, listed);
    }
}
