-- What the console lists of tournaments: who is excluded from a period.

CREATE INDEX entries_excluded ON entries (tournament_id, period, disqualified_at) WHERE disqualified_at IS NOT NULL;

-- What goes on in tournaments, minute by minute, as each node has seen it: for charts, kept for two days.
CREATE TABLE tournament_minutes (
    tournament_id TEXT   NOT NULL,
    -- When the minute began.
    minute        BIGINT NOT NULL,
    node          BIGINT NOT NULL,
    scores        BIGINT NOT NULL,
    viewers       BIGINT NOT NULL,
    entries       BIGINT NOT NULL,
    PRIMARY KEY (tournament_id, minute, node)
);

CREATE INDEX tournament_minutes_age ON tournament_minutes (minute);
