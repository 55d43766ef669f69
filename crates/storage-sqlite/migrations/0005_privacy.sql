-- Consents, and the erasure of a person.

-- Each answer of a player, never changed. What holds is the row with the highest number of a kind.
CREATE TABLE consents (
    user_id      BLOB    NOT NULL REFERENCES users (user_id) CHECK (length(user_id) = 16),
    kind         TEXT    NOT NULL,
    number       INTEGER NOT NULL,
    is_given     INTEGER NOT NULL CHECK (is_given IN (0, 1)),
    text_version INTEGER NOT NULL,
    locale       TEXT    NOT NULL,
    channel      TEXT    NOT NULL CHECK (channel IN ('mini_app', 'chat', 'web')),
    recorded_at  INTEGER NOT NULL,
    PRIMARY KEY (user_id, kind, number)
) STRICT, WITHOUT ROWID;

-- When a person who asked for it is erased, and when one was.
ALTER TABLE users ADD COLUMN erase_after INTEGER;
ALTER TABLE users ADD COLUMN erased_at INTEGER;
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
    download_hash BLOB    NOT NULL PRIMARY KEY CHECK (length(download_hash) = 32),
    user_id       BLOB    NOT NULL REFERENCES users (user_id),
    created_at    INTEGER NOT NULL,
    expires_at    INTEGER NOT NULL,
    used_at       INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX downloads_user ON downloads (user_id);
CREATE INDEX downloads_expiry ON downloads (expires_at);

-- An update that is done needs its number alone, so that it is not taken twice.
UPDATE inbox_updates SET payload = '', chat_id = NULL WHERE state = 'done';
