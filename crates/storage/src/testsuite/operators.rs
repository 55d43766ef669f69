//! Contracts of the console's operators.

use domain::{OperatorId, TelegramUserId, console::Role};
use futures::future::join_all;
use uuid::Uuid;

use crate::{
    Store,
    operator::{Operator, OperatorSource, SecondFactor},
    testsuite::fixtures::{HARD_TEXT, at, read, write},
};

/// An operator's id.
pub(crate) const fn operator_id(number: u128) -> OperatorId {
    OperatorId::from_uuid(Uuid::from_u128(number))
}

/// An invited viewer.
pub(crate) fn operator(number: u8) -> Operator {
    Operator {
        operator_id: operator_id(number.into()),
        telegram_user_id: TelegramUserId(number.into()),
        label: format!("Operator {number}"),
        role: Role::Viewer,
        source: OperatorSource::Invitation,
        invited_by: None,
        created_at: at(0),
        ended_at: None,
    }
}

async fn admit(store: &dyn Store, operator: &Operator) -> Operator {
    write(store, async |transaction| transaction.operators().admit(operator).await.unwrap()).await
}

fn factor() -> SecondFactor {
    SecondFactor {
        sealed_secret: vec![0, 255, 7],
        confirmed_at: Some(at(5)),
        last_step: 59_000_000,
        failures: 2,
        locked_until: Some(at(9)),
    }
}

/// What was stored is found by both keys.
pub async fn an_operator_is_found_as_it_was_stored(store: &dyn Store) {
    let stored = Operator {
        label: HARD_TEXT.replace('\u{1}', ""),
        role: Role::Admin,
        source: OperatorSource::Settings,
        invited_by: Some(operator_id(9)),
        ..operator(1)
    };
    assert_eq!(admit(store, &stored).await, stored);
    read(store, async |transaction| {
        let mut operators = transaction.operators();
        assert_eq!(operators.by_id(operator_id(1)).await.unwrap().as_ref(), Some(&stored));
        assert_eq!(operators.by_telegram_id(TelegramUserId(1)).await.unwrap(), Some(stored));
        assert_eq!(operators.by_id(operator_id(2)).await.unwrap(), None);
        assert_eq!(operators.by_telegram_id(TelegramUserId(2)).await.unwrap(), None);
    })
    .await;
    let locked =
        write(store, async |transaction| transaction.operators().lock(operator_id(1)).await.unwrap()).await;
    assert_eq!(locked.map(|operator| operator.operator_id), Some(operator_id(1)));
}

/// A person who comes back is the same operator with a new place.
pub async fn a_person_is_one_operator(store: &dyn Store) {
    admit(store, &operator(1)).await;
    write(store, async |transaction| {
        assert!(transaction.operators().end(operator_id(1), at(3)).await.unwrap());
    })
    .await;
    let again = Operator {
        operator_id: operator_id(2),
        label: "Back".to_owned(),
        role: Role::Manager,
        created_at: at(8),
        ..operator(1)
    };
    let admitted = admit(store, &again).await;
    assert_eq!(admitted, Operator { operator_id: operator_id(1), created_at: at(0), ..again });
}

/// An operator ends once, and has no role to change afterwards.
pub async fn an_operator_ends_once(store: &dyn Store) {
    admit(store, &operator(1)).await;
    write(store, async |transaction| {
        let mut operators = transaction.operators();
        operators.set_role(operator_id(1), Role::Support).await.unwrap();
        assert_eq!(operators.by_id(operator_id(1)).await.unwrap().unwrap().role, Role::Support);
        assert!(operators.end(operator_id(1), at(3)).await.unwrap());
        assert!(!operators.end(operator_id(1), at(4)).await.unwrap());
        assert!(!operators.end(operator_id(2), at(4)).await.unwrap());
        assert_eq!(operators.by_id(operator_id(1)).await.unwrap().unwrap().ended_at, Some(at(3)));
    })
    .await;
    let mut transaction = store.begin_write().await.unwrap();
    assert!(transaction.operators().set_role(operator_id(1), Role::Admin).await.is_err());
}

