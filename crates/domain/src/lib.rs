//! What Podium talks about, without anything it talks through: ids, times, errors a client can see, tournaments,
//! ranking rules and the shapes that cross the wire to the page.
//!
//! Invariant: pure. No clock, no randomness, no input or output; the crate compiles to WASM and the page uses it as
//! it is. Whoever needs the time or chance is handed a [`Clock`] or an [`Rng`].

#![deny(missing_docs)]

pub mod alias;
pub mod amount;
pub mod audit;
pub mod board;
pub mod clock;
pub mod condition;
pub mod consent;
pub mod console;
mod error_chain;
pub mod event;
pub mod handoff;
pub mod id;
pub mod locale;
pub mod mission;
#[cfg(feature = "openapi")]
mod openapi;
pub mod owner;
pub mod problem;
pub mod ranking;
pub mod reachability;
pub mod reward;
pub mod rng;
pub mod session;
pub mod time;
pub mod token;
pub mod tournament;

pub use crate::{
    alias::{AliasChange, AliasState},
    amount::Amount,
    audit::{ActorKind, AuditAction},
    clock::{Clock, MockClock},
    condition::{Condition, KycLevel},
    consent::{ConsentChanges, ConsentChannel, ConsentKind, ConsentState, Consents},
    error_chain::ErrorChain,
    id::{
        ActivityName, AuditId, BoardId, BotId, CampaignCode, ChatId, Currency, EventId, EventSource,
        FieldName, Invalid, LinkTarget, MissionId, OperatorId, OutgoingEventId, OutgoingId, PlatformUserId,
        PlayerKey, RewardCode, RewardId, SessionId, TelegramUserId, TimeZoneName, TokenId, TournamentId,
        UpdateId, UserId,
    },
    locale::Locale,
    owner::Owner,
    problem::{ErrorCode, Problem},
    ranking::{BoardOrder, Order, Ranking, Score, Standing, TieOrders, Ties},
    reachability::Reachability,
    reward::{Prize, Reward, RewardSource, RewardState},
    rng::{Rng, SeededRng},
    time::Timestamp,
    token::{MaskedAccount, TokenAction, TokenRefusal},
    tournament::{Operator, Tournament},
};
