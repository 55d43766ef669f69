//! What the statements that run every other second read: a plan that walks through all that is kept grows slower with
//! each day.

use sqlx::{AssertSqlSafe, Connection, SqliteConnection};
use storage::Store;

use crate::{Options, SqliteStore, inbox, job, one_time_token, outbox, outgoing_event};

/// How SQLite would run a statement, one line a step.
async fn plan(statement: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("podium.db");
    let path = path.to_str().unwrap();
    let store = SqliteStore::open(path, &Options::default()).await.unwrap();
    store.migrate().await.unwrap();
    store.close().await;
    let mut connection = SqliteConnection::connect(path).await.unwrap();
    let rows: Vec<(i64, i64, i64, String)> =
        sqlx::query_as(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}")))
            .fetch_all(&mut connection)
            .await
            .unwrap();
    rows.into_iter().map(|(.., step)| step).collect()
}

/// That every step on `table` goes through one of `indexes`, which hold what is open or ended badly.
fn assert_only_through(plan: &[String], table: &str, indexes: &[&str]) {
    let steps: Vec<&String> = plan.iter().filter(|step| step.contains(table)).collect();
    assert!(!steps.is_empty(), "{plan:?}");
    for step in steps {
        assert!(indexes.iter().any(|index| step.contains(index)), "{step} in {plan:#?}");
    }
}

#[tokio::test]
async fn the_inbox_s_backlog_reads_nothing_that_is_done() {
    let plan = plan(inbox::BACKLOG).await;
    let open = "inbox_updates_open";
    let dead = "inbox_updates_over (state=?";
    assert_only_through(
        &plan,
        "inbox_updates",
        &[open, dead, "inbox_updates_running", "inbox_updates_lease"],
    );
}

#[tokio::test]
async fn the_backlog_of_events_reads_nothing_that_was_sent() {
    let plan = plan(outgoing_event::BACKLOG).await;
    let open = "outgoing_events_due";
    let dead = "outgoing_events_over (outcome=?";
    assert_only_through(&plan, "outgoing_events", &[open, dead, "outgoing_events_subject"]);
}

#[tokio::test]
async fn the_outbox_s_backlog_reads_nothing_that_was_sent() {
    let plan = plan(outbox::BACKLOG).await;
    assert_only_through(
        &plan,
        "outgoing_messages",
        &["outgoing_messages_due", "outgoing_messages_sending", "outgoing_messages_troubled"],
    );
}

#[tokio::test]
async fn a_person_s_tokens_are_found_without_reading_others() {
    let plan = plan(one_time_token::OF_PERSON).await;
    let indexes = ["one_time_tokens_spent_by", "one_time_tokens_holder", "one_time_tokens_account"];
    assert_only_through(&plan, "INDEX one_time_tokens", &indexes);
    assert!(plan.iter().all(|step| !step.contains("SCAN")), "{plan:#?}");
}

#[tokio::test]
async fn looking_for_jobs_reads_nothing_that_is_done() {
    let dead = "jobs_over (state=?";
    assert_only_through(&plan(job::BACKLOG).await, " jobs", &["jobs_due", "jobs_open", dead]);
    assert_only_through(&plan(job::NEXT_DUE).await, " jobs", &["jobs_due"]);
}
