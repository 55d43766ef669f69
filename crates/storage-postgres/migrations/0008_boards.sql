-- A tournament has one board, or one for each period and cohort: the version and the number of players move to it.

CREATE TABLE boards (
    -- <tournament>, <tournament>.<period> or <tournament>.<period>.<cohort>.
    board_id      TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    tournament_id TEXT COLLATE "C" NOT NULL,
    period        BIGINT NOT NULL,
    -- From 1 on; 0 when all players of the period share one board.
    cohort        BIGINT NOT NULL,
    tier          BIGINT NOT NULL,
    starts_at     BIGINT NOT NULL,
    ends_at       BIGINT NOT NULL,
    version       BIGINT NOT NULL DEFAULT 0,
    players       BIGINT NOT NULL DEFAULT 0,
    state         TEXT   NOT NULL CHECK (state IN ('open', 'closed', 'final')),
    result_hash   BYTEA  CHECK (length(result_hash) = 32),
    finalised_at  BIGINT,
    UNIQUE (tournament_id, period, cohort)
);

INSERT INTO boards (board_id, tournament_id, period, cohort, tier, starts_at, ends_at, version, players, state)
SELECT tournament_id, tournament_id, 0, 0, 0, starts_at, ends_at, board_version, players, 'open'
FROM tournaments;

ALTER TABLE tournaments
    DROP COLUMN board_version,
    DROP COLUMN players,
    DROP CONSTRAINT tournaments_operator_check,
    ADD CONSTRAINT tournaments_operator_check CHECK (operator IN ('best', 'sum', 'latest', 'count')),
    -- The order of each column that decides between equal scores: 'desc,asc'.
    ADD COLUMN tie_orders TEXT NOT NULL DEFAULT '';

ALTER TABLE board_entries RENAME COLUMN tournament_id TO board_id;
ALTER TABLE board_entries
    ADD COLUMN tie_1 BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN tie_2 BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN tie_3 BIGINT NOT NULL DEFAULT 0;

ALTER TABLE board_entries
    -- 0: on the board; 1: taken off it; 2: no score is left. Such a row stays, and its version tells of it.
    ADD COLUMN is_out BIGINT NOT NULL DEFAULT 0 CHECK (is_out IN (0, 1, 2)),
    -- Scores that were taken, those declared void not counted.
    ADD COLUMN attempts BIGINT NOT NULL DEFAULT 0,
    -- The newest row of the player's log.
    ADD COLUMN last_event BIGINT;

-- The log of scores, in the order of arrival. No further index: the rows of a player on a board are a chain that begins
-- at board_entries.last_event, so that a score is written at the end of one table and one index.
CREATE SEQUENCE score_events_number;
CREATE TABLE score_events (
    number      BIGINT NOT NULL PRIMARY KEY,
    board_id    TEXT COLLATE "C" NOT NULL,
    user_id     UUID   NOT NULL,
    source      TEXT COLLATE "C" NOT NULL,
    event_id    TEXT COLLATE "C" NOT NULL,
    -- NULL: declares the score void that it corrects.
    score       BIGINT,
    tie_1       BIGINT,
    tie_2       BIGINT,
    tie_3       BIGINT,
    happened_at BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    -- The score that this corrects; NULL for a score.
    corrects    BIGINT,
    previous    BIGINT,
    CHECK (score IS NOT NULL OR corrects IS NOT NULL)
);

-- What was logged so far, which only boards of the latest score did. Elsewhere the standing itself begins the log.
INSERT INTO score_events
  (number, board_id, user_id, source, event_id, score, tie_1, tie_2, tie_3, happened_at, received_at, previous)
SELECT number, board_id, user_id, source, event_id, score, 0, 0, 0, happened_at, happened_at,
  LAG(number) OVER (PARTITION BY board_id, user_id ORDER BY number)
FROM (
  SELECT ROW_NUMBER() OVER (ORDER BY board_id, user_id, happened_at, source, event_id) AS number,
    board_id, user_id, source, event_id, score, happened_at
  FROM (
    SELECT tournament_id AS board_id, user_id, source, event_id, score, happened_at
    FROM board_history
    UNION ALL
    SELECT board_id, user_id, '/podium', 'standing', score, achieved_at
    FROM board_entries
    WHERE NOT EXISTS (
      SELECT 1 FROM board_history
      WHERE board_history.tournament_id = board_entries.board_id AND board_history.user_id = board_entries.user_id
    )
  ) AS logged
) AS numbered;

SELECT setval('score_events_number', COALESCE((SELECT MAX(number) FROM score_events), 0) + 1, false);

UPDATE board_entries
SET last_event = chain.last_event, attempts = chain.attempts
FROM (
  SELECT board_id, user_id, MAX(number) AS last_event, COUNT(*) AS attempts
  FROM score_events
  GROUP BY board_id, user_id
) AS chain
WHERE chain.board_id = board_entries.board_id AND chain.user_id = board_entries.user_id;

DROP TABLE board_history;

-- The made-up name under which boards show somebody who hides; NULL: their alias.
ALTER TABLE users ADD COLUMN hidden_alias TEXT;
