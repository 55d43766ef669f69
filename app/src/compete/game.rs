//! A tournament as it concerns the player: what is known of it, kept current while its page is shown.

use std::sync::Arc;

use domain::{ErrorCode, Timestamp, board::TournamentCard};
use leptos::prelude::Get;

use crate::{
    account::{api, talk::Talk},
    board::{BoardStore, move_on},
    compete::{
        panels::Panel,
        samples::Samples,
        stand::{Stand, View, stand},
        wire::{Details, Mine, Person},
    },
    context::Context,
    data::Remote,
    reactive::{self, Shared},
};

/// How often the server is asked while a result is awaited, and for how long.
const AWAIT_MS: i64 = 3000;
const AWAIT_FOR_MS: i64 = 300_000;
/// How often it is asked otherwise: an end may be moved, a tournament stopped.
const REFRESH_MS: i64 = 60_000;

/// A tournament as it concerns the player. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Game(Arc<Held>);

/// What is known of it.
#[derive(Debug)]
pub(super) struct Held {
    /// Its id; empty when its page is gone.
    pub id: Shared<String>,
    /// The board.
    pub store: BoardStore,
    /// What everybody may know.
    pub details: Shared<Remote<Details>>,
    /// What the player has of it; none for a guest.
    pub mine: Shared<Option<Mine>>,
    /// What is known of the player, where the tournament asks.
    pub person: Shared<Option<Person>>,
    /// The ranks that the player has had when they looked.
    pub samples: Shared<Samples>,
    /// What is shown in the place of the board.
    pub panel: Shared<Panel>,
    stand: Shared<Stand>,
    /// How often something has begun or ended that the player does here: odd while it is on its way to the server. What
    /// was asked for before is older than that.
    acts: Shared<u64>,
    /// Whether the player has just claimed what they won.
    pub has_won: Shared<bool>,
    /// What the part says.
    pub talk: Talk,
    /// Whether the player has just said that they want no messages of this kind.
    pub is_muted: Shared<bool>,
    /// The page around it; tasks have none of their own.
    pub context: Context,
}

impl std::ops::Deref for Game {
    type Target = Held;

    fn deref(&self) -> &Held {
        &self.0
    }
}

impl Game {
    /// The tournament of `card` and its board.
    pub(super) fn new(card: &TournamentCard, store: BoardStore) -> Self {
        Self(Arc::new(Held {
            id: Shared::new(card.tournament.tournament_id.to_string()),
            store,
            details: Shared::new(Remote::Loading),
            mine: Shared::new(None),
            person: Shared::new(None),
            samples: Shared::new(Samples::default()),
            panel: Shared::new(Panel::Board),
            acts: Shared::new(0),
            stand: Shared::new(Stand::Loading),
            has_won: Shared::new(false),
            talk: Talk::new(),
            is_muted: Shared::new(false),
            context: Context::get(),
        }))
    }

    /// Asks for all of it, now and when something has happened: a sign-in, the start, the end, a score of the player's.
    pub(super) fn keep_current(&self) {
        let Context { session, visible, now, .. } = self.context;
        let game = self.clone();
        let moment = reactive::memo(move || {
            let at = now.get();
            let since_ms = at.millis_since(game.period_end());
            let awaits = (0..AWAIT_FOR_MS).contains(&since_ms) && !game.is_settled();
            let turn = match (awaits, game.is_settled()) {
                (true, _) => since_ms / AWAIT_MS,
                (false, true) => 0,
                (false, false) => since_ms.div_euclid(REFRESH_MS),
            };
            let player = session.player().map(|player| player.to_string()).unwrap_or_default();
            let points = game.store.me().map_or(0, |me| me.score.points());
            let has_begun = u8::from(game.store.has_begun(at)) + u8::from(since_ms >= 0);
            // A page that nobody sees asks for nothing, and for all of it when it is seen again.
            if !visible.get() {
                return String::new();
            }
            format!("{player} {points} {awaits}{turn} {has_begun}")
        });
        let game = self.clone();
        reactive::effect(move || {
            if !moment.get().is_empty() {
                reactive::spawn(game.clone().load());
            }
        });
        // The time ticks every second; where the player stands hardly ever changes.
        let game = self.clone();
        reactive::effect(move || game.stand.set(game.stand_now()));
        let Held { store, samples, .. } = **self;
        reactive::effect(move || {
            let Some(me) = store.me() else { return };
            samples.set(samples.now().with(&me.player, me.rank));
        });
        // What is known of the tournament is known to its heading and board too.
        let game = self.clone();
        reactive::effect(move || {
            if let Remote::Ready(details) = game.details.get() {
                let is_ranked = game.mine.get().is_some_and(|mine| mine.result.is_some());
                game.store.set_course(details.course(game.store.course_now(), is_ranked));
            }
        });
    }

