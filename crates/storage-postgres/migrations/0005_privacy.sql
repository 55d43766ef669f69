-- Consents, and the erasure of a person.

-- Each answer of a player, never changed. What holds is the row with the highest number of a kind.
CREATE TABLE consents (
    user_id      UUID NOT NULL REFERENCES users (user_id),
    kind         TEXT COLLATE "C" NOT NULL,
    number       BIGINT NOT NULL,
    is_given     BOOLEAN NOT NULL,
    text_version BIGINT NOT NULL,
    locale       TEXT NOT NULL,
    channel      TEXT NOT NULL CHECK (channel IN ('mini_app', 'chat', 'web')),
    recorded_at  BIGINT NOT NULL,
    PRIMARY KEY (user_id, kind, number)
);

-- When a person who asked for it is erased, and when one was.
ALTER TABLE users ADD COLUMN erase_after BIGINT;
ALTER TABLE users ADD COLUMN erased_at BIGINT;
CREATE INDEX users_erase_after ON users (erase_after) WHERE erase_after IS NOT NULL;
CREATE INDEX users_erased ON users (erased_at) WHERE erased_at IS NOT NULL;

-- What is over in a chat, for export and erasure; what comes in touches none of these.
CREATE INDEX inbox_updates_chat_over ON inbox_updates (chat_id, update_id) WHERE finished_at IS NOT NULL AND chat_id IS NOT NULL;
CREATE INDEX outgoing_messages_chat_over ON outgoing_messages (chat_id, outgoing_id) WHERE finished_at IS NOT NULL;
CREATE INDEX dialogues_chat ON dialogues (chat_id);

-- What a device calls itself, as coarse as "ios": enough to recognize one's own, too little to recognize a person.
ALTER TABLE sessions ADD COLUMN device TEXT NOT NULL DEFAULT 'unknown';

-- Addresses of exports that were given out: each is good once.
CREATE TABLE downloads (
    download_hash BYTEA NOT NULL PRIMARY KEY CHECK (octet_length(download_hash) = 32),
    user_id       UUID NOT NULL REFERENCES users (user_id),
    created_at    BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL,
    used_at       BIGINT
);

CREATE INDEX downloads_user ON downloads (user_id);
CREATE INDEX downloads_expiry ON downloads (expires_at);

-- An update that is done needs its number alone, so that it is not taken twice.
UPDATE inbox_updates SET payload = '', chat_id = NULL WHERE state = 'done';
