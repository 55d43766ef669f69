//! The suite of the port [`Signals`](crate::signals::Signals): what one node hears of itself.

use std::time::Duration;

use tokio::sync::broadcast::{Receiver, error::RecvError};

use crate::signals::{ChangedBoards, Signal, Signals};

/// Long enough for a busy machine; a test that passes never waits for it.
const PATIENCE: Duration = Duration::from_secs(20);

/// A hint about a board with this number.
pub fn board(number: u64) -> Signal {
    Signal::Boards { boards: ChangedBoards::new(vec![format!("cup.0.{}", number + 1).parse().unwrap()]) }
}

/// The next hint; a failed test when none comes.
///
/// # Errors
/// The receiver has lagged behind, or nobody can send any more.
pub async fn next(receiver: &mut Receiver<Signal>) -> Result<Signal, RecvError> {
    tokio::time::timeout(PATIENCE, receiver.recv()).await.unwrap()
}

/// Each of two receivers; the last hint shows that none came twice in between.
pub async fn every_receiver_hears_each_hint_once_and_in_order(signals: &dyn Signals) {
    let mut receivers = [signals.subscribe(), signals.subscribe()];
    let said = [board(1), Signal::Inbox, Signal::Inbox, Signal::Outbox, board(2)];
    for signal in &said {
        signals.publish(signal.clone());
    }
    for receiver in &mut receivers {
        for signal in &said {
            assert_eq!(next(receiver).await.as_ref(), Ok(signal));
        }
    }
}

/// Hints are not kept.
pub async fn a_receiver_hears_nothing_from_before_it_came(signals: &dyn Signals) {
    let mut early = signals.subscribe();
    signals.publish(Signal::Inbox);
    assert_eq!(next(&mut early).await, Ok(Signal::Inbox));
    let mut late = signals.subscribe();
    signals.publish(Signal::Outbox);
    assert_eq!(next(&mut late).await, Ok(Signal::Outbox));
}

/// The oldest are lost, the newest are there.
pub async fn a_receiver_that_lags_is_told_so(signals: &dyn Signals) {
    let mut slow = signals.subscribe();
    for number in 0..1_500 {
        signals.publish(board(number));
    }
    let Err(RecvError::Lagged(lost)) = next(&mut slow).await else { panic!("the receiver was not told") };
    assert!(lost > 0);
    assert_eq!(next(&mut slow).await, Ok(board(lost)));
}

/// Whoever has not listened meanwhile has lost nothing: the hint is one, and true of each board.
pub async fn a_commit_that_touches_thousands_of_boards_is_one_hint(signals: &dyn Signals) {
    let mut receiver = signals.subscribe();
    let boards = (1..=16_000).map(|number| format!("cup.0.{number}").parse().unwrap()).collect();
    signals.publish(board(1));
    signals.publish(Signal::Boards { boards: ChangedBoards::new(boards) });
    signals.publish(board(2));
    assert_eq!(next(&mut receiver).await, Ok(board(1)));
    let Ok(Signal::Boards { boards }) = next(&mut receiver).await else { panic!("another hint came") };
    assert!(boards.may_have(&"cup.0.16000".parse().unwrap()));
    assert_eq!(next(&mut receiver).await, Ok(board(2)));
}

/// To publish is nobody's business but the publisher's.
pub async fn nobody_needs_to_listen(signals: &dyn Signals) {
    for number in 0..5_000 {
        signals.publish(board(number));
    }
    every_receiver_hears_each_hint_once_and_in_order(signals).await;
}
