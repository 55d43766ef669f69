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

ALTER TABLE board_history RENAME COLUMN tournament_id TO board_id;
ALTER TABLE board_history
    ADD COLUMN tie_1 BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN tie_2 BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN tie_3 BIGINT NOT NULL DEFAULT 0;
