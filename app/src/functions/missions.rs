//! The player's missions.

use domain::{
    MissionId,
    mission::{MissionClaim, Missions},
};
use leptos::prelude::*;

use crate::{
    functions::{ArgumentJson, Arguments, Failure, PageJson},
    session::SignedIn,
};

/// The caller's missions, as they stand now.
///
/// # Errors
/// A problem document: no token or one that is not valid, a store that can't be read.
#[server(
    name = FetchMissions,
    prefix = "/fn",
    endpoint = "missions/list",
    input = ArgumentJson,
    output = PageJson,
    client = SignedIn
)]
pub async fn missions() -> Result<Missions, Failure> {
    let request = crate::ssr::Request::expect()?;
    let session = request.session().await?;
    Ok(services::missions::list(request.services(), &session).await?)
}

impl Arguments for FetchMissions {
    fn to_json(&self) -> String {
        "{}".to_owned()
    }
}

/// Claims what a mission is rewarded with.
///
/// # Errors
/// A problem document that says why not; no token or one that is not valid, a store that can't be written.
#[server(
    name = ClaimMission,
    prefix = "/fn",
    endpoint = "missions/claim",
    input = ArgumentJson,
    output = PageJson,
    client = SignedIn
)]
pub async fn claim_mission(id: MissionId) -> Result<MissionClaim, Failure> {
    let request = crate::ssr::Request::expect()?;
    let session = request.session().await?;
    Ok(services::missions::claim(request.services(), &session, &id).await?)
}

impl Arguments for ClaimMission {
    fn to_json(&self) -> String {
        let Self { id } = self;
        format!(r#"{{"id":"{id}"}}"#)
    }
}
