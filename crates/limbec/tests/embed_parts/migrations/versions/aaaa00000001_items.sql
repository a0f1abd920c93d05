-- Items
--
-- Revision ID: aaaa00000001
-- Revises:

-- upgrade
CREATE TABLE items (id integer, times integer NOT NULL);
INSERT INTO items VALUES (1, 0), (2, 0);

-- downgrade
DROP TABLE items;
