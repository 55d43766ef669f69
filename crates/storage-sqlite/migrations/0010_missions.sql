-- Rewards, missions and what players have done for them.

-- Of one thing a player is rewarded once.
CREATE TABLE rewards (
    reward_id  BLOB    NOT NULL PRIMARY KEY CHECK (length(reward_id) = 16),
    user_id    BLOB    NOT NULL CHECK (length(user_id) = 16),
    source     TEXT    NOT NULL CHECK (source IN ('tournament', 'mission', 'achievement')),
    source_id  TEXT    NOT NULL,
    -- What the platform is to book, as JSON.
    what       TEXT    NOT NULL CHECK (json_valid(what)),
    state      TEXT    NOT NULL CHECK (state IN ('offered', 'granted', 'expired', 'revoked')),
    offered_at INTEGER NOT NULL,
    expires_at INTEGER,
    granted_at INTEGER,
    CHECK (state <> 'granted' OR granted_at IS NOT NULL),
    UNIQUE (user_id, source, source_id)
) STRICT, WITHOUT ROWID;

-- A player's rewards in their order.
CREATE INDEX rewards_user ON rewards (user_id, reward_id);
-- What may expire.
CREATE INDEX rewards_expiry ON rewards (expires_at, reward_id) WHERE state = 'offered' AND expires_at IS NOT NULL;

-- What the platform tells of a player, as far as conditions of missions and tournaments ask.
ALTER TABLE users ADD COLUMN region TEXT;
ALTER TABLE users ADD COLUMN kyc_level TEXT NOT NULL DEFAULT 'none' CHECK (kyc_level IN ('none', 'basic', 'full'));
-- When the level was told: what is told late does not replace what was told since.
ALTER TABLE users ADD COLUMN kyc_at INTEGER;

-- Missions as their owners have written them.
CREATE TABLE missions (
    mission_id TEXT    NOT NULL PRIMARY KEY,
    owner      TEXT    NOT NULL CHECK (owner IN ('platform', 'console')),
    definition TEXT    NOT NULL CHECK (json_valid(definition)),
    ends_at    INTEGER,
    stopped_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A player's version: taken before the player's progress is changed.
CREATE TABLE mission_players (
    user_id BLOB    NOT NULL PRIMARY KEY CHECK (length(user_id) = 16),
    version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- How far a player is with a mission. `period` is its first day, in days since 1970; 0 where there is one for all.
CREATE TABLE mission_progress (
    user_id    BLOB    NOT NULL CHECK (length(user_id) = 16),
    mission_id TEXT    NOT NULL,
    period     INTEGER NOT NULL,
    progress   TEXT    NOT NULL CHECK (json_valid(progress)),
    tiers      INTEGER NOT NULL,
    done_at    INTEGER,
    version    INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, mission_id, period)
) STRICT, WITHOUT ROWID;

-- Who has begun a mission, and what may be removed.
CREATE INDEX mission_progress_mission ON mission_progress (mission_id, period);
CREATE INDEX mission_progress_period ON mission_progress (period) WHERE period <> 0;

-- What players have done, for a time.
CREATE TABLE activity_events (
    user_id     BLOB    NOT NULL CHECK (length(user_id) = 16),
    happened_at INTEGER NOT NULL,
    source      TEXT    NOT NULL,
    event_id    TEXT    NOT NULL,
    activity    TEXT    NOT NULL,
    fields      TEXT    NOT NULL,
    PRIMARY KEY (user_id, happened_at, source, event_id)
) STRICT, WITHOUT ROWID;

-- What was done of one kind, in the order of time; and what is old.
CREATE INDEX activity_events_kind ON activity_events (activity, happened_at);
CREATE INDEX activity_events_happened ON activity_events (happened_at);
