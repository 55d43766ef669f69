//! What a person may ask for: all that is kept of them, and that it is erased.
//!
//! ```text
//!          plan                 due, nothing on its way
//! kept ─────────▶ planned ─────────────────────────────▶ erased
//!   ▲               │
//!   └───────────────┘ cancel
//! ```
//! What becomes of each column then stands in [`COLUMNS`](crate::personal::COLUMNS). A user who was erased stays as a
//! row that says nothing of anybody, because boards, which others read, hold its standings.

use async_trait::async_trait;
use domain::{PlayerKey, Timestamp, UserId, session::DeviceKind};

use crate::error::StoreError;

/// SHA-256 of a download's token: tokens themselves are never stored.
pub type DownloadHash = [u8; 32];

/// What a person becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// Who.
    pub user_id: UserId,
    /// The key that boards show from now on: a new one.
    pub player: PlayerKey,
    /// The name that boards show from now on: made up.
    pub alias: String,
    /// When.
    pub erased_at: Timestamp,
}

/// What became of an erasure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErasureOutcome {
    /// It is done.
    Erased,
    /// An update of the person is being handled, or a message to them is on the wire: what they write when they end
    /// would come after the erasure. Nothing was changed; try again.
    Busy,
    /// It is not planned (any more), or not due.
    NotDue,
}

/// A download that was given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Download {
    /// Whose.
    pub user_id: UserId,
    /// Until when.
    pub expires_at: Timestamp,
    /// When it was used before.
    pub used_at: Option<Timestamp>,
}

/// A score of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoreRecord {
    /// On which board.
    pub board_id: String,
    /// How many points.
    pub score: i64,
    /// When.
    pub at: Timestamp,
}

/// Where a person stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RankRecord {
    /// On which board.
    pub board_id: String,
    /// 1, 2, 3 …
    pub rank: i64,
    /// When.
    pub at: Timestamp,
}

/// A message to a person.
#[derive(Clone, PartialEq, Eq)]
pub struct MessageRecord {
    /// When it was written.
    pub created_at: Timestamp,
    /// What became of it.
    pub state: String,
    /// The parameters of the call, as JSON.
    pub payload: String,
}

impl std::fmt::Debug for MessageRecord {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("MessageRecord").field("created_at", &self.created_at).finish_non_exhaustive()
    }
}

/// A session of a person, whether it goes on, has ended or has run out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRecord {
    /// How it was signed in.
    pub method: String,
    /// On what.
    pub device: DeviceKind,
    /// When.
    pub created_at: Timestamp,
    /// When it was refreshed last, or signed in.
    pub refreshed_at: Timestamp,
    /// No refresh is possible after this.
    pub expires_at: Timestamp,
    /// When it was ended, and why.
    pub ended: Option<(Timestamp, String)>,
}

/// Where the dialogue of a person's chat stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DialogueRecord {
    /// The state, as the JSON that was stored.
    pub state: String,
    /// When it was stored last.
    pub updated_at: Timestamp,
}

/// What is kept of a person beside the user's row, the consents, the one-time tokens and the audit log. Each list is
/// newest first and ends at the limit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PersonalRecords {
    /// The scores that count.
    pub standings: Vec<ScoreRecord>,
    /// Past scores, of boards that follow from them.
    pub past_scores: Vec<ScoreRecord>,
    /// Where they stood now and then.
    pub ranks: Vec<RankRecord>,
    /// Messages of the bot.
    pub messages: Vec<MessageRecord>,
    /// Codes that the person came by, and when.
    pub campaigns: Vec<(String, Timestamp)>,
    /// Sessions, those that are over included.
    pub sessions: Vec<SessionRecord>,
    /// What the bot remembers of the talk, a dialogue for each bot.
    pub dialogues: Vec<DialogueRecord>,
}

/// Access to what a person may ask for.
#[async_trait]
pub trait PrivacyRepository: Send {
    /// Plans an erasure. One that is planned already stays as it is. Answers when it will be; `None` when there is no
    /// such user.
    async fn plan_erasure(
        &mut self,
        user_id: UserId,
        erase_after: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError>;

    /// Takes a planned erasure back. Returns `false` when none was planned.
    async fn cancel_erasure(&mut self, user_id: UserId) -> Result<bool, StoreError>;

    /// Up to `limit` users whose erasure is due at `now`, the longest due first.
    async fn due_erasures(&mut self, now: Timestamp, limit: u32) -> Result<Vec<UserId>, StoreError>;

    /// Erases a person whose erasure is due at its time: removes or replaces every column that
    /// [`COLUMNS`](crate::personal::COLUMNS) calls so.
    async fn erase(&mut self, erasure: &Erasure) -> Result<ErasureOutcome, StoreError>;

    /// What is kept of a person, at most `limit` of each kind.
    async fn records(&mut self, user_id: UserId, limit: u32) -> Result<PersonalRecords, StoreError>;

    /// Notes a download that is given out.
    async fn add_download(
        &mut self,
        hash: DownloadHash,
        user_id: UserId,
        created_at: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), StoreError>;

    /// The download with a hash, as it was before this call, which marks it used at `now` unless it was used or has
    /// expired. Of two calls at once one sees it unused.
    async fn use_download(
        &mut self,
        hash: DownloadHash,
        now: Timestamp,
    ) -> Result<Option<Download>, StoreError>;

    /// Removes up to `limit` downloads that expired before `before`. Returns how many.
    async fn remove_downloads(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError>;
}
