//! The model's time: which period a moment belongs to, and what a tournament becomes as time passes.

use crate::model::{GRACE_MS, Model, Refusal};

const HOUR_MS: i64 = 3_600_000;

/// Where a tournament stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Upcoming,
    Running,
    Finalizing,
    Finished,
    Canceled,
}

/// A window of time with boards of its own.
#[derive(Debug, Clone)]
pub struct Period {
    pub starts_at: i64,
    pub ends_at: i64,
    /// Whether it takes scores.
    pub is_open: bool,
    pub is_final: bool,
    /// Since when its ranks are to become final, if a worker may do it.
    ends_since: Option<i64>,
}

/// What a tournament does by its clock, in the order in which it does what is due at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Start,
    Reset,
    End,
    Close(usize),
}

/// Who looks at what a tournament's clock has brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Its job.
    Clock,
    /// An edit that has given it another end: for a minute from now on nothing is closed, so that it can be taken back.
    Moved,
    /// An edit that has not: it closes nothing before the moment for which that is planned.
    Kept,
}

/// Why an operator can't have their way.
#[derive(Debug)]
pub struct NotNow;

impl Model {
    /// When the period ends that begins at a moment.
    fn end_of(&self, starts_at: i64) -> i64 {
        let next_hour = (starts_at.div_euclid(HOUR_MS) + 1) * HOUR_MS;
        if self.setup.is_periodic { next_hour.min(self.ends_at) } else { self.ends_at }
    }

    fn open(&mut self, starts_at: i64, ends_at: i64) {
        self.periods.push(Period { starts_at, ends_at, is_open: true, is_final: false, ends_since: None });
    }

    pub fn open_first(&mut self) {
        self.open(self.starts_at, self.end_of(self.starts_at));
    }

    /// The periods whose ranks are not final.
    pub fn not_final(&self) -> Vec<usize> {
        (0..self.periods.len()).filter(|number| !self.periods[*number].is_final).collect()
    }

    /// Until when scores are taken behind an end. What was refused while it was frozen may come again.
    pub fn takes_until(&self, ends_at: i64) -> i64 {
        self.thawed_at.map_or(ends_at, |thawed_at| thawed_at.max(ends_at)) + GRACE_MS
    }

    fn latest(&mut self) -> &mut Period {
        self.periods.last_mut().unwrap()
    }

    /// Opens the next period. Those in which nobody can score any more are left out.
    fn open_next(&mut self) {
        let mut starts_at = self.latest().ends_at;
        let mut ends_at = self.end_of(starts_at);
        while ends_at + GRACE_MS <= self.now && ends_at < self.ends_at {
            starts_at = ends_at;
            ends_at = self.end_of(starts_at);
        }
        self.open(starts_at, ends_at);
    }

    /// The period that a moment belongs to, opened if its time has come.
    pub fn period_of(&mut self, moment: i64) -> Option<usize> {
        let is_inside = self.starts_at <= moment && moment < self.ends_at;
        if self.setup.is_periodic && is_inside && moment <= self.now {
            while self.latest().ends_at <= moment {
                self.open_next();
            }
        }
        self.periods.iter().position(|period| period.starts_at <= moment && moment < period.ends_at)
    }

    /// What comes next by its clock, and when.
    fn next_step(&self) -> Option<(i64, Step)> {
        let latest = self.periods.last()?;
        let reset = (latest.ends_at < self.ends_at).then_some((latest.ends_at, Step::Reset));
        let oldest = self.periods.iter().position(|period| period.is_open).filter(|_| !self.is_frozen);
        let is_finalizing = self.stage == Stage::Finalizing;
        let closed = oldest.filter(|number| is_finalizing || number + 1 < self.periods.len());
        let close =
            closed.map(|number| (self.takes_until(self.periods[number].ends_at), Step::Close(number)));
        match self.stage {
            Stage::Upcoming => Some((self.starts_at, Step::Start)),
            Stage::Running => [reset, Some((self.ends_at, Step::End)), close].into_iter().flatten().min(),
            Stage::Finalizing => close,
            Stage::Finished | Stage::Canceled => None,
        }
    }

    /// Does what its clock has brought.
    pub fn advance(&mut self, look: Look) {
        let held_until = self.now + GRACE_MS;
        let earliest_close = match look {
            Look::Clock => None,
            Look::Moved => Some(held_until),
            Look::Kept => self.clock_at.map(|at| at.min(held_until)),
        };
        self.clock_at = None;
        while let Some((mut at, step)) = self.next_step() {
            if matches!(step, Step::Close(_)) {
                at = earliest_close.map_or(at, |earliest| earliest.max(at));
            }
            if at > self.now {
                self.clock_at = Some(at);
                break;
            }
            match step {
                Step::Reset => self.open_next(),
                Step::Start => self.stage = Stage::Running,
                Step::End => self.stage = Stage::Finalizing,
                Step::Close(number) => self.close(number),
            }
        }
        self.settle();
    }

