//! What handlers ask for: who calls, from where, and with what. Each refuses with a problem document.

mod bearer;
mod client_address;
mod device;
mod json;
mod path;
mod signed;

pub use crate::http::extract::{
    bearer::{MaybeSession, SignedInSession},
    client_address::ClientAddress,
    device::ClientDevice,
    json::{ApiJson, ApiQuery},
    path::{DownloadPath, MissionPath, RewardPath, SessionPath, TournamentPath},
    signed::SignedCall,
};
