-- Who did what; one-time tokens, found by their hash alone; campaign codes; whether a person can be reached.

CREATE TABLE one_time_tokens (
    token_id         BLOB    NOT NULL PRIMARY KEY CHECK (length(token_id) = 16),
    token_hash       BLOB    NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    action           TEXT    NOT NULL,
    payload          TEXT    NOT NULL CHECK (json_valid(payload)),
    platform_user_id TEXT,
    telegram_user_id INTEGER,
    chat_id          INTEGER,
    -- The call that asked for it, which is answered alike when it comes again.
    request_key      TEXT    UNIQUE,
    request_hash     BLOB    CHECK (length(request_hash) = 32),
    -- The token, encrypted with a key that is not in the database; gone when the token is spent.
    sealed_token     BLOB,
    created_at       INTEGER NOT NULL,
    expires_at       INTEGER NOT NULL,
    spent_at         INTEGER,
    spent_by         BLOB    CHECK (length(spent_by) = 16),
    CHECK ((request_key IS NULL) = (request_hash IS NULL)),
    CHECK ((spent_at IS NULL) = (spent_by IS NULL))
) STRICT, WITHOUT ROWID;

-- Old tokens, for removal.
CREATE INDEX one_time_tokens_expiry ON one_time_tokens (expires_at);
-- What a user has spent: it follows them when profiles are merged.
CREATE INDEX one_time_tokens_spent_by ON one_time_tokens (spent_by) WHERE spent_by IS NOT NULL;

-- Codes that many may use. They grant nothing: they open a page and remember who came by them.
CREATE TABLE campaign_codes (
    code       TEXT    NOT NULL PRIMARY KEY,
    -- What is opened, as JSON.
    target     TEXT    NOT NULL CHECK (json_valid(target)),
    created_at INTEGER NOT NULL,
    expires_at INTEGER
) STRICT, WITHOUT ROWID;

-- The first time that a player came by a code.
CREATE TABLE campaign_arrivals (
    code       TEXT    NOT NULL,
    user_id    BLOB    NOT NULL CHECK (length(user_id) = 16),
    arrived_at INTEGER NOT NULL,
    PRIMARY KEY (code, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX campaign_arrivals_user ON campaign_arrivals (user_id);

-- Lines are added and, when they are old, removed; never changed. Nothing personal stands in them: people are named by
-- ids of ours.
CREATE TABLE audit_log (
    entry_id    BLOB    NOT NULL PRIMARY KEY CHECK (length(entry_id) = 16),
    happened_at INTEGER NOT NULL,
    actor_kind  TEXT    NOT NULL CHECK (actor_kind IN ('player', 'operator', 'platform', 'system')),
    actor_id    TEXT,
    action      TEXT    NOT NULL,
    subject_id  BLOB    CHECK (length(subject_id) = 16),
    detail      TEXT    NOT NULL CHECK (json_valid(detail) AND length(detail) <= 1024)
) STRICT, WITHOUT ROWID;

CREATE INDEX audit_log_subject ON audit_log (subject_id, entry_id) WHERE subject_id IS NOT NULL;
CREATE INDEX audit_log_actor ON audit_log (actor_kind, actor_id, entry_id);
CREATE INDEX audit_log_happened ON audit_log (happened_at);
CREATE TRIGGER audit_log_is_append_only BEFORE UPDATE ON audit_log
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;

-- Whether the bot may write to a person, and whether the platform knows how to reach them otherwise.
ALTER TABLE users ADD COLUMN reachability TEXT NOT NULL DEFAULT 'unknown'
    CHECK (reachability IN ('unknown', 'reachable', 'needs_start', 'blocked', 'deactivated'));
ALTER TABLE users ADD COLUMN contact_confirmed INTEGER NOT NULL DEFAULT 0 CHECK (contact_confirmed IN (0, 1));
-- When the person was asked to confirm a contact; they are asked once.
ALTER TABLE users ADD COLUMN contact_asked_at INTEGER;

-- On whose account's behalf a message is sent: it does not leave when the chat is no longer theirs.
ALTER TABLE outgoing_messages ADD COLUMN user_id BLOB CHECK (length(user_id) = 16);
CREATE INDEX outgoing_messages_user ON outgoing_messages (user_id) WHERE user_id IS NOT NULL;
