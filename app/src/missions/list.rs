//! The missions in the page.
//!
//! Invariant: a card keeps its place as long as its mission is in the list. A card whose claim is on its way is left
//! alone by what the server says of it, and what was asked for before a claim was answered is not taken.

use std::{cell::RefCell, sync::Arc};

use domain::{
    ErrorCode, PlayerKey, Timestamp,
    mission::{MissionKind, MissionState},
};
use i18n::keys::later;

use crate::{
    clock::Now,
    context::Context,
    json::{FromJson as _, Value},
    missions::{
        wire::{self, Card},
        words,
    },
    net::later::{settled, sleep},
    reactive::{self, Shared},
    speech::Speech,
    texts::Texts,
};

/// The server is asked a little after something is over by time.
const AFTER_MS: i64 = 1_500;
/// When that was in vain, it is asked again.
const AGAIN_MS: i64 = 10_000;
/// Longer than anything moves that celebrates a claim.
const CELEBRATION_MS: i32 = 1_500;

thread_local! {
    /// What is known of the missions. It outlives the page: it is there at once when the player comes back.
    static KNOWN: RefCell<Known> = const { RefCell::new(Known::new()) };
}

#[derive(Debug)]
struct Known {
    /// Whose they are.
    player: Option<PlayerKey>,
    version: u64,
    cards: Vec<Card>,
    /// Whether the list has come.
    has_come: bool,
    /// Why it has not.
    failure: Option<ErrorCode>,
    /// Whether there is an account; unknown at first.
    is_linked: Option<bool>,
    /// Grows when a claim begins or ends.
    epoch: u64,
    claiming: Vec<String>,
    refused: Option<(String, ErrorCode)>,
    won: Option<String>,
    renew_at: Option<Timestamp>,
}

impl Known {
    const fn new() -> Self {
        Self {
            player: None,
            version: 0,
            cards: Vec::new(),
            has_come: false,
            failure: None,
            is_linked: None,
            epoch: 0,
            claiming: Vec::new(),
            refused: None,
            won: None,
            renew_at: None,
        }
    }

    fn card(&mut self, id: &str) -> Option<&mut Card> {
        self.cards.iter_mut().find(|card| card.id() == id)
    }
}

/// The list as the page shows it. Cheap to copy.
#[derive(Debug, Clone, Copy)]
pub(super) struct List {
    /// Which missions there are, or why there are none: empty while the list loads, `/id/id…`, or an error's code.
    shape: Shared<String>,
    /// Grows with each change.
    revision: Shared<u64>,
    /// False when the page is gone.
    is_shown: Shared<bool>,
    /// The server's time.
    pub now: Now,
    /// The texts of the page.
    pub texts: Texts,
    /// The page's voice.
    pub speech: Speech,
}

impl List {
    /// The missions as they were shown last, if they were.
    pub(super) fn new() -> Self {
        let Context { texts, now, session, .. } = Context::get();
        let player = session.player_now();
        KNOWN.with_borrow_mut(|known| {
            if known.player != player || !known.has_come {
                *known = Known { player, ..Known::new() };
            }
            (known.failure, known.refused, known.won) = (None, None, None);
        });
        let list = Self {
            shape: Shared::new(String::new()),
            revision: Shared::new(0),
            is_shown: Shared::new(true),
            now,
            texts,
            speech: Speech::new(),
        };
        list.changed();
        list
    }

    /// Whether the page is still there.
    pub(super) fn is_shown(self) -> bool {
        self.is_shown.now()
    }

    /// Which missions there are; the reader runs again when there are others.
    pub(super) fn shape(self) -> String {
        self.shape.get()
    }

    /// A card; the reader runs again when something changes.
    pub(super) fn card(self, id: &str) -> Card {
        self.revision.get();
        card_now(id)
    }

    /// How many missions have something to give; the reader runs again when something changes.
    pub(super) fn waiting(self) -> u64 {
        self.revision.get();
        let waits = |card: &&Card| !card.claimable().is_empty();
        KNOWN.with_borrow(|known| known.cards.iter().filter(waits).count() as u64)
    }

    /// Why the claim of this one was refused; the reader runs again when something changes.
    pub(super) fn refused(self, id: &str) -> Option<ErrorCode> {
        self.revision.get();
        KNOWN.with_borrow(|known| match &known.refused {
            Some((refused, code)) if refused == id => Some(*code),
            _ => None,
        })
    }

