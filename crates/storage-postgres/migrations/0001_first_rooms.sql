-- The first schema. Types: an id of ours is a UUID (of version 7, so that rows are appended), an id of Telegram a BIGINT,
-- a time a BIGINT of unix milliseconds, JSON a TEXT, so that it is given back byte for byte. Text that orders rows is
-- COLLATE "C", so that it sorts by its bytes as in SQLite. Constraints are named as SQLite names them.

CREATE TABLE users (
    user_id          UUID NOT NULL CONSTRAINT "users.user_id" PRIMARY KEY,
    telegram_user_id BIGINT CONSTRAINT "users.telegram_user_id" UNIQUE,
    platform_user_id TEXT COLLATE "C" CONSTRAINT "users.platform_user_id" UNIQUE,
    player           TEXT COLLATE "C" NOT NULL CONSTRAINT "users.player" UNIQUE,
    alias            TEXT NOT NULL,
    first_name       TEXT,
    username         TEXT,
    locale           TEXT NOT NULL,
    -- Who told the language: what Telegram says stands above what the platform says.
    locale_source    TEXT NOT NULL CHECK (locale_source IN ('none', 'platform', 'telegram')),
    chat_id          BIGINT,
    created_at       BIGINT NOT NULL,
    updated_at       BIGINT NOT NULL
);

CREATE TABLE sessions (
    session_id    UUID NOT NULL CONSTRAINT "sessions.session_id" PRIMARY KEY,
    user_id       UUID NOT NULL REFERENCES users (user_id),
    refresh_hash  BYTEA NOT NULL CHECK (octet_length(refresh_hash) = 32),
    previous_hash BYTEA CHECK (octet_length(previous_hash) = 32),
    method        TEXT NOT NULL,
    created_at    BIGINT NOT NULL,
    refreshed_at  BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL,
    ended_at      BIGINT,
    end_reason    TEXT,
    -- The earlier of expires_at and ended_at: the order in which sessions are removed.
    over_at       BIGINT NOT NULL,
    CHECK ((ended_at IS NULL) = (end_reason IS NULL))
);

CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_over ON sessions (over_at);

CREATE TABLE signing_keys (
    kid                TEXT COLLATE "C" NOT NULL CONSTRAINT "signing_keys.kid" PRIMARY KEY,
    sealed_private_key BYTEA NOT NULL,
    public_key         BYTEA NOT NULL,
    created_at         BIGINT NOT NULL,
    active_from        BIGINT NOT NULL,
    retired_at         BIGINT
);

CREATE TABLE settings (
    name  TEXT COLLATE "C" NOT NULL CONSTRAINT "settings.name" PRIMARY KEY,
    value BYTEA NOT NULL
);

CREATE TABLE leases (
    name       TEXT COLLATE "C" NOT NULL CONSTRAINT "leases.name" PRIMARY KEY,
    owner      UUID NOT NULL,
    held_until BIGINT NOT NULL
);

CREATE TABLE tournaments (
    tournament_id TEXT COLLATE "C" NOT NULL CONSTRAINT "tournaments.tournament_id" PRIMARY KEY,
    title         TEXT NOT NULL CHECK (title::json IS NOT NULL),
    starts_at     BIGINT NOT NULL,
    ends_at       BIGINT NOT NULL,
    operator      TEXT NOT NULL CHECK (operator IN ('best', 'sum', 'latest')),
    ranking_order TEXT NOT NULL CHECK (ranking_order IN ('desc', 'asc')),
    board_version BIGINT NOT NULL DEFAULT 0,
    players       BIGINT NOT NULL DEFAULT 0,
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL
);

-- No index on the score: it halves the rate at which scores are stored. Ranks come from the rank index, which is
-- rebuilt from here. No foreign keys either: a look-up for each row of the hottest tables, and a scan of
-- a whole board for each user removed, would buy nothing that the code does not hold already.
CREATE TABLE board_entries (
    tournament_id TEXT COLLATE "C" NOT NULL,
    user_id       UUID NOT NULL,
    score         BIGINT NOT NULL,
    achieved_at   BIGINT NOT NULL,
    newest_at     BIGINT NOT NULL,
    -- The board's version at which this row changed last.
    version       BIGINT NOT NULL,
    PRIMARY KEY (tournament_id, user_id)
);

-- Unlike on SQLite, where one process hears of every change itself: here other nodes ask for what changed.
CREATE INDEX board_entries_version ON board_entries (tournament_id, version);

CREATE TABLE board_history (
    tournament_id TEXT COLLATE "C" NOT NULL,
    user_id       UUID NOT NULL,
    source        TEXT COLLATE "C" NOT NULL,
    event_id      TEXT COLLATE "C" NOT NULL,
    score         BIGINT NOT NULL,
    happened_at   BIGINT NOT NULL,
    PRIMARY KEY (tournament_id, user_id, source, event_id)
);

