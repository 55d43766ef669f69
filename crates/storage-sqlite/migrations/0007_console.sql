-- The console: who works there, their second factors, their sessions.

-- An operator is a person at Telegram: nothing here hangs on a row of `users`.
CREATE TABLE operators (
    operator_id      BLOB    NOT NULL PRIMARY KEY CHECK (length(operator_id) = 16),
    telegram_user_id INTEGER NOT NULL UNIQUE,
    label            TEXT    NOT NULL,
    role             TEXT    NOT NULL CHECK (role IN ('viewer', 'support', 'manager', 'admin')),
    source           TEXT    NOT NULL CHECK (source IN ('settings', 'invitation')),
    invited_by       BLOB    CHECK (length(invited_by) = 16),
    created_at       INTEGER NOT NULL,
    ended_at         INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE operator_second_factors (
    operator_id   BLOB    NOT NULL PRIMARY KEY REFERENCES operators (operator_id),
    -- Encrypted with a key that is not in the database.
    sealed_secret BLOB    NOT NULL,
    confirmed_at  INTEGER,
    last_step     INTEGER NOT NULL,
    failures      INTEGER NOT NULL CHECK (failures >= 0),
    locked_until  INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE operator_recovery_codes (
    operator_id BLOB NOT NULL REFERENCES operators (operator_id),
    code_hash   BLOB NOT NULL CHECK (length(code_hash) = 32),
    PRIMARY KEY (operator_id, code_hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE console_sessions (
    token_hash       BLOB    NOT NULL PRIMARY KEY CHECK (length(token_hash) = 32),
    operator_id      BLOB    NOT NULL REFERENCES operators (operator_id),
    -- The session of Podium that it was opened by; that one may be removed first.
    session_id       BLOB    NOT NULL CHECK (length(session_id) = 16),
    created_at       INTEGER NOT NULL,
    used_at          INTEGER NOT NULL,
    expires_at       INTEGER NOT NULL,
    second_factor_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX console_sessions_operator ON console_sessions (operator_id);
CREATE INDEX console_sessions_expiry ON console_sessions (expires_at);

-- Operators find players by the beginning of their alias.
CREATE INDEX users_alias ON users (alias, user_id);
