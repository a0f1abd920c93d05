-- First collection
--
-- Revision ID: 27c6a30d7c24
-- Revises: 3950395dfef3
-- Create Date: 2026-01-03 12:00:00 UTC

-- upgrade
INSERT INTO collections (id, name) VALUES (1, 'first');

-- downgrade
DELETE FROM collections WHERE id = 1;
