//! What these pages read of the server's answers. The rest of them is for others.

use domain::{
    PlayerKey, Score, Timestamp,
    tournament::{Phase, Title},
};

use crate::board::Course;

/// What everybody may know of a tournament.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Details {
    /// Where it stands.
    pub phase: String,
    /// Whether it takes no scores for now.
    pub is_frozen: bool,
    /// The period that is played, or the last one.
    pub period: Period,
    /// Joining.
    pub join: Join,
    /// How many players have entered, where that is counted.
    pub entries: u64,
    /// How many scores of a player are taken for each entry.
    pub attempts_max: Option<u64>,
    /// Who may take part.
    pub condition: Condition,
    /// Whether there are several periods.
    pub has_periods: bool,
    /// The leagues, the lowest first.
    pub tiers: Vec<Tier>,
    /// What is won.
    pub prizes: Vec<PrizeRange>,
    /// Whether prizes are claimed.
    pub has_claims: bool,
    /// For how many days.
    pub claim_days: Option<u64>,
    /// The rules to read.
    pub rules_text: Option<Title>,
    /// A picture.
    pub cover: Option<String>,
}

impl Details {
    /// When the tournament takes place, by what was known `before`; `is_ranked`: whether the player's final rank stands,
    /// which it may before all do.
    pub(crate) fn course(&self, before: Course, is_ranked: bool) -> Course {
        let Period { starts_at, ends_at, is_final, .. } = self.period;
        // Of several periods this is one; the tournament ends with it or later.
        let (starts_at, ends_at) = if self.has_periods {
            (before.starts_at, before.ends_at.max(ends_at))
        } else {
            (starts_at, ends_at)
        };
        let said = match self.phase.as_str() {
            "finished" => Some(Phase::Finished),
            "canceled" => Some(Phase::Canceled),
            _ => None,
        };
        Course { starts_at, ends_at, said, is_final: Some(is_final || is_ranked) }
    }
}

/// A period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Period {
    /// 0 is the first one.
    #[expect(clippy::struct_field_names, reason = "the name that the API has for it")]
    pub period: u64,
    /// The first moment that counts.
    pub starts_at: Timestamp,
    /// The first moment that no longer counts.
    pub ends_at: Timestamp,
    /// Whether its final ranks stand.
    pub is_final: bool,
}

/// Joining.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Join {
    /// Whether scores count of those alone who have joined.
    pub required: bool,
    /// From when on.
    pub opens_at: Option<Timestamp>,
    /// Until when.
    pub closes_at: Option<Timestamp>,
    /// The most players.
    pub size_max: Option<u64>,
    /// How often one player can enter.
    pub entries_max: Option<u64>,
}

/// Who may take part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Condition {
    /// Who has a linked account.
    pub linked: bool,
    /// Who is identified at least so far; empty: anybody.
    pub kyc_at_least: String,
    /// Who is in one of these; empty: anybody.
    pub regions: Vec<String>,
}

/// A league.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tier {
    /// What it is called.
    pub title: Title,
    /// How many rise.
    pub promote: u64,
    /// How many fall.
    pub demote: u64,
}

/// What some ranks win.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PrizeRange {
    /// The first rank.
    pub from: u64,
    /// The last rank.
    pub to: u64,
    /// Of which league alone.
    pub tier: Option<u64>,
    /// What.
    pub what: Prize,
}

/// Something that is won.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Prize {
    /// What the platform calls it.
    pub code: String,
    /// How much of it.
    pub amount: Option<String>,
    /// In which currency.
    pub currency: Option<String>,
    /// What players read.
    pub title: Option<Title>,
}

/// What a player has of a tournament.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mine {
    /// The board on which they are ranked.
    pub board: String,
    /// Their part in it.
    pub entry: Option<Entry>,
    /// Whether joining would succeed.
    pub can_join: bool,
    /// Whether they are told of it.
    pub wants_reminder: bool,
    /// How many scores of theirs are taken.
    pub attempts_allowed: Option<u64>,
    /// How many were.
    pub attempts_used: Option<u64>,
    /// Their final rank.
    pub result: Option<Final>,
    /// What becomes of them in a league.
    pub movement: Option<String>,
    /// What they have won.
    pub reward: Option<Reward>,
    /// Where they stood when they looked, the oldest first.
    pub ranks: Vec<Sample>,
}

/// Where a player stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sample {
    /// 1, 2, 3 …
    pub rank: u64,
}

/// A player's part in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    /// How often they have entered.
    pub entries: u64,
    /// Their league.
    pub tier: u64,
    /// Whether they are excluded.
    pub is_disqualified: bool,
}

/// A final rank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Final {
    /// Which.
    pub rank: u64,
    /// Who.
    pub player: PlayerKey,
    /// The public name; none of somebody who was erased.
    pub alias: Option<String>,
    /// What counted.
    pub score: Score,
    /// What was won.
    pub prize: Option<Prize>,
}

/// A reward.
#[expect(clippy::struct_field_names, reason = "named as in the interface")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reward {
    /// Its id.
    pub reward_id: String,
    /// What it is.
    pub what: Prize,
    /// Where it stands.
    pub state: String,
    /// Until when it can be claimed.
    pub expires_at: Option<Timestamp>,
}

/// A tournament that is over, as its player has ended in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Past {
    /// Its address.
    pub tournament_id: String,
    /// What it is called.
    pub title: Title,
    /// When it ended.
    pub ended_at: Timestamp,
    /// The final rank.
    pub rank: u64,
    /// Of how many.
    pub players: u64,
    /// What counted.
    pub score: Score,
    /// What was won.
    pub prize: Option<Prize>,
}

/// In which tournaments the player takes part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entered {
    /// Their ids.
    pub tournaments: Vec<String>,
}

/// What the platform and Telegram have told of the player.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    /// Whether an account is linked.
    pub linked: bool,
    /// Whether there is a site of the platform to go to.
    pub has_cabinet: bool,
    /// How far they are identified.
    pub kyc: String,
    /// Whether the bot may write to them.
    pub reachability: String,
}

/// What shares a tournament.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Prepared {
    /// What the client takes.
    pub prepared_message_id: Option<String>,
}
