-- The ranks of a board are written in slices before it becomes final; nobody reads them until it is.

-- How the board ranked when its ranks were written. What its tournament becomes later does not change a final board.
ALTER TABLE boards ADD COLUMN operator TEXT CHECK (operator IN ('best', 'sum', 'latest', 'count'));
ALTER TABLE boards ADD COLUMN ranking_order TEXT CHECK (ranking_order IN ('desc', 'asc'));
ALTER TABLE boards ADD COLUMN tie_orders TEXT;
-- The version of the board from which its ranks are written, and how many are.
ALTER TABLE boards ADD COLUMN ranked_version BIGINT;
ALTER TABLE boards ADD COLUMN ranks_written BIGINT NOT NULL DEFAULT 0;

UPDATE boards
SET operator = tournaments.operator, ranking_order = tournaments.ranking_order, tie_orders = tournaments.tie_orders,
  ranked_version = boards.version, ranks_written = boards.players
FROM tournaments
WHERE tournaments.tournament_id = boards.tournament_id AND boards.state = 'final';
