-- The end that the platform told last, where an operator has decided on another one: told again, it changes nothing.
-- None: the end is the one that was told.
ALTER TABLE tournaments ADD COLUMN told_ends_at BIGINT;
