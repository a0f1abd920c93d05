-- Fill in the owners

-- upgrade mysq
SELECT 1;
-- upgrade the rest, too
SELECT 2; -- upgrade
-- downgrade postgres
