-- Who did what; one-time tokens, found by their hash alone; campaign codes; whether a person can be reached.

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

-- Codes that many may use. They grant nothing: they open a page and remember who came by them.
CREATE TABLE campaign_codes (
    code       TEXT COLLATE "C" NOT NULL CONSTRAINT "campaign_codes.code" PRIMARY KEY,
    -- What is opened, as JSON.
    target     TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT
);

-- The first time that a player came by a code.
CREATE TABLE campaign_arrivals (
    code       TEXT COLLATE "C" NOT NULL,
    user_id    UUID NOT NULL,
    arrived_at BIGINT NOT NULL,
    CONSTRAINT "campaign_arrivals.code, campaign_arrivals.user_id" PRIMARY KEY (code, user_id)
);

CREATE INDEX campaign_arrivals_user ON campaign_arrivals (user_id);

-- Lines are added and, when they are old, removed; never changed. Nothing personal stands in them: people are named by
-- ids of ours.
CREATE TABLE audit_log (
    entry_id    UUID NOT NULL CONSTRAINT "audit_log.entry_id" PRIMARY KEY,
    happened_at BIGINT NOT NULL,
    actor_kind  TEXT COLLATE "C" NOT NULL CHECK (actor_kind IN ('player', 'operator', 'platform', 'system')),
    actor_id    TEXT COLLATE "C",
    action      TEXT COLLATE "C" NOT NULL,
    subject_id  UUID,
    detail      TEXT NOT NULL CHECK (octet_length(detail) <= 1024)
);

CREATE INDEX audit_log_subject ON audit_log (subject_id, entry_id) WHERE subject_id IS NOT NULL;
CREATE INDEX audit_log_actor ON audit_log (actor_kind, actor_id, entry_id);
CREATE INDEX audit_log_happened ON audit_log (happened_at);
CREATE FUNCTION audit_log_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only';
END;
$$;
CREATE TRIGGER audit_log_is_append_only BEFORE UPDATE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION audit_log_refuse_change();

-- Whether the bot may write to a person, and whether the platform knows how to reach them otherwise.
ALTER TABLE users ADD COLUMN reachability TEXT COLLATE "C" NOT NULL DEFAULT 'unknown'
    CHECK (reachability IN ('unknown', 'reachable', 'needs_start', 'blocked', 'deactivated'));
ALTER TABLE users ADD COLUMN contact_confirmed BOOLEAN NOT NULL DEFAULT FALSE;
-- When the person was asked to confirm a contact; they are asked once.
ALTER TABLE users ADD COLUMN contact_asked_at BIGINT;

-- On whose account's behalf a message is sent: it does not leave when the chat is no longer theirs.
ALTER TABLE outgoing_messages ADD COLUMN user_id UUID;
CREATE INDEX outgoing_messages_user ON outgoing_messages (user_id) WHERE user_id IS NOT NULL;