CREATE TABLE seen_events (
    source   TEXT COLLATE "C" NOT NULL,
    event_id TEXT COLLATE "C" NOT NULL,
    seen_at  BIGINT NOT NULL,
    PRIMARY KEY (source, event_id)
);

CREATE TABLE dialogues (
    bot_id     BIGINT NOT NULL,
    chat_id    BIGINT NOT NULL,
    state      TEXT NOT NULL CHECK (state::json IS NOT NULL),
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (bot_id, chat_id)
);

-- The hottest table. The payload is kept byte for byte and is checked at the door, not here: many updates share one
-- statement, and one that a check refuses would take all others with it.
CREATE TABLE inbox_updates (
    bot_id      BIGINT NOT NULL,
    update_id   BIGINT NOT NULL,
    chat_id     BIGINT,
    payload     TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'dead')),
    attempt     INTEGER NOT NULL,
    run_at      BIGINT NOT NULL,
    lease       UUID,
    lease_until BIGINT,
    -- Why it was tried again or given up: a fixed word.
    reason      TEXT,
    finished_at BIGINT,
    PRIMARY KEY (bot_id, update_id),
    CHECK ((state = 'running') = (lease IS NOT NULL)),
    CHECK ((state = 'running') = (lease_until IS NOT NULL)),
    CHECK ((state IN ('done', 'dead')) = (finished_at IS NOT NULL))
);

-- Open rows in the order in which they are claimed. The only index that an insert touches.
CREATE INDEX inbox_updates_open ON inbox_updates (update_id, bot_id) WHERE finished_at IS NULL;
-- A chat is never held twice, whatever a query overlooks.
CREATE UNIQUE INDEX inbox_updates_running ON inbox_updates (bot_id, chat_id) WHERE state = 'running' AND chat_id IS NOT NULL;
-- What is held, for take-over.
CREATE INDEX inbox_updates_lease ON inbox_updates (lease_until) WHERE state = 'running';
-- What is over, for counting, removal and replay.
CREATE INDEX inbox_updates_over ON inbox_updates (state, finished_at) WHERE finished_at IS NOT NULL;

CREATE TABLE outgoing_messages (
    outgoing_id     UUID NOT NULL CONSTRAINT "outgoing_messages.outgoing_id" PRIMARY KEY,
    bot_id          BIGINT NOT NULL,
    chat_id         BIGINT NOT NULL,
    -- 0 reply, 1 notice, 2 mass.
    class           SMALLINT NOT NULL CHECK (class IN (0, 1, 2)),
    repeatable      BOOLEAN NOT NULL,
    method          TEXT NOT NULL,
    payload         TEXT NOT NULL CHECK (payload::json IS NOT NULL),
    cause_update_id BIGINT,
    cause_ordinal   INTEGER,
    run_at          BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    state           TEXT NOT NULL
        CHECK (state IN ('waiting', 'sending', 'sent', 'blocked', 'failed', 'ambiguous')),
    attempt         INTEGER NOT NULL,
    lease           UUID,
    lease_until     BIGINT,
    message_id      BIGINT,
    finished_at     BIGINT,
    CHECK ((cause_update_id IS NULL) = (cause_ordinal IS NULL)),
    CHECK ((state = 'sending') = (lease IS NOT NULL)),
    CHECK ((state = 'sending') = (lease_until IS NOT NULL)),
    CHECK ((state IN ('waiting', 'sending')) = (finished_at IS NULL))
);

CREATE UNIQUE INDEX outgoing_messages_cause ON outgoing_messages (bot_id, cause_update_id, cause_ordinal)
    WHERE cause_update_id IS NOT NULL;
-- Waiting rows in the order in which they are claimed.
CREATE INDEX outgoing_messages_due ON outgoing_messages (class, run_at, outgoing_id) WHERE state = 'waiting';
-- Open rows of a chat, to keep its order.
CREATE INDEX outgoing_messages_chat ON outgoing_messages (bot_id, chat_id, outgoing_id) WHERE finished_at IS NULL;
-- A chat has one request on the wire at a time, whatever a query overlooks.
CREATE UNIQUE INDEX outgoing_messages_sending ON outgoing_messages (bot_id, chat_id) WHERE state = 'sending';
-- What is over, for counting and removal.
CREATE INDEX outgoing_messages_over ON outgoing_messages (finished_at, state) WHERE finished_at IS NOT NULL;

-- Figures that rows can't tell, because they are removed or changed.
CREATE TABLE counters (
    name  TEXT COLLATE "C" NOT NULL CONSTRAINT "counters.name" PRIMARY KEY,
    value BIGINT NOT NULL
);
