//! The provider's keys, kept for a while.
//!
//! Invariant: whatever tokens come, the provider is asked at most once in [`REFRESH_MS`], and one at a time asks.

use std::sync::Arc;

use domain::Timestamp;
use telegram::oidc::{KeySet, OidcProvider, ProviderError};
use tokio::sync::Mutex;

/// Keys are asked for again after this time, so that one that was taken back is not believed for long.
const KEPT_MS: i64 = 3_600_000;
/// An unknown key is asked for at most this often: anybody can name one.
const REFRESH_MS: i64 = 30_000;

/// The keys as they were last answered.
#[derive(Debug, Default)]
pub(crate) struct OidcKeys(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    keys: Arc<KeySet>,
    answered_at: Option<Timestamp>,
    asked_at: Option<Timestamp>,
}

impl OidcKeys {
    /// Keys among which is `kid`, if the provider has it.
    pub(crate) async fn with(
        &self,
        provider: &dyn OidcProvider,
        kid: &str,
        now: Timestamp,
    ) -> Result<Arc<KeySet>, ProviderError> {
        let mut state = self.0.lock().await;
        let within = |at: Option<Timestamp>, ms| at.is_some_and(|at| (0..ms).contains(&now.millis_since(at)));
        let is_kept = within(state.answered_at, KEPT_MS);
        if is_kept && state.keys.has(kid) {
            return Ok(Arc::clone(&state.keys));
        }
        if within(state.asked_at, REFRESH_MS) {
            // Asked a moment ago: what was answered then is the answer. Without one, the provider is away.
            return if is_kept { Ok(Arc::clone(&state.keys)) } else { Err(ProviderError::Unreachable) };
        }
        state.asked_at = Some(now);
        match provider.keys().await {
            Ok(keys) => {
                state.keys = Arc::new(keys);
                state.answered_at = Some(now);
                Ok(Arc::clone(&state.keys))
            }
            Err(error) => {
                tracing::warn!(error = %domain::ErrorChain(&error), "the provider's keys can't be read");
                Err(error)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use async_trait::async_trait;
    use secrecy::SecretString;
    use telegram::oidc::OidcClient;

    use super::*;

    #[derive(Debug, Default)]
    struct Provider {
        asked: AtomicUsize,
        answers: Mutex<Vec<Result<KeySet, ProviderError>>>,
    }

    #[async_trait]
    impl OidcProvider for Provider {
        fn client(&self) -> &OidcClient {
            unreachable!("keys need no client")
        }

        async fn id_token(&self, _: &str, _: &str) -> Result<SecretString, ProviderError> {
            Err(ProviderError::Refused)
        }

        async fn keys(&self) -> Result<KeySet, ProviderError> {
            self.asked.fetch_add(1, Ordering::SeqCst);
            self.answers.lock().await.remove(0)
        }
    }

    fn set(kid: &str) -> KeySet {
        let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        KeySet::parse(&format!(r#"{{"keys":[{{"kty":"OKP","crv":"Ed25519","kid":"{kid}","x":"{x}"}}]}}"#))
            .unwrap()
    }

    fn provider(answers: Vec<Result<KeySet, ProviderError>>) -> Provider {
        Provider { asked: AtomicUsize::new(0), answers: Mutex::new(answers) }
    }

    const START: Timestamp = Timestamp::from_secs(1_795_000_000);

    #[tokio::test]
    async fn known_keys_are_asked_for_once_an_hour() {
        let provider = provider(vec![Ok(set("a")), Ok(set("a"))]);
        let keys = OidcKeys::default();
        for (ms, asked) in [(0, 1), (1, 1), (3_599_999, 1), (3_600_000, 2)] {
            assert!(keys.with(&provider, "a", START.plus_ms(ms)).await.unwrap().has("a"));
            assert_eq!(provider.asked.load(Ordering::SeqCst), asked, "{ms}");
        }
    }

    #[tokio::test]
    async fn unknown_keys_are_asked_for_at_most_twice_a_minute() {
        let provider = provider(vec![Ok(set("a")), Ok(set("b"))]);
        let keys = OidcKeys::default();
        assert!(keys.with(&provider, "a", START).await.unwrap().has("a"));
        for number in 0..100 {
            let flood = format!("made-up-{number}");
            assert!(!keys.with(&provider, &flood, START.plus_ms(number)).await.unwrap().has(&flood));
        }
        assert!(!keys.with(&provider, "b", START.plus_ms(29_999)).await.unwrap().has("b"));
        assert_eq!(provider.asked.load(Ordering::SeqCst), 1);
        // The provider has changed its key meanwhile.
        assert!(keys.with(&provider, "b", START.plus_ms(30_000)).await.unwrap().has("b"));
        assert_eq!(provider.asked.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn a_provider_that_is_away_is_not_hammered() {
        let provider = provider(vec![Err(ProviderError::Unreachable), Ok(set("a"))]);
        let keys = OidcKeys::default();
        for ms in [0, 1, 29_999] {
            assert!(keys.with(&provider, "a", START.plus_ms(ms)).await.is_err());
        }
        assert!(keys.with(&provider, "a", START.plus_ms(30_000)).await.unwrap().has("a"));
        assert_eq!(provider.asked.load(Ordering::SeqCst), 2);
    }
}
