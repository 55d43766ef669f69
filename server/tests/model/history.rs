//! What happens: a tournament, and a list of steps that mean something in any order, so that a list can be made shorter.

use proptest::{collection::vec, option, prelude::*, sample::select};

/// How many players there are. One number more stands for a player whom nobody knows.
pub const PLAYERS: usize = 6;

/// A tournament and what happens to it.
#[derive(Debug, Clone)]
pub struct History {
    pub setup: Setup,
    pub steps: Vec<Step>,
}

/// What the tournament is.
#[derive(Debug, Clone)]
pub struct Setup {
    pub operator: &'static str,
    pub is_desc: bool,
    /// Whether more is better, for each tie column.
    pub ties: Vec<bool>,
    pub joining: Option<Joining>,
    pub attempts_max: Option<u32>,
    /// Whether a new period begins with each hour.
    pub is_periodic: bool,
    pub cohorts: Option<Cohorts>,
    /// Whether winners have to claim their prizes.
    pub is_claimed: bool,
    /// In how many minutes it begins.
    pub lead_min: i64,
}

/// Who must join.
#[derive(Debug, Clone)]
pub struct Joining {
    pub size_max: Option<u32>,
    pub entries_max: Option<u32>,
    /// How many players join at once.
    pub at_once: usize,
}

/// How players are divided.
#[derive(Debug, Clone)]
pub struct Cohorts {
    pub size: u32,
    pub tiers: u32,
}

/// What happens next.
#[derive(Debug, Clone)]
pub enum Step {
    /// The platform sends events to one of the two nodes.
    Tell { node: usize, told: Vec<Told> },
    /// A player joins, or enters again.
    Join { player: usize, entry: u32 },
    /// The clock moves.
    Clock { ms: i64 },
    /// A worker does what is due.
    Jobs { node: usize },
    /// A worker takes what is due and is gone; another one takes over when it may.
    Crash,
    /// Both nodes start anew. What is in Redis stays, or is lost.
    Restart { is_lost: bool },
    /// The platform tells once more what the tournament is, as it told it at first.
    Retell { node: usize },
    /// An operator does something.
    Command(Command),
}

/// What the platform tells.
#[derive(Debug, Clone)]
pub enum Told {
    /// A player has scored some time ago; or will have, by a clock that is ahead.
    Score {
        player: usize,
        score: i64,
        ties: [i64; 3],
        ago_ms: i64,
        has_wrong_ties: bool,
    },
    /// An event once more.
    Again {
        back: usize,
    },
    /// A score is corrected, or declared void; perhaps in the name of somebody else.
    Correct {
        back: usize,
        score: Option<i64>,
        ties: [i64; 3],
        shift: usize,
        ago_ms: i64,
    },
    Exclude {
        player: usize,
    },
    Reinstate {
        player: usize,
    },
    Grant {
        player: usize,
        attempts: u32,
    },
}

/// What an operator does.
#[derive(Debug, Clone)]
pub enum Command {
    Stop,
    Extend { minutes: i64 },
    Freeze,
    Thaw,
    Cancel,
    Recompute,
}

/// Histories of some dozen steps.
pub fn histories() -> impl Strategy<Value = History> {
    (setup(), vec(step(), 5..40)).prop_map(|(setup, steps)| History { setup, steps })
}

