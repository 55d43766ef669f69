//! What a tournament comes to, computed the simple way: every score is kept in a list, and every question is answered by
//! looking through all of it.
//!
//! Times are milliseconds since 1970, players are numbers, refusals are the codes that their senders see.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, HashMap, HashSet},
};

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
    excluded: HashMap<usize, usize>,
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
            excluded: HashMap::new(),
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
            What::Correct { player, score, points } => self.correct(*player, score, points.as_ref()),
            What::Exclude { player } => self.exclude(*player),
            What::Reinstate { player } => self.excluded.remove(player).map(drop).ok_or("player_unknown"),
            What::Grant { player, attempts } => self.grant(*player, *attempts),
        }
    }

    fn has_right_ties(&self, points: &Points) -> Result<(), Refusal> {
        if points.1.len() == self.setup.ties.len() { Ok(()) } else { Err("event_data_invalid") }
    }

    fn score(&mut self, fact: &Fact, player: usize, points: &Points) -> Result<(), Refusal> {
        is_known(player)?;
        self.has_right_ties(points)?;
        if self.stage == Stage::Canceled {
            return Err("tournament_closed");
        }
        if self.is_frozen {
            return Err("tournament_frozen");
        }
        let period = self.period_of(fact.time).ok_or("tournament_not_running")?;
        if !self.periods[period].is_open || self.now >= self.periods[period].ends_at + GRACE_MS {
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
        self.scores.push(Score { id: fact.id.clone(), period, player, time: fact.time, points });
        Ok(())
    }

    /// Lets a player take part in a period by their first score, where nobody has to join.
    fn must_be_placed(&mut self, period: usize, player: usize) -> Result<(), Refusal> {
        let is_excluded_here = self.excluded.get(&player) == Some(&period);
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
        if self.excluded.contains_key(&player) {
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
        if tried.excluded.get(&player) == Some(&period) {
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

    fn correct(&mut self, player: usize, id: &str, points: Option<&Points>) -> Result<(), Refusal> {
        is_known(player)?;
        points.map_or(Ok(()), |points| self.has_right_ties(points))?;
        let found = self.scores.iter().position(|score| score.id == id && score.player == player);
        let score = found.ok_or("not_found")?;
        if self.periods[self.scores[score].period].is_final {
            return Err("tournament_not_running");
        }
        self.scores[score].points = points.cloned();
        Ok(())
    }

    /// Whoever is excluded already stays so.
    fn exclude(&mut self, player: usize) -> Result<(), Refusal> {
        is_known(player)?;
        let latest = self.periods.len() - 1;
        self.excluded.entry(player).or_insert(latest);
        self.asks_entries = true;
        Ok(())
    }

    fn grant(&mut self, player: usize, attempts: u32) -> Result<(), Refusal> {
        if !matches!(self.stage, Stage::Upcoming | Stage::Running) {
            return Err("tournament_closed");
        }
        if self.excluded.contains_key(&player) {
            return Err("not_eligible");
        }
        *self.granted.entry((self.periods.len() - 1, player)).or_default() += attempts;
        Ok(())
    }

    /// The scores of a player in a period that are not void.
    fn played(&self, period: usize, player: usize) -> Vec<(i64, &Points)> {
        let mine = self.scores.iter().filter(|score| score.period == period && score.player == player);
        mine.filter_map(|score| Some((score.time, score.points.as_ref()?))).collect()
    }

    /// A board, from rank 1. Without cohorts there is number 0.
    pub fn board(&self, period: usize, cohort: u32) -> Vec<Row> {
        if let Some(rows) = self.finals.get(&(period, cohort)) {
            return rows.clone();
        }
        let mut rows: Vec<Row> = (0..PLAYERS)
            .filter(|player| self.excluded.get(player) != Some(&period))
            .filter(|player| self.entries.get(&(period, *player)).map_or(0, |entry| entry.cohort) == cohort)
            .filter_map(|player| self.standing(period, player))
            .collect();
        rows.sort_by(|left, right| {
            let by_result = self.compare(&left.points, &right.points);
            by_result.then((left.at, self.ages[left.player]).cmp(&(right.at, self.ages[right.player])))
        });
        rows
    }

    /// `Less` is the better one.
    fn compare(&self, left: &Points, right: &Points) -> Ordering {
        let columns = |points: &Points| {
            let score = if self.setup.is_desc { -points.0 } else { points.0 };
            let ties = points.1.iter().zip(&self.setup.ties);
            let ties: Vec<i64> = ties.map(|(tie, is_desc)| if *is_desc { -tie } else { *tie }).collect();
            (score, ties)
        };
        columns(left).cmp(&columns(right))
    }

    fn standing(&self, period: usize, player: usize) -> Option<Row> {
        let played = self.played(period, player);
        let first = played.iter().map(|(time, _)| *time).min()?;
        let (points, at) = match self.setup.operator {
            "best" => {
                let best = played.iter().min_by(|left, right| self.compare(left.1, right.1))?.1;
                let at = played.iter().filter(|(_, points)| *points == best).map(|(time, _)| *time).min()?;
                (best.clone(), at)
            }
            "latest" => {
                // Of two scores at one time the better one is held to be the later one.
                let mut sorted = played.clone();
                sorted.sort_by(|left, right| left.0.cmp(&right.0).then(self.compare(right.1, left.1)));
                let (mut at, last) = sorted.pop()?;
                while let Some((time, _)) = sorted.pop().filter(|(_, points)| *points == last) {
                    at = time;
                }
                (last.clone(), at)
            }
            operator => {
                let counted = |points: &Points| if operator == "count" { 1 } else { points.0 };
                let score = played.iter().map(|(_, points)| counted(points)).sum();
                let ties = (0..self.setup.ties.len())
                    .map(|column| played.iter().map(|(_, points)| points.1[column]).sum())
                    .collect();
                // What adds nothing reaches nothing.
                let adds = |points: &Points| counted(points) != 0 || points.1.iter().any(|tie| *tie != 0);
                let last = played.iter().filter(|(_, points)| adds(points)).map(|(time, _)| *time).max();
                ((score, ties), last.unwrap_or(first))
            }
        };
        Some(Row { player, points, at })
    }
}

fn is_known(player: usize) -> Result<(), Refusal> {
    if player < PLAYERS { Ok(()) } else { Err("player_unknown") }
}
