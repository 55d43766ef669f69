-- Boards in chats that keep themselves up to date: which message shows which board, and what it shows by now.

CREATE TABLE board_messages (
    bot_id        INTEGER NOT NULL,
    chat_id       INTEGER NOT NULL,
    tournament_id TEXT    NOT NULL,
    -- Whose own place it shows; nobody's in a group.
    user_id       BLOB    REFERENCES users (user_id) CHECK (length(user_id) = 16),
    locale        TEXT    NOT NULL,
    -- Telegram's number of the message, once it is known here.
    message_id    INTEGER,
    -- The row of outgoing_messages that sent it, or changed it last.
    outgoing_id   BLOB    NOT NULL CHECK (length(outgoing_id) = 16),
    -- SHA-256 of what it shows.
    shown         BLOB    NOT NULL CHECK (length(shown) = 32),
    -- When it is looked at next.
    look_at       INTEGER NOT NULL,
    created_at    INTEGER NOT NULL,
    -- When it stops keeping up.
    expires_at    INTEGER NOT NULL,
    PRIMARY KEY (bot_id, chat_id, tournament_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX board_messages_due ON board_messages (bot_id, look_at);
CREATE INDEX board_messages_age ON board_messages (bot_id, created_at);
CREATE INDEX board_messages_user ON board_messages (user_id) WHERE user_id IS NOT NULL;
