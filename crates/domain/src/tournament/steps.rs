//! What a tournament does next, and when: a pure function of what is stored, so that a table can test it.
//!
//! One durable job a tournament asks it, does what is due, and sleeps until the next step. A job that comes late, since
//! no server was up, finds several steps due and does them in their order.

use crate::{time::Timestamp, tournament::lifecycle::State};

/// How long before the start those who asked for it are told.
pub const REMINDER_MS: i64 = 5 * 60_000;

/// What a tournament does by its clock. The order is the one in which steps of one moment are done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// Players may join.
    OpenEntry,
    /// Those who asked for it are told that it starts soon.
    Remind,
    /// It begins.
    Start,
    /// A period is over and the next one begins.
    Reset,
    /// It is over.
    End,
    /// The oldest period that is over takes no more scores: its boards become final.
    Close,
}

/// A period, as far as steps ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeriodFacts {
    /// Which one.
    pub number: u32,
    /// The first moment that no longer counts.
    pub ends_at: Timestamp,
}

/// What is stored of a tournament, as far as steps ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// Where it stands.
    pub state: State,
    /// Its first moment.
    pub starts_at: Timestamp,
    /// The first moment after it.
    pub ends_at: Timestamp,
    /// From when on players may join; `None` where nobody has to.
    pub opens_at: Option<Timestamp>,
    /// For which start players were reminded.
    pub reminded_for: Option<Timestamp>,
    /// The period that is played, or will be first.
    pub current: PeriodFacts,
    /// The oldest period that is not closed.
    pub oldest_open: Option<PeriodFacts>,
    /// When it was thawed last.
    pub thawed_at: Option<Timestamp>,
    /// For how long after an end scores are taken that were reached before it.
    pub grace_ms: i64,
}

/// Until when scores are taken that were reached before an end. What was refused while the tournament was frozen may come
/// again for as long after it was thawed.
pub fn takes_scores_until(ends_at: Timestamp, thawed_at: Option<Timestamp>, grace_ms: i64) -> Timestamp {
    thawed_at.map_or(ends_at, |thawed_at| thawed_at.max(ends_at)).plus_ms(grace_ms)
}