    /// Whether this one was claimed just now; the reader runs again when something changes.
    pub(super) fn was_won(self, id: &str) -> bool {
        self.revision.get();
        KNOWN.with_borrow(|known| known.won.as_deref() == Some(id))
    }

    /// Whether there is no account that a reward could be booked to; the reader runs again when something changes.
    pub(super) fn is_unlinked(self) -> bool {
        self.revision.get();
        KNOWN.with_borrow(|known| known.is_linked == Some(false))
    }

    /// Notes whether there is an account. Without an answer a claim will say it.
    pub(super) fn note_link(self, is_linked: bool) {
        KNOWN.with_borrow_mut(|known| known.is_linked = Some(is_linked));
        self.changed();
    }

    /// Takes what the server says. Cards that are shown keep their places. Answers whether it was taken: what was asked
    /// for before the claims of now is not.
    pub(super) fn take(self, news: &Value, epoch: u64) -> bool {
        if held().1 != epoch || !self.is_shown() {
            return false;
        }
        let new = wire::list(news, "missions");
        KNOWN.with_borrow_mut(|known| {
            let mut cards: Vec<Card> = Vec::with_capacity(new.len());
            for old in &known.cards {
                let Some(value) = new.iter().find(|value| wire::text(value, "mission_id") == old.id()) else {
                    continue;
                };
                if known.claiming.iter().any(|id| id == old.id()) {
                    cards.push(old.clone());
                } else {
                    let card = Card::new(Arc::new(value.clone()));
                    self.tell(old, &card);
                    cards.push(card);
                }
            }
            for value in new {
                if !cards.iter().any(|card| card.id() == wire::text(value, "mission_id")) {
                    cards.push(Card::new(Arc::new(value.clone())));
                }
            }
            known.cards = cards;
            known.version = wire::number(news, "version");
            // A claim whose answer was lost may have arrived: what can't be claimed any more says itself why.
            if let Some((id, _)) = known.refused.clone()
                && known.card(&id).is_none_or(|card| card.claimable().is_empty())
            {
                known.refused = None;
            }
            (known.has_come, known.failure) = (true, None);
        });
        self.changed();
        true
    }

    /// The list could not be had. What is there stays.
    pub(super) fn fail(self, code: ErrorCode) {
        let now = self.now.once();
        KNOWN.with_borrow_mut(|known| {
            known.failure = Some(code).filter(|_| !known.has_come);
            known.renew_at = Some(now.plus_ms(AGAIN_MS));
        });
        self.show();
    }

    /// The list is asked for again after a failure.
    pub(super) fn try_again(self) {
        KNOWN.with_borrow_mut(|known| known.failure = None);
        self.show();
    }

    /// A claim begins, and is shown as done when `is_certain`. Answers whether there is anything to claim.
    pub(super) fn begin(self, id: &str, is_certain: bool) -> bool {
        let begins = KNOWN.with_borrow_mut(|known| {
            if known.claiming.iter().any(|other| other == id) {
                return false;
            }
            let Some(card) = known.card(id).filter(|card| !card.claimable().is_empty()) else { return false };
            card.is_claimed = is_certain;
            known.claiming.push(id.to_owned());
            known.refused = None;
            known.won = is_certain.then(|| id.to_owned());
            known.epoch += 1;
            true
        });
        if begins {
            self.changed();
            reactive::spawn(async move {
                // It never fails. A card that is drawn anew later does not celebrate again.
                let _ = settled(sleep(CELEBRATION_MS)).await;
                KNOWN.with_borrow_mut(|known| known.won = None);
                self.changed();
            });
        }
        begins
    }

    /// A claim has ended: with the mission as it is now, or with a reason why not.
    pub(super) fn settle(self, id: &str, outcome: Result<&Value, ErrorCode>) {
        KNOWN.with_borrow_mut(|known| {
            known.claiming.retain(|other| other != id);
            known.epoch += 1;
            if outcome.is_err() {
                known.won = None;
            }
            known.refused = outcome.err().map(|code| (id.to_owned(), code));
            if let Some(card) = known.card(id) {
                let mission = outcome.ok().and_then(|answer| answer.field("mission"));
                *card = Card::new(
                    mission.map_or_else(|| Arc::clone(&card.value), |value| Arc::new(value.clone())),
                );
            }
        });
        self.changed();
    }

