//! A supervisor asks a server to stop: balancers see it before the listener closes.

use std::time::Duration;

use crate::support::{Database, Podium, start_simulator, wait_until};

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_asked_to_stop_is_not_ready_and_serves_on() {
    let simulator = start_simulator().await;
    let database = Database::sqlite();
    // Far longer than the test: it ends by being asked twice.
    let podium = Podium { drain_s: 600, ..Podium::new(&database, &simulator, false) };
    let mut running = podium.start().await;
    let client = reqwest::Client::builder()
        .timeout(Duration::from_secs(2))
        // Each request by a connection of its own: the listener must be open.
        .pool_max_idle_per_host(0)
        .build()
        .unwrap();
    let status = async |port: u16, path: &str| {
        let response = client.get(format!("http://127.0.0.1:{port}{path}")).send().await;
        response.map_or(0, |response| response.status().as_u16())
    };
    assert_eq!(status(podium.port, "/health/ready").await, 200);
    running.terminate();
    wait_until("it is not ready", Duration::from_secs(10), async || {
        status(running.internal_port, "/health/ready").await == 503
    })
    .await;
    assert_eq!(status(podium.port, "/health/ready").await, 503);
    assert_eq!(status(podium.port, "/v1/tournaments").await, 200);
    assert_eq!(status(running.internal_port, "/metrics").await, 200);

    running.terminate();
    wait_until("it has ended", Duration::from_secs(20), async || running.has_ended_well()).await;
    simulator.stop().await;
    database.remove().await;
}
