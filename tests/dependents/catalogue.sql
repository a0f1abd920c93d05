WITH own AS MATERIALIZED (
    SELECT oid, nspname FROM pg_namespace
    WHERE nspname NOT LIKE 'pg\_%' AND nspname <> 'information_schema'
), relations AS MATERIALIZED (
    SELECT c.*, n.nspname || '.' || c.relname AS full_name
    FROM pg_class c JOIN own n ON n.oid = c.relnamespace
), rights AS MATERIALIZED (
    SELECT kind, oid, (SELECT string_agg(concat(grantee::regrole, ':', privilege_type,
        CASE WHEN is_grantable THEN '*' END), ' '
        ORDER BY grantee::regrole::text, privilege_type) FROM aclexplode(acl)) AS granted
    FROM (
        SELECT 'relation' AS kind, c.oid, coalesce(c.relacl,
            acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner)) AS acl
        FROM relations c WHERE c.relkind NOT IN ('i', 'I')
        UNION ALL
        SELECT 'routine', p.oid, coalesce(p.proacl, acldefault('f', p.proowner))
        FROM pg_proc p JOIN own n ON n.oid = p.pronamespace
        UNION ALL
        SELECT 'type', t.oid, coalesce(t.typacl, acldefault('T', t.typowner))
        FROM pg_type t JOIN own n ON n.oid = t.typnamespace WHERE t.typelem = 0
    ) each
)
SELECT concat_ws(' ', 'relation', full_name, relkind, relpersistence, 'owner', relowner::regrole, granted,
    'identity', relreplident, 'security', relrowsecurity, relforcerowsecurity, 'filled', relispopulated,
    pg_get_expr(relpartbound, oid), pg_get_partkeydef(oid),
    (SELECT string_agg(it, ',' ORDER BY it) FROM unnest(reloptions) it))
FROM relations r LEFT JOIN rights USING (oid)
UNION ALL
SELECT concat_ws(' ', 'column', c.full_name, a.attname, format_type(a.atttypid, a.atttypmod),
    CASE WHEN a.attnotnull THEN 'not null' END, a.attidentity, a.attgenerated,
    nullif(a.attcollation, 0)::regcollation, pg_get_expr(d.adbin, d.adrelid),
    'statistics', nullif(a.attstattarget, -1), a.attoptions, a.attstorage, a.attcompression, a.attislocal, a.attinhcount,
    (SELECT string_agg(concat(grantee::regrole, ':', privilege_type,
        CASE WHEN is_grantable THEN '*' END), ' '
        ORDER BY grantee::regrole::text, privilege_type) FROM aclexplode(a.attacl)))
FROM relations c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE c.relkind <> 'S'
UNION ALL
-- The server chooses the names of NOT NULL constraints, by who comes first.
SELECT concat_ws(' ', 'constraint', nullif(c.conrelid, 0)::regclass, nullif(c.contypid, 0)::regtype,
    CASE WHEN c.contype <> 'n' THEN c.conname END, c.conislocal, pg_get_constraintdef(c.oid))
FROM pg_constraint c JOIN own n ON n.oid = c.connamespace
UNION ALL
SELECT concat_ws(' ', 'index', pg_get_indexdef(indexrelid), 'clustered', indisclustered, 'identity',
    indisreplident, 'valid', indisvalid)
FROM pg_index JOIN relations ON oid = indexrelid
UNION ALL
SELECT concat_ws(' ', 'view', full_name, pg_get_viewdef(oid)) FROM relations WHERE relkind IN ('v', 'm')
UNION ALL
SELECT concat_ws(' ', 'sequence', c.full_name, s.seqtypid::regtype, s.seqstart, s.seqincrement, s.seqmin,
    s.seqmax, s.seqcache, s.seqcycle, pg_describe_object(d.refclassid, d.refobjid, d.refobjsubid),
    'counts', pg_sequence_last_value(c.oid::regclass))
