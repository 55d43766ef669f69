-- One-time tokens, which are found by their hash alone, and what was done with them.

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

-- Lines are added and, when they are old, removed; never changed. People are named by keyed aliases.
CREATE TABLE token_audit (
    entry_id    BLOB    NOT NULL PRIMARY KEY CHECK (length(entry_id) = 16),
    happened_at INTEGER NOT NULL,
    token_id    BLOB    CHECK (length(token_id) = 16),
    action      TEXT    NOT NULL,
    result      TEXT    NOT NULL,
    actor       TEXT    NOT NULL,
    channel     TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX token_audit_happened ON token_audit (happened_at);
CREATE INDEX token_audit_token ON token_audit (token_id, entry_id) WHERE token_id IS NOT NULL;
CREATE INDEX token_audit_actor ON token_audit (actor, entry_id);
CREATE TRIGGER token_audit_is_append_only BEFORE UPDATE ON token_audit
BEGIN
    SELECT RAISE(ABORT, 'the audit is append-only');
END;
