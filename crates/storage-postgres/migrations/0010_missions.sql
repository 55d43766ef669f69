-- Rewards, missions and what players have done for them.

-- Of one thing a player is rewarded once.
CREATE TABLE rewards (
    reward_id  UUID   NOT NULL CONSTRAINT "rewards.reward_id" PRIMARY KEY,
    user_id    UUID   NOT NULL,
    source     TEXT   COLLATE "C" NOT NULL CHECK (source IN ('tournament', 'mission', 'achievement')),
    source_id  TEXT   COLLATE "C" NOT NULL,
    -- What the platform is to book, as JSON.
    what       TEXT   NOT NULL CHECK (what::json IS NOT NULL),
    state      TEXT   NOT NULL CHECK (state IN ('offered', 'granted', 'expired', 'revoked')),
    offered_at BIGINT NOT NULL,
    expires_at BIGINT,
    granted_at BIGINT,
    CHECK (state <> 'granted' OR granted_at IS NOT NULL),
    CONSTRAINT "rewards.user_id, rewards.source, rewards.source_id" UNIQUE (user_id, source, source_id)
);

-- A player's rewards in their order.
CREATE INDEX rewards_user ON rewards (user_id, reward_id);
-- What may expire.
CREATE INDEX rewards_expiry ON rewards (expires_at, reward_id) WHERE state = 'offered' AND expires_at IS NOT NULL;

-- What the platform tells of a player, as far as conditions of missions and tournaments ask.
ALTER TABLE users ADD COLUMN region TEXT;
ALTER TABLE users ADD COLUMN kyc_level TEXT NOT NULL DEFAULT 'none' CHECK (kyc_level IN ('none', 'basic', 'full'));
-- When the level was told: what is told late does not replace what was told since.
ALTER TABLE users ADD COLUMN kyc_at BIGINT;

-- Missions as their owners have written them.
CREATE TABLE missions (
    mission_id TEXT   COLLATE "C" NOT NULL CONSTRAINT "missions.mission_id" PRIMARY KEY,
    owner      TEXT   NOT NULL CHECK (owner IN ('platform', 'console')),
    definition TEXT   NOT NULL CHECK (definition::json IS NOT NULL),
    ends_at    BIGINT,
    stopped_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- A player's version: taken before the player's progress is changed.
CREATE TABLE mission_players (
    user_id UUID   NOT NULL CONSTRAINT "mission_players.user_id" PRIMARY KEY,
    version BIGINT NOT NULL
);

-- How far a player is with a mission. `period` is its first day, in days since 1970; 0 where there is one for all.
CREATE TABLE mission_progress (
    user_id    UUID    NOT NULL,
    mission_id TEXT    COLLATE "C" NOT NULL,
    period     INTEGER NOT NULL,
    progress   TEXT    NOT NULL CHECK (progress::json IS NOT NULL),
    tiers      INTEGER NOT NULL,
    done_at    BIGINT,
    version    BIGINT  NOT NULL,
    updated_at BIGINT  NOT NULL,
    PRIMARY KEY (user_id, mission_id, period)
);

-- Who has begun a mission, and what may be removed.
CREATE INDEX mission_progress_mission ON mission_progress (mission_id, period);
CREATE INDEX mission_progress_period ON mission_progress (period) WHERE period <> 0;

-- What players have done, for a time.
CREATE TABLE activity_events (
    user_id     UUID   NOT NULL,
    happened_at BIGINT NOT NULL,
    source      TEXT   COLLATE "C" NOT NULL,
    event_id    TEXT   COLLATE "C" NOT NULL,
    activity    TEXT   COLLATE "C" NOT NULL,
    fields      TEXT   NOT NULL,
    PRIMARY KEY (user_id, happened_at, source, event_id)
);

-- What was done of one kind, in the order of time; and what is old.
CREATE INDEX activity_events_kind ON activity_events (activity, happened_at);
CREATE INDEX activity_events_happened ON activity_events (happened_at);