    fn close(&mut self, number: usize) {
        // Where nobody was placed there is no board that could become final.
        let has_boards = !self.boards_of(number).is_empty();
        let period = &mut self.periods[number];
        (period.is_open, period.is_final, period.ends_since) = (false, !has_boards, Some(self.now));
    }

    fn settle(&mut self) {
        if self.stage == Stage::Finalizing && self.periods.iter().all(|period| period.is_final) {
            self.stage = Stage::Finished;
        }
    }

    /// The boards of a period.
    pub fn boards_of(&self, period: usize) -> std::ops::RangeInclusive<u32> {
        let cohorts = self.cohorts.get(&period).copied().unwrap_or_default();
        if self.setup.cohorts.is_some() { 1..=cohorts } else { 0..=0 }
    }

    /// What a worker does that is due.
    pub fn work(&mut self) {
        if self.clock_at.is_some_and(|at| at <= self.now) {
            self.advance(Look::Clock);
        }
        for number in 0..self.periods.len() {
            let period = &mut self.periods[number];
            if period.is_final || period.ends_since.is_none_or(|since| since > self.now) {
                continue;
            }
            // Done, with nothing to show for it: whoever thaws it has it done again.
            period.ends_since = None;
            if self.is_frozen || self.stage == Stage::Canceled {
                continue;
            }
            for cohort in self.boards_of(number) {
                let rows = self.board(number, cohort);
                self.finals.insert((number, cohort), rows);
            }
            self.periods[number].is_final = true;
        }
        self.settle();
    }

    fn set_end(&mut self, ends_at: i64) {
        let starts_at = self.latest().starts_at;
        // A period that a clock set back has not reached yet is as short as can be.
        self.ends_at = ends_at.max(starts_at + 1);
        let period_ends_at = self.end_of(starts_at);
        self.ends_at = ends_at;
        let latest = self.latest();
        (latest.ends_at, latest.is_open) = (period_ends_at, true);
        self.advance(Look::Moved);
    }

    pub fn stop(&mut self) -> Result<(), NotNow> {
        let mut tried = self.clone();
        tried.advance(Look::Kept);
        if tried.stage != Stage::Running {
            return Err(NotNow);
        }
        tried.set_end(self.now.max(self.starts_at + 1));
        *self = tried;
        Ok(())
    }

    pub fn extend(&mut self, ends_at: i64) -> Result<(), NotNow> {
        let is_over = !matches!(self.stage, Stage::Upcoming | Stage::Running);
        let is_too_late = is_over && !(self.stage == Stage::Finalizing && self.latest().is_open);
        if ends_at <= self.ends_at || ends_at <= self.now || is_too_late {
            return Err(NotNow);
        }
        if self.stage == Stage::Finalizing {
            self.stage = Stage::Running;
        }
        self.set_end(ends_at);
        Ok(())
    }

    pub fn set_frozen(&mut self, is_frozen: bool) -> Result<(), NotNow> {
        if self.is_frozen == is_frozen {
            return Ok(());
        }
        if matches!(self.stage, Stage::Finished | Stage::Canceled) {
            return Err(NotNow);
        }
        self.is_frozen = is_frozen;
        if !is_frozen {
            let now = self.now;
            self.thawed_at = Some(now);
            for period in self.periods.iter_mut().filter(|period| !period.is_open && !period.is_final) {
                period.ends_since = Some(now);
            }
        }
        self.advance(Look::Kept);
        Ok(())
    }

    pub fn cancel(&mut self) -> Result<(), NotNow> {
        if !matches!(self.stage, Stage::Upcoming | Stage::Running) {
            return Err(NotNow);
        }
        self.stage = Stage::Canceled;
        self.clock_at = None;
        Ok(())
    }

    /// The platform tells once more what it told at first: whatever operators have decided since holds. By a clock that was
    /// set back it is older than what was told last, and says nothing.
    pub fn retell(&mut self) -> Result<(), Refusal> {
        if self.now < self.told_at {
            return Ok(());
        }
        if self.stage == Stage::Canceled {
            return Err("tournament_closed");
        }
        // By a clock that was set back the end has come to lie before the period that is played.
        let is_behind = self.periods.len() > 1 && self.ends_at <= self.latest().starts_at;
        if is_behind && matches!(self.stage, Stage::Upcoming | Stage::Running) {
            return Err("event_data_invalid");
        }
        self.told_at = self.now;
        self.advance(Look::Kept);
        Ok(())
    }

    pub fn recompute(&mut self) -> Result<(), NotNow> {
        if self.not_final().is_empty() { Err(NotNow) } else { Ok(()) }
    }
}
