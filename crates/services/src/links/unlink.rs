//! Ending a link from the Mini App, by a person who has just opened it.

use domain::session::Me;

use crate::{
    Services,
    identity::{Session, fresh, me::describe},
    links::{LinkError, connect::separate, link::limit, settle},
};

/// Ends the link of the session's person, who goes on as a light profile with the same sessions.
///
/// # Errors
/// The errors of [`fresh::prove`]; [`LinkError::NotLinked`].
pub async fn unlink(services: &Services, session: &Session, raw_init_data: &str) -> Result<Me, LinkError> {
    limit(services, session).await?;
    let mut tx = services.store().begin_write().await?;
    let result = async {
        let proof = fresh::prove(services, &mut *tx, session, raw_init_data).await?;
        let light = separate(services, &mut *tx, proof.user()).await?;
        Ok(describe(services, light, proof.data().user.id))
    }
    .await;
    settle(tx, result).await
}
