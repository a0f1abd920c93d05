-- Fill in descriptions
--
-- Revision ID: 27c6a30d7c24
-- Revises: 3950395dfef3
-- Create Date: 2026-11-22 13:30:00 UTC

-- upgrade
UPDATE collections SET description = 'A collection; of documents' WHERE description IS NULL;

-- downgrade
UPDATE collections SET description = NULL;