/// The next step and its time, which may be past; `None` when nothing happens by the clock any more.
pub fn next(facts: &Facts) -> Option<(Step, Timestamp)> {
    let open_entry = facts.opens_at.map(|at| (Step::OpenEntry, at));
    let remind = (facts.reminded_for != Some(facts.starts_at))
        .then(|| (Step::Remind, facts.starts_at.plus_ms(-REMINDER_MS)));
    let start = Some((Step::Start, facts.starts_at));
    let is_last = facts.current.ends_at >= facts.ends_at;
    let reset = (!is_last).then_some((Step::Reset, facts.current.ends_at));
    let end = Some((Step::End, facts.ends_at));
    let is_over =
        |period: &PeriodFacts| facts.state == State::Finalizing || period.number < facts.current.number;
    let close = facts
        .oldest_open
        .filter(is_over)
        .map(|period| (Step::Close, takes_scores_until(period.ends_at, facts.thawed_at, facts.grace_ms)));
    let candidates = match facts.state {
        // Joining opens before the start, or never.
        State::Scheduled => [open_entry.filter(|(_, at)| *at < facts.starts_at), remind, start],
        State::Open => [remind, start, None],
        State::Running => [reset, end, close],
        State::Finalizing => [close, None, None],
        State::Draft | State::Finished | State::Canceled => [None; 3],
    };
    candidates.into_iter().flatten().min_by_key(|(step, at)| (*at, *step))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_millis(minutes * MINUTE)
    }

    fn period(number: u32, ends_at: i64) -> PeriodFacts {
        PeriodFacts { number, ends_at: at(ends_at) }
    }

    /// From minute 100 to minute 200, with joining from minute 10 on.
    fn facts(state: State) -> Facts {
        Facts {
            state,
            starts_at: at(100),
            ends_at: at(200),
            opens_at: Some(at(10)),
            reminded_for: None,
            current: period(0, 200),
            oldest_open: Some(period(0, 200)),
            thawed_at: None,
            grace_ms: MINUTE,
        }
    }

    #[test]
    fn each_state_has_its_next_step() {
        let reminded = Some(at(100));
        #[rustfmt::skip]
        let table = [
            (facts(State::Draft),                                                   None),
            (facts(State::Scheduled),                                               Some((Step::OpenEntry, at(10)))),
            (Facts { opens_at: None, ..facts(State::Scheduled) },                   Some((Step::Remind, at(95)))),
            (Facts { opens_at: Some(at(99)), ..facts(State::Scheduled) },           Some((Step::Remind, at(95)))),
            (Facts { opens_at: Some(at(100)), reminded_for: reminded, ..facts(State::Scheduled) },
                                                                                    Some((Step::Start, at(100)))),
            (facts(State::Open),                                                    Some((Step::Remind, at(95)))),
            (Facts { reminded_for: reminded, ..facts(State::Open) },                Some((Step::Start, at(100)))),
            // The start was moved since players were reminded: they are reminded anew.
            (Facts { reminded_for: Some(at(90)), ..facts(State::Open) },            Some((Step::Remind, at(95)))),
            (facts(State::Running),                                                 Some((Step::End, at(200)))),
            (facts(State::Finalizing),                                              Some((Step::Close, at(201)))),
            // Thawed behind the end, it takes what was refused meanwhile; thawed before it, that was sent again by then.
            (Facts { thawed_at: Some(at(230)), ..facts(State::Finalizing) },        Some((Step::Close, at(231)))),
            (Facts { thawed_at: Some(at(130)), ..facts(State::Finalizing) },        Some((Step::Close, at(201)))),
            (Facts { oldest_open: None, ..facts(State::Finalizing) },               None),
            (facts(State::Finished),                                                None),
            (facts(State::Canceled),                                                None),
        ];
        for (facts, expected) in table {
            assert_eq!(next(&facts), expected, "{facts:?}");
        }
    }

    #[test]
    fn periods_follow_each_other_and_close_behind_their_grace() {
        let running = |current, oldest| Facts { current, oldest_open: Some(oldest), ..facts(State::Running) };
        // The first period is played, then the second, whose predecessor still takes late scores.
        assert_eq!(next(&running(period(0, 130), period(0, 130))), Some((Step::Reset, at(130))));
        assert_eq!(next(&running(period(1, 160), period(0, 130))), Some((Step::Close, at(131))));
        assert_eq!(next(&running(period(1, 160), period(1, 160))), Some((Step::Reset, at(160))));
        // The last one ends with the tournament.
        assert_eq!(next(&running(period(2, 200), period(2, 200))), Some((Step::End, at(200))));
        // A server that was down for long: what came first is done first.
        assert_eq!(next(&running(period(5, 199), period(4, 190))), Some((Step::Close, at(191))));
    }

    #[test]
    fn without_grace_a_period_is_over_before_it_is_closed() {
        let facts = Facts { grace_ms: 0, ..facts(State::Running) };
        assert_eq!(next(&facts), Some((Step::End, at(200))));
        let over = Facts { state: State::Finalizing, ..facts };
        assert_eq!(next(&over), Some((Step::Close, at(200))));
    }

    /// Plays a whole life: whatever the moment at which somebody looks, the same steps are done in the same order.
    #[test]
    fn a_late_look_does_the_same_steps_in_the_same_order() {
        let live = |moments: &[i64]| {
            let mut facts = Facts {
                current: period(0, 150),
                oldest_open: Some(period(0, 150)),
                ..facts(State::Scheduled)
            };
            let mut done = Vec::new();
            for now in moments {
                while let Some((step, due)) = next(&facts).filter(|(_, due)| *due <= at(*now)) {
                    done.push((step, due));
                    match step {
                        Step::OpenEntry => facts.state = State::Open,
                        Step::Remind => facts.reminded_for = Some(facts.starts_at),
                        Step::Start => facts.state = State::Running,
                        Step::Reset => facts.current = period(1, 200),
                        Step::End => facts.state = State::Finalizing,
                        Step::Close => {
                            let closed = facts.oldest_open.unwrap().number;
                            facts.oldest_open = (closed == 0).then_some(period(1, 200));
                        }
                    }
                }
            }
            done
        };
        let punctual = live(&(0..=300).collect::<Vec<_>>());
        let steps: Vec<Step> = punctual.iter().map(|(step, _)| *step).collect();
        assert_eq!(
            steps,
            [Step::OpenEntry, Step::Remind, Step::Start, Step::Reset, Step::Close, Step::End, Step::Close]
        );
        assert_eq!(live(&[300]), punctual);
        assert_eq!(live(&[120, 300]), punctual);
    }
}
