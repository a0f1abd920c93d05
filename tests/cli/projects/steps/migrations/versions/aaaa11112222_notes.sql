-- Notes
--
-- Revision ID: aaaa11112222
-- Revises:
-- Create Date: 2026-01-01 12:00:00 UTC

-- upgrade
CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT);

-- downgrade
DROP TABLE notes;
