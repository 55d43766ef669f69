-- The console: who works there, their second factors, their sessions.

-- An operator is a person at Telegram: nothing here hangs on a row of `users`.
CREATE TABLE operators (
    operator_id      UUID NOT NULL CONSTRAINT "operators.operator_id" PRIMARY KEY,
    telegram_user_id BIGINT NOT NULL CONSTRAINT "operators.telegram_user_id" UNIQUE,
    label            TEXT NOT NULL,
    role             TEXT NOT NULL CHECK (role IN ('viewer', 'support', 'manager', 'admin')),
    source           TEXT NOT NULL CHECK (source IN ('settings', 'invitation')),
    invited_by       UUID,
    created_at       BIGINT NOT NULL,
    ended_at         BIGINT
);

CREATE TABLE operator_second_factors (
    operator_id   UUID NOT NULL CONSTRAINT "operator_second_factors.operator_id" PRIMARY KEY
        REFERENCES operators (operator_id),
    -- Encrypted with a key that is not in the database.
    sealed_secret BYTEA NOT NULL,
    confirmed_at  BIGINT,
    last_step     BIGINT NOT NULL,
    failures      BIGINT NOT NULL CHECK (failures >= 0),
    locked_until  BIGINT
);

CREATE TABLE operator_recovery_codes (
    operator_id UUID NOT NULL REFERENCES operators (operator_id),
    code_hash   BYTEA NOT NULL CHECK (length(code_hash) = 32),
    CONSTRAINT "operator_recovery_codes.code_hash" PRIMARY KEY (operator_id, code_hash)
);

CREATE TABLE console_sessions (
    token_hash       BYTEA NOT NULL CONSTRAINT "console_sessions.token_hash" PRIMARY KEY
        CHECK (length(token_hash) = 32),
    operator_id      UUID NOT NULL REFERENCES operators (operator_id),
    -- The session of Podium that it was opened by; that one may be removed first.
    session_id       UUID NOT NULL,
    created_at       BIGINT NOT NULL,
    used_at          BIGINT NOT NULL,
    expires_at       BIGINT NOT NULL,
    second_factor_at BIGINT
);

CREATE INDEX console_sessions_operator ON console_sessions (operator_id);
CREATE INDEX console_sessions_expiry ON console_sessions (expires_at);

-- Operators find players by the beginning of their alias.
CREATE INDEX users_alias ON users (alias COLLATE "C", user_id);
