-- Where a player stood when they looked, now and then: the line on their card. The newest few of a board are kept, and
-- those for 90 days alone.

CREATE TABLE rank_samples (
    board_id TEXT    NOT NULL,
    user_id  BLOB    NOT NULL CHECK (length(user_id) = 16),
    at       INTEGER NOT NULL,
    rank     INTEGER NOT NULL,
    PRIMARY KEY (board_id, user_id, at)
) STRICT, WITHOUT ROWID;

CREATE INDEX rank_samples_age ON rank_samples (at);
