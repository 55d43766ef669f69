//! The tokens, in memory alone.

use std::cell::{Cell, RefCell};

use crate::{session::Session, telegram::Telegram};

#[derive(Debug, Default)]
struct Tokens {
    jwt: Option<String>,
    refresh: Option<String>,
}

thread_local! {
    static TOKENS: RefCell<Tokens> = RefCell::default();
    static SESSION: Cell<Option<Session>> = const { Cell::new(None) };
    static TELEGRAM: Cell<Option<Telegram>> = const { Cell::new(None) };
}

/// Makes the session known to requests, which have no context.
pub(super) fn set_session(session: Session, telegram: Telegram) {
    SESSION.set(Some(session));
    TELEGRAM.set(Some(telegram));
}

/// The session, once it has started.
pub(super) fn session() -> Option<Session> {
    SESSION.get()
}

/// The client around the page, once the session has started.
pub(super) fn telegram() -> Option<Telegram> {
    TELEGRAM.get()
}

/// Keeps new tokens.
pub(super) fn set(jwt: String, refresh: String) {
    TOKENS.set(Tokens { jwt: Some(jwt), refresh: Some(refresh) });
}

/// The bearer token.
pub(super) fn jwt() -> Option<String> {
    TOKENS.with_borrow(|tokens| tokens.jwt.clone())
}

/// The refresh token.
pub(super) fn refresh_token() -> Option<String> {
    TOKENS.with_borrow(|tokens| tokens.refresh.clone())
}

/// Forgets both and returns the refresh token.
pub(super) fn take() -> Option<String> {
    TOKENS.take().refresh
}
