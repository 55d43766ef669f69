//! The states of a tournament and what leads from one to the next.
//!
//! ```text
//!          publish              open_entry          start             end                finalized
//!   draft ─────────▶ scheduled ───────────▶ open ─────────▶ running ───────▶ finalizing ───────────▶ finished
//!     │               │  ▲  │                │ │             │  │ ▲              ▲                     │
//!     │               │  │  └───── start ────┼─┼────────────▶│  │ └── extend ────┘                     │
//!     │               │  └──── reschedule ───┘ │             │  │                                      │
//!     │               │  └──── reschedule ─────┼─────────────┘  │                                      │
//!     │               │  ◀───────────────────── renew ──────────┼──────────────────────────────────────┘
//!     ▼               ▼                        ▼                ▼
//!  canceled ◀──────────────────────────────────────── cancel
//! ```
//! The stored state follows durable jobs, which may run late. What readers see, and whether a score counts, is told by
//! the state *and* the clock ([`Phase`]): a late job never shows or takes a wrong thing.
//!
//! Whether a tournament is frozen is no state but a flag beside it: a frozen one takes no scores, and nothing of it
//! becomes final until it is thawed.

use serde::{Deserialize, Serialize};

use crate::{time::Timestamp, tournament::Phase};

/// Where a tournament stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Being written; nobody but its owner sees it.
    Draft,
    /// Announced; nobody can join yet.
    Scheduled,
    /// Players may join.
    Open,
    /// Taking scores.
    Running,
    /// Over; the last scores are taken, and the ranks become final.
    Finalizing,
    /// The final ranks stand.
    Finished,
    /// It does not take place.
    Canceled,
}

/// What happens to a tournament.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Event {
    /// Its owner shows it.
    Publish,
    /// Players may join from now on.
    OpenEntry,
    /// It begins.
    Start,
    /// Its start, or the start of joining, was moved: what has begun too early has not begun.
    Reschedule,
    /// It is over, by its time or because it was stopped.
    End,
    /// It goes on for longer, while its ranks are not final.
    Extend,
    /// Its final ranks stand.
    Finalized,
    /// Its owner begins it anew: the next period of a tournament that is over.
    Renew,
    /// It does not take place.
    Cancel,
}

/// What happened is not possible in this state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{event:?} is not possible while a tournament is {}", state.as_str())]
pub struct Illegal {
    /// Where the tournament stands.
    pub state: State,
    /// What was tried.
    pub event: Event,
}

impl State {
    /// Every state, in the order of a tournament's life.
    pub const ALL: [Self; 7] = [
        Self::Draft,
        Self::Scheduled,
        Self::Open,
        Self::Running,
        Self::Finalizing,
        Self::Finished,
        Self::Canceled,
    ];

