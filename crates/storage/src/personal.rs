//! What becomes of each column when a person is erased: the one table that erasure, export, the schema's tests and
//! docs/PRIVACY.md go by.
//!
//! Invariant: every column of the schema stands here; the schema tests of both engines fail for one that does not. Who
//! adds a column decides about it here, and the erasure's contract searches a dump of the whole database.

use std::collections::BTreeMap;

/// What becomes of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Treatment {
    /// Emptied, or its row removed.
    Erase,
    /// Stays, bound to a user id that leads to nobody any more; what names the person is replaced by chance.
    Pseudonymise,
    /// May tell of a person, and stays until a rule of retention removes it, for the named reason.
    KeepUntil(&'static str),
    /// Tells nothing of a person.
    NotPersonal,
}

use Treatment::{Erase, KeepUntil, NotPersonal, Pseudonymise};

/// Who works at the console is no record of a player.
const STAFF: Treatment = KeepUntil("staff: the audit log names operators by it");
const CONSOLE_SESSION: Treatment = KeepUntil("console: for twelve hours at most");
/// A user's id leads to nobody once the person is erased.
const JOB: Treatment = KeepUntil("jobs: ids of ours, until days after it ran");
const SECOND_FACTOR: Treatment = KeepUntil("console: until it is replaced, or the operator ends");

