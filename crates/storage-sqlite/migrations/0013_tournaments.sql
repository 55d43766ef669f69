-- Tournaments have owners, states and rules; periods, entries, and final ranks. What was there before is a tournament of
-- the platform with one period, and is brought to where it stands by its first job.

ALTER TABLE tournaments ADD COLUMN owner TEXT NOT NULL DEFAULT 'platform' CHECK (owner IN ('platform', 'console'));
ALTER TABLE tournaments ADD COLUMN state TEXT NOT NULL DEFAULT 'scheduled'
    CHECK (state IN ('draft', 'scheduled', 'open', 'running', 'finalizing', 'finished', 'canceled'));
-- Takes no scores for now; its senders send them again.
ALTER TABLE tournaments ADD COLUMN is_frozen INTEGER NOT NULL DEFAULT 0 CHECK (is_frozen IN (0, 1));
ALTER TABLE tournaments ADD COLUMN is_private INTEGER NOT NULL DEFAULT 0 CHECK (is_private IN (0, 1));
ALTER TABLE tournaments ADD COLUMN rules TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(rules));
-- Whether a score asks for its player's entry: where it does not, scores go straight to the board.
ALTER TABLE tournaments ADD COLUMN asks_entries INTEGER NOT NULL DEFAULT 0 CHECK (asks_entries IN (0, 1));
-- For which start players were reminded.
ALTER TABLE tournaments ADD COLUMN reminded_for INTEGER;
-- Grows by one with each change of the definition.
ALTER TABLE tournaments ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;

CREATE INDEX tournaments_ends ON tournaments (ends_at, tournament_id);
CREATE INDEX tournaments_starts ON tournaments (starts_at, tournament_id);

CREATE TABLE periods (
    tournament_id TEXT    NOT NULL,
    period        INTEGER NOT NULL,
    starts_at     INTEGER NOT NULL,
    ends_at       INTEGER NOT NULL,
    -- closed: takes no scores any more, its boards become final; final: they are.
    state         TEXT    NOT NULL CHECK (state IN ('open', 'closed', 'final')),
    -- Players who have entered, and cohorts that were opened for them.
    entries       INTEGER NOT NULL DEFAULT 0,
    cohorts       INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (tournament_id, period)
) STRICT, WITHOUT ROWID;

INSERT INTO periods (tournament_id, period, starts_at, ends_at, state)
SELECT tournament_id, 0, starts_at, ends_at, 'open'
FROM tournaments;

-- The cohort of each tier that takes the next player.
CREATE TABLE cohort_fill (
    tournament_id TEXT    NOT NULL,
    period        INTEGER NOT NULL,
    tier          INTEGER NOT NULL,
    cohort        INTEGER NOT NULL,
    members       INTEGER NOT NULL,
    PRIMARY KEY (tournament_id, period, tier)
) STRICT, WITHOUT ROWID;

CREATE TABLE entries (
    tournament_id       TEXT    NOT NULL,
    period              INTEGER NOT NULL,
    user_id             BLOB    NOT NULL CHECK (length(user_id) = 16),
    joined_at           INTEGER NOT NULL,
    origin              TEXT    NOT NULL CHECK (origin IN ('app', 'chat', 'score', 'platform')),
    cohort              INTEGER NOT NULL,
    tier                INTEGER NOT NULL,
    -- How often the player has entered the period.
    entries             INTEGER NOT NULL,
    -- Attempts that the platform has given beyond those of the entries.
    attempts_granted    INTEGER NOT NULL DEFAULT 0,
    disqualified_at     INTEGER,
    disqualified_reason TEXT,
    PRIMARY KEY (tournament_id, period, user_id),
    CHECK ((disqualified_at IS NULL) = (disqualified_reason IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX entries_user ON entries (user_id, tournament_id, period);

-- Who wants to be told of a tournament: that it starts soon, and that they were overtaken.
CREATE TABLE tournament_wishes (
    tournament_id TEXT    NOT NULL,
    user_id       BLOB    NOT NULL CHECK (length(user_id) = 16),
    asked_at      INTEGER NOT NULL,
    -- The start of which the player was told.
    reminded_for  INTEGER,
    -- On which board and rank the player was last seen, and when they were last told that they fell.
    seen_board    TEXT,
    seen_rank     INTEGER,
    told_at       INTEGER,
    PRIMARY KEY (tournament_id, user_id),
    CHECK ((seen_board IS NULL) = (seen_rank IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX tournament_wishes_user ON tournament_wishes (user_id);

-- Final ranks. The player's key is the one under which the board showed them: random, and no way back to a person who
-- was erased. It stays, so that the hash can be computed again.
CREATE TABLE board_results (
    board_id    TEXT    NOT NULL,
    rank        INTEGER NOT NULL,
    user_id     BLOB    CHECK (length(user_id) = 16),
    player      TEXT    NOT NULL,
    score       INTEGER NOT NULL,
    tie_1       INTEGER NOT NULL,
    tie_2       INTEGER NOT NULL,
    tie_3       INTEGER NOT NULL,
    achieved_at INTEGER NOT NULL,
    prize       TEXT    CHECK (prize IS NULL OR json_valid(prize)),
    PRIMARY KEY (board_id, rank)
) STRICT, WITHOUT ROWID;

CREATE INDEX board_results_user ON board_results (user_id, board_id) WHERE user_id IS NOT NULL;

-- What was there goes through its states from now on.
INSERT INTO jobs (kind, key, payload, run_at, due_at, state, attempt, is_canceled, planned_at)
SELECT 'tournament_clock', tournament_id, '{}', starts_at, starts_at, 'waiting', 0, 0, updated_at
FROM tournaments
WHERE true
ON CONFLICT (kind, key) DO NOTHING;
