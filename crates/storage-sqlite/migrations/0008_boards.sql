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

ALTER TABLE board_history RENAME COLUMN tournament_id TO board_id;
ALTER TABLE board_history ADD COLUMN tie_1 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE board_history ADD COLUMN tie_2 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE board_history ADD COLUMN tie_3 INTEGER NOT NULL DEFAULT 0;
