-- Once more
--
-- Revision ID: cccc00000003
-- Revises: bbbb00000002

-- upgrade
UPDATE items SET times = times + 100;

-- downgrade
UPDATE items SET times = times - 100;
