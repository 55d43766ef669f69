//! Which activities count for a mission, and how: declared as data.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    id::{ActivityName, FieldName},
    mission::{
        definition::MissionInvalid,
        value::{FieldValue, Quantity},
    },
    time::Timestamp,
};

/// The most fields of an activity.
pub const FIELDS_MAX: usize = 32;
/// The most filters of a rule.
pub const FILTERS_MAX: usize = 16;
/// The most values that a filter lists.
pub const LISTED_MAX: usize = 100;
/// The most of something that can be counted.
pub const COUNT_MAX: i64 = 1_000_000_000;
/// The most different values that are told apart: a player's progress remembers each.
pub const DISTINCT_MAX: i64 = 1_000;
/// The longest row.
pub const IN_A_ROW_MAX: i64 = 1_000;
/// The field that holds an activity's `amount`.
pub const AMOUNT: &str = "amount";

/// Something that a player has done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// What.
    pub name: ActivityName,
    /// When.
    pub at: Timestamp,
    /// What more is known of it; its amount is the field [`AMOUNT`].
    pub fields: BTreeMap<FieldName, FieldValue>,
    /// A number that follows from the event: of two at the same time the one with the smaller number comes first.
    pub tie: u64,
}

/// What counts, and how much of it is to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The activity that counts.
    pub event: ActivityName,
    /// What its fields must be; all of it.
    #[serde(rename = "where", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub filters: BTreeMap<FieldName, Filter>,
    /// Each counts as one; so it is when no other way is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<Plain>,
    /// The values of a field are added up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sum: Option<OfField>,
    /// Different values of a field are counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distinct: Option<OfField>,
    /// Those that follow on each other are counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_a_row: Option<InARow>,
    /// How much is to be done; of an achievement its tiers say that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Quantity>,
}

/// `{}`: there is nothing to be said about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plain {}

/// `{"field":"…"}`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfField {
    /// Which.
    pub field: FieldName,
}

/// What belongs to a row: `{"field","equals"}`, where all else breaks it, or `{"field","breaks_on"}`, where all else
/// belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InARow {
    /// Which field tells it.
    pub field: FieldName,
    /// What the field must be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equals: Option<FieldValue>,
    /// What the field must not be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breaks_on: Option<FieldValue>,
}

impl InARow {
    /// Whether an activity belongs to the row, rather than breaking it.
    pub fn holds(&self, activity: &Activity) -> bool {
        let value = activity.fields.get(&self.field);
        match (&self.equals, &self.breaks_on) {
            (Some(wanted), _) => value == Some(wanted),
            (None, Some(unwanted)) => value != Some(unwanted),
            (None, None) => false,
        }
    }
}

/// What a field must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Filter {
    /// This.
    Equals(FieldValue),
    /// One of these.
    OneOf(Vec<FieldValue>),
    /// A number within limits, both included.
    Within(Limits),
}

/// Limits of a number; at least one of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// At least this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<Quantity>,
    /// At most this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<Quantity>,
}

impl Filter {
    /// Whether a value passes.
    pub fn passes(&self, value: &FieldValue) -> bool {
        match self {
            Self::Equals(wanted) => value == wanted,
            Self::OneOf(wanted) => wanted.contains(value),
            Self::Within(limits) => value.quantity().is_some_and(|number| {
                limits.min.is_none_or(|min| number >= min) && limits.max.is_none_or(|max| number <= max)
            }),
        }
    }
}

