-- An index between two changes of the rows
--
-- Revision ID: bbbb00000002
-- Revises: aaaa00000001

-- upgrade
UPDATE items SET times = times + 1;
-- autocommit
CREATE INDEX CONCURRENTLY ix_items ON items (id);
UPDATE items SET times = times + 10;

-- downgrade
DROP INDEX ix_items;
