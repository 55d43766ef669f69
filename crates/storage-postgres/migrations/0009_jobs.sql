-- What is to be done at a time, once, whatever is down at that time.

CREATE TABLE jobs (
    kind          TEXT COLLATE "C" NOT NULL,
    key           TEXT COLLATE "C" NOT NULL,
    payload       TEXT    NOT NULL CHECK (payload::json IS NOT NULL),
    -- The time that was planned; tries and leases do not move it.
    run_at        BIGINT  NOT NULL,
    -- When it may be claimed: that time, the next try, or the end of the lease of the worker that holds it.
    due_at        BIGINT  NOT NULL,
    state         TEXT    NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'dead')),
    attempt       INTEGER NOT NULL,
    lease         UUID,
    -- What was planned while it was running: it takes its place when the run ends.
    again_at      BIGINT,
    again_payload TEXT    CHECK (again_payload IS NULL OR again_payload::json IS NOT NULL),
    -- Canceled while it was running: it is not tried again.
    is_canceled   BOOLEAN NOT NULL,
    reason        TEXT,
    planned_at    BIGINT  NOT NULL,
    finished_at   BIGINT,
    CONSTRAINT "jobs.key" PRIMARY KEY (kind, key),
    CHECK ((state = 'running') = (lease IS NOT NULL)),
    CHECK ((state IN ('done', 'dead')) = (finished_at IS NOT NULL)),
    CHECK ((again_at IS NULL) = (again_payload IS NULL)),
    CHECK (state = 'running' OR again_at IS NULL AND NOT is_canceled)
);

-- Open jobs in the order in which they are claimed.
CREATE INDEX jobs_due ON jobs (due_at, kind, key) WHERE finished_at IS NULL;
-- Open jobs by the time that was planned, to see how late the latest is.
CREATE INDEX jobs_open ON jobs (run_at) WHERE finished_at IS NULL;
-- What is over, for counting, removal and replay.
CREATE INDEX jobs_over ON jobs (state, finished_at) WHERE finished_at IS NOT NULL;

-- Signing keys were looked at once a minute until now; from now on the next rotation is planned with each key.
INSERT INTO jobs (kind, key, payload, run_at, due_at, state, attempt, is_canceled, planned_at)
SELECT 'key_rotation', 'signing', '{}', MAX(created_at) + 2592000000, MAX(created_at) + 2592000000, 'waiting', 0, FALSE,
    MAX(created_at)
FROM signing_keys
HAVING COUNT(*) > 0;
