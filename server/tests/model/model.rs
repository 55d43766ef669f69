//! What a tournament comes to, computed the simple way: every score is kept in a list, and every question is answered by
//! looking through all of it.
//!
//! Times are milliseconds since 1970, players are numbers, refusals are the codes that their senders see.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::{
    history::{PLAYERS, Setup},
    periods::{Look, Period, Stage},
};

pub type Refusal = &'static str;

/// For how long after an end scores are taken that were reached before it.
pub const GRACE_MS: i64 = 60_000;

/// An event of the platform about the tournament.
#[derive(Debug, Clone)]
pub struct Fact {
    pub id: String,
    pub time: i64,
    pub what: What,
}

/// Points, and the values in the tie columns.
pub type Points = (i64, Vec<i64>);

#[derive(Debug, Clone)]
pub enum What {
    Score { player: usize, points: Points },
    Correct { player: usize, score: String, points: Option<Points> },
    Exclude { player: usize },
    Reinstate { player: usize },
    Grant { player: usize, attempts: u32 },
}

/// What the sender of an event is told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Taken,
    Seen,
    Refused(Refusal),
}

/// A score that was taken.
#[derive(Debug, Clone)]
struct Score {
    id: String,
    period: usize,
    player: usize,
    time: i64,
    /// None of a score that was declared void.
    points: Option<Points>,
    /// The time of the correction that holds.
    corrected_at: Option<i64>,
}

/// A player's part in a period.
#[derive(Debug, Clone)]
pub struct Entry {
    pub times: u32,
    pub cohort: u32,
    tier: u32,
}

/// A row of a board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub player: usize,
    pub points: Points,
    pub at: i64,
}

/// Whose account is older than whose, as numbers to compare.
pub type Ages = Vec<u128>;

/// A tournament, and all that has happened to it.
#[derive(Debug, Clone)]
pub struct Model {
    pub setup: Setup,
    pub ages: Ages,
    pub now: i64,
    pub starts_at: i64,
    pub ends_at: i64,
    pub stage: Stage,
    pub is_frozen: bool,
    /// When its clock is looked at next.
    pub clock_at: Option<i64>,
    pub periods: Vec<Period>,
    /// The boards whose ranks are final.
    pub finals: BTreeMap<(usize, u32), Vec<Row>>,
    pub entries: HashMap<(usize, usize), Entry>,
    asks_entries: bool,
    seen: HashSet<String>,
    scores: Vec<Score>,
    /// When it was thawed last.
    pub thawed_at: Option<i64>,
    /// The time of the definition that stands.
    pub told_at: i64,
    excluded: HashSet<usize>,
    /// In which period whose exclusion is noted.
    pub noted: HashSet<(usize, usize)>,
    granted: HashMap<(usize, usize), u32>,
    /// How many cohorts a period has.
    pub cohorts: HashMap<usize, u32>,
    /// The cohort of a tier that is being filled, and its members.
    filling: HashMap<(usize, u32), (u32, u32)>,
}

impl Model {
    pub fn new(setup: Setup, ages: Ages, now: i64, (starts_at, ends_at): (i64, i64)) -> Self {
        let asks_entries = setup.joining.is_some() || setup.attempts_max.is_some() || setup.cohorts.is_some();
        let mut model = Self {
            setup,
            ages,
            now,
            starts_at,
            ends_at,
            stage: Stage::Upcoming,
            is_frozen: false,
            clock_at: None,
            periods: Vec::new(),
            finals: BTreeMap::new(),
            entries: HashMap::new(),
            asks_entries,
            seen: HashSet::new(),
            scores: Vec::new(),
            thawed_at: None,
            told_at: now,
            excluded: HashSet::new(),
            noted: HashSet::new(),
            granted: HashMap::new(),
            cohorts: HashMap::new(),
            filling: HashMap::new(),
        };
        model.open_first();
        model.advance(Look::Moved);
        model
    }

    /// Takes the events of a call.
    pub fn tell(&mut self, facts: &[Fact]) -> Vec<Verdict> {
        let mut refused = HashSet::new();
        let mut verdicts = Vec::new();
        for fact in facts {
            // An event that this call has brought already was seen, whatever became of it.
            if self.seen.contains(&fact.id) || refused.contains(&fact.id) {
                verdicts.push(Verdict::Seen);
                continue;
            }
            verdicts.push(match self.take(fact) {
                Ok(()) => {
                    self.seen.insert(fact.id.clone());
                    Verdict::Taken
                }
                Err(refusal) => {
                    refused.insert(fact.id.clone());
                    Verdict::Refused(refusal)
                }
            });
        }
        verdicts
    }

