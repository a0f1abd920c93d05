-- Quick
--
-- Revision ID: aaaa00000001
-- Revises:

-- upgrade
CREATE TABLE quick (id integer);

-- downgrade
DROP TABLE quick;
