//! Two servers that poll: one does, the other takes over when it dies, and Telegram never sees both.

use std::time::Duration;

use simulator::{Handle, NewUser};

use crate::support::{Database, Podium, start_simulator, wait_until};

const TAKEOVERS: i64 = 3;

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_poller_is_followed_within_15_seconds_on_sqlite() {
    take_over(Database::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_poller_is_followed_within_15_seconds_on_postgres() {
    take_over(Database::postgres().await).await;
}

async fn take_over(database: Database) {
    let simulator = start_simulator().await;
    let (first, second) =
        (Podium::new(&database, &simulator, true), Podium::new(&database, &simulator, true));
    let mut polling = first.start().await;
    let user_id = write_first(&simulator);
    wait_until("the first answer came", Duration::from_secs(15), async || answers(&simulator, user_id) == 1)
        .await;
    for round in 1..=TAKEOVERS {
        // The other one is there before the polling one dies, and waits for its lease.
        let podium = if round % 2 == 1 { &second } else { &first };
        let waiting = podium.start().await;
        polling.kill();
        simulator.simulator().send_message(user_id, "/help").unwrap();
        let expected = usize::try_from(round).unwrap() + 1;
        wait_until("the other one answers", Duration::from_secs(15), async || {
            answers(&simulator, user_id) == expected
        })
        .await;
        polling = waiting;
    }
    let state = simulator.simulator().state();
    assert_eq!(state["conflicts_409"], 0, "Telegram saw two pollers: {state}");
    drop(polling);
    simulator.stop().await;
    database.remove().await;
}

fn write_first(simulator: &Handle) -> i64 {
    let user = NewUser {
        id: Some(1_000_001),
        first_name: "Somebody".to_owned(),
        language_code: "en".to_owned(),
        ..NewUser::default()
    };
    let user_id = simulator.simulator().create_user(user).unwrap().id;
    simulator.simulator().send_message(user_id, "/start").unwrap();
    user_id
}

fn answers(simulator: &Handle, user_id: i64) -> usize {
    let chat = simulator.simulator().chat(user_id).unwrap();
    let messages = chat["messages"].as_array().unwrap_or_else(|| chat.as_array().unwrap());
    messages.iter().filter(|message| message["from"] == "bot").count()
}