    fn take(&mut self, fact: &Fact) -> Result<(), Refusal> {
        match &fact.what {
            What::Score { player, points } => self.score(fact, *player, points),
            What::Correct { player, score, points } => self.correct(fact, *player, score, points.as_ref()),
            What::Exclude { player } => self.exclude(*player),
            What::Reinstate { player } => self.reinstate(*player),
            What::Grant { player, attempts } => self.grant(*player, *attempts),
        }
    }

    fn has_right_ties(&self, points: &Points) -> Result<(), Refusal> {
        if points.1.len() == self.setup.ties.len() { Ok(()) } else { Err("event_data_invalid") }
    }

    fn score(&mut self, fact: &Fact, player: usize, points: &Points) -> Result<(), Refusal> {
        is_known(player)?;
        self.is_past(fact)?;
        self.has_right_ties(points)?;
        if self.stage == Stage::Canceled {
            return Err("tournament_closed");
        }
        if self.is_frozen {
            return Err("tournament_frozen");
        }
        let period = self.period_of(fact.time).ok_or("tournament_not_running")?;
        let Period { starts_at, ends_at, is_open, .. } = self.periods[period];
        if !is_open || self.now < starts_at || self.now >= self.takes_until(ends_at) {
            return Err("tournament_not_running");
        }
        if self.asks_entries {
            self.must_be_placed(period, player)?;
            if let Some(max) = self.setup.attempts_max {
                let granted = self.granted.get(&(period, player)).copied().unwrap_or_default();
                let allowed = max * self.entries[&(period, player)].times + granted;
                if self.played(period, player).len() >= allowed as usize {
                    return Err("attempts_used");
                }
            }
        }
        let points = Some(points.clone());
        let (id, time) = (fact.id.clone(), fact.time);
        self.scores.push(Score { id, period, player, time, points, corrected_at: None });
        Ok(())
    }

    /// Clocks may differ by five minutes.
    fn is_past(&self, fact: &Fact) -> Result<(), Refusal> {
        if fact.time > self.now + 300_000 { Err("tournament_not_running") } else { Ok(()) }
    }

    /// Lets a player take part in a period by their first score, where nobody has to join.
    fn must_be_placed(&mut self, period: usize, player: usize) -> Result<(), Refusal> {
        let is_excluded_here = self.noted.contains(&(period, player));
        let has_entered = self.entries.contains_key(&(period, player));
        match (is_excluded_here, has_entered) {
            (true, _) => Err("not_eligible"),
            (false, true) => Ok(()),
            (false, false) if self.setup.joining.is_some() => Err("not_joined"),
            (false, false) => self.place(period, player),
        }
    }

    /// Lets a player take part in a period.
    fn place(&mut self, period: usize, player: usize) -> Result<(), Refusal> {
        if self.excluded.contains(&player) {
            return Err("not_eligible");
        }
        let size_max = self.setup.joining.as_ref().and_then(|joining| joining.size_max);
        let entered = self.entries.keys().filter(|(other, _)| *other == period).count();
        if size_max.is_some_and(|max| entered >= max as usize) {
            return Err("tournament_full");
        }
        let (cohort, tier) = self.seat(period, player);
        self.entries.insert((period, player), Entry { times: 1, cohort, tier });
        Ok(())
    }

    fn seat(&mut self, period: usize, player: usize) -> (u32, u32) {
        let Some(cohorts) = self.setup.cohorts.clone() else { return (0, 0) };
        let tier = self.next_tier(period, player, cohorts.tiers);
        let count = self.cohorts.entry(period).or_default();
        let filling = self.filling.entry((period, tier)).or_insert((0, cohorts.size));
        if filling.1 == cohorts.size {
            *count += 1;
            *filling = (*count, 0);
        }
        filling.1 += 1;
        (filling.0, tier)
    }