/// A column and what becomes of it.
pub type Column = (&'static str, Treatment);

/// Every table with all its columns.
pub const COLUMNS: &[(&str, &[Column])] = &[
    (
        "activity_events",
        &[
            ("activity", Erase),
            ("event_id", Erase),
            ("fields", Erase),
            ("happened_at", Erase),
            ("source", Erase),
            ("user_id", Erase),
        ],
    ),
    (
        "audit_log",
        &[
            ("action", NotPersonal),
            ("actor_id", Pseudonymise),
            ("actor_kind", NotPersonal),
            ("detail", KeepUntil("audit: codes and ids of ours, proof of what was done")),
            ("entry_id", NotPersonal),
            ("happened_at", NotPersonal),
            ("subject_id", Pseudonymise),
        ],
    ),
    (
        "board_entries",
        &[
            ("achieved_at", Pseudonymise),
            ("attempts", Pseudonymise),
            ("board_id", NotPersonal),
            ("is_out", Pseudonymise),
            ("last_event", Erase),
            ("newest_at", Pseudonymise),
            ("score", Pseudonymise),
            ("tie_1", Pseudonymise),
            ("tie_2", Pseudonymise),
            ("tie_3", Pseudonymise),
            ("user_id", Pseudonymise),
            ("version", NotPersonal),
        ],
    ),
    (
        "board_messages",
        &[
            ("bot_id", Erase),
            ("chat_id", Erase),
            ("created_at", Erase),
            ("expires_at", Erase),
            ("locale", Erase),
            ("look_at", Erase),
            ("message_id", Erase),
            ("outgoing_id", Erase),
            ("shown", Erase),
            ("tournament_id", Erase),
            ("user_id", Erase),
        ],
    ),
    (
        "board_results",
        &[
            ("achieved_at", Pseudonymise),
            ("board_id", NotPersonal),
            (
                "player",
                KeepUntil("results: the random key that the board showed then; their hash is over it"),
            ),
            ("prize", NotPersonal),
            ("rank", NotPersonal),
            ("score", Pseudonymise),
            ("tie_1", Pseudonymise),
            ("tie_2", Pseudonymise),
            ("tie_3", Pseudonymise),
            ("user_id", Erase),
        ],
    ),
    (
        "boards",
        &[
            ("board_id", NotPersonal),
            ("cohort", NotPersonal),
            ("ends_at", NotPersonal),
            ("finalised_at", NotPersonal),
            ("operator", NotPersonal),
            ("period", NotPersonal),
            ("players", NotPersonal),
            ("ranked_version", NotPersonal),
            ("ranking_order", NotPersonal),
            ("ranks_written", NotPersonal),
            ("result_hash", NotPersonal),
            ("scores", NotPersonal),
            ("starts_at", NotPersonal),
            ("state", NotPersonal),
            ("tie_orders", NotPersonal),
            ("tier", NotPersonal),
            ("tournament_id", NotPersonal),
            ("version", NotPersonal),
        ],
    ),
    ("campaign_arrivals", &[("arrived_at", Erase), ("code", Erase), ("user_id", Erase)]),
    (
        "campaign_codes",
        &[
            ("code", NotPersonal),
            ("created_at", NotPersonal),
            ("expires_at", NotPersonal),
            ("target", NotPersonal),
        ],
    ),
    (
        "cohort_fill",
        &[
            ("cohort", NotPersonal),
            ("members", NotPersonal),
            ("period", NotPersonal),
            ("tier", NotPersonal),
            ("tournament_id", NotPersonal),
        ],
    ),
    (
        "consents",
        &[
            ("channel", Erase),
            ("is_given", Erase),
            ("kind", Erase),
            ("locale", Erase),
            ("number", Erase),
            ("recorded_at", Erase),
            ("text_version", Erase),
            ("user_id", Erase),
        ],
    ),
    (
        "console_sessions",
        &[
            ("created_at", CONSOLE_SESSION),
            ("expires_at", CONSOLE_SESSION),
            ("operator_id", CONSOLE_SESSION),
            ("second_factor_at", CONSOLE_SESSION),
            ("session_id", CONSOLE_SESSION),
            ("token_hash", CONSOLE_SESSION),
            ("used_at", CONSOLE_SESSION),
        ],
    ),
    ("counters", &[("name", NotPersonal), ("value", NotPersonal)]),
    ("dialogues", &[("bot_id", Erase), ("chat_id", Erase), ("state", Erase), ("updated_at", Erase)]),
    (
        "downloads",
        &[
            ("created_at", Erase),
            ("download_hash", Erase),
            ("expires_at", Erase),
            ("used_at", Erase),
            ("user_id", Erase),
        ],
    ),
    (
        "entries",
        &[
            ("attempts_granted", Erase),
            ("cohort", Erase),
            ("disqualified_at", Erase),
            ("disqualified_reason", Erase),
            ("entries", Erase),
            ("joined_at", Erase),
            ("origin", Erase),
            ("period", Erase),
            ("tier", Erase),
            ("tournament_id", Erase),
            ("user_id", Erase),
        ],
    ),
    (
        "inbox_updates",
        &[
            ("attempt", NotPersonal),
            ("bot_id", NotPersonal),
            ("chat_id", Erase),
            ("finished_at", NotPersonal),
            ("lease", NotPersonal),
            ("lease_until", NotPersonal),
            ("payload", Erase),
            ("reason", NotPersonal),
            ("received_at", NotPersonal),
            ("run_at", NotPersonal),
            ("state", NotPersonal),
            ("update_id", NotPersonal),
        ],
    ),
    (
        "jobs",
        &[
            ("again_at", NotPersonal),
            ("again_payload", JOB),
            ("attempt", NotPersonal),
            ("due_at", NotPersonal),
            ("finished_at", NotPersonal),
            ("is_canceled", NotPersonal),
            ("key", JOB),
            ("kind", NotPersonal),
            ("lease", NotPersonal),
            ("payload", JOB),
            ("planned_at", NotPersonal),
            ("reason", NotPersonal),
            ("run_at", NotPersonal),
            ("state", NotPersonal),
        ],
    ),
    ("leases", &[("held_until", NotPersonal), ("name", NotPersonal), ("owner", NotPersonal)]),
    ("mission_players", &[("user_id", Erase), ("version", Erase)]),
    (
        "mission_progress",
        &[
            ("done_at", Erase),
            ("mission_id", Erase),
            ("period", Erase),
            ("progress", Erase),
            ("tiers", Erase),
            ("updated_at", Erase),
            ("user_id", Erase),
            ("version", Erase),
        ],
    ),
    (
        "missions",
        &[
            ("created_at", NotPersonal),
            ("definition", NotPersonal),
            ("ends_at", NotPersonal),
            ("mission_id", NotPersonal),
            ("owner", NotPersonal),
            ("stopped_at", NotPersonal),
            ("told_at", NotPersonal),
            ("updated_at", NotPersonal),
        ],
    ),
    (
        "one_time_tokens",
        &[
            ("action", Erase),
            ("chat_id", Erase),
            ("created_at", Erase),
            ("expires_at", Erase),
            ("payload", Erase),
            ("platform_user_id", Erase),
            ("request_hash", Erase),
            ("request_key", Erase),
            ("sealed_token", Erase),
            ("spent_at", Erase),
            ("spent_by", Erase),
            ("telegram_user_id", Erase),
            ("token_hash", Erase),
            ("token_id", Erase),
        ],
    ),
    ("operator_recovery_codes", &[("code_hash", SECOND_FACTOR), ("operator_id", SECOND_FACTOR)]),
    (
        "operator_second_factors",
        &[
            ("confirmed_at", SECOND_FACTOR),
            ("failures", SECOND_FACTOR),
            ("last_step", SECOND_FACTOR),
            ("locked_until", SECOND_FACTOR),
            ("operator_id", SECOND_FACTOR),
            ("sealed_secret", SECOND_FACTOR),
        ],
    ),
    (
        "operators",
        &[
            ("created_at", STAFF),
            ("ended_at", STAFF),
            ("invited_by", STAFF),
            ("label", STAFF),
            ("operator_id", STAFF),
            ("role", STAFF),
            ("source", STAFF),
            ("telegram_user_id", STAFF),
        ],
    ),
    (
        "outgoing_events",
        &[
            ("attempt", Erase),
            ("created_at", Erase),
            // But of the event that tells the platform of the erasure: it is written after it, and goes by retention.
            ("data", Erase),
            ("due_at", Erase),
            ("event_id", Erase),
            ("finished_at", Erase),
            ("kind", Erase),
            ("lease", Erase),
            ("outcome", Erase),
            ("subject", Erase),
        ],
    ),
    (
        "outgoing_messages",
        &[
            ("attempt", Erase),
            ("bot_id", Erase),
            ("cause_ordinal", Erase),
            ("cause_update_id", Erase),
            ("chat_id", Erase),
            ("class", Erase),
            ("created_at", Erase),
            ("finished_at", Erase),
            ("lease", Erase),
            ("lease_until", Erase),
            ("message_id", Erase),
            ("method", Erase),
            ("outgoing_id", Erase),
            ("payload", Erase),
            ("repeatable", Erase),
            ("run_at", Erase),
            ("state", Erase),
            ("user_id", Erase),
        ],
    ),
    (
        "periods",
        &[
            ("cohorts", NotPersonal),
            ("ends_at", NotPersonal),
            ("entries", NotPersonal),
            ("period", NotPersonal),
            ("starts_at", NotPersonal),
            ("state", NotPersonal),
            ("tournament_id", NotPersonal),
        ],
    ),
    ("rank_samples", &[("at", Erase), ("board_id", Erase), ("rank", Erase), ("user_id", Erase)]),
    (
        "rewards",
        &[
            ("expires_at", Erase),
            ("granted_at", Erase),
            ("offered_at", Erase),
            ("reward_id", Erase),
            ("source", Erase),
            ("source_id", Erase),
            ("state", Erase),
            ("user_id", Erase),
            ("what", Erase),
        ],
    ),
    (
        "score_events",
        &[
            ("board_id", Erase),
            ("corrects", Erase),
            ("event_id", Erase),
            ("happened_at", Erase),
            ("number", Erase),
            ("previous", Erase),
            ("received_at", Erase),
            ("score", Erase),
            ("source", Erase),
            ("tie_1", Erase),
            ("tie_2", Erase),
            ("tie_3", Erase),
            ("user_id", Erase),
        ],
    ),
    (
        "seen_events",
        &[
            (
                "event_id",
                KeepUntil("events: the platform's own id, so that a repeated event changes nothing"),
            ),
            ("seen_at", NotPersonal),
            ("source", NotPersonal),
        ],
    ),
    (
        "sessions",
        &[
            ("created_at", Erase),
            ("device", Erase),
            ("end_reason", Erase),
            ("ended_at", Erase),
            ("expires_at", Erase),
            ("method", Erase),
            ("over_at", Erase),
            ("previous_hash", Erase),
            ("refresh_hash", Erase),
            ("refreshed_at", Erase),
            ("session_id", Erase),
            ("user_id", Erase),
        ],
    ),
    ("settings", &[("name", NotPersonal), ("value", NotPersonal)]),
    (
        "signing_keys",
        &[
            ("active_from", NotPersonal),
            ("created_at", NotPersonal),
            ("kid", NotPersonal),
            ("public_key", NotPersonal),
            ("retired_at", NotPersonal),
            ("sealed_private_key", NotPersonal),
        ],
    ),
    (
        "tournament_minutes",
        &[
            ("entries", NotPersonal),
            ("minute", NotPersonal),
            ("node", NotPersonal),
            ("scores", NotPersonal),
            ("tournament_id", NotPersonal),
            ("viewers", NotPersonal),
        ],
    ),
    (
        "tournament_wishes",
        &[
            ("asked_at", Erase),
            ("reminded_for", Erase),
            ("seen_board", Erase),
            ("seen_rank", Erase),
            ("told_at", Erase),
            ("tournament_id", Erase),
            ("user_id", Erase),
        ],
    ),
    (
        "tournaments",
        &[
            ("asks_entries", NotPersonal),
            ("created_at", NotPersonal),
            ("ends_at", NotPersonal),
            ("is_frozen", NotPersonal),
            ("is_private", NotPersonal),
            ("operator", NotPersonal),
            ("owner", NotPersonal),
            ("ranking_order", NotPersonal),
            ("reminded_for", NotPersonal),
            ("revision", NotPersonal),
            ("rules", NotPersonal),
            ("starts_at", NotPersonal),
            ("state", NotPersonal),
            ("thawed_at", NotPersonal),
            ("tie_orders", NotPersonal),
            ("title", NotPersonal),
            ("told_at", NotPersonal),
            ("told_ends_at", NotPersonal),
            ("tournament_id", NotPersonal),
            ("updated_at", NotPersonal),
        ],
    ),
    (
        "users",
        &[
            ("alias", Pseudonymise),
            ("chat_id", Erase),
            ("contact_asked_at", Erase),
            ("contact_confirmed", Erase),
            ("created_at", Pseudonymise),
            ("erase_after", Erase),
            ("erased_at", NotPersonal),
            ("first_name", Erase),
            ("hidden_alias", Erase),
            ("kyc_at", Erase),
            ("kyc_level", Erase),
            ("locale", Erase),
            ("locale_source", Erase),
            ("platform_user_id", Erase),
            ("player", Pseudonymise),
            ("reachability", Erase),
            ("region", Erase),
            ("telegram_user_id", Erase),
            ("updated_at", NotPersonal),
            ("user_id", Pseudonymise),
            ("username", Erase),
        ],
    ),
];

/// How a schema, columns by table, and [`COLUMNS`] differ: a line for each column that one of them lacks.
pub fn differences(schema: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    let listed: BTreeMap<(&str, &str), Treatment> = COLUMNS
        .iter()
        .flat_map(|(table, columns)| {
            columns.iter().map(|(column, treatment)| ((*table, *column), *treatment))
        })
        .collect();
    let there = || {
        schema
            .iter()
            .flat_map(|(table, columns)| columns.iter().map(|column| (table.as_str(), column.as_str())))
    };
    let unlisted = there()
        .filter(|column| !listed.contains_key(column))
        .map(|(table, column)| format!("{table}.{column} is not in storage::personal::COLUMNS"));
    let gone =
        listed.keys().filter(|listed| !there().any(|column| column == **listed)).map(|(table, column)| {
            format!("{table}.{column} is in storage::personal::COLUMNS but not in the schema")
        });
    unlisted.chain(gone).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_that_nobody_decided_about_is_named_and_so_is_one_that_is_gone() {
        let mut schema: BTreeMap<String, Vec<String>> = COLUMNS
            .iter()
            .map(|(table, columns)| {
                ((*table).to_owned(), columns.iter().map(|(column, _)| (*column).to_owned()).collect())
            })
            .collect();
        assert_eq!(differences(&schema), Vec::<String>::new());
        schema.entry("users".to_owned()).or_default().push("phone".to_owned());
        schema.remove("counters");
        assert_eq!(
            differences(&schema),
            [
                "users.phone is not in storage::personal::COLUMNS",
                "counters.name is in storage::personal::COLUMNS but not in the schema",
                "counters.value is in storage::personal::COLUMNS but not in the schema",
            ]
        );
    }

    #[test]
    fn no_column_is_listed_twice() {
        let all: Vec<(&str, &str)> = COLUMNS
            .iter()
            .flat_map(|(table, columns)| columns.iter().map(|(column, _)| (*table, *column)))
            .collect();
        let mut distinct = all.clone();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(all, distinct, "sorted, and each once");
    }
}