fn setup() -> impl Strategy<Value = Setup> {
    let joining = (option::of(2..5_u32), option::of(2..4_u32), 0..=PLAYERS)
        .prop_map(|(size_max, entries_max, at_once)| Joining { size_max, entries_max, at_once });
    let cohorts = (2..4_u32, 0..4_u32).prop_map(|(size, tiers)| Cohorts { size, tiers });
    (
        select(vec!["best", "sum", "latest", "count"]),
        any::<bool>(),
        vec(any::<bool>(), 0..=3),
        option::weighted(0.35, joining),
        option::weighted(0.35, 1..4_u32),
        any::<bool>(),
        option::weighted(0.35, cohorts),
        any::<bool>(),
        select(vec![0, 0, 7]),
    )
        .prop_map(
            |(operator, is_desc, ties, joining, attempts_max, is_periodic, cohorts, is_claimed, lead_min)| {
                Setup {
                    operator,
                    is_desc,
                    ties,
                    // To enter again gives attempts, so there must be a number of them.
                    joining: joining.map(|joining| Joining {
                        entries_max: joining.entries_max.filter(|_| attempts_max.is_some()),
                        ..joining
                    }),
                    attempts_max,
                    is_periodic,
                    // Leagues need periods.
                    cohorts: cohorts.map(|cohorts| Cohorts {
                        tiers: if is_periodic { cohorts.tiers } else { cohorts.tiers.min(1) },
                        ..cohorts
                    }),
                    is_claimed,
                    lead_min,
                }
            },
        )
}

fn step() -> impl Strategy<Value = Step> {
    let clock = prop_oneof![
        3 => 1..5_000_i64,
        2 => select(vec![20_000, 59_999, 60_000, 61_000]),
        2 => select(vec![600_000, 1_800_000, 3_600_000, 5_400_000, 9_000_000]),
        1 => -30_000..0_i64,
    ];
    prop_oneof![
        12 => (0..2_usize, vec(told(), 1..6)).prop_map(|(node, told)| Step::Tell { node, told }),
        3 => (0..PLAYERS, 1..4_u32).prop_map(|(player, entry)| Step::Join { player, entry }),
        5 => clock.prop_map(|ms| Step::Clock { ms }),
        3 => (0..2_usize).prop_map(|node| Step::Jobs { node }),
        1 => Just(Step::Crash),
        1 => any::<bool>().prop_map(|is_lost| Step::Restart { is_lost }),
        2 => (0..2_usize).prop_map(|node| Step::Retell { node }),
        2 => command().prop_map(Step::Command),
    ]
}

fn told() -> impl Strategy<Value = Told> {
    let ties = || [0..3_i64, 0..3, 0..3];
    let ago = prop_oneof![
        6 => Just(0_i64),
        3 => select(vec![1, 1_000, 30_000, 59_000]),
        2 => select(vec![300_000, 1_500_000, 3_500_000]),
        1 => Just(-20_000),
    ];
    let score = (0..=PLAYERS, -4..7_i64, ties(), ago, prop::bool::weighted(0.03));
    let correction = (
        0..12_usize,
        option::weighted(0.6, -4..7_i64),
        ties(),
        select(vec![0, 0, 0, 0, 1]),
        select(vec![0, 0, 0, 1_000, 59_000]),
    )
        .prop_map(|(back, score, ties, shift, ago_ms)| Told::Correct {
            back,
            score,
            ties,
            shift,
            ago_ms,
        });
    prop_oneof![
        14 => score.prop_map(|(player, score, ties, ago_ms, has_wrong_ties)| {
            Told::Score { player, score, ties, ago_ms, has_wrong_ties }
        }),
        3 => (0..20_usize).prop_map(|back| Told::Again { back }),
        3 => correction,
        1 => (0..=PLAYERS).prop_map(|player| Told::Exclude { player }),
        1 => (0..PLAYERS).prop_map(|player| Told::Reinstate { player }),
        1 => (0..PLAYERS, 1..3_u32).prop_map(|(player, attempts)| Told::Grant { player, attempts }),
    ]
}

fn command() -> impl Strategy<Value = Command> {
    prop_oneof![
        2 => Just(Command::Stop),
        3 => select(vec![1_i64, 10, 60, 150]).prop_map(|minutes| Command::Extend { minutes }),
        3 => Just(Command::Freeze),
        4 => Just(Command::Thaw),
        1 => Just(Command::Cancel),
        3 => Just(Command::Recompute),
    ]
}
