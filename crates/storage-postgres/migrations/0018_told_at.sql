-- The time of the definition that stands, where the platform has told it: an older one that comes late changes nothing.
ALTER TABLE tournaments ADD COLUMN told_at BIGINT;
ALTER TABLE missions ADD COLUMN told_at BIGINT;
-- When a tournament was thawed last: what was refused while it was frozen is taken for the usual time from then on.
ALTER TABLE tournaments ADD COLUMN thawed_at BIGINT;
