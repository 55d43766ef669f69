-- The first schema. Types: an id of ours is a BLOB of 16 bytes (a UUID of version 7, so that rows are appended), an id
-- of Telegram an INTEGER, a time an INTEGER of unix milliseconds, JSON a TEXT. Tables whose key is not a number are
-- WITHOUT ROWID: one tree instead of two.

CREATE TABLE users (
    user_id          BLOB    NOT NULL PRIMARY KEY CHECK (length(user_id) = 16),
    telegram_user_id INTEGER UNIQUE,
    platform_user_id TEXT    UNIQUE,
    player           TEXT    NOT NULL UNIQUE,
    alias            TEXT    NOT NULL,
    first_name       TEXT,
    username         TEXT,
    locale           TEXT    NOT NULL,
    -- Who told the language: what Telegram says stands above what the platform says.
    locale_source    TEXT    NOT NULL CHECK (locale_source IN ('none', 'platform', 'telegram')),
    chat_id          INTEGER,
    created_at       INTEGER NOT NULL,
    updated_at       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
    session_id    BLOB    NOT NULL PRIMARY KEY CHECK (length(session_id) = 16),
    user_id       BLOB    NOT NULL REFERENCES users (user_id),
    refresh_hash  BLOB    NOT NULL CHECK (length(refresh_hash) = 32),
    previous_hash BLOB    CHECK (length(previous_hash) = 32),
    method        TEXT    NOT NULL,
    created_at    INTEGER NOT NULL,
    refreshed_at  INTEGER NOT NULL,
    expires_at    INTEGER NOT NULL,
    ended_at      INTEGER,
    end_reason    TEXT,
    -- The earlier of expires_at and ended_at: the order in which sessions are removed.
    over_at       INTEGER NOT NULL,
    CHECK ((ended_at IS NULL) = (end_reason IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_over ON sessions (over_at);

CREATE TABLE signing_keys (
    kid                TEXT    NOT NULL PRIMARY KEY,
    sealed_private_key BLOB    NOT NULL,
    public_key         BLOB    NOT NULL,
    created_at         INTEGER NOT NULL,
    active_from        INTEGER NOT NULL,
    retired_at         INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE settings (
    name  TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE leases (
    name       TEXT    NOT NULL PRIMARY KEY,
    owner      BLOB    NOT NULL CHECK (length(owner) = 16),
    held_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE tournaments (
    tournament_id TEXT    NOT NULL PRIMARY KEY,
    title         TEXT    NOT NULL CHECK (json_valid(title)),
    starts_at     INTEGER NOT NULL,
    ends_at       INTEGER NOT NULL,
    operator      TEXT    NOT NULL CHECK (operator IN ('best', 'sum', 'latest')),
    ranking_order TEXT    NOT NULL CHECK (ranking_order IN ('desc', 'asc')),
    board_version INTEGER NOT NULL DEFAULT 0,
    players       INTEGER NOT NULL DEFAULT 0,
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- No index but the key: an index on the score halves the rate at which scores are stored. Ranks come from the rank
-- index, which is rebuilt from here. No foreign keys either: a look-up for each row of the hottest tables, and a scan of
-- a whole board for each user removed, would buy nothing that the code does not hold already.
CREATE TABLE board_entries (
    tournament_id TEXT    NOT NULL,
    user_id       BLOB    NOT NULL CHECK (length(user_id) = 16),
    score         INTEGER NOT NULL,
    achieved_at   INTEGER NOT NULL,
    newest_at     INTEGER NOT NULL,
    -- The board's version at which this row changed last.
    version       INTEGER NOT NULL,
    PRIMARY KEY (tournament_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE board_history (
    tournament_id TEXT    NOT NULL,
    user_id       BLOB    NOT NULL CHECK (length(user_id) = 16),
    source        TEXT    NOT NULL,
    event_id      TEXT    NOT NULL,
    score         INTEGER NOT NULL,
    happened_at   INTEGER NOT NULL,
    PRIMARY KEY (tournament_id, user_id, source, event_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE seen_events (
    source   TEXT    NOT NULL,
    event_id TEXT    NOT NULL,
    seen_at  INTEGER NOT NULL,
    PRIMARY KEY (source, event_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE dialogues (
    bot_id     INTEGER NOT NULL,
    chat_id    INTEGER NOT NULL,
    state      TEXT    NOT NULL CHECK (json_valid(state)),
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (bot_id, chat_id)
) STRICT, WITHOUT ROWID;

-- The hottest table. The payload is kept byte for byte and is checked at the door, not here: many updates share one
-- statement, and one that a check refuses would take all others with it.
CREATE TABLE inbox_updates (
    bot_id      INTEGER NOT NULL,
    update_id   INTEGER NOT NULL,
    chat_id     INTEGER,
    payload     TEXT    NOT NULL,
    received_at INTEGER NOT NULL,
    state       TEXT    NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'dead')),
    attempt     INTEGER NOT NULL,
    run_at      INTEGER NOT NULL,
    lease       BLOB    CHECK (length(lease) = 16),
    lease_until INTEGER,
    -- Why it was tried again or given up: a fixed word.
    reason      TEXT,
    finished_at INTEGER,
    PRIMARY KEY (bot_id, update_id),
    CHECK ((state = 'running') = (lease IS NOT NULL)),
    CHECK ((state = 'running') = (lease_until IS NOT NULL)),
    CHECK ((state IN ('done', 'dead')) = (finished_at IS NOT NULL))
) STRICT, WITHOUT ROWID;

-- Open rows in the order in which they are claimed. The only index that an insert touches.
CREATE INDEX inbox_updates_open ON inbox_updates (update_id, bot_id) WHERE finished_at IS NULL;
-- A chat is never held twice, whatever a query overlooks.
CREATE UNIQUE INDEX inbox_updates_running ON inbox_updates (bot_id, chat_id) WHERE state = 'running' AND chat_id IS NOT NULL;
-- What is held, for take-over.
CREATE INDEX inbox_updates_lease ON inbox_updates (lease_until) WHERE state = 'running';
-- What is over, for counting, removal and replay.
CREATE INDEX inbox_updates_over ON inbox_updates (state, finished_at) WHERE finished_at IS NOT NULL;

CREATE TABLE outgoing_messages (
    outgoing_id     BLOB    NOT NULL PRIMARY KEY CHECK (length(outgoing_id) = 16),
    bot_id          INTEGER NOT NULL,
    chat_id         INTEGER NOT NULL,
    -- 0 reply, 1 notice, 2 mass.
    class           INTEGER NOT NULL CHECK (class IN (0, 1, 2)),
    repeatable      INTEGER NOT NULL CHECK (repeatable IN (0, 1)),
    method          TEXT    NOT NULL,
    payload         TEXT    NOT NULL CHECK (json_valid(payload)),
    cause_update_id INTEGER,
    cause_ordinal   INTEGER,
    run_at          INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    state           TEXT    NOT NULL
        CHECK (state IN ('waiting', 'sending', 'sent', 'blocked', 'failed', 'ambiguous')),
    attempt         INTEGER NOT NULL,
    lease           BLOB    CHECK (length(lease) = 16),
    lease_until     INTEGER,
    message_id      INTEGER,
    finished_at     INTEGER,
    CHECK ((cause_update_id IS NULL) = (cause_ordinal IS NULL)),
    CHECK ((state = 'sending') = (lease IS NOT NULL)),
    CHECK ((state = 'sending') = (lease_until IS NOT NULL)),
    CHECK ((state IN ('waiting', 'sending')) = (finished_at IS NULL))
) STRICT, WITHOUT ROWID;

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
    name  TEXT    NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
