//! What is remembered of who did what: actors and actions of the audit log.
//!
//! Invariant: an action is an entry of one closed list, and nothing that the list's texts say changes once released.

use serde::{Deserialize, Serialize};

macro_rules! audit_actions {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        /// What was done.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum AuditAction {
            $($(#[$doc])* #[serde(rename = $text)] $name,)*
        }

        impl AuditAction {
            /// Every action, in the order of this file.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The stored form.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

audit_actions! {
    /// An account of the platform was linked with a person at Telegram.
    LinkCreated = "link_created";
    /// A link was ended.
    LinkEnded = "link_ended";
    /// A light profile was taken over by a user of the platform.
    ProfileMerged = "profile_merged";
    /// A one-time token was made.
    TokenIssued = "token_issued";
    /// A one-time token was spent.
    TokenSpent = "token_spent";
    /// A one-time token was shown and not taken.
    TokenRefused = "token_refused";
    /// A one-time token was turned down by whom it was made for.
    TokenDeclined = "token_declined";
    /// Somebody opened a session of the console.
    ConsoleSignedIn = "console_signed_in";
    /// Somebody who is no operator asked for a session of the console.
    ConsoleSignInRefused = "console_sign_in_refused";
    /// An operator closed their session of the console.
    ConsoleSignedOut = "console_signed_out";
    /// An operator asked for what their role does not allow.
    ConsoleRefused = "console_refused";
    /// An operator began to set up a second factor.
    SecondFactorBegun = "second_factor_begun";
    /// An operator proved a new second factor.
    SecondFactorEnrolled = "second_factor_enrolled";
    /// An operator showed a good code.
    SecondFactorPassed = "second_factor_passed";
    /// An operator spent a recovery code.
    RecoveryCodeSpent = "recovery_code_spent";
    /// An operator showed a code that was not taken.
    SecondFactorFailed = "second_factor_failed";
    /// An operator's second factor was taken away, so that they set up another.
    SecondFactorReset = "second_factor_reset";
    /// Somebody became an operator.
    OperatorAdmitted = "operator_admitted";
    /// An invitation to become an operator was made.
    OperatorInvited = "operator_invited";
    /// An operator's role was changed.
    OperatorRoleChanged = "operator_role_changed";
    /// An operator was ended.
    OperatorEnded = "operator_ended";
    /// An operator looked at the list of operators.
    OperatorsViewed = "operators_viewed";
    /// An operator searched for players.
    PlayersSearched = "players_searched";
    /// An operator looked at a player.
    PlayerViewed = "player_viewed";
    /// An operator ended sessions of a player.
    PlayerSessionsEnded = "player_sessions_ended";
    /// A tournament was ended before its time.
    TournamentStopped = "tournament_stopped";
    /// A tournament was given more time.
    TournamentExtended = "tournament_extended";
    /// The platform told another end of a tournament than the one that an operator had decided on.
    TournamentEndRetold = "tournament_end_retold";
    /// A tournament takes no scores until it is thawed.
    TournamentFrozen = "tournament_frozen";
    /// A frozen tournament goes on.
    TournamentThawed = "tournament_thawed";
    /// A tournament was canceled.
    TournamentCanceled = "tournament_canceled";
    /// The boards of a tournament were computed anew.
    TournamentRecomputed = "tournament_recomputed";
    /// A player was excluded from a tournament.
    PlayerDisqualified = "player_disqualified";
    /// An exclusion was taken back.
    PlayerReinstated = "player_reinstated";
    /// An operator looked at the list of tournaments.
    TournamentsViewed = "tournaments_viewed";
    /// An operator looked at a tournament.
    TournamentViewed = "tournament_viewed";
    /// An operator looked at every score of a player in a tournament.
    ScoresViewed = "scores_viewed";
    /// An operator made a tournament.
    TournamentCreated = "tournament_created";
    /// An operator changed what a tournament is.
    TournamentEdited = "tournament_edited";
    /// An operator tried a tournament's rules on a board that was played.
    TournamentTried = "tournament_tried";
    /// An operator let a draft be seen by everybody.
    TournamentPublished = "tournament_published";
    /// An operator looked at the list of missions.
    MissionsViewed = "missions_viewed";
    /// An operator looked at a mission.
    MissionViewed = "mission_viewed";
    /// An operator made a mission.
    MissionCreated = "mission_created";
    /// An operator changed what a mission is.
    MissionEdited = "mission_edited";
    /// An operator tried a mission on past activities.
    MissionTried = "mission_tried";
    /// An operator stopped a mission.
    MissionStopped = "mission_stopped";
    /// An operator let a stopped mission go on.
    MissionResumed = "mission_resumed";
    /// An operator looked at the audit log.
    AuditViewed = "audit_viewed";
    /// A reward was taken back.
    RewardRevoked = "reward_revoked";
    /// A person asked to be erased.
    ErasurePlanned = "erasure_planned";
    /// A person took that back.
    ErasureCanceled = "erasure_canceled";
    /// A person was erased.
    PersonErased = "person_erased";
    /// A person downloaded what is kept of them.
    DataExported = "data_exported";
}

impl AuditAction {
    /// The action of a stored form.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.as_str() == text)
    }
}

/// What kind of actor did something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ActorKind {
    /// A player, named by their user id.
    Player,
    /// An operator at the console, named by their operator id.
    Operator,
    /// The platform, named by its key where there are several.
    Platform,
    /// Podium itself: a job.
    System,
}

impl ActorKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Player, Self::Operator, Self::Platform, Self::System];

    /// The stored form.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Player => "player",
            Self::Operator => "operator",
            Self::Platform => "platform",
            Self::System => "system",
        }
    }

    /// The kind of a stored form.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_forms_are_read_back_and_are_the_serialised_ones() {
        for action in AuditAction::ALL {
            assert_eq!(AuditAction::from_text(action.as_str()), Some(*action));
            assert_eq!(serde_json::to_string(action).unwrap(), format!("\"{}\"", action.as_str()));
        }
        for kind in ActorKind::ALL {
            assert_eq!(ActorKind::from_text(kind.as_str()), Some(kind));
            assert_eq!(serde_json::to_string(&kind).unwrap(), format!("\"{}\"", kind.as_str()));
        }
        assert_eq!(AuditAction::from_text("other"), None);
        assert_eq!(ActorKind::from_text("other"), None);
    }
}
