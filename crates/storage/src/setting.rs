//! Small values that all nodes share, such as the webhook secret that was made when none was given.

use async_trait::async_trait;

use crate::error::StoreError;

/// Access to settings.
#[async_trait]
pub trait SettingRepository: Send {
    /// The value of a setting.
    async fn get(&mut self, name: &'static str) -> Result<Option<Vec<u8>>, StoreError>;

    /// Stores a value unless there is one; returns the one that is stored afterwards.
    async fn get_or_set(&mut self, name: &'static str, value: &[u8]) -> Result<Vec<u8>, StoreError>;

    /// Stores a value in place of any other.
    async fn set(&mut self, name: &'static str, value: &[u8]) -> Result<(), StoreError>;
}
