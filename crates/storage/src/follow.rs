//! What hangs on a user and follows them when a light profile is taken over: one list, for both engines.
//!
//! Invariant: every column that names a user stands here or in [`STAYS`] with a reason; a test holds the two against
//! the schema. A table that is added later joins one of them.

/// A column that names a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Follow {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The other column of a unique key: of two rows with the same value, the one of the user who takes over stays, so
    /// that nothing counts twice.
    pub unique_with: Option<&'static str>,
    /// A third column of that key.
    pub unique_and: Option<&'static str>,
    /// A condition under which a row of the one who is taken over stays instead: what was done for them is not done
    /// again.
    pub prevails_when: Option<&'static str>,
    /// Statements that are run before anything is moved, with `$1` and `$2`: what of a row that will go belongs to the one
    /// that stays.
    pub first: &'static [&'static str],
    /// A column that numbers a user's rows: what comes is numbered behind what is there, for it was said later.
    pub numbered_by: Option<&'static str>,
}

/// A column that follows as it is.
const fn plain(table: &'static str, column: &'static str) -> Follow {
    Follow {
        table,
        column,
        unique_with: None,
        unique_and: None,
        prevails_when: None,
        first: &[],
        numbered_by: None,
    }
}

/// What was noted of the account before it entered goes to the entry that takes its place.
const GRANTS_STAY: &str = "UPDATE entries
     SET attempts_granted = entries.attempts_granted + noted.attempts_granted,
       disqualified_at = COALESCE(entries.disqualified_at, noted.disqualified_at),
       disqualified_reason = COALESCE(entries.disqualified_reason, noted.disqualified_reason)
     FROM entries AS noted
     WHERE entries.user_id = $1 AND noted.user_id = $2 AND noted.entries = 0
       AND noted.tournament_id = entries.tournament_id AND noted.period = entries.period";

/// Who was excluded as one of the two is excluded as both.
const EXCLUSIONS_STAY: &str = "UPDATE entries
     SET disqualified_at = taken.disqualified_at, disqualified_reason = taken.disqualified_reason
     FROM entries AS taken
     WHERE entries.user_id = $2 AND taken.user_id = $1 AND entries.disqualified_at IS NULL
       AND taken.tournament_id = entries.tournament_id AND taken.period = entries.period";

/// Who has entered as both of the two has one place from now on: the other one is free.
const ONE_PLACE: &str = "UPDATE periods
     SET entries = periods.entries - 1
     WHERE EXISTS (
       SELECT 1
       FROM entries AS taken
       JOIN entries AS kept ON kept.tournament_id = taken.tournament_id AND kept.period = taken.period
       WHERE taken.user_id = $1 AND kept.user_id = $2 AND taken.entries > 0 AND kept.entries > 0
         AND taken.tournament_id = periods.tournament_id AND taken.period = periods.period
     )";

/// The same in the cohort of the one who is taken over, while it takes players.
const ONE_MEMBER: &str = "UPDATE cohort_fill
     SET members = cohort_fill.members - 1
     WHERE EXISTS (
       SELECT 1
       FROM entries AS taken
       JOIN entries AS kept ON kept.tournament_id = taken.tournament_id AND kept.period = taken.period
       WHERE taken.user_id = $1 AND kept.user_id = $2 AND taken.entries > 0 AND kept.entries > 0
         AND taken.tournament_id = cohort_fill.tournament_id AND taken.period = cohort_fill.period
         AND taken.tier = cohort_fill.tier AND taken.cohort = cohort_fill.cohort
     )";

/// What follows, in the order in which it is moved.
pub const FOLLOWS: [Follow; 10] = [
    plain("sessions", "user_id"),
    plain("one_time_tokens", "spent_by"),
    plain("outgoing_messages", "user_id"),
    plain("downloads", "user_id"),
    plain("board_messages", "user_id"),
    Follow { unique_with: Some("code"), ..plain("campaign_arrivals", "user_id") },
    Follow {
        unique_with: Some("tournament_id"),
        unique_and: Some("period"),
        prevails_when: Some("entries > 0"),
        first: &[GRANTS_STAY, EXCLUSIONS_STAY, ONE_PLACE, ONE_MEMBER],
        ..plain("entries", "user_id")
    },
    Follow { unique_with: Some("tournament_id"), ..plain("tournament_wishes", "user_id") },
    Follow { numbered_by: Some("number"), ..plain("consents", "user_id") },
    Follow {
        unique_with: Some("source"),
        unique_and: Some("source_id"),
        prevails_when: Some("state = 'granted'"),
        ..plain("rewards", "user_id")
    },
];

