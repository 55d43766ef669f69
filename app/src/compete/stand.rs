//! Where a player stands in a tournament, in one word for each case.

use domain::{Timestamp, tournament::Phase};

use crate::compete::wire::{Details, Mine, Person};

/// What a player has to be told first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Stand {
    /// Nothing is known yet.
    #[default]
    Loading,
    /// Nothing could be had.
    Failed,
    /// It does not take place.
    Canceled,
    /// They are excluded.
    Out,
    /// It is over and the ranks are final; whether they have one.
    Final(bool),
    /// It is over, and the ranks are being settled.
    Settling,
    /// It takes no scores for now.
    Frozen,
    /// They take part.
    In,
    /// They could, once something is mended.
    Unmet(Unmet),
    /// There is no place left.
    Full,
    /// Joining begins then.
    OpensAt(Timestamp),
    /// Joining is over.
    Closed,
    /// They have to join; whether they can, here and now.
    ToJoin(bool),
    /// Whoever plays takes part.
    Free,
}

/// What a tournament asks and a player lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unmet {
    /// A linked account.
    Link,
    /// An identity check.
    Kyc,
    /// Being somewhere else.
    Region,
}

/// What is known.
#[derive(Debug, Clone, Copy)]
pub(super) struct View<'a> {
    pub details: Option<&'a Details>,
    pub has_failed: bool,
    pub mine: Option<&'a Mine>,
    pub person: Option<&'a Person>,
    pub is_signed_in: bool,
    /// Whether they stand on the board: where nobody has to join, a score alone places them.
    pub has_row: bool,
    pub phase: Phase,
    pub now: Timestamp,
}

/// Where a player stands. What can't be mended comes before what can.
pub(super) fn stand(view: &View<'_>) -> Stand {
    let Some(details) = view.details else {
        return if view.has_failed { Stand::Failed } else { Stand::Loading };
    };
    if details.phase == "canceled" {
        return Stand::Canceled;
    }
    if view.is_signed_in && view.mine.is_none() {
        return Stand::Loading;
    }
    let entry = view.mine.and_then(|mine| mine.entry);
    if entry.is_some_and(|entry| entry.is_disqualified) {
        return Stand::Out;
    }
    let is_over = view.phase == Phase::Finished || details.phase == "finished";
    if is_over {
        let has_rank = view.mine.is_some_and(|mine| mine.result.is_some());
        // The player's own board may be final before the others of its period are.
        let is_final = details.period.is_final || has_rank;
        return if is_final { Stand::Final(has_rank) } else { Stand::Settling };
    }
    if details.is_frozen {
        return Stand::Frozen;
    }
    // Until the next period begins, what they have is of the one before; only where nobody has to join can who is in join.
    let can_join = details.join.required && view.mine.is_some_and(|mine| mine.can_join);
    if (entry.is_some() || view.has_row) && !can_join {
        return Stand::In;
    }
    if let Some(unmet) = view.mine.and_then(|mine| unmet(details, mine, view)) {
        return Stand::Unmet(unmet);
    }
    if let Some(opens_at) = details.join.opens_at.filter(|opens_at| view.now < *opens_at) {
        return Stand::OpensAt(opens_at);
    }
    if details.join.closes_at.is_some_and(|closes_at| view.now >= closes_at) {
        return Stand::Closed;
    }
    if details.join.size_max.is_some_and(|size| details.entries >= size) {
        return Stand::Full;
    }
    if details.join.required {
        return Stand::ToJoin(can_join);
    }
    Stand::Free
}

