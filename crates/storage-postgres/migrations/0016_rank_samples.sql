-- Where a player stood when they looked, now and then: the line on their card. The newest few of a board are kept, and
-- those for 90 days alone.

CREATE TABLE rank_samples (
    board_id TEXT COLLATE "C" NOT NULL,
    user_id  UUID             NOT NULL,
    at       BIGINT           NOT NULL,
    rank     BIGINT           NOT NULL,
    PRIMARY KEY (board_id, user_id, at)
);

CREATE INDEX rank_samples_age ON rank_samples (at);
