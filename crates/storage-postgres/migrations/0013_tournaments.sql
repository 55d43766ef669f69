-- Tournaments have owners, states and rules; periods, entries, and final ranks. What was there before is a tournament of
-- the platform with one period, and is brought to where it stands by its first job.

ALTER TABLE tournaments ADD COLUMN owner TEXT NOT NULL DEFAULT 'platform' CHECK (owner IN ('platform', 'console'));
ALTER TABLE tournaments ADD COLUMN state TEXT NOT NULL DEFAULT 'scheduled'
    CHECK (state IN ('draft', 'scheduled', 'open', 'running', 'finalizing', 'finished', 'canceled'));
-- Takes no scores for now; its senders send them again.
ALTER TABLE tournaments ADD COLUMN is_frozen BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE tournaments ADD COLUMN is_private BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE tournaments ADD COLUMN rules TEXT NOT NULL DEFAULT '{}' CHECK (rules::json IS NOT NULL);
-- Whether a score asks for its player's entry: where it does not, scores go straight to the board.
ALTER TABLE tournaments ADD COLUMN asks_entries BOOLEAN NOT NULL DEFAULT FALSE;
-- For which start players were reminded.
ALTER TABLE tournaments ADD COLUMN reminded_for BIGINT;
-- Grows by one with each change of the definition.
ALTER TABLE tournaments ADD COLUMN revision BIGINT NOT NULL DEFAULT 0;

CREATE INDEX tournaments_ends ON tournaments (ends_at, tournament_id);
CREATE INDEX tournaments_starts ON tournaments (starts_at, tournament_id);

CREATE TABLE periods (
    tournament_id TEXT COLLATE "C" NOT NULL,
    period        BIGINT NOT NULL,
    starts_at     BIGINT NOT NULL,
    ends_at       BIGINT NOT NULL,
    -- closed: takes no scores any more, its boards become final; final: they are.
    state         TEXT    NOT NULL CHECK (state IN ('open', 'closed', 'final')),
    -- Players who have entered, and cohorts that were opened for them.
    entries       BIGINT NOT NULL DEFAULT 0,
    cohorts       BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (tournament_id, period)
);

INSERT INTO periods (tournament_id, period, starts_at, ends_at, state)
SELECT tournament_id, 0, starts_at, ends_at, 'open'
FROM tournaments;

-- The cohort of each tier that takes the next player.
CREATE TABLE cohort_fill (
    tournament_id TEXT COLLATE "C" NOT NULL,
    period        BIGINT NOT NULL,
    tier          BIGINT NOT NULL,
    cohort        BIGINT NOT NULL,
    members       BIGINT NOT NULL,
    PRIMARY KEY (tournament_id, period, tier)
);

CREATE TABLE entries (
    tournament_id       TEXT COLLATE "C" NOT NULL,
    period              BIGINT NOT NULL,
    user_id             UUID    NOT NULL,
    joined_at           BIGINT NOT NULL,
    origin              TEXT    NOT NULL CHECK (origin IN ('app', 'chat', 'score', 'platform')),
    cohort              BIGINT NOT NULL,
    tier                BIGINT NOT NULL,
    -- How often the player has entered the period.
    entries             BIGINT NOT NULL,
    -- Attempts that the platform has given beyond those of the entries.
    attempts_granted    BIGINT NOT NULL DEFAULT 0,
    disqualified_at     BIGINT,
    disqualified_reason TEXT,
    PRIMARY KEY (tournament_id, period, user_id),
    CHECK ((disqualified_at IS NULL) = (disqualified_reason IS NULL))
);

CREATE INDEX entries_user ON entries (user_id, tournament_id, period);

-- Who wants to be told of a tournament: that it starts soon, and that they were overtaken.
CREATE TABLE tournament_wishes (
    tournament_id TEXT COLLATE "C" NOT NULL,
    user_id       UUID    NOT NULL,
    asked_at      BIGINT NOT NULL,
    -- The start of which the player was told.
    reminded_for  BIGINT,
    -- On which board and rank the player was last seen, and when they were last told that they fell.
    seen_board    TEXT,
    seen_rank     BIGINT,
    told_at       BIGINT,
    PRIMARY KEY (tournament_id, user_id),
    CHECK ((seen_board IS NULL) = (seen_rank IS NULL))
);

CREATE INDEX tournament_wishes_user ON tournament_wishes (user_id);

-- Final ranks. The player's key is the one under which the board showed them: random, and no way back to a person who
-- was erased. It stays, so that the hash can be computed again.
CREATE TABLE board_results (
    board_id    TEXT COLLATE "C" NOT NULL,
    rank        BIGINT NOT NULL,
    user_id     UUID,
    player      TEXT    NOT NULL,
    score       BIGINT NOT NULL,
    tie_1       BIGINT NOT NULL,
    tie_2       BIGINT NOT NULL,
    tie_3       BIGINT NOT NULL,
    achieved_at BIGINT NOT NULL,
    prize       TEXT    CHECK (prize IS NULL OR prize::json IS NOT NULL),
    PRIMARY KEY (board_id, rank)
);

CREATE INDEX board_results_user ON board_results (user_id, board_id) WHERE user_id IS NOT NULL;

-- What was there goes through its states from now on.
INSERT INTO jobs (kind, key, payload, run_at, due_at, state, attempt, is_canceled, planned_at)
SELECT 'tournament_clock', tournament_id, '{}', starts_at, starts_at, 'waiting', 0, FALSE, updated_at
FROM tournaments
ON CONFLICT (kind, key) DO NOTHING;
