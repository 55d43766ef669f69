//! The connection to Redis that all ports share.
//!
//! Invariant: every call ends within its timeout; every key begins with `podium:v1:` and the deployment's prefix, so
//! that several deployments, and later layouts of the keys, can share one server. Nothing here prints the address: it
//! may hold a password.

use std::{fmt, future::Future, sync::Arc, time::Duration};

use redis::{
    Client, IntoConnectionInfo, RedisResult,
    aio::{ConnectionManager, ConnectionManagerConfig},
};

use crate::BusError;

/// How long a connection may take to come up.
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// How long one call may take, a reconnection included. Whoever asks has a player waiting and SQL to fall back on.
pub(crate) const CALL_TIMEOUT: Duration = Duration::from_secs(2);
/// How long one step of a rebuild may take: nobody waits for it but the rebuild.
pub(crate) const STEP_TIMEOUT: Duration = Duration::from_secs(10);
/// The version of the layout of the keys.
const NAMESPACE: &str = "podium:v1:";

/// A connection that comes up when it is first used and comes back by itself. Clones share it.
#[derive(Clone)]
pub struct RedisConnection {
    client: Client,
    manager: ConnectionManager,
    prefix: Arc<str>,
}

/// The prefix can't be used.
#[derive(Debug, thiserror::Error)]
enum PrefixError {
    /// It would change which part of a key decides its slot in a cluster.
    #[error("a prefix of Redis keys must not contain braces")]
    Braces,
    /// It would run into what comes behind it.
    #[error("a prefix of Redis keys must end with a colon")]
    NoColon,
}

impl RedisConnection {
    /// A connection to the server at `url` (`redis://…`, `rediss://…`) for keys that begin with `prefix`, which is empty
    /// or ends with a colon. Nothing is sent yet, so that a node starts while Redis is away; [`Self::ping`] tells
    /// whether it answers. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// The address or the prefix is malformed.
    pub fn connect(url: &str, prefix: &str) -> Result<Self, BusError> {
        const OPERATION: &str = "redis.connect";
        if prefix.contains(['{', '}']) {
            return Err(BusError::at(OPERATION)(PrefixError::Braces));
        }
        if !prefix.is_empty() && !prefix.ends_with(':') {
            return Err(BusError::at(OPERATION)(PrefixError::NoColon));
        }
        let open = || {
            let info = url.into_connection_info()?;
            // A server that vanished without a word is given up when it has acknowledged nothing for so long; without
            // this the system goes on for a quarter of an hour, and every call runs into its timeout.
            #[cfg(target_os = "linux")]
            let info = {
                let settings = info.tcp_settings().clone().set_user_timeout(CALL_TIMEOUT);
                info.set_tcp_settings(settings)
            };
            let client = Client::open(info)?;
            let config = ConnectionManagerConfig::new()
                .set_connection_timeout(Some(CONNECT_TIMEOUT))
                .set_response_timeout(Some(STEP_TIMEOUT))
                .set_min_delay(Duration::from_millis(50))
                .set_max_delay(Duration::from_secs(1))
                .set_number_of_retries(3);
            let manager = ConnectionManager::new_lazy_with_config(client.clone(), config)?;
            RedisResult::Ok((client, manager))
        };
        let (client, manager) = open().map_err(BusError::at(OPERATION))?;
        Ok(Self { client, manager, prefix: format!("{NAMESPACE}{prefix}").into() })
    }

    /// Whether the server answers.
    ///
    /// # Errors
    /// It does not, or not in time.
    pub async fn ping(&self) -> Result<(), BusError> {
        let mut manager = self.manager();
        let command = redis::cmd("PING");
        timed("redis.ping", CALL_TIMEOUT, command.exec_async(&mut manager)).await
    }

    /// A key of this deployment.
    pub(crate) fn key(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    /// The multiplexed connection for commands.
    pub(crate) fn manager(&self) -> ConnectionManager {
        self.manager.clone()
    }

    /// The client, for a connection of one's own.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }
}

impl fmt::Debug for RedisConnection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("RedisConnection").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

/// Waits for `call` for `timeout` at most.
pub(crate) async fn timed<T>(
    operation: &'static str,
    timeout: Duration,
    call: impl Future<Output = RedisResult<T>>,
) -> Result<T, BusError> {
    tokio::time::timeout(timeout, call)
        .await
        .map_err(BusError::at(operation))?
        .map_err(BusError::at(operation))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn neither_a_connection_nor_its_errors_print_the_password() {
        let connection = RedisConnection::connect("redis://:hunter2@127.0.0.1:1", "p:").unwrap();
        assert!(!format!("{connection:?}").contains("hunter2"));
        let error = connection.ping().await.unwrap_err();
        assert!(!format!("{error:?} {error}").contains("hunter2"));
        let error = RedisConnection::connect("nonsense://:hunter2@host", "").unwrap_err();
        assert!(!format!("{error:?} {error}").contains("hunter2"));
    }

    #[tokio::test]
    async fn keys_carry_the_version_and_the_prefix() {
        let connection = RedisConnection::connect("redis://127.0.0.1:1", "blue:").unwrap();
        assert_eq!(connection.key("hints"), "podium:v1:blue:hints");
        let connection = RedisConnection::connect("redis://127.0.0.1:1", "").unwrap();
        assert_eq!(connection.key("hints"), "podium:v1:hints");
        for bad in ["{blue}:", "blue"] {
            assert!(RedisConnection::connect("redis://127.0.0.1:1", bad).is_err(), "{bad}");
        }
    }
}