/// How activities add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure<'rule> {
    /// Each counts as one.
    Count,
    /// The values of a field are added up.
    Sum(&'rule FieldName),
    /// Different values of a field are counted.
    Distinct(&'rule FieldName),
    /// Those that follow on each other are counted.
    InARow(&'rule InARow),
}

impl Rule {
    /// How activities add up.
    pub fn measure(&self) -> Measure<'_> {
        if let Some(sum) = &self.sum {
            Measure::Sum(&sum.field)
        } else if let Some(distinct) = &self.distinct {
            Measure::Distinct(&distinct.field)
        } else if let Some(row) = &self.in_a_row {
            Measure::InARow(row)
        } else {
            Measure::Count
        }
    }

    /// Whether an activity concerns the rule. Of a row that is also what breaks it.
    pub fn concerns(&self, activity: &Activity) -> bool {
        activity.name == self.event
            && self
                .filters
                .iter()
                .all(|(field, filter)| activity.fields.get(field).is_some_and(|value| filter.passes(value)))
    }

    /// Whether two rules add up the same in the same way: progress with one is progress with the other.
    pub fn adds_up_as(&self, other: &Self) -> bool {
        self.event == other.event && self.measure() == other.measure()
    }

    /// Checks what the types don't, but for the target.
    ///
    /// # Errors
    /// [`MissionInvalid`] names the field.
    pub fn check(&self) -> Result<(), MissionInvalid> {
        let ways =
            [self.count.is_some(), self.sum.is_some(), self.distinct.is_some(), self.in_a_row.is_some()];
        if ways.into_iter().filter(|is_named| *is_named).count() > 1 {
            return Err(MissionInvalid::new("rule", "names more than one of count, sum, distinct, in_a_row"));
        }
        if self.filters.len() > FILTERS_MAX {
            return Err(MissionInvalid::new("rule.where", "has more than 16 fields"));
        }
        for filter in self.filters.values() {
            match filter {
                Filter::OneOf(values) if (1..=LISTED_MAX).contains(&values.len()) => {}
                Filter::OneOf(_) => {
                    return Err(MissionInvalid::new("rule.where", "lists no value, or more than 100"));
                }
                Filter::Within(Limits { min: None, max: None }) => {
                    return Err(MissionInvalid::new("rule.where", "has limits without min and max"));
                }
                Filter::Within(Limits { min: Some(min), max: Some(max) }) if min > max => {
                    return Err(MissionInvalid::new("rule.where", "has a min above its max"));
                }
                Filter::Equals(_) | Filter::Within(_) => {}
            }
        }
        match &self.in_a_row {
            Some(InARow { equals: None, breaks_on: None, .. }) => {
                Err(MissionInvalid::new("rule.in_a_row", "needs equals or breaks_on"))
            }
            Some(InARow { equals: Some(_), breaks_on: Some(_), .. }) => {
                Err(MissionInvalid::new("rule.in_a_row", "takes equals or breaks_on, not both"))
            }
            _ => Ok(()),
        }
    }

    /// Checks how much is to be done, which stands in `field`.
    ///
    /// # Errors
    /// [`MissionInvalid`] names the field.
    pub fn check_target(&self, target: Quantity, field: &'static str) -> Result<(), MissionInvalid> {
        if target <= Quantity::ZERO {
            return Err(MissionInvalid::new(field, "must be above 0"));
        }
        let (most, reason) = match self.measure() {
            Measure::Sum(_) => return Ok(()),
            Measure::Count => (COUNT_MAX, "must be a whole number of at most 1000000000"),
            Measure::Distinct(_) => {
                (DISTINCT_MAX, "must be a whole number of at most 1000, for each is remembered")
            }
            Measure::InARow(_) => (IN_A_ROW_MAX, "must be a whole number of at most 1000"),
        };
        match target.as_whole() {
            Some(whole) if whole <= most => Ok(()),
            _ => Err(MissionInvalid::new(field, reason)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(json: &str) -> Rule {
        serde_json::from_str(json).unwrap()
    }

    fn activity(name: &str, fields: &str) -> Activity {
        Activity {
            name: name.parse().unwrap(),
            at: Timestamp::from_millis(0),
            fields: serde_json::from_str(fields).unwrap(),
            tie: 0,
        }
    }

    #[test]
    fn filters_ask_for_all_of_it() {
        let rule = rule(
            r#"{"event":"bet.settled","where":{"game":["dice","slots"],"amount":{"min":5,"max":"10.5"},"live":true}}"#,
        );
        let cases = [
            (r#"{"game":"dice","amount":5,"live":true}"#, true),
            (r#"{"game":"slots","amount":"10.5","live":true}"#, true),
            (r#"{"game":"slots","amount":10.500001,"live":true}"#, false),
            (r#"{"game":"slots","amount":4.999999,"live":true}"#, false),
            (r#"{"game":"poker","amount":5,"live":true}"#, false),
            (r#"{"game":"dice","amount":5,"live":false}"#, false),
            (r#"{"game":"dice","amount":5}"#, false),
            (r#"{"game":"dice","amount":true,"live":true}"#, false),
        ];
        for (fields, concerns) in cases {
            assert_eq!(rule.concerns(&activity("bet.settled", fields)), concerns, "{fields}");
        }
        assert!(!rule.concerns(&activity("bet.placed", cases[0].0)));
    }

    #[test]
    fn a_rule_survives_its_json() {
        for json in [
            r#"{"event":"login","target":1}"#,
            r#"{"event":"bet","where":{"a":{"min":1},"b":["x","y"],"c":2.5,"d":false},"sum":{"field":"amount"},"target":"12.5"}"#,
            r#"{"event":"bet","distinct":{"field":"game"},"target":5}"#,
            r#"{"event":"bet","in_a_row":{"field":"result","equals":"win"},"target":3}"#,
            r#"{"event":"bet","count":{},"target":3}"#,
        ] {
            let rule = rule(json);
            assert_eq!(rule.check(), Ok(()), "{json}");
            assert_eq!(serde_json::to_string(&rule).unwrap(), json);
        }
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        let cases = [
            (r#"{"event":"bet","count":{},"sum":{"field":"a"}}"#, "rule"),
            (r#"{"event":"bet","where":{"a":[]}}"#, "rule.where"),
            (r#"{"event":"bet","where":{"a":{}}}"#, "rule.where"),
            (r#"{"event":"bet","where":{"a":{"min":2,"max":1}}}"#, "rule.where"),
            (r#"{"event":"bet","in_a_row":{"field":"a"}}"#, "rule.in_a_row"),
            (r#"{"event":"bet","in_a_row":{"field":"a","equals":1,"breaks_on":2}}"#, "rule.in_a_row"),
        ];
        for (json, field) in cases {
            assert_eq!(rule(json).check().unwrap_err().field, field, "{json}");
        }
        for unknown in [
            r#"{"event":"bet","wher":{}}"#,
            r#"{"event":"bet","count":{"of":1}}"#,
            r#"{"event":"bet","sum":{"field":"a","of":1}}"#,
            r#"{"event":"bet","where":{"a":{"minimum":1}}}"#,
            r#"{"event":"bet","in_a_row":{"field":"a","equal":1}}"#,
            r#"{"event":"a b"}"#,
        ] {
            assert!(serde_json::from_str::<Rule>(unknown).is_err(), "{unknown}");
        }
    }

    #[test]
    fn targets_fit_what_is_measured() {
        let check = |json: &str, target: &str| {
            rule(json).check_target(target.parse().unwrap(), "rule.target").is_ok()
        };
        let (count, sum) = (r#"{"event":"a"}"#, r#"{"event":"a","sum":{"field":"b"}}"#);
        let distinct = r#"{"event":"a","distinct":{"field":"b"}}"#;
        assert!(
            check(count, "1") && check(count, "1000000000") && check(sum, "0.5") && check(distinct, "1000")
        );
        assert!(
            !check(count, "0") && !check(count, "-1") && !check(count, "1.5") && !check(count, "1000000001")
        );
        assert!(!check(sum, "0") && !check(distinct, "1001"));
    }
}