    /// The best of a cohort rises, the last falls; whoever plays alone stays.
    fn next_tier(&self, period: usize, player: usize, tiers: u32) -> u32 {
        let Some(last) = (0..period).rev().find(|earlier| self.entries.contains_key(&(*earlier, player)))
        else {
            return 0;
        };
        let entry = &self.entries[&(last, player)];
        let board = self.board(last, entry.cohort);
        let Some(rank) = board.iter().position(|row| row.player == player) else { return entry.tier };
        if board.len() < 2 {
            entry.tier
        } else if rank == 0 && entry.tier + 1 < tiers {
            entry.tier + 1
        } else if rank + 1 == board.len() && entry.tier > 0 {
            entry.tier - 1
        } else {
            entry.tier
        }
    }

    /// A player joins, or enters again: `wanted` is which entry they want.
    pub fn join(&mut self, player: usize, wanted: u32) -> Result<(), Refusal> {
        // What a refused call has begun is not kept.
        let mut tried = self.clone();
        let period = tried.period_of(self.now).unwrap_or(tried.periods.len() - 1);
        let times = tried.entries.get(&(period, player)).map_or(0, |entry| entry.times);
        if tried.noted.contains(&(period, player)) {
            return Err("not_eligible");
        }
        if times >= wanted {
            return Ok(());
        }
        let is_over = !matches!(tried.stage, Stage::Upcoming | Stage::Running);
        if is_over || self.now >= tried.periods[period].ends_at {
            return Err("tournament_closed");
        }
        if wanted != times + 1 {
            return Err("bad_request");
        }
        if times == 0 {
            tried.place(period, player)?;
        } else {
            let max = self.setup.joining.as_ref().and_then(|joining| joining.entries_max).unwrap_or(1);
            if times >= max {
                return Err("attempts_used");
            }
            tried.entries.entry((period, player)).and_modify(|entry| entry.times += 1);
        }
        *self = tried;
        Ok(())
    }

    /// The correction of the latest time holds, of several at one time the one that came last.
    fn correct(
        &mut self,
        fact: &Fact,
        player: usize,
        id: &str,
        points: Option<&Points>,
    ) -> Result<(), Refusal> {
        is_known(player)?;
        self.is_past(fact)?;
        points.map_or(Ok(()), |points| self.has_right_ties(points))?;
        let found = self.scores.iter().position(|score| score.id == id && score.player == player);
        let score = found.ok_or("not_found")?;
        if self.periods[self.scores[score].period].is_final {
            return Err("tournament_not_running");
        }
        let score = &mut self.scores[score];
        if score.corrected_at.is_none_or(|at| fact.time >= at) {
            (score.points, score.corrected_at) = (points.cloned(), Some(fact.time));
        }
        Ok(())
    }

    /// Whoever is excluded already stays so. It holds wherever ranks are not final, and from now on.
    fn exclude(&mut self, player: usize) -> Result<(), Refusal> {
        is_known(player)?;
        if self.excluded.insert(player) {
            let latest = self.periods.len() - 1;
            let open = self.not_final();
            self.noted.extend(open.into_iter().chain([latest]).map(|period| (period, player)));
        }
        self.asks_entries = true;
        Ok(())
    }

    fn reinstate(&mut self, player: usize) -> Result<(), Refusal> {
        if !self.excluded.remove(&player) {
            return Err("player_unknown");
        }
        let latest = self.noted.iter().filter(|(_, other)| *other == player).map(|(period, _)| *period).max();
        for period in self.not_final().into_iter().chain(latest) {
            self.noted.remove(&(period, player));
        }
        Ok(())
    }

    fn grant(&mut self, player: usize, attempts: u32) -> Result<(), Refusal> {
        if !matches!(self.stage, Stage::Upcoming | Stage::Running) {
            return Err("tournament_closed");
        }
        if self.excluded.contains(&player) {
            return Err("not_eligible");
        }
        *self.granted.entry((self.periods.len() - 1, player)).or_default() += attempts;
        Ok(())
    }

    /// The scores of a player in a period that are not void.
    pub fn played(&self, period: usize, player: usize) -> Vec<(i64, &Points)> {
        let mine = self.scores.iter().filter(|score| score.period == period && score.player == player);
        mine.filter_map(|score| Some((score.time, score.points.as_ref()?))).collect()
    }
}

fn is_known(player: usize) -> Result<(), Refusal> {
    if player < PLAYERS { Ok(()) } else { Err("player_unknown") }
}