/// What the player lacks, in the order in which they can mend it.
fn unmet(details: &Details, mine: &Mine, view: &View<'_>) -> Option<Unmet> {
    let (condition, person) = (&details.condition, view.person?);
    let level = |text: &str| ["none", "basic", "full"].iter().position(|known| *known == text).unwrap_or(0);
    if condition.linked && !person.linked {
        return Some(Unmet::Link);
    }
    if level(&person.kyc) < level(&condition.kyc_at_least) {
        return Some(Unmet::Kyc);
    }
    let is_open = details.join.opens_at.is_none_or(|opens_at| view.now >= opens_at)
        && details.join.closes_at.is_none_or(|closes_at| view.now < closes_at)
        && details.join.size_max.is_none_or(|size| details.entries < size);
    // Where somebody is, the server alone knows.
    (!condition.regions.is_empty() && is_open && !mine.can_join).then_some(Unmet::Region)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        board::Course,
        compete::wire::{Condition, Entry, Final, Join, Period},
    };

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millis(ms)
    }

    fn details() -> Details {
        Details {
            phase: "running".to_owned(),
            is_frozen: false,
            period: Period { period: 0, starts_at: at(0), ends_at: at(100), is_final: false },
            join: Join { required: true, opens_at: None, closes_at: None, size_max: None, entries_max: None },
            entries: 3,
            attempts_max: None,
            condition: Condition { linked: false, kyc_at_least: String::new(), regions: Vec::new() },
            has_periods: false,
            tiers: Vec::new(),
            prizes: Vec::new(),
            has_claims: false,
            claim_days: None,
            rules_text: None,
            cover: None,
        }
    }

    fn mine() -> Mine {
        Mine {
            board: "cup".to_owned(),
            entry: None,
            can_join: true,
            wants_reminder: false,
            attempts_allowed: None,
            attempts_used: None,
            result: None,
            movement: None,
            reward: None,
            ranks: Vec::new(),
        }
    }

    fn entry(is_disqualified: bool) -> Entry {
        Entry { entries: 1, tier: 0, is_disqualified }
    }

    fn of(details: &Details, mine: Option<&Mine>) -> Stand {
        of_person(details, mine, None)
    }

    fn of_person(details: &Details, mine: Option<&Mine>, person: Option<&Person>) -> Stand {
        let phase = match details.phase.as_str() {
            "upcoming" => Phase::Upcoming,
            "running" => Phase::Running,
            _ => Phase::Finished,
        };
        let is_signed_in = mine.is_some();
        stand(&View {
            details: Some(details),
            has_failed: false,
            mine,
            person,
            is_signed_in,
            has_row: false,
            phase,
            now: at(50),
        })
    }

    #[test]
    fn whom_a_score_has_placed_takes_part() {
        let free = Details { join: Join { required: false, ..details().join }, ..details() };
        let view = View {
            details: Some(&free),
            has_failed: false,
            mine: Some(&mine()),
            person: None,
            is_signed_in: true,
            has_row: true,
            phase: Phase::Running,
            now: at(50),
        };
        assert_eq!(stand(&view), Stand::In);
        assert_eq!(stand(&View { has_row: false, ..view }), Stand::Free);
    }

    #[test]
    fn who_has_not_joined_is_told_what_to_do() {
        let free = Details { join: Join { required: false, ..details().join }, ..details() };
        assert_eq!(of(&free, Some(&mine())), Stand::Free);
        assert_eq!(of(&free, None), Stand::Free);
        assert_eq!(of(&details(), Some(&mine())), Stand::ToJoin(true));
        assert_eq!(of(&details(), None), Stand::ToJoin(false));
        let joining = |join| of(&Details { join, ..details() }, Some(&mine()));
        let join = details().join;
        assert_eq!(joining(Join { opens_at: Some(at(51)), ..join }), Stand::OpensAt(at(51)));
        assert_eq!(joining(Join { closes_at: Some(at(50)), ..join }), Stand::Closed);
        assert_eq!(joining(Join { size_max: Some(3), ..join }), Stand::Full);
    }

    #[test]
    fn who_takes_part_is_told_so_until_it_is_over() {
        let playing = Mine { entry: Some(entry(false)), can_join: false, ..mine() };
        assert_eq!(of(&details(), Some(&playing)), Stand::In);
        let before = Mine { can_join: true, ..playing.clone() };
        let upcoming = Details { phase: "upcoming".to_owned(), ..details() };
        assert_eq!(of(&upcoming, Some(&before)), Stand::ToJoin(true), "they were in the period before");
        assert_eq!(of(&Details { is_frozen: true, ..details() }, Some(&playing)), Stand::Frozen);
        let out = Mine { entry: Some(entry(true)), ..mine() };
        assert_eq!(of(&details(), Some(&out)), Stand::Out);
        let over = Details { phase: "finished".to_owned(), ..details() };
        assert_eq!(of(&over, Some(&playing)), Stand::Settling);
        let result = Final {
            rank: 2,
            player: "p_abc".parse().unwrap(),
            alias: None,
            score: domain::Score::default(),
            prize: None,
        };
        let ranked = Mine { result: Some(result), ..playing.clone() };
        assert_eq!(of(&over, Some(&ranked)), Stand::Final(true));
        let period = Period { is_final: true, ..over.period.clone() };
        assert_eq!(of(&Details { period, ..over }, Some(&playing)), Stand::Final(false));
        let canceled = Details { phase: "canceled".to_owned(), ..details() };
        assert_eq!(of(&canceled, Some(&playing)), Stand::Canceled);
    }

    #[test]
    fn what_the_details_say_of_the_end_takes_the_place_of_what_was_known() {
        let before = Course { ends_at: at(40), ..Course::default() };
        let moved = details().course(before, false);
        assert_eq!((moved.phase(at(50)), moved.phase(at(100))), (Phase::Running, Phase::Finished));
        let stopped = Details { phase: "finished".to_owned(), ..details() };
        let course = stopped.course(before, false);
        assert_eq!((course.phase(at(50)), course.is_settled(at(1_000_000))), (Phase::Finished, false));
        assert!(stopped.course(before, true).is_settled(at(50)), "the own rank stands");
        // Stopped no more.
        assert_eq!(details().course(course, false).phase(at(50)), Phase::Running);
        // A period may be one of many.
        let long = Course { ends_at: at(400), ..before };
        assert_eq!(Details { has_periods: true, ..details() }.course(long, false).ends_at, at(400));
    }

    #[test]
    fn what_is_missing_is_named_in_the_order_in_which_it_can_be_mended() {
        let condition =
            Condition { linked: true, kyc_at_least: "basic".to_owned(), regions: vec!["IT".to_owned()] };
        let details = Details { condition, ..details() };
        let refused = Mine { can_join: false, ..mine() };
        let mut person = Person {
            linked: false,
            has_cabinet: true,
            kyc: "none".to_owned(),
            reachability: "reachable".to_owned(),
        };
        assert_eq!(of_person(&details, Some(&refused), Some(&person)), Stand::Unmet(Unmet::Link));
        person.linked = true;
        assert_eq!(of_person(&details, Some(&refused), Some(&person)), Stand::Unmet(Unmet::Kyc));
        person.kyc = "full".to_owned();
        assert_eq!(of_person(&details, Some(&refused), Some(&person)), Stand::Unmet(Unmet::Region));
        assert_eq!(of_person(&details, Some(&mine()), Some(&person)), Stand::ToJoin(true));
    }
}