    /// Asks for all of it.
    pub(super) async fn load(self) {
        let Some(url) = self.url("details") else { return };
        match api::get(&url).await.read::<Details>() {
            Ok(details) => self.details.set(Remote::Ready(details)),
            Err(code) if self.known().is_none() => self.details.set(Remote::Failed(code)),
            // What is known stays.
            Err(_) => {}
        }
        if self.context.session.player_now().is_none() {
            return self.mine.set(None);
        }
        self.load_mine().await;
        let asks = self.known().is_some_and(|details| {
            let condition = details.condition;
            condition.linked || !condition.kyc_at_least.is_empty() || !condition.regions.is_empty()
        });
        if asks && let Ok(person) = api::get("/v1/tg/me").await.read::<Person>() {
            self.person.set(Some(person));
        }
    }

    /// Whether something is on its way to the server.
    pub(super) fn is_busy(&self) -> bool {
        !self.acts.now().is_multiple_of(2)
    }

    /// Begins or ends something that the player does. After the end it is asked what has come of it.
    pub(super) fn turn(&self) {
        self.acts.set(self.acts.now() + 1);
    }

    /// Asks for what the player has of it. What was asked for before something that they have done since is not taken.
    pub(super) async fn load_mine(&self) {
        let (Some(url), Some(player)) = (self.url("me"), self.context.session.player_now()) else { return };
        let acts = self.acts.now();
        let is_newest = || {
            acts == self.acts.now()
                && !self.is_busy()
                && self.context.session.player_now().as_ref() == Some(&player)
        };
        let answer: Result<Mine, ErrorCode> = api::get(&url).await.read();
        let Ok(mine) = answer else { return };
        // Who has joined, or has their first score, may have a place on another board than everybody is shown.
        if is_newest() && mine.entry.is_some() && mine.board != self.store.board_now() {
            move_on(self.store).await;
        }
        if is_newest() {
            let earlier = mine.ranks.iter().map(|sample| sample.rank).collect();
            self.samples.set(self.samples.now().after(&player, earlier));
            self.mine.set(Some(mine));
        }
    }

    /// The address of something of the tournament; none when its page is gone.
    pub(super) fn url(&self, what: &str) -> Option<String> {
        let id = self.id.now();
        (!id.is_empty()).then(|| format!("/v1/tournaments/{id}/{what}"))
    }

    /// What everybody may know, once.
    pub(super) fn known(&self) -> Option<Details> {
        self.details.now().ready().cloned()
    }

    /// Where the player stands; the reader runs again when that changes.
    pub(super) fn stand(&self) -> Stand {
        self.stand.get()
    }

    /// Where the player stands at this second.
    fn stand_now(&self) -> Stand {
        let (details, mine, person) = (self.details.get(), self.mine.get(), self.person.get());
        stand(&View {
            details: details.ready(),
            has_failed: matches!(details, Remote::Failed(_)),
            mine: mine.as_ref(),
            person: person.as_ref(),
            is_signed_in: self.context.session.player().is_some(),
            has_row: self.store.me().is_some(),
            phase: self.store.course().phase(self.context.now.get()),
            now: self.context.now.get(),
        })
    }

    fn period_end(&self) -> Timestamp {
        match self.details.get() {
            Remote::Ready(details) => details.period.ends_at,
            _ => self.store.course().ends_at,
        }
    }

    /// Whether nothing more is to come after the end.
    fn is_settled(&self) -> bool {
        let Remote::Ready(details) = self.details.get() else { return false };
        let owes = self.mine.get().is_some_and(|mine| {
            mine.result.is_some_and(|result| result.prize.is_some()) && mine.reward.is_none()
        });
        details.phase == "canceled" || (details.period.is_final && !owes)
    }
}
