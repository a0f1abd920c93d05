-- Fill in the owners
--
-- Revision ID: 3950395dfef3
-- Revises:

-- upgrade
UPDATE documents SET title = 'it's';

-- downgrade
UPDATE documents SET title = '';
