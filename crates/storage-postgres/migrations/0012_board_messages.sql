-- Boards in chats that keep themselves up to date: which message shows which board, and what it shows by now.

CREATE TABLE board_messages (
    bot_id        BIGINT NOT NULL,
    chat_id       BIGINT NOT NULL,
    tournament_id TEXT NOT NULL,
    -- Whose own place it shows; nobody's in a group.
    user_id       UUID REFERENCES users (user_id),
    locale        TEXT NOT NULL,
    -- Telegram's number of the message, once it is known here.
    message_id    BIGINT,
    -- The row of outgoing_messages that sent it, or changed it last.
    outgoing_id   UUID NOT NULL,
    -- SHA-256 of what it shows.
    shown         BYTEA NOT NULL CHECK (length(shown) = 32),
    -- When it is looked at next.
    look_at       BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    -- When it stops keeping up.
    expires_at    BIGINT NOT NULL,
    CONSTRAINT "board_messages.place" PRIMARY KEY (bot_id, chat_id, tournament_id)
);

CREATE INDEX board_messages_due ON board_messages (bot_id, look_at);
CREATE INDEX board_messages_age ON board_messages (bot_id, created_at);
CREATE INDEX board_messages_user ON board_messages (user_id) WHERE user_id IS NOT NULL;
