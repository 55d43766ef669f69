//! Signing in by init data. Sessions of many sign-ins share one commit.

use std::{collections::HashMap, sync::Arc};

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
        me::describe,
        profile::telegram_profile,
        refresh_token::RefreshToken,
        sign_in_notice::{Candidate, INIT_DATA, Notifier},
    },
    limits::{self, Action, Subject},
    telemetry,
    tokens::{ACCESS_TOKEN_SECONDS, jwt},
};

/// The most sign-ins that wait for a commit.
const WAITING_MAX: usize = 4096;
/// The most sign-ins that share a commit.
const BATCH_MAX: usize = 256;

/// Signs a player in by the init data of a launch on a `device`.
///
/// # Errors
/// [`AuthError`] says whether the data is malformed, forged or stale, or why the session can't be stored.
pub async fn sign_in(
    services: &Services,
    raw_init_data: &str,
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
    metrics::counter!(telemetry::AUTH_VERIFICATIONS_TOTAL, "method" => "init_data", "result" => result)
        .increment(1);
    let data = verified.map_err(|error| match error {
        InitDataError::Malformed { .. } => AuthError::Malformed,
        InitDataError::Invalid { .. } => AuthError::Invalid,
        InitDataError::Stale => AuthError::Stale,
    })?;
    let person = &data.user;
    let telegram_user_id = person.id;
    limits::take(services, Action::Exchange, Subject::Person(&services.secrets().alias(telegram_user_id)))
        .await
        .map_err(AuthError::Limited)?;

    let profile = telegram_profile(
        services,
        telegram_user_id,
        &person.first_name,
        person.username.as_deref(),
        person.language_code.as_deref(),
        None,
        told_by(person),
    );
    let session_id = SessionId::new(services.now(), services.rng());
    let refresh_token = RefreshToken::new(session_id, services.secrets(), services.rng());
    let user = services
        .sign_ins()
        .store(SignIn { session_id, refresh_hash: refresh_token.hash(), method: INIT_DATA, device, profile })
        .await
        .map_err(AuthError::Busy)?;
    let jwt = jwt::issue(services, user.user_id, session_id).await?;
    metrics::counter!(telemetry::FUNNEL_TOTAL, "step" => "authorised").increment(1);
    tracing::debug!(person = %services.secrets().alias(telegram_user_id), "signed in by init data");
    Ok(SignedIn {
        jwt: jwt.into_text(),
        expires_in: ACCESS_TOKEN_SECONDS,
        refresh_token: refresh_token.to_text(),
        user: describe(services, user, telegram_user_id),
    })
}

/// What init data tells of whether the bot may write.
const fn told_by(person: &WebAppUser) -> Reachability {
    if person.allows_write_to_pm { Reachability::Reachable } else { Reachability::NeedsStart }
}

#[derive(Debug)]
struct SignIn {
    session_id: SessionId,
    refresh_hash: [u8; 32],
    method: &'static str,
    device: DeviceKind,
    profile: TelegramProfile,
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

    async fn store(&self, sign_in: SignIn) -> Result<User, GroupCommitError> {
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
