//! When a tournament takes place and whether its result stands, as far as the page knows.
//!
//! The page begins with what a list has said. Its details, which are asked for again, may know of another end, or of
//! none: what they say takes that place, for the heading, the board and the player's card alike.

use domain::{Timestamp, Tournament, board::TournamentCard, tournament::Phase};

/// After the end late scores are taken for a minute; then nothing moves any more.
const SETTLED_MS: i64 = 120_000;

/// The course of a tournament. Cheap to copy: what ticks need not hold the tournament.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Course {
    /// The first moment that counts.
    pub starts_at: Timestamp,
    /// The first moment that no longer counts.
    pub ends_at: Timestamp,
    /// The phase, where that is not the clock's to say.
    pub said: Option<Phase>,
    /// Whether the final ranks stand, where that is known.
    pub is_final: Option<bool>,
}

impl Course {
    /// What a list has said.
    pub(crate) fn of(card: &TournamentCard) -> Self {
        let Tournament { starts_at, ends_at, .. } = card.tournament;
        let said = Some(card.phase).filter(|phase| *phase == Phase::Canceled);
        Self { starts_at, ends_at, said, is_final: None }
    }

    /// The phase at `now`: a tournament moves on while the page is open, but one that was canceled or stopped.
    pub(crate) fn phase(self, now: Timestamp) -> Phase {
        self.said.unwrap_or_else(|| Phase::at(now, self.starts_at, self.ends_at))
    }

    /// Whether nothing moves any more at `now`.
    pub(crate) fn is_settled(self, now: Timestamp) -> bool {
        self.is_final.unwrap_or(now >= self.ends_at.plus_ms(SETTLED_MS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millis(ms)
    }

    #[test]
    fn the_clock_says_the_phase_unless_it_was_said() {
        let course = Course { starts_at: at(10), ends_at: at(20), ..Course::default() };
        assert_eq!(
            [9, 10, 20].map(|ms| course.phase(at(ms))),
            [Phase::Upcoming, Phase::Running, Phase::Finished]
        );
        let stopped = Course { said: Some(Phase::Finished), ..course };
        assert_eq!(stopped.phase(at(15)), Phase::Finished);
    }

    #[test]
    fn a_result_stands_when_that_was_said_and_otherwise_after_a_while() {
        let course = Course { ends_at: at(20), ..Course::default() };
        assert!(!course.is_settled(at(20)));
        assert!(course.is_settled(at(20 + SETTLED_MS)));
        let settling = Course { is_final: Some(false), ..course };
        assert!(!settling.is_settled(at(20 + SETTLED_MS)), "the ranks are not final yet");
        assert!(Course { is_final: Some(true), ..course }.is_settled(at(20)));
    }
}
