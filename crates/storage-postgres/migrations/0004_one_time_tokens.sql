-- One-time tokens, which are found by their hash alone, and what was done with them.

CREATE TABLE one_time_tokens (
    token_id         UUID NOT NULL CONSTRAINT "one_time_tokens.token_id" PRIMARY KEY,
    token_hash       BYTEA NOT NULL CONSTRAINT "one_time_tokens.token_hash" UNIQUE CHECK (octet_length(token_hash) = 32),
    action           TEXT NOT NULL,
    payload          TEXT NOT NULL,
    platform_user_id TEXT COLLATE "C",
    telegram_user_id BIGINT,
    chat_id          BIGINT,
    -- The call that asked for it, which is answered alike when it comes again.
    request_key      TEXT COLLATE "C" CONSTRAINT "one_time_tokens.request_key" UNIQUE,
    request_hash     BYTEA CHECK (octet_length(request_hash) = 32),
    -- The token, encrypted with a key that is not in the database; gone when the token is spent.
    sealed_token     BYTEA,
    created_at       BIGINT NOT NULL,
    expires_at       BIGINT NOT NULL,
    spent_at         BIGINT,
    spent_by         UUID,
    CHECK ((request_key IS NULL) = (request_hash IS NULL)),
    CHECK ((spent_at IS NULL) = (spent_by IS NULL))
);

-- Old tokens, for removal.
CREATE INDEX one_time_tokens_expiry ON one_time_tokens (expires_at);
-- What a user has spent: it follows them when profiles are merged.
CREATE INDEX one_time_tokens_spent_by ON one_time_tokens (spent_by) WHERE spent_by IS NOT NULL;

-- Lines are added and, when they are old, removed; never changed. People are named by keyed aliases.
CREATE TABLE token_audit (
    entry_id    UUID NOT NULL CONSTRAINT "token_audit.entry_id" PRIMARY KEY,
    happened_at BIGINT NOT NULL,
    token_id    UUID,
    action      TEXT COLLATE "C" NOT NULL,
    result      TEXT COLLATE "C" NOT NULL,
    actor       TEXT COLLATE "C" NOT NULL,
    channel     TEXT COLLATE "C" NOT NULL
);

CREATE INDEX token_audit_happened ON token_audit (happened_at);
CREATE INDEX token_audit_token ON token_audit (token_id, entry_id) WHERE token_id IS NOT NULL;
CREATE INDEX token_audit_actor ON token_audit (actor, entry_id);
CREATE FUNCTION token_audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit is append-only';
END;
$$;
CREATE TRIGGER token_audit_is_append_only BEFORE UPDATE ON token_audit
    FOR EACH ROW EXECUTE FUNCTION token_audit_refuse_change();
