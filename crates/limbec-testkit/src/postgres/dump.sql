WITH own AS (
    SELECT oid, nspname FROM pg_namespace
    WHERE nspname NOT LIKE 'pg\_%' AND nspname <> 'information_schema'
), relations AS (
    SELECT c.*, n.nspname || '.' || c.relname AS full_name
    FROM pg_class c JOIN own n ON n.oid = c.relnamespace
)
SELECT concat_ws(' ', 'relation', full_name, relkind, relpersistence, reloptions::text)
FROM relations
UNION ALL
SELECT concat_ws(' ', 'column', c.full_name, a.attname, format_type(a.atttypid, a.atttypmod),
    a.attnotnull, a.attidentity, a.attgenerated, a.attcollation::regcollation,
    pg_get_expr(d.adbin, d.adrelid))
FROM relations c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relkind IN ('r', 'p', 'v', 'm')
UNION ALL
-- The server chooses the names of NOT NULL constraints, by who comes first.
SELECT concat_ws(' ', 'constraint', c.conrelid::regclass, c.contypid::regtype,
    CASE WHEN c.contype <> 'n' THEN c.conname END, pg_get_constraintdef(c.oid))
FROM pg_constraint c JOIN own n ON n.oid = c.connamespace
UNION ALL
SELECT concat_ws(' ', 'index', pg_get_indexdef(oid)) FROM relations WHERE relkind IN ('i', 'I')
UNION ALL
SELECT concat_ws(' ', 'view', full_name, pg_get_viewdef(oid)) FROM relations WHERE relkind IN ('v', 'm')
UNION ALL
SELECT concat_ws(' ', 'sequence', c.full_name, s.seqtypid::regtype, s.seqstart, s.seqincrement,
    s.seqmin, s.seqmax, s.seqcache, s.seqcycle, pg_describe_object(d.refclassid, d.refobjid, d.refobjsubid))
FROM relations c JOIN pg_sequence s ON s.seqrelid = c.oid
LEFT JOIN pg_depend d ON d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
UNION ALL
SELECT concat_ws(' ', 'type', n.nspname, t.typname, t.typtype, t.typnotnull, t.typdefault,
    (SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder)
     FROM pg_enum e WHERE e.enumtypid = t.oid))
FROM pg_type t JOIN own n ON n.oid = t.typnamespace WHERE t.typtype IN ('d', 'e')
UNION ALL
SELECT concat_ws(' ', 'trigger', pg_get_triggerdef(t.oid))
FROM pg_trigger t JOIN relations c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal
UNION ALL
SELECT concat_ws(' ', 'function', n.nspname, p.oid::regprocedure, md5(p.prosrc))
FROM pg_proc p JOIN own n ON n.oid = p.pronamespace
UNION ALL
SELECT concat_ws(' ', 'comment', pg_describe_object(classoid, objoid, objsubid), description)
FROM pg_description WHERE objoid >= 16384
UNION ALL
SELECT concat_ws(' ', 'extension', extname) FROM pg_extension