    /// What came of it, for a screen reader.
    fn tell(self, before: &Card, card: &Card) {
        let texts = self.texts;
        let mission = words::title(texts, card);
        if card.state() == MissionState::Done && before.state() != MissionState::Done {
            self.speech.mention(words::say(texts, &|catalog| later::missions_done_said(catalog, &mission)));
        } else if card.permille() > before.permille() {
            let progress = words::progress(texts, card);
            self.speech.mention(words::say(texts, &|catalog| {
                later::missions_progress_said(catalog, &mission, &progress)
            }));
        }
    }

    fn changed(self) {
        let now = self.now.once();
        KNOWN.with_borrow_mut(|known| {
            known.renew_at = words::changes_at(&known.cards, now).map(|at| at.plus_ms(AFTER_MS));
        });
        self.show();
    }

    fn show(self) {
        self.revision.set(self.revision.now() + 1);
        self.shape.set(KNOWN.with_borrow(|known| {
            let mut shape = String::new();
            if let Some(code) = known.failure {
                shape.push_str(code.as_str());
            } else if known.has_come && known.is_linked.is_some() {
                // Not empty, as a list that loads is.
                shape.push('/');
                for card in &known.cards {
                    shape.push_str(card.id());
                    shape.push('/');
                }
            }
            shape
        }));
    }
}

/// Why there is nothing to show; `None` while it is on its way, and when it is there.
pub(super) fn failure() -> Option<ErrorCode> {
    KNOWN.with_borrow(|known| known.failure)
}

/// All cards, once.
pub(super) fn cards() -> Vec<Card> {
    KNOWN.with_borrow(|known| known.cards.clone())
}

/// A card, once. One that is gone says nothing.
pub(super) fn card_now(id: &str) -> Card {
    let card = KNOWN.with_borrow_mut(|known| known.card(id).cloned());
    card.unwrap_or_else(|| Card::new(Arc::new(Value::Null)))
}

/// The version that is held, and which claims it knows of.
pub(super) fn held() -> (u64, u64) {
    KNOWN.with_borrow(|known| (known.version, known.epoch))
}

/// Whether something is over by time since the list came. Says so once.
pub(super) fn is_due(now: Timestamp) -> bool {
    KNOWN.with_borrow_mut(|known| known.renew_at.take_if(|at| now >= *at).is_some())
}

/// The cards of a kind, in their order; what waits for another mission stands behind that one.
pub(super) fn of_kind(cards: &[Card], kind: MissionKind) -> Vec<&Card> {
    let mut sorted: Vec<&Card> = Vec::new();
    for card in cards.iter().filter(|card| card.kind() == kind) {
        let after = wire::list(&card.value, "after");
        let is_first =
            |other: &&Card| after.iter().any(|id| matches!(id, Value::Text(id) if id == other.id()));
        let place = sorted.iter().rposition(is_first).map_or(sorted.len(), |at| at + 1);
        sorted.insert(place, card);
    }
    sorted
}

/// Whether the answer of `/v1/tg/me` tells of an account.
pub(super) fn is_linked(me: &Value) -> bool {
    me.field("linked").and_then(bool::from_json).unwrap_or(true)
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use domain::mission::MissionCard;

    use super::*;
    use crate::missions::wire::tests::{read, served};

    #[test]
    fn what_waits_stands_behind_what_it_waits_for() {
        let card = |id: &str, after: &[&str]| {
            let after = after.iter().map(|id| id.parse().unwrap()).collect();
            read(&MissionCard {
                mission_id: id.parse().unwrap(),
                kind: MissionKind::OneOff,
                after,
                ..served()
            })
        };
        let cards = [
            card("other", &[]),
            card("first", &[]),
            card("last", &[]),
            card("third", &["second"]),
            card("second", &["first"]),
            read(&served()),
        ];
        let sorted = of_kind(&cards, MissionKind::OneOff);
        let ids: Vec<&str> = sorted.iter().map(|card| card.id()).collect();
        assert_eq!(ids, ["other", "first", "second", "last", "third"]);
    }
}
