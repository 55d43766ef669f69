//! The proof that a signed-in person has just opened the app.

use domain::session::SignedIn;
use services::identity::{self, AuthError, fresh};

use crate::support::{TestServer, server};

/// What the proof says to this init data beside this session.
async fn prove(server: &TestServer, who: &SignedIn, init_data: &str) -> Result<(), AuthError> {
    let session = identity::authenticate(&server.services, &who.jwt).await.unwrap();
    let mut tx = server.services.store().begin_write().await.unwrap();
    let proof = fresh::prove(&server.services, &mut *tx, &session, init_data).await?;
    assert_eq!(proof.user().user_id, who.user.user_id);
    Ok(())
}

#[tokio::test]
async fn init_data_is_a_fresh_proof_for_five_minutes() {
    let server = server().await;
    let ada = server.sign_in(42, "Ada").await;
    let init_data = server.init_data(42, "Ada");
    server.clock.advance_ms(300_000);
    assert!(prove(&server, &ada, &init_data).await.is_ok());
    server.clock.advance_ms(1_000);
    assert!(matches!(prove(&server, &ada, &init_data).await, Err(AuthError::Stale)));
}

#[tokio::test]
async fn forged_malformed_and_foreign_init_data_proves_nothing() {
    let server = server().await;
    let ada = server.sign_in(42, "Ada").await;
    let forged = server.init_data(42, "Ada").replace("Ada", "Eve");
    assert!(matches!(prove(&server, &ada, &forged).await, Err(AuthError::Invalid)));
    assert!(matches!(prove(&server, &ada, "hash=0").await, Err(AuthError::Malformed)));
    let foreign = server.init_data(43, "Eve");
    let refused = prove(&server, &ada, &foreign).await.unwrap_err();
    assert_eq!(refused.code().as_str(), "init_data_foreign");
}

#[tokio::test]
async fn a_session_that_is_over_proves_nothing() {
    let server = server().await;
    let ada = server.sign_in(42, "Ada").await;
    identity::sign_out(&server.services, &ada.refresh_token).await.unwrap();
    let refused = prove(&server, &ada, &server.init_data(42, "Ada")).await.unwrap_err();
    assert!(matches!(refused, AuthError::Unauthorized));
}
