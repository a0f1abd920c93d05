-- Fill in the owners
--
-- Revision ID: 3950395dfef3
-- Revises:

-- upgrade
/* once /* nested */
-- downgrade
SELECT 1;
-- */
-- downgrade
SELECT 2;
