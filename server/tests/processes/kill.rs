//! `kill -9` under load: no acknowledged update is lost, none is handled twice, none is answered twice.

use std::{collections::HashMap, time::Duration};

use domain::{Rng, SeededRng};
use simulator::{Handle, NewUser};

use crate::support::{Database, Podium, start_simulator, wait_until};

const KILLS: u64 = 20;
const PEOPLE_A_ROUND: i64 = 25;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_or_doubled_by_kills_on_sqlite() {
    kill_under_load(Database::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_or_doubled_by_kills_on_postgres() {
    kill_under_load(Database::postgres().await).await;
}

async fn kill_under_load(database: Database) {
    let simulator = start_simulator().await;
    let podium = Podium::new(&database, &simulator, false);
    let rng = SeededRng::new(7);
    let mut updates: HashMap<i64, i64> = HashMap::new();
    for round in 0..KILLS {
        let mut running = podium.start().await;
        updates.extend(write_to_bot(&simulator, round));
        // Killed somewhere between the first acknowledgement and the last answer.
        let sent_before = sent(&simulator);
        let enough = rng.next_u64() % PEOPLE_A_ROUND.unsigned_abs();
        wait_until("some messages were sent", Duration::from_secs(30), async || {
            sent(&simulator) >= sent_before + enough
        })
        .await;
        running.kill();
    }
    let running = podium.start().await;
    settle(&simulator, &database).await;
    drop(running);
    check(&simulator, &database, &updates).await;
    simulator.stop().await;
    database.remove().await;
}

/// New people write one message each. Returns who wrote which update.
fn write_to_bot(simulator: &Handle, round: u64) -> Vec<(i64, i64)> {
    let people = (0..PEOPLE_A_ROUND).map(|number| {
        let user = NewUser {
            id: Some(1_000_000 + i64::try_from(round).unwrap() * 1_000 + number),
            first_name: "Somebody".to_owned(),
            language_code: "en".to_owned(),
            ..NewUser::default()
        };
        let user_id = simulator.simulator().create_user(user).unwrap().id;
        let update_id = simulator.simulator().send_message(user_id, "/help").unwrap().unwrap();
        (update_id, user_id)
    });
    people.collect()
}

fn sent(simulator: &Handle) -> u64 {
    simulator.simulator().state()["sent_total"].as_u64().unwrap()
}

/// Waits until Telegram has delivered all and nothing waits or is on the wire. A message that was on the wire when its
/// sender died belongs to the dead sender for 40 s.
async fn settle(simulator: &Handle, database: &Database) {
    wait_until("all updates are delivered", Duration::from_mins(1), async || {
        simulator.simulator().state()["pending"] == 0
    })
    .await;
    wait_until("all rows have come to their end", Duration::from_secs(90), async || {
        let open = "SELECT CAST(COUNT(*) AS TEXT) FROM inbox_updates WHERE state IN ('waiting', 'running') \
                    UNION ALL SELECT CAST(COUNT(*) AS TEXT) FROM outgoing_messages WHERE state IN ('waiting', 'sending')";
        database.rows(open).await.iter().all(|row| row[0] == "0")
    })
    .await;
}

async fn check(simulator: &Handle, database: &Database, updates: &HashMap<i64, i64>) {
    let done: Vec<_> =
        database.rows("SELECT CAST(update_id AS TEXT), state FROM inbox_updates ORDER BY update_id").await;
    assert_eq!(done.len(), updates.len(), "each update has one row");
    assert!(done.iter().all(|row| row[1] == "done"), "an update is not done: {done:?}");

    let mut ambiguous = 0;
    let outgoing = database
        .rows("SELECT CAST(cause_update_id AS TEXT), state FROM outgoing_messages ORDER BY cause_update_id")
        .await;
    assert_eq!(outgoing.len(), updates.len(), "each update has one outgoing row");
    for row in outgoing {
        let user_id = updates[&row[0].parse::<i64>().unwrap()];
        let chat = simulator.simulator().chat(user_id).unwrap();
        let messages = chat["messages"].as_array().unwrap_or_else(|| chat.as_array().unwrap());
        let answers = messages.iter().filter(|message| message["from"] == "bot").count();
        match row[1].as_str() {
            "sent" => assert_eq!(answers, 1, "a sent message is there once"),
            "ambiguous" => {
                ambiguous += 1;
                assert!(answers <= 1, "a message of unknown fate is there at most once");
            }
            other => panic!("an outgoing row ended as {other}"),
        }
    }
    println!("{} updates, {ambiguous} answers of unknown fate", updates.len());
}
