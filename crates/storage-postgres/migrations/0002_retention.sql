-- Indexes for what is counted every other second and for what is removed when it is old.

-- Messages that ended badly: counted by gauges without reading those that were sent.
CREATE INDEX outgoing_messages_troubled ON outgoing_messages (state) WHERE state IN ('failed', 'ambiguous');
-- Dialogues by the time at which their chat was last heard of.
CREATE INDEX dialogues_updated ON dialogues (updated_at);
