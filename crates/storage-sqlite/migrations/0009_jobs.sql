-- What is to be done at a time, once, whatever is down at that time.

CREATE TABLE jobs (
    kind          TEXT    NOT NULL,
    key           TEXT    NOT NULL,
    payload       TEXT    NOT NULL CHECK (json_valid(payload)),
    -- The time that was planned; tries and leases do not move it.
    run_at        INTEGER NOT NULL,
    -- When it may be claimed: that time, the next try, or the end of the lease of the worker that holds it.
    due_at        INTEGER NOT NULL,
    state         TEXT    NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'dead')),
    attempt       INTEGER NOT NULL,
    lease         BLOB    CHECK (length(lease) = 16),
    -- What was planned while it was running: it takes its place when the run ends.
    again_at      INTEGER,
    again_payload TEXT    CHECK (json_valid(again_payload)),
    -- Canceled while it was running: it is not tried again.
    is_canceled   INTEGER NOT NULL CHECK (is_canceled IN (0, 1)),
    reason        TEXT,
    planned_at    INTEGER NOT NULL,
    finished_at   INTEGER,
    PRIMARY KEY (kind, key),
    CHECK ((state = 'running') = (lease IS NOT NULL)),
    CHECK ((state IN ('done', 'dead')) = (finished_at IS NOT NULL)),
    CHECK ((again_at IS NULL) = (again_payload IS NULL)),
    CHECK (state = 'running' OR again_at IS NULL AND is_canceled = 0)
) STRICT, WITHOUT ROWID;

-- Open jobs in the order in which they are claimed.
CREATE INDEX jobs_due ON jobs (due_at, kind, key) WHERE finished_at IS NULL;
-- Open jobs by the time that was planned, to see how late the latest is.
CREATE INDEX jobs_open ON jobs (run_at) WHERE finished_at IS NULL;
-- What is over, for counting, removal and replay.
CREATE INDEX jobs_over ON jobs (state, finished_at) WHERE finished_at IS NOT NULL;

-- Signing keys were looked at once a minute until now; from now on the next rotation is planned with each key.
INSERT INTO jobs (kind, key, payload, run_at, due_at, state, attempt, is_canceled, planned_at)
SELECT 'key_rotation', 'signing', '{}', MAX(created_at) + 2592000000, MAX(created_at) + 2592000000, 'waiting', 0, 0,
    MAX(created_at)
FROM signing_keys
HAVING COUNT(*) > 0;
