-- Fill in the owners
--
-- Revision ID: 3950395dfef3
-- Revises: <base>

UPDATE documents SET owner_id = 1;