/// What stays, and why.
pub const STAYS: [(&str, &str, &str); 9] = [
    ("users", "user_id", "the row itself, which is merged"),
    ("audit_log", "subject_id", "append-only: what was done to the light profile was done to it"),
    ("board_entries", "user_id", "scores name a user of the platform: a light profile has none"),
    ("board_results", "user_id", "ranks follow from scores, which name a user of the platform"),
    ("rank_samples", "user_id", "ranks follow from scores, which name a user of the platform"),
    ("activity_events", "user_id", "activities name a user of the platform: a light profile has none"),
    ("mission_progress", "user_id", "it follows from activities: a light profile has none"),
    ("mission_players", "user_id", "it follows from activities: a light profile has none"),
    ("score_events", "user_id", "scores name a user of the platform: a light profile has none"),
];

impl Follow {
    /// That a row of `left` and one of `right` stand for the same thing.
    fn same(self, left: &str, right: &str) -> Option<String> {
        let Self { unique_with, unique_and, .. } = self;
        let columns: Vec<String> = unique_with
            .into_iter()
            .chain(unique_and)
            .map(|key| format!("{left}.{key} = {right}.{key}"))
            .collect();
        (!columns.is_empty()).then(|| columns.join(" AND "))
    }

    /// The statement, to be run first, that removes rows of user `$2` which yield to one of user `$1`.
    pub fn yields(self) -> Option<String> {
        let Self { table, column, prevails_when, .. } = self;
        let (condition, same) = (prevails_when?, self.same("taken", table)?);
        Some(format!(
            "DELETE FROM {table}
             WHERE {column} = $2 AND NOT ({condition})
               AND EXISTS (SELECT 1 FROM {table} AS taken WHERE taken.{column} = $1 AND taken.{condition} AND {same})"
        ))
    }

    /// The statements that give the rows of user `$1` to user `$2`. The first takes both; the second, which removes
    /// what would count twice, takes `$1` alone.
    pub fn statements(self) -> (String, Option<String>) {
        let Self { table, column, numbered_by, .. } = self;
        let renumber = numbered_by.map_or_else(String::new, |number| {
            format!(
                ", {number} = {number} + (SELECT COALESCE(MAX({number}), 0) FROM {table} WHERE {column} = $2)"
            )
        });
        let update = format!("UPDATE {table} SET {column} = $2{renumber} WHERE {column} = $1");
        match self.same("kept", table) {
            None => (update, None),
            Some(same) => (
                format!(
                    "{update} AND NOT EXISTS (
                       SELECT 1 FROM {table} AS kept WHERE kept.{column} = $2 AND {same}
                     )"
                ),
                Some(format!("DELETE FROM {table} WHERE {column} = $1")),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    #[test]
    fn every_column_that_names_a_user_is_listed_once() {
        let schema: BTreeMap<String, Vec<String>> =
            serde_json::from_str(include_str!("../schema.json")).unwrap();
        let names_a_user = |column: &str| ["user_id", "spent_by", "subject_id"].contains(&column);
        let there: BTreeSet<(&str, &str)> = schema
            .iter()
            .flat_map(|(table, columns)| columns.iter().map(move |column| (table.as_str(), column.as_str())))
            .filter(|(_, column)| names_a_user(column))
            .collect();
        let listed: Vec<(&str, &str)> = FOLLOWS
            .iter()
            .map(|follow| (follow.table, follow.column))
            .chain(STAYS.iter().map(|(table, column, _)| (*table, *column)))
            .collect();
        assert_eq!(listed.iter().copied().collect::<BTreeSet<_>>(), there);
        assert_eq!(listed.len(), there.len(), "a column is listed twice");
    }
}
