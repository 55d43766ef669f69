-- How many scores the players of a board have had taken, those declared void not counted: what adding up their rows would
-- come to, without reading them.
ALTER TABLE boards ADD COLUMN scores BIGINT NOT NULL DEFAULT 0;

UPDATE boards
SET scores = (SELECT COALESCE(SUM(attempts), 0) FROM board_entries WHERE board_entries.board_id = boards.board_id);