FROM relations c JOIN pg_sequence s ON s.seqrelid = c.oid
LEFT JOIN pg_depend d ON d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
UNION ALL
SELECT concat_ws(' ', 'inherits', inhrelid::regclass, inhparent::regclass, inhseqno)
FROM pg_inherits JOIN relations ON oid = inhrelid
UNION ALL
SELECT concat_ws(' ', 'type', t.oid::regtype, t.typtype, 'owner', t.typowner::regrole, granted,
    CASE WHEN t.typnotnull THEN 'not null' END, format_type(nullif(t.typbasetype, 0), t.typtypmod), t.typdefault,
    nullif(t.typcollation, 0)::regcollation,
    (SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder)
     FROM pg_enum e WHERE e.enumtypid = t.oid),
    (SELECT r.rngsubtype::regtype::text FROM pg_range r WHERE r.rngtypid = t.oid))
FROM pg_type t JOIN own n ON n.oid = t.typnamespace
JOIN rights ON kind = 'type' AND rights.oid = t.oid
LEFT JOIN relations c ON c.oid = t.typrelid WHERE t.typelem = 0 AND coalesce(c.relkind, 'c') = 'c'
UNION ALL
SELECT concat_ws(' ', 'trigger', pg_get_triggerdef(t.oid), t.tgenabled)
FROM pg_trigger t JOIN relations c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal
UNION ALL
SELECT concat_ws(' ', 'rule', pg_get_ruledef(r.oid), r.ev_enabled)
FROM pg_rewrite r JOIN relations c ON c.oid = r.ev_class WHERE r.rulename <> '_RETURN'
UNION ALL
SELECT concat_ws(' ', 'policy', p.polname, c.full_name, p.polcmd, p.polpermissive, p.polroles::regrole[],
    'using', pg_get_expr(p.polqual, p.polrelid), 'check', pg_get_expr(p.polwithcheck, p.polrelid))
FROM pg_policy p JOIN relations c ON c.oid = p.polrelid
UNION ALL
SELECT concat_ws(' ', 'routine', p.oid::regprocedure, 'owner', p.proowner::regrole, granted,
    CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) END)
FROM pg_proc p JOIN own n ON n.oid = p.pronamespace
JOIN rights ON kind = 'routine' AND rights.oid = p.oid
UNION ALL
SELECT concat_ws(' ', 'aggregate', a.aggfnoid::regprocedure, a.aggtransfn::regprocedure,
    a.aggtranstype::regtype, a.agginitval)
FROM pg_aggregate a JOIN pg_proc p ON p.oid = a.aggfnoid JOIN own n ON n.oid = p.pronamespace
UNION ALL
SELECT concat_ws(' ', 'statistics', pg_get_statisticsobjdef(s.oid), 'target', nullif(s.stxstattarget, -1),
    'owner', s.stxowner::regrole)
FROM pg_statistic_ext s JOIN own n ON n.oid = s.stxnamespace
UNION ALL
SELECT concat_ws(' ', 'publication', p.pubname, p.pubinsert, p.pubupdate, p.pubdelete) FROM pg_publication p
UNION ALL
SELECT concat_ws(' ', 'published', p.pubname, r.prrelid::regclass,
    CASE WHEN to_jsonb(r) ->> 'prattrs' IS NOT NULL THEN
        (SELECT string_agg(name, ',' ORDER BY name)
         FROM jsonb_array_elements_text(to_jsonb(t) -> 'attnames') name) END,
    to_jsonb(t) ->> 'rowfilter')
FROM pg_publication p JOIN pg_publication_rel r ON r.prpubid = p.oid JOIN relations c ON c.oid = r.prrelid
LEFT JOIN pg_publication_tables t ON t.pubname = p.pubname
    AND (t.schemaname || '.' || t.tablename)::regclass = r.prrelid
UNION ALL
SELECT concat_ws(' ', 'comment', pg_describe_object(classoid, objoid, objsubid), description)
FROM pg_description WHERE objoid >= 16384
UNION ALL
SELECT concat_ws(' ', 'schema', nspname) FROM own
