//! Who is signed in, from the first exchange to the last refresh.
//!
//! The inline script of the head starts the exchange before the WASM is there; here its answer is picked up. Tokens
//! live in memory, the refresh token also in Telegram's SecureStorage where there is one. Nothing of the person is
//! ever in the server's HTML: the name appears only after this.

mod call;
mod client;
mod tokens;

use domain::{ErrorCode, PlayerKey};

pub(crate) use self::{
    call::{send_signed, signed},
    client::SignedIn,
};
use crate::{
    net,
    reactive::{self, Shared},
    telegram::{Telegram, launch, storage},
};

/// What the page keeps of the signed-in player. The rest of the answer is for others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Player {
    /// The first name, as Telegram gave it.
    pub first_name: String,
    /// The name on boards.
    pub alias: String,
    /// What boards call the player.
    #[expect(clippy::struct_field_names, reason = "the name that boards and the API have for it")]
    pub player: PlayerKey,
}

/// The answer to exchange and refresh.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Grant {
    /// The bearer token.
    pub jwt: String,
    /// Good once, for the next token.
    pub refresh_token: String,
    /// Who signed in.
    pub user: Player,
}

impl std::fmt::Debug for Grant {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Grant(…)")
    }
}

/// Where sign-in stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum SignIn {
    /// An answer is awaited.
    #[default]
    Pending,
    /// Signed in.
    In(Player),
    /// There is no init data: a browser, or a keyboard button.
    Needed,
    /// The init data was genuine, but is too old, or the session has ended.
    Stale,
    /// The player has signed out on this device.
    Out,
    /// It failed.
    Failed(ErrorCode),
}

/// The session of the page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Session(Shared<SignIn>);

impl Session {
    /// A session whose answer is awaited.
    pub(crate) fn new() -> Self {
        Self::in_state(SignIn::Pending)
    }

    /// A session in a given state.
    pub(crate) fn in_state(state: SignIn) -> Self {
        Self(Shared::new(state))
    }

    /// Where sign-in stands; the reader runs again when that changes.
    pub(crate) fn state(self) -> SignIn {
        self.0.get()
    }

    /// What boards call the signed-in player; the reader runs again when that changes.
    pub(crate) fn player(self) -> Option<PlayerKey> {
        player(self.0.get())
    }

    /// What boards call the signed-in player, once.
    pub(crate) fn player_now(self) -> Option<PlayerKey> {
        player(self.0.now())
    }

    /// Boards call the signed-in player something else by now.
    pub(crate) fn rename(self, alias: String, player: PlayerKey) {
        if let SignIn::In(before) = self.0.now() {
            self.0.set(SignIn::In(Player { alias, player, ..before }));
        }
    }

    /// Picks up what the inline script has begun. Called once, in the WebView, when the host is known or nearly so.
    pub(crate) async fn start(self, telegram: Telegram) {
        tokens::set_session(self, telegram);
        match launch::exchange().await {
            Some(answer) => self.take(answer.read(), telegram).await,
            None => self.restore(SignIn::Needed, telegram).await,
        }
    }

    /// Tries again after a failure.
    pub(crate) async fn retry(self, telegram: Telegram) {
        self.0.set(SignIn::Pending);
        if launch::exchange_again() {
            self.start(telegram).await;
        } else {
            self.restore(SignIn::Stale, telegram).await;
        }
    }

    /// Ends the session on this device.
    pub(crate) async fn sign_out(self, telegram: Telegram) {
        if let Some(refresh_token) = tokens::take() {
            let body = call::refresh_body(&refresh_token);
            // The server forgets the session in time even when this does not reach it.
            let _ = net::send(net::Call {
                url: "/v1/tg/logout".into(),
                body: Some(body),
                ..net::Call::default()
            })
            .await;
        }
        launch::drop_init_data(true);
        storage::forget(telegram.host_now()).await;
        self.0.set(SignIn::Out);
    }

    async fn take(self, grant: Result<Grant, ErrorCode>, telegram: Telegram) {
        match grant {
            Ok(grant) => {
                self.accept(grant);
                self.keep(telegram).await;
            }
            Err(ErrorCode::InitDataStale) => self.restore(SignIn::Stale, telegram).await,
            Err(code) => self.0.set(SignIn::Failed(code)),
        }
    }

    /// Signs in by the kept refresh token, or says `otherwise`.
    async fn restore(self, otherwise: SignIn, telegram: Telegram) {
        telegram.find().await;
        let host = telegram.host_now();
        let Some(refresh_token) = storage::read(host).await else {
            self.0.set(otherwise);
            return;
        };
        match call::refresh(&refresh_token).await {
            Ok(grant) => {
                self.accept(grant);
                self.keep(telegram).await;
            }
            Err(ErrorCode::Offline) => self.0.set(SignIn::Failed(ErrorCode::Offline)),
            Err(_) => {
                storage::forget(host).await;
                self.0.set(otherwise);
            }
        }
    }

    fn accept(self, grant: Grant) {
        tokens::set(grant.jwt, grant.refresh_token);
        self.0.set(SignIn::In(grant.user));
    }

    /// Moves the refresh token into SecureStorage; once it is safe there, the init data is no longer needed for a
    /// reload and goes at once.
    async fn keep(self, telegram: Telegram) {
        telegram.find().await;
        let Some(token) = tokens::refresh_token() else { return };
        if storage::write(telegram.host_now(), &token).await {
            launch::drop_init_data(false);
        }
    }

    /// A refresh has brought new tokens.
    fn renewed(self, grant: Grant) {
        self.accept(grant);
        if let Some(telegram) = tokens::telegram() {
            reactive::spawn(self.keep(telegram));
        }
    }

    /// The session has ended on the server.
    fn ended(self) {
        tokens::take();
        self.0.set(SignIn::Stale);
    }
}

fn player(state: SignIn) -> Option<PlayerKey> {
    match state {
        SignIn::In(player) => Some(player.player),
        _ => None,
    }
}
