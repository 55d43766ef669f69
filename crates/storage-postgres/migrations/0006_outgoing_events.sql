-- Events for the platform: written with the change that they tell of, sent after its commit.

CREATE TABLE outgoing_events (
    event_id    UUID    NOT NULL CONSTRAINT "outgoing_events.event_id" PRIMARY KEY,
    kind        TEXT    NOT NULL,
    subject     TEXT    NOT NULL,
    data        TEXT    NOT NULL CHECK (data::json IS NOT NULL),
    created_at  BIGINT  NOT NULL,
    -- When it may be claimed: the next try, or the end of the lease of the sender that holds it.
    due_at      BIGINT  NOT NULL,
    attempt     INTEGER NOT NULL,
    lease       UUID,
    outcome     TEXT    CHECK (outcome IN ('sent', 'dead')),
    finished_at BIGINT,
    CHECK ((outcome IS NULL) = (finished_at IS NULL)),
    CHECK (outcome IS NULL OR lease IS NULL)
);

-- Open events in the order in which they are claimed.
CREATE INDEX outgoing_events_due ON outgoing_events (due_at, event_id) WHERE finished_at IS NULL;
-- Open events of a subject, to keep its order.
CREATE INDEX outgoing_events_subject ON outgoing_events (subject, event_id) WHERE finished_at IS NULL;
-- What is over, for counting, removal and replay.
CREATE INDEX outgoing_events_over ON outgoing_events (outcome, finished_at) WHERE finished_at IS NOT NULL;
