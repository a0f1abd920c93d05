-- Fill in the owners
--
-- Revision ID: 3950395dfef3, 3950395dfef4
-- Revise: 61ee6f04df66
-- Depends on: 27c6a30d7c24
-- depends on: 4a1b2c3d4e5f
-- Branch labels: head, x-y

-- upgrade
-- downgrade
