//! Contracts of the audit log.

use domain::{AuditId, audit::AuditAction};
use uuid::Uuid;

use crate::{
    Store,
    audit::{Actor, AuditEntry, DETAIL_BYTES_MAX},
    testsuite::fixtures::{at, read, user_id, write},
};

/// The line with this number, of that many milliseconds: the player 1 spends a token.
fn entry(number: u128) -> AuditEntry {
    AuditEntry {
        entry_id: AuditId::from_uuid(Uuid::from_u128(number)),
        happened_at: at(i64::try_from(number).unwrap()),
        actor: Actor::player(user_id(1)),
        action: AuditAction::TokenSpent,
        subject: Some(user_id(1)),
        detail: r#"{"action":"link"}"#.to_owned(),
    }
}

async fn append(store: &dyn Store, entries: &[AuditEntry]) {
    write(store, async |transaction| transaction.audit().append(entries).await.unwrap()).await;
}

fn numbers(entries: &[AuditEntry]) -> Vec<u128> {
    entries.iter().map(|entry| entry.entry_id.as_uuid().as_u128()).collect()
}

/// Every kind of actor, with and without an id and a subject, comes back as it was written.
pub async fn a_line_is_found_as_it_was_written(store: &dyn Store) {
    let entries = [
        AuditEntry { actor: Actor::system(), subject: None, detail: "{}".to_owned(), ..entry(4) },
        AuditEntry { actor: Actor::platform(), action: AuditAction::TokenIssued, ..entry(3) },
        AuditEntry { subject: Some(user_id(9)), action: AuditAction::LinkEnded, ..entry(2) },
        entry(1),
    ];
    append(store, &[]).await;
    append(store, &entries).await;
    read(store, async |transaction| {
        assert_eq!(transaction.audit().newest(None, None, 10).await.unwrap(), entries);
    })
    .await;
}

/// By subject and by actor, newest first, page by page, and nothing of others.
pub async fn lines_are_listed_newest_first_page_by_page(store: &dyn Store) {
    let mut entries: Vec<AuditEntry> = (1..=5).map(entry).collect();
    entries.push(AuditEntry { subject: Some(user_id(2)), ..entry(6) });
    entries.push(AuditEntry { actor: Actor::platform(), ..entry(7) });
    entries.push(AuditEntry { actor: Actor::system(), subject: None, ..entry(8) });
    append(store, &entries).await;
    read(store, async |transaction| {
        let mut audit = transaction.audit();
        let first = audit.by_subject(user_id(1), None, None, 2).await.unwrap();
        assert_eq!(numbers(&first), [7, 5]);
        let second = audit.by_subject(user_id(1), None, Some(first[1].entry_id), 2).await.unwrap();
        assert_eq!(numbers(&second), [4, 3]);
        assert_eq!(numbers(&audit.by_subject(user_id(2), None, None, 10).await.unwrap()), [6]);
        assert!(audit.by_subject(user_id(3), None, None, 10).await.unwrap().is_empty());

        let player = Actor::player(user_id(1));
        assert_eq!(numbers(&audit.by_actor(&player, None, None, 2).await.unwrap()), [6, 5]);
        let before = Some(AuditId::from_uuid(Uuid::from_u128(3)));
        assert_eq!(numbers(&audit.by_actor(&player, None, before, 10).await.unwrap()), [2, 1]);
        assert_eq!(numbers(&audit.by_actor(&Actor::platform(), None, None, 10).await.unwrap()), [7]);
        assert_eq!(numbers(&audit.by_actor(&Actor::system(), None, None, 10).await.unwrap()), [8]);

        assert_eq!(numbers(&audit.newest(None, None, 3).await.unwrap()), [8, 7, 6]);
        assert_eq!(numbers(&audit.newest(None, before, 10).await.unwrap()), [2, 1]);
    })
    .await;
}