    /// The stable text form.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Scheduled => "scheduled",
            Self::Open => "open",
            Self::Running => "running",
            Self::Finalizing => "finalizing",
            Self::Finished => "finished",
            Self::Canceled => "canceled",
        }
    }

    /// The state with a text form.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// The state after an event.
    ///
    /// # Errors
    /// [`Illegal`] when the event is not possible now; nothing has changed then.
    #[expect(clippy::match_same_arms, reason = "one line a transition, as in the table")]
    pub const fn apply(self, event: Event) -> Result<Self, Illegal> {
        let next = match (self, event) {
            (Self::Draft, Event::Publish) => Self::Scheduled,
            (Self::Scheduled, Event::OpenEntry) => Self::Open,
            (Self::Scheduled | Self::Open, Event::Start) => Self::Running,
            (Self::Scheduled | Self::Open | Self::Running, Event::Reschedule) => Self::Scheduled,
            (Self::Running, Event::End) => Self::Finalizing,
            (Self::Running | Self::Finalizing, Event::Extend) => Self::Running,
            (Self::Finalizing, Event::Finalized) => Self::Finished,
            (Self::Finished, Event::Renew) => Self::Scheduled,
            (Self::Draft | Self::Scheduled | Self::Open | Self::Running, Event::Cancel) => Self::Canceled,
            _ => return Err(Illegal { state: self, event }),
        };
        Ok(next)
    }

    /// Whether everybody may see it.
    pub const fn is_public(self) -> bool {
        !matches!(self, Self::Draft)
    }

    /// Whether its window may still be moved: its ranks are not final, and it takes place.
    pub const fn is_movable(self) -> bool {
        matches!(self, Self::Draft | Self::Scheduled | Self::Open | Self::Running)
    }

    /// What readers see at `now`, whatever job is late.
    pub fn phase(self, (starts_at, ends_at): (Timestamp, Timestamp), now: Timestamp) -> Phase {
        match self {
            Self::Canceled => Phase::Canceled,
            Self::Finalizing | Self::Finished => Phase::Finished,
            Self::Draft | Self::Scheduled | Self::Open | Self::Running => {
                if now < starts_at {
                    Phase::Upcoming
                } else if now < ends_at {
                    Phase::Running
                } else {
                    Phase::Finished
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENTS: [Event; 9] = [
        Event::Publish,
        Event::OpenEntry,
        Event::Start,
        Event::Reschedule,
        Event::End,
        Event::Extend,
        Event::Finalized,
        Event::Renew,
        Event::Cancel,
    ];

    /// Every state with every event: a dash is what is not possible.
    #[test]
    fn each_state_takes_exactly_the_events_of_the_table() {
        #[rustfmt::skip]
        let table = [
            // state        publish      open_entry  start      reschedule   end           extend     finalized   renew        cancel
            ("draft",      ["scheduled", "-",        "-",       "-",         "-",          "-",       "-",        "-",         "canceled"]),
            ("scheduled",  ["-",         "open",     "running", "scheduled", "-",          "-",       "-",        "-",         "canceled"]),
            ("open",       ["-",         "-",        "running", "scheduled", "-",          "-",       "-",        "-",         "canceled"]),
            ("running",    ["-",         "-",        "-",       "scheduled", "finalizing", "running", "-",        "-",         "canceled"]),
            ("finalizing", ["-",         "-",        "-",       "-",         "-",          "running", "finished", "-",         "-"]),
            ("finished",   ["-",         "-",        "-",       "-",         "-",          "-",       "-",        "scheduled", "-"]),
            ("canceled",   ["-",         "-",        "-",       "-",         "-",          "-",       "-",        "-",         "-"]),
        ];
        assert_eq!(table.len(), State::ALL.len());
        for (state, row) in table {
            let state = State::from_text(state).unwrap();
            for (event, expected) in EVENTS.into_iter().zip(row) {
                let expected = State::from_text(expected).ok_or(Illegal { state, event });
                assert_eq!(state.apply(event), expected, "{event:?} while {state:?}");
            }
        }
    }

    #[test]
    fn text_forms_are_read_back_and_are_the_serialised_ones() {
        for state in State::ALL {
            assert_eq!(State::from_text(state.as_str()), Some(state));
            assert_eq!(serde_json::to_string(&state).unwrap(), format!("\"{}\"", state.as_str()));
        }
    }

    #[test]
    fn a_late_job_shows_nothing_wrong() {
        let at = Timestamp::from_millis;
        let phase = |state: State, now| state.phase((at(1000), at(2000)), at(now));
        // Nobody has moved it on, and it is shown as what it is.
        assert_eq!(phase(State::Open, 999), Phase::Upcoming);
        assert_eq!(phase(State::Open, 1000), Phase::Running);
        assert_eq!(phase(State::Open, 2000), Phase::Finished);
        assert_eq!(phase(State::Running, 2000), Phase::Finished);
        assert_eq!(phase(State::Canceled, 1500), Phase::Canceled);
        assert_eq!(phase(State::Finished, 2000), Phase::Finished);
    }

    #[test]
    fn an_illegal_event_says_what_was_tried() {
        let illegal = State::Finished.apply(Event::Cancel).unwrap_err();
        assert_eq!(illegal.to_string(), "Cancel is not possible while a tournament is finished");
    }
}
