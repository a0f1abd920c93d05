-- Slow, for as long as the table `go_on` is empty
--
-- Revision ID: bbbb00000002
-- Revises: aaaa00000001

-- upgrade
CREATE TABLE slow (id integer);
SELECT pg_sleep(CASE WHEN EXISTS (SELECT FROM go_on) THEN 0 ELSE 3 END);

-- downgrade
DROP TABLE slow;
