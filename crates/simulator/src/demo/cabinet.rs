//! What the demo platform's site does with a hand-over: it shows the code to Podium, signed, and knows whom to sign in.
//!
//! Invariant: a visit is made by a code that Podium has taken, and by nothing else; what it may do, it may do once.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use domain::{Clock as _, Rng as _};
use serde_json::{Value, json};

use crate::{
    clock::{SystemClock, SystemRng},
    demo::{
        Demo, Event, PostError,
        cast::{PEOPLE, Player},
    },
};

/// The most visits that are remembered; all are forgotten when there are more.
const VISITS_MAX: usize = 200;

/// Who is in the cabinet, by the secret that the page holds.
#[derive(Debug, Default)]
pub(super) struct Visits(Mutex<BTreeMap<String, Player>>);

impl Visits {
    fn held(&self) -> MutexGuard<'_, BTreeMap<String, Player>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody whom a hand-over has brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// What the site calls them: the public name, or the platform's id of one whom another platform has introduced.
    pub name: String,
    /// The page that they wanted.
    pub to: String,
    /// The step of it.
    pub step: Option<String>,
    /// The secret by which the page acts for them. Nobody whom this platform does not know has one.
    pub secret: Option<String>,
}

impl Demo {
    /// Spends the code of a hand-over.
    ///
    /// # Errors
    /// When Podium does not take it.
    pub async fn redeem(&self, code: &str) -> Result<Visit, PostError> {
        let body = json!({"code": code}).to_string();
        let id = format!("visit_{}", secret());
        let answer = self.call("/v1/platform/handoffs", "application/json", &id, body).await?;
        let text = |name: &str| answer[name].as_str().map(str::to_owned);
        let platform_user_id = text("platform_user_id").unwrap_or_default();
        let player = self.player(&platform_user_id);
        let name = player.as_ref().map_or(platform_user_id, |player| player.alias.clone());
        let secret = player.map(|player| self.remember(player));
        Ok(Visit { name, to: text("to").unwrap_or_default(), step: text("step"), secret })
    }

    /// Confirms the phone of the visitor with this secret, and tells Podium. `None` when there is none.
    ///
    /// # Errors
    /// When Podium does not take it.
    pub async fn confirm_contact(&self, secret: &str) -> Result<Option<()>, PostError> {
        let player = self.visits.held().remove(secret);
        let Some(player) = player else { return Ok(None) };
        let mut data = player.to_data();
        data["contact_confirmed"] = Value::Bool(true);
        // A link that has ended meanwhile stays ended.
        if let Some(fields) = data.as_object_mut() {
            fields.remove("telegram_user_id");
        }
        let event = Event { kind: "platform.user.upserted", time: SystemClock.now(), data };
        self.post(&self.numbered(vec![event])).await.map(|_| Some(()))
    }

    /// The player of this id.
    fn player(&self, platform_user_id: &str) -> Option<Player> {
        let is_meant = |player: &Player| player.platform_user_id == platform_user_id;
        let guest = self.guests().values().find(|player| is_meant(player)).cloned();
        guest.or_else(|| (0..PEOPLE).map(Player::invented).find(is_meant))
    }

    fn remember(&self, player: Player) -> String {
        let secret = secret();
        let mut visits = self.visits.held();
        if visits.len() >= VISITS_MAX {
            visits.clear();
        }
        visits.insert(secret.clone(), player);
        secret
    }
}

fn secret() -> String {
    let mut bytes = [0; 16];
    SystemRng.fill(&mut bytes);
    hex::encode(bytes)
}