/// One action alone, of all lines, of a subject and of an actor, page by page.
pub async fn lines_are_listed_by_action(store: &dyn Store) {
    let (spent, refused) = (Some(AuditAction::TokenSpent), Some(AuditAction::TokenRefused));
    let entries: Vec<AuditEntry> = (1..=6)
        .map(|number| match number {
            2 | 4 | 6 => AuditEntry { action: AuditAction::TokenRefused, ..entry(number) },
            5 => AuditEntry { subject: None, actor: Actor::platform(), ..entry(number) },
            _ => entry(number),
        })
        .collect();
    append(store, &entries).await;
    let player = Actor::player(user_id(1));
    read(store, async |transaction| {
        let mut audit = transaction.audit();
        assert_eq!(numbers(&audit.newest(refused, None, 2).await.unwrap()), [6, 4]);
        let before = Some(entry(4).entry_id);
        assert_eq!(numbers(&audit.newest(refused, before, 2).await.unwrap()), [2]);
        assert_eq!(numbers(&audit.newest(spent, None, 10).await.unwrap()), [5, 3, 1]);
        assert_eq!(numbers(&audit.by_subject(user_id(1), spent, None, 10).await.unwrap()), [3, 1]);
        assert_eq!(numbers(&audit.by_subject(user_id(1), refused, before, 10).await.unwrap()), [2]);
        assert_eq!(numbers(&audit.by_actor(&player, spent, before, 10).await.unwrap()), [3, 1]);
        assert_eq!(numbers(&audit.by_actor(&Actor::platform(), spent, None, 10).await.unwrap()), [5]);
        assert!(audit.newest(Some(AuditAction::LinkEnded), None, 10).await.unwrap().is_empty());
    })
    .await;
}

/// Lines of one millisecond stand in the order of their ids, however they were written, and each stands on one page.
pub async fn lines_of_one_millisecond_have_one_order(store: &dyn Store) {
    let at_once = |number| AuditEntry { happened_at: at(1), ..entry(number) };
    append(store, &[4, 1, 5].map(at_once)).await;
    append(store, &[3, 2].map(at_once)).await;
    let player = Actor::player(user_id(1));
    for list in 0..3 {
        read(store, async |transaction| {
            let mut audit = transaction.audit();
            let (mut pages, mut before) = (Vec::new(), None);
            loop {
                let page = match list {
                    0 => audit.newest(None, before, 2).await,
                    1 => audit.by_subject(user_id(1), None, before, 2).await,
                    _ => audit.by_actor(&player, None, before, 2).await,
                };
                let page = page.unwrap();
                let Some(last) = page.last() else { break };
                before = Some(last.entry_id);
                pages.push(numbers(&page));
            }
            assert_eq!(pages, [vec![5, 4], vec![3, 2], vec![1]]);
        })
        .await;
    }
}

/// However many are asked for, a page holds a hundred.
pub async fn a_page_of_lines_is_bounded(store: &dyn Store) {
    let entries: Vec<AuditEntry> = (1..=101).map(entry).collect();
    append(store, &entries).await;
    read(store, async |transaction| {
        let mut audit = transaction.audit();
        assert_eq!(audit.newest(None, None, 1000).await.unwrap().len(), 100);
        assert_eq!(audit.by_subject(user_id(1), None, None, 1000).await.unwrap().len(), 100);
        assert_eq!(audit.by_actor(&Actor::player(user_id(1)), None, None, 1000).await.unwrap().len(), 100);
    })
    .await;
}

/// A second line with an id is refused, so that none is replaced; so is a detail that is not small.
pub async fn a_line_is_never_replaced(store: &dyn Store) {
    append(store, &[entry(1)]).await;
    let mut transaction = store.begin_write().await.unwrap();
    let other = AuditEntry { subject: None, ..entry(1) };
    assert!(transaction.audit().append(&[other]).await.is_err());
    drop(transaction);
    let mut transaction = store.begin_write().await.unwrap();
    let large = AuditEntry { detail: format!("\"{}\"", "x".repeat(DETAIL_BYTES_MAX)), ..entry(2) };
    assert!(transaction.audit().append(&[large]).await.is_err());
    drop(transaction);
    read(store, async |transaction| {
        assert_eq!(transaction.audit().newest(None, None, 10).await.unwrap(), [entry(1)]);
    })
    .await;
}

/// A line that was written in a transaction which is not saved is not there: it tells of what did not happen.
pub async fn a_line_is_undone_with_what_it_tells(store: &dyn Store) {
    let mut transaction = store.begin_write().await.unwrap();
    transaction.audit().append(&[entry(1)]).await.unwrap();
    drop(transaction);
    read(store, async |transaction| {
        assert!(transaction.audit().newest(None, None, 10).await.unwrap().is_empty());
    })
    .await;
}

/// Lines go when they are old enough, the oldest first.
pub async fn old_lines_are_removed(store: &dyn Store) {
    append(store, &(1..=4).map(entry).collect::<Vec<_>>()).await;
    let remove = async |before, limit| {
        write(store, async |transaction| transaction.audit().remove_old(before, limit).await.unwrap()).await
    };
    assert_eq!(remove(at(1), 10).await, 0);
    assert_eq!(remove(at(4), 2).await, 2);
    read(store, async |transaction| {
        assert_eq!(numbers(&transaction.audit().newest(None, None, 10).await.unwrap()), [4, 3]);
    })
    .await;
    assert_eq!(remove(at(4), 10).await, 1);
}
