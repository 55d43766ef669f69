//! What a client is told when something goes wrong: a problem document (RFC 9457) with a code from a closed list.

use serde::{Deserialize, Serialize};

macro_rules! error_codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $status:literal, $title:literal;)*) => {
        /// Every reason that a client can be given. The page translates it; others may rely on the text form, which
        /// never changes once released.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum ErrorCode {
            $($(#[$doc])* #[serde(rename = $text)] $name,)*
        }

        impl ErrorCode {
            /// Every code, in the order of this file.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The stable text form.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// The HTTP status that goes with it.
            pub const fn status(self) -> u16 {
                match self { $(Self::$name => $status,)* }
            }

            /// A short English summary that is the same for every occurrence.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }
        }
    };
}

error_codes! {
    /// The request is not what the call takes.
    BadRequest = "bad_request", 400, "The request could not be understood";
    /// The init data can't be parsed, or a key stands in it twice.
    InitDataMalformed = "init_data_malformed", 400, "The init data is malformed";
    /// The init data was not signed by this bot's token, or is from the future.
    InitDataInvalid = "init_data_invalid", 401, "The init data is not valid";
    /// The init data is genuine but too old.
    InitDataStale = "init_data_stale", 401, "The init data is too old";
    /// The login can't be read, or a field stands in it twice.
    LoginMalformed = "login_malformed", 400, "The login is malformed";
    /// The login was not signed by who it should be, is for somebody else, or is from the future.
    LoginInvalid = "login_invalid", 401, "The login is not valid";
    /// The login is genuine but too old.
    LoginStale = "login_stale", 401, "The login is too old";
    /// The login was presented before.
    LoginUsed = "login_used", 401, "The login was used before";
    /// The login was not begun in this browser, or too long ago.
    LoginStateInvalid = "login_state_invalid", 400, "The login was not begun in this browser, or too long ago";
    /// The person, or Telegram, said no.
    LoginRefused = "login_refused", 403, "The login was refused";
    /// This way to sign in is not set up.
    LoginOff = "login_off", 404, "This way to sign in is not set up";
    /// No token, or one that is malformed or forged.
    Unauthorized = "unauthorized", 401, "Sign-in is needed";
    /// The token was good once.
    TokenExpired = "token_expired", 401, "The token has expired";
    /// The refresh token is unknown, expired, ended or was used before.
    RefreshInvalid = "refresh_invalid", 401, "The refresh token is not valid";
    /// A signed call's signature or time is wrong, or its key unknown.
    SignatureInvalid = "signature_invalid", 401, "The signature is not valid";
    /// Signed in, but not allowed.
    Forbidden = "forbidden", 403, "Not allowed";
    /// There is no such thing.
    NotFound = "not_found", 404, "Not found";
    /// There is no such tournament.
    TournamentUnknown = "tournament_unknown", 404, "There is no such tournament";
    /// The resource is there, but not for this method.
    MethodNotAllowed = "method_not_allowed", 405, "The method is not allowed here";
    /// The player has no such session.
    SessionUnknown = "session_unknown", 404, "There is no such session";
    /// The download's address is not one that was given out.
    DownloadUnknown = "download_unknown", 404, "There is no such download";
    /// The download's address was good once.
    DownloadExpired = "download_expired", 410, "The download has expired";
    /// The download's address is good for one download.
    DownloadUsed = "download_used", 410, "The download was used already";
    /// The platform's user is not known here.
    PlayerUnknown = "player_unknown", 404, "There is no such player";
    /// The Telegram id belongs to another platform user already.
    TelegramIdTaken = "telegram_id_taken", 409, "The Telegram id is linked to another user";
    /// The tournament is not taking scores at the event's time.
    TournamentNotRunning = "tournament_not_running", 409, "The tournament does not take scores at this time";
    /// The body is larger than the call takes.
    TooLarge = "too_large", 413, "The body is too large";
    /// The content type is not one that the call takes.
    UnsupportedMediaType = "unsupported_media_type", 415, "The content type is not supported";
    /// The event's type is not known.
    EventTypeUnknown = "event_type_unknown", 422, "The event type is not known";
    /// The event's data does not fit its type.
    EventDataInvalid = "event_data_invalid", 422, "The event data does not fit its type";
    /// The same idempotency key came with another body.
    IdempotencyKeyReused = "idempotency_key_reused", 422, "The idempotency key was used with another body";
    /// Too many calls; `Retry-After` says when to come back.
    RateLimited = "rate_limited", 429, "Too many requests";
    /// Something broke on this side.
    Internal = "internal", 500, "Something went wrong";
    /// The service can't take the call now; `Retry-After` says when to come back.
    Unavailable = "unavailable", 503, "The service is not available right now";
    /// There is no such one-time token.
    OneTimeTokenUnknown = "one_time_token_unknown", 404, "There is no such one-time token";
    /// The one-time token was spent before.
    OneTimeTokenUsed = "one_time_token_used", 409, "The one-time token was used before";
    /// The one-time token was not spent in time.
    OneTimeTokenExpired = "one_time_token_expired", 410, "The one-time token has expired";
    /// The one-time token was made for somebody else, or somebody else has shown it first.
    OneTimeTokenForeign = "one_time_token_foreign", 403, "The one-time token belongs to somebody else";
    /// The platform's user is linked with another person at Telegram.
    AccountTaken = "account_taken", 409, "The account is linked with another Telegram account";
    /// The init data is genuine and fresh, but of somebody else than the session.
    InitDataForeign = "init_data_foreign", 403, "The init data belongs to somebody else";
    /// The bot may not write to the player: never started, blocked, or gone.
    PlayerUnreachable = "player_unreachable", 409, "The player can't be reached";
    /// Scores count of those alone who have joined.
    NotJoined = "not_joined", 409, "The player has not joined the tournament";
    /// There is no place left.
    TournamentFull = "tournament_full", 409, "The tournament is full";
    /// All attempts, or entries, are used.
    AttemptsUsed = "attempts_used", 409, "No attempt is left";
    /// The player does not fulfill the condition, or is excluded.
    NotEligible = "not_eligible", 403, "The player may not take part";
    /// It takes no scores for now.
    TournamentFrozen = "tournament_frozen", 409, "The tournament is frozen";
    /// It is too early or too late for it, or the tournament does not take place.
    TournamentClosed = "tournament_closed", 409, "The tournament is not open for this";
    /// There is no such reward.
    RewardUnknown = "reward_unknown", 404, "There is no such reward";
    /// The reward is somebody else's.
    RewardForeign = "reward_foreign", 403, "The reward belongs to somebody else";
    /// The reward was not claimed in time.
    RewardExpired = "reward_expired", 410, "The reward was not claimed in time";
    /// The reward was taken back.
    RewardRevoked = "reward_revoked", 409, "The reward was taken back";
    /// There is no such mission.
    MissionUnknown = "mission_unknown", 404, "There is no such mission";
    /// The mission is not done.
    MissionNotDone = "mission_not_done", 409, "The mission is not done";
    /// The mission is not open to the player: its condition is not met, or another mission comes first.
    MissionLocked = "mission_locked", 409, "The mission is not open to the player";
    /// The mission, or the time to claim it, is over.
    MissionOver = "mission_over", 410, "It is too late for the mission";
    /// What was to be changed belongs to another owner: the platform, or the console.
    OwnedElsewhere = "owned_elsewhere", 409, "It belongs to another owner";
    /// There is no link that could be ended.
    NotLinked = "not_linked", 409, "There is no linked account";
    /// The page got no answer. Made by the page itself, never sent by the server.
    Offline = "offline", 503, "The service could not be reached";
}

impl std::fmt::Display for ErrorCode {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// An `application/problem+json` document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// Always `about:blank`: `code` says it all.
    #[serde(rename = "type")]
    pub kind: String,
    /// The code's summary.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// Why.
    pub code: ErrorCode,
    /// What exactly, when it helps the caller; never anything internal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// What to name when asking for help.
    #[serde(default)]
    pub trace_id: String,
}

impl Problem {
    /// The document for a code.
    pub fn new(code: ErrorCode) -> Self {
        Self {
            kind: "about:blank".to_owned(),
            title: code.title().to_owned(),
            status: code.status(),
            code,
            detail: None,
            trace_id: String::new(),
        }
    }

    /// The same with a sentence on what exactly was wrong.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_form_is_the_serialised_form() {
        for code in ErrorCode::ALL {
            assert_eq!(serde_json::to_string(code).unwrap(), format!("\"{code}\""));
        }
    }
}
