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
    /// A column that numbers a user's rows: what comes is numbered behind what is there, for it was said later.
    pub numbered_by: Option<&'static str>,
}

/// A column that follows as it is.
const fn plain(table: &'static str, column: &'static str) -> Follow {
    Follow { table, column, unique_with: None, numbered_by: None }
}

/// What follows, in the order in which it is moved.
pub const FOLLOWS: [Follow; 7] = [
    plain("sessions", "user_id"),
    plain("one_time_tokens", "spent_by"),
    plain("outgoing_messages", "user_id"),
    plain("downloads", "user_id"),
    plain("board_messages", "user_id"),
    Follow { unique_with: Some("code"), ..plain("campaign_arrivals", "user_id") },
    Follow { numbered_by: Some("number"), ..plain("consents", "user_id") },
];

/// What stays, and why.
pub const STAYS: [(&str, &str, &str); 4] = [
    ("users", "user_id", "the row itself, which is merged"),
    ("audit_log", "subject_id", "append-only: what was done to the light profile was done to it"),
    ("board_entries", "user_id", "scores name a user of the platform: a light profile has none"),
    ("board_history", "user_id", "scores name a user of the platform: a light profile has none"),
];

impl Follow {
    /// The statements that give the rows of user `$1` to user `$2`. The first takes both; the second, which removes
    /// what would count twice, takes `$1` alone.
    pub fn statements(self) -> (String, Option<String>) {
        let Self { table, column, unique_with, numbered_by } = self;
        let renumber = numbered_by.map_or_else(String::new, |number| {
            format!(
                ", {number} = {number} + (SELECT COALESCE(MAX({number}), 0) FROM {table} WHERE {column} = $2)"
            )
        });
        let update = format!("UPDATE {table} SET {column} = $2{renumber} WHERE {column} = $1");
        match unique_with {
            None => (update, None),
            Some(key) => (
                format!(
                    "{update} AND NOT EXISTS (
                       SELECT 1 FROM {table} AS kept WHERE kept.{column} = $2 AND kept.{key} = {table}.{key}
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