/// The list goes on behind a given operator.
pub async fn operators_are_listed_page_by_page(store: &dyn Store) {
    for number in [3, 1, 2] {
        admit(store, &operator(number)).await;
    }
    let page = async |after: Option<u128>| {
        read(store, async |transaction| {
            let listed = transaction.operators().list(after.map(operator_id), 2).await.unwrap();
            listed.iter().map(|operator| operator.operator_id.as_uuid().as_u128()).collect::<Vec<_>>()
        })
        .await
    };
    assert_eq!(page(None).await, [1, 2]);
    assert_eq!(page(Some(2)).await, [3]);
    assert_eq!(page(Some(3)).await, [0_u128; 0]);
}

/// A second factor is kept whole, is replaced, and goes with its recovery codes.
pub async fn a_second_factor_is_replaced_and_removed(store: &dyn Store) {
    for number in [1, 2, 3] {
        admit(store, &operator(number)).await;
    }
    write(store, async |transaction| {
        let mut operators = transaction.operators();
        assert_eq!(operators.second_factor(operator_id(1)).await.unwrap(), None);
        let fresh = SecondFactor { confirmed_at: None, locked_until: None, failures: 0, ..factor() };
        operators.put_second_factor(operator_id(1), &fresh).await.unwrap();
        operators.put_second_factor(operator_id(2), &fresh).await.unwrap();
        assert_eq!(operators.second_factor(operator_id(1)).await.unwrap(), Some(fresh));
        operators.put_second_factor(operator_id(1), &factor()).await.unwrap();
        assert_eq!(operators.second_factor(operator_id(1)).await.unwrap(), Some(factor()));
        operators.put_recovery_codes(operator_id(1), &[[1; 32]]).await.unwrap();

        let all = [1, 2, 3].map(operator_id);
        assert_eq!(operators.with_second_factor(&all).await.unwrap(), [operator_id(1)]);
        assert!(operators.with_second_factor(&[]).await.unwrap().is_empty());
        assert!(operators.with_second_factor(&[operator_id(1); 101]).await.is_err());

        assert!(operators.remove_second_factor(operator_id(1)).await.unwrap());
        assert!(!operators.remove_second_factor(operator_id(1)).await.unwrap());
        assert_eq!(operators.second_factor(operator_id(1)).await.unwrap(), None);
        assert_eq!(operators.recovery_codes_left(operator_id(1)).await.unwrap(), 0);
    })
    .await;
}

/// A recovery code works once, for its operator alone, and new codes end the old ones.
pub async fn a_recovery_code_is_spent_once(store: &dyn Store) {
    for number in [1, 2] {
        admit(store, &operator(number)).await;
    }
    write(store, async |transaction| {
        let mut operators = transaction.operators();
        operators.put_recovery_codes(operator_id(1), &[[1; 32], [2; 32]]).await.unwrap();
        assert!(!operators.spend_recovery_code(operator_id(2), [1; 32]).await.unwrap());
        assert!(operators.spend_recovery_code(operator_id(1), [1; 32]).await.unwrap());
        assert!(!operators.spend_recovery_code(operator_id(1), [1; 32]).await.unwrap());
        assert_eq!(operators.recovery_codes_left(operator_id(1)).await.unwrap(), 1);
        operators.put_recovery_codes(operator_id(1), &[[3; 32]]).await.unwrap();
        assert!(!operators.spend_recovery_code(operator_id(1), [2; 32]).await.unwrap());
        assert!(operators.put_recovery_codes(operator_id(1), &[[0; 32]; 101]).await.is_err());
    })
    .await;
}

/// Several who show the same code at once: the lock lets one of them see it as unused.
pub async fn of_codes_at_once_one_is_taken(store: &dyn Store) {
    admit(store, &operator(1)).await;
    write(store, async |transaction| {
        let fresh = SecondFactor { last_step: 0, ..factor() };
        transaction.operators().put_second_factor(operator_id(1), &fresh).await.unwrap();
    })
    .await;
    let show = async || {
        let mut transaction = store.begin_write().await.unwrap();
        transaction.operators().lock(operator_id(1)).await.unwrap().unwrap();
        let factor = transaction.operators().second_factor(operator_id(1)).await.unwrap().unwrap();
        let taken = factor.last_step < 7;
        if taken {
            let used = SecondFactor { last_step: 7, ..factor };
            transaction.operators().put_second_factor(operator_id(1), &used).await.unwrap();
        }
        transaction.save().await.unwrap();
        taken
    };
    let taken = join_all((0..8).map(|_| show())).await;
    assert_eq!(taken.iter().filter(|taken| **taken).count(), 1);
}
