-- Claims look at the rows of one bot alone: those of another one may wait for long, and are not to be read each time.

DROP INDEX outgoing_messages_due;
-- Waiting rows of a bot in the order in which they are claimed.
CREATE INDEX outgoing_messages_due ON outgoing_messages (bot_id, class, run_at, outgoing_id) WHERE state = 'waiting';
