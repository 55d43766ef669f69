-- A tournament has one board, or one for each period and cohort: the version and the number of players move to it.

CREATE TABLE boards (
    -- <tournament>, <tournament>.<period> or <tournament>.<period>.<cohort>.
    board_id      TEXT    NOT NULL PRIMARY KEY,
    tournament_id TEXT    NOT NULL,
    period        INTEGER NOT NULL,
    -- From 1 on; 0 when all players of the period share one board.
    cohort        INTEGER NOT NULL,
    tier          INTEGER NOT NULL,
    starts_at     INTEGER NOT NULL,
    ends_at       INTEGER NOT NULL,
    version       INTEGER NOT NULL DEFAULT 0,
    players       INTEGER NOT NULL DEFAULT 0,
    state         TEXT    NOT NULL CHECK (state IN ('open', 'closed', 'final')),
    result_hash   BLOB    CHECK (length(result_hash) = 32),
    finalised_at  INTEGER,
    UNIQUE (tournament_id, period, cohort)
) STRICT, WITHOUT ROWID;

INSERT INTO boards (board_id, tournament_id, period, cohort, tier, starts_at, ends_at, version, players, state)
SELECT tournament_id, tournament_id, 0, 0, 0, starts_at, ends_at, board_version, players, 'open'
FROM tournaments;

-- A check can't be changed in place.
CREATE TABLE tournaments_0008 (
    tournament_id TEXT    NOT NULL PRIMARY KEY,
    title         TEXT    NOT NULL CHECK (json_valid(title)),
    starts_at     INTEGER NOT NULL,
    ends_at       INTEGER NOT NULL,
    operator      TEXT    NOT NULL CHECK (operator IN ('best', 'sum', 'latest', 'count')),
    ranking_order TEXT    NOT NULL CHECK (ranking_order IN ('desc', 'asc')),
    -- The order of each column that decides between equal scores: 'desc,asc'.
    tie_orders    TEXT    NOT NULL DEFAULT '',
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO tournaments_0008
  (tournament_id, title, starts_at, ends_at, operator, ranking_order, created_at, updated_at)
SELECT tournament_id, title, starts_at, ends_at, operator, ranking_order, created_at, updated_at
FROM tournaments;

DROP TABLE tournaments;
ALTER TABLE tournaments_0008 RENAME TO tournaments;

ALTER TABLE board_entries RENAME COLUMN tournament_id TO board_id;
ALTER TABLE board_entries ADD COLUMN tie_1 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE board_entries ADD COLUMN tie_2 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE board_entries ADD COLUMN tie_3 INTEGER NOT NULL DEFAULT 0;

-- 0: on the board; 1: taken off it; 2: no score is left. Such a row stays, and its version tells of it.
ALTER TABLE board_entries ADD COLUMN is_out INTEGER NOT NULL DEFAULT 0 CHECK (is_out IN (0, 1, 2));
-- Scores that were taken, those declared void not counted.
ALTER TABLE board_entries ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;
-- The newest row of the player's log.
ALTER TABLE board_entries ADD COLUMN last_event INTEGER;

-- The log of scores, in the order of arrival. No index: the rows of a player on a board are a chain that begins at
-- board_entries.last_event, so that a score is written at the end of one tree. Numbers are never used again, lest a
-- chain lead to a row of somebody else.
CREATE TABLE score_events (
    number      INTEGER PRIMARY KEY AUTOINCREMENT,
    board_id    TEXT    NOT NULL,
    user_id     BLOB    NOT NULL CHECK (length(user_id) = 16),
    source      TEXT    NOT NULL,
    event_id    TEXT    NOT NULL,
    -- NULL: declares the score void that it corrects.
    score       INTEGER,
    tie_1       INTEGER,
    tie_2       INTEGER,
    tie_3       INTEGER,
    happened_at INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    -- The score that this corrects; NULL for a score.
    corrects    INTEGER,
    previous    INTEGER,
    CHECK (score IS NOT NULL OR corrects IS NOT NULL)
) STRICT;

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
