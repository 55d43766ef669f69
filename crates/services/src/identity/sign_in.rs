//! Signing in by init data. Sessions of many sign-ins share one commit.

use std::{collections::HashMap, net::IpAddr, sync::Arc};

use bus::signals::{Signal, Signals};
use domain::{
    Reachability, SessionId, TelegramUserId,
    session::{DeviceKind, SignedIn},
};
use storage::{
    Store, StoreError,
    session::{Arrival, NewSession},
    user::{TelegramProfile, User},
};
use telegram::init_data::{self, InitDataError, WebAppUser};

use crate::{
    Services,
    group_commit::{GroupCommit, GroupCommitError},
    identity::{
        AuthError, SESSION_IDLE_MS,
        open::{Method, count, limit, open},
        profile::telegram_profile,
        sign_in_notice::{Candidate, Notifier},
        suspicion,
    },
};

/// The most sign-ins that wait for a commit.
const WAITING_MAX: usize = 4096;
/// The most sign-ins that share a commit.
const BATCH_MAX: usize = 256;

/// Signs a player in by the init data of a launch that comes from `address`, on a `device`.
///
/// # Errors
/// [`AuthError`] says whether the data is malformed, forged or stale, or why the session can't be stored.
pub async fn sign_in(
    services: &Services,
    raw_init_data: &str,
    address: IpAddr,
    device: DeviceKind,
) -> Result<SignedIn, AuthError> {
    let verified = init_data::verify(
        raw_init_data,
        &services.settings().bot_tokens,
        services.now(),
        services.settings().init_data_max_age_ms,
    );
    let result = match &verified {
        Ok(_) => "ok",
        Err(InitDataError::Malformed { .. }) => "malformed",
        Err(InitDataError::Invalid { .. }) => "invalid",
        Err(InitDataError::Stale) => "stale",
    };
    let data = verified.map_err(|error| {
        count(Method::InitData, result);
        match error {
            InitDataError::Malformed { .. } => AuthError::Malformed,
            InitDataError::Invalid { .. } => AuthError::Invalid,
            InitDataError::Stale => AuthError::Stale,
        }
    })?;
    let person = &data.user;
    limit(services, person.id).await?;
    let reasons = suspicion::reasons(services, data.auth_date, &data.fingerprint, address).await;
    if suspicion::is_too_much(&reasons) {
        count(Method::InitData, "suspicious");
        tracing::info!(
            person = %services.secrets().alias(person.id),
            ?reasons,
            "a launch is suspicious; it has to be repeated"
        );
        return Err(AuthError::Stale);
    }
    count(Method::InitData, result);

    let profile = telegram_profile(
        services,
        person.id,
        &person.first_name,
        person.username.as_deref(),
        person.language_code.as_deref(),
        None,
        told_by(person),
    );
    open(services, Method::InitData, device, profile).await
}

/// What init data tells of whether the bot may write.
const fn told_by(person: &WebAppUser) -> Reachability {
    if person.allows_write_to_pm { Reachability::Reachable } else { Reachability::NeedsStart }
}

/// A sign-in to store.
#[derive(Debug)]
pub(crate) struct SignIn {
    pub(crate) session_id: SessionId,
    pub(crate) refresh_hash: [u8; 32],
    pub(crate) method: &'static str,
    pub(crate) device: DeviceKind,
    pub(crate) profile: TelegramProfile,
}

/// Stores sign-ins together.
#[derive(Debug)]
pub(crate) struct SignInCommitter(GroupCommit<SignIn, User>);

impl SignInCommitter {
    /// `notifier` is there where this server has a bot to tell people with.
    pub(crate) fn start(
        store: Arc<dyn Store>,
        signals: Arc<dyn Signals>,
        notifier: Option<Notifier>,
    ) -> Self {
        Self(GroupCommit::start("sign_in", WAITING_MAX, BATCH_MAX, move |sign_ins| {
            let (store, signals, notifier) = (Arc::clone(&store), Arc::clone(&signals), notifier.clone());
            async move {
                let (users, has_notices) = store_together(&*store, notifier.as_ref(), &sign_ins).await?;
                if has_notices {
                    signals.publish(Signal::Outbox);
                }
                Ok(users)
            }
        }))
    }

    /// Stores a sign-in and returns who signed in.
    pub(crate) async fn store(&self, sign_in: SignIn) -> Result<User, GroupCommitError> {
        self.0.submit(sign_in).await
    }
}

/// Stores users and sessions, and the notices that go with them. Answers the users, and whether there are notices.
async fn store_together(
    store: &dyn Store,
    notifier: Option<&Notifier>,
    sign_ins: &[SignIn],
) -> Result<(Vec<User>, bool), StoreError> {
    // Somebody who signs in twice within one commit is one person; what came last is what is known of them.
    let mut profiles: HashMap<TelegramUserId, TelegramProfile> = HashMap::with_capacity(sign_ins.len());
    for sign_in in sign_ins {
        profiles.insert(sign_in.profile.telegram_user_id, sign_in.profile.clone());
    }
    let profiles: Vec<TelegramProfile> = profiles.into_values().collect();
    let mut tx = store.begin_write().await?;
    let users: HashMap<TelegramUserId, User> = {
        let stored = tx.users().upsert_telegram(&profiles).await?;
        profiles.iter().map(|profile| profile.telegram_user_id).zip(stored).collect()
    };
    let mut answers = Vec::with_capacity(sign_ins.len());
    let mut sessions = Vec::with_capacity(sign_ins.len());
    let mut candidates = Vec::new();
    for sign_in in sign_ins {
        let user = users
            .get(&sign_in.profile.telegram_user_id)
            .ok_or(StoreError::Inconsistent { table: "users", column: "telegram_user_id" })?;
        let created_at = sign_in.profile.seen_at;
        sessions.push(NewSession {
            session_id: sign_in.session_id,
            user_id: user.user_id,
            refresh_hash: sign_in.refresh_hash,
            method: sign_in.method,
            device: sign_in.device,
            created_at,
            expires_at: created_at.plus_ms(SESSION_IDLE_MS),
        });
        if let Some(chat_id) = user.chat_id {
            let arrival = Arrival { user_id: user.user_id, method: sign_in.method, device: sign_in.device };
            candidates.push(Candidate { arrival, chat_id, locale: user.locale, at: created_at });
        }
        answers.push(user.clone());
    }
    let has_notices = match notifier {
        Some(notifier) => notifier.tell(&mut *tx, &candidates).await?,
        None => false,
    };
    tx.sessions().add_many(&sessions).await?;
    tx.save().await?;
    Ok((answers, has_notices))
}
