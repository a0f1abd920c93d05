//! The lock of a database's migrations: a session's advisory lock, taken by trying.
//!
//! Waiters poll: one that blocks inside a statement holds a snapshot, which `CREATE INDEX
//! CONCURRENTLY` waits for, and the two deadlock.

use super::names::{cut, literal, literal_or_null, object, quote};
use super::rights;
use crate::journal::{Claim, Lease};
use crate::schema::ObjectName;
use crate::steps::Step;

/// The first half of the key, the bytes `limb`, tells limbec's locks from an application's.
const CLASS: i32 = 0x6c69_6d62;

/// The key is of the namespace that the version table stands in: two services may keep their tables in
/// one database, and two connections that find the same table by different search paths exclude each
/// other.
pub(super) fn key(namespace: Option<&str>) -> String {
    format!("{CLASS}, {}", object_of(namespace))
}

/// The second half of the key.
fn object_of(namespace: Option<&str>) -> String {
    let namespace = namespace.map_or_else(|| "coalesce(current_schema(), '')".to_string(), literal);
    format!("hashtext(current_database() || '.' || {namespace})")
}

/// The query that tries to take the lock.
pub(super) fn take(namespace: Option<&str>) -> String {
    let key = key(namespace);
    // A server learns that its client is gone only when it answers: a statement of a killed process
    // would run on and hold the lock. PostgreSQL 14 looks in between, where the system can tell.
    let notice = "CASE WHEN current_setting('server_version_num')::int >= 140000 \
                  AND version() ~* 'linux|darwin|bsd' \
                  THEN set_config('client_connection_check_interval', '5s', false) END";
    // And if the network, or the client's machine, is gone, when its system does not answer.
    let keepalives = "set_config('tcp_keepalives_idle', '10', false), \
                      set_config('tcp_keepalives_interval', '5', false), \
                      set_config('tcp_keepalives_count', '4', false)";
    format!("SELECT pg_try_advisory_lock({key}), {notice}, {keepalives}")
}

/// The query that gives back what this session holds of limbec's locks, whichever it is. The server
/// shows the halves of a key as unsigned numbers.
pub fn give_back() -> String {
    format!(
        "SELECT pg_advisory_unlock({CLASS}, \
         (objid::bigint - CASE WHEN objid::bigint > 2147483647 THEN 4294967296 ELSE 0 END)::int) \
         FROM pg_catalog.pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2 \
         AND pid = pg_backend_pid() AND classid::bigint = {CLASS}"
    )
}

/// The sessions that hold locks on tables of users, the oldest transaction first.
pub(super) fn blockers() -> String {
    "SELECT DISTINCT a.pid, a.application_name, a.state, \
     extract(epoch FROM clock_timestamp() - a.xact_start)::int, \
     left(regexp_replace(a.query, '\\s+', ' ', 'g'), 200), c.relname, a.xact_start \
     FROM pg_catalog.pg_locks l \
     JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid \
     JOIN pg_catalog.pg_database d ON d.oid = l.database AND d.datname = current_database() \
     JOIN pg_catalog.pg_class c ON c.oid = l.relation AND c.relkind IN ('r', 'p', 'm', 'v') \
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
     WHERE l.granted AND l.locktype = 'relation' AND l.pid <> pg_backend_pid() \
     AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' \
     ORDER BY a.xact_start, a.pid, c.relname"
        .to_string()
}

/// How a connection finds out whether it has a session to itself: what its session is to start with,
/// and the question that must be answered by the word then.
pub fn session_probe(word: &str) -> (String, &'static str) {
    (
        format!("-c limbec.probe={word}"),
        "SELECT current_setting('limbec.probe', true)",
    )
}

/// The question whether a session is on a standby, and whether it may write nothing.
pub fn session_standing() -> &'static str {
    "SELECT pg_catalog.pg_is_in_recovery(), current_setting('transaction_read_only')"
}

/// The session that holds the lock.
pub(super) fn holder(namespace: Option<&str>) -> String {
    let object = object_of(namespace);
    format!(
        "SELECT a.pid, a.application_name, \
         extract(epoch FROM clock_timestamp() - a.backend_start)::int, host(a.client_addr), a.state, \
         extract(epoch FROM clock_timestamp() - a.state_change)::int, \
         left(regexp_replace(a.query, '\\s+', ' ', 'g'), 120), \
         array_to_string(pg_blocking_pids(a.pid), ', ') \
         FROM pg_catalog.pg_locks l \
         JOIN pg_catalog.pg_database d ON d.oid = l.database AND d.datname = current_database() \
         JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid \
         WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2 \
         AND l.classid::bigint = {CLASS} AND l.objid::bigint = ({object}::bigint & 4294967295) \
         ORDER BY a.backend_start LIMIT 1"
    )
}

/// The table with the lease.
pub(super) struct Table {
    table: String,
    key: String,
    name: ObjectName,
}

impl Table {
    pub(super) fn new(name: &ObjectName) -> Self {
        Table {
            table: object(name),
            key: quote(cut(&format!("{}_pkey", name.name))),
            name: name.clone(),
        }
    }
}

/// Whether a session runs a statement that carries the word of the row's owner.
const ALIVE: &str = "EXISTS (SELECT FROM pg_catalog.pg_stat_activity a \
     WHERE a.state = 'active' AND a.pid <> pg_backend_pid() \
     AND strpos(a.query, '/* limbec ' || held.owner || ' */') = 1)";

impl Lease for Table {
    fn ensure(&self) -> Step {
        let Table { table, key, name } = self;
        let create = format!(
            "CREATE TABLE IF NOT EXISTS {table} (\n    id INTEGER NOT NULL,\n    \
             owner TEXT NOT NULL,\n    epoch BIGINT NOT NULL,\n    host TEXT,\n    pid BIGINT,\n    \
             revision TEXT,\n    taken_at TIMESTAMPTZ NOT NULL,\n    \
             expires_at TIMESTAMPTZ NOT NULL,\n    CONSTRAINT {key} PRIMARY KEY (id)\n)"
        );
        Step::new(rights::made(name, &create))
    }

    fn alone(&self) -> Step {
        Step::new(format!(
            "SELECT 1 / pg_try_advisory_xact_lock({})::int",
            key(self.name.schema.as_deref())
        ))
    }

    fn take(&self, claim: &Claim<'_>) -> Step {
        let Claim {
            owner,
            host,
            pid,
            seconds,
        } = claim;
        Step::new(format!(
            "INSERT INTO {} AS held (id, owner, epoch, host, pid, taken_at, expires_at) \
             VALUES (1, {owner}, 1, {host}, {pid}, clock_timestamp(), \
             clock_timestamp() + interval '{seconds} seconds') \
             ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, epoch = held.epoch + 1, \
             host = excluded.host, pid = excluded.pid, revision = NULL, \
             taken_at = excluded.taken_at, expires_at = excluded.expires_at \
             WHERE held.expires_at < clock_timestamp() AND NOT {ALIVE}",
            self.table,
            owner = literal(owner),
            host = literal_or_null(*host),
        ))
    }

    fn renew(&self, claim: &Claim<'_>, revision: &str) -> Step {
        Step::new(format!(
            "UPDATE {} SET expires_at = clock_timestamp() + interval '{} seconds', revision = {} \
             WHERE owner = {}",
            self.table,
            claim.seconds,
            literal(revision),
            literal(claim.owner)
        ))
    }

    fn give_back(&self, owner: &str) -> Step {
        Step::new(format!(
            "UPDATE {} SET owner = '', expires_at = clock_timestamp(), revision = NULL \
             WHERE owner = {}",
            self.table,
            literal(owner)
        ))
    }

    fn signed(&self, owner: &str, sql: &str) -> String {
        format!("/* limbec {owner} */ {sql}")
    }

    fn read(&self) -> String {
        format!(
            "SELECT held.owner, held.host, held.pid, \
             greatest(0, extract(epoch FROM clock_timestamp() - held.taken_at))::int, \
             extract(epoch FROM clock_timestamp() - held.expires_at)::int, {ALIVE}, \
             held.revision, held.epoch FROM {} held WHERE held.owner <> ''",
            self.table
        )
    }

    fn clear(&self, owner: &str, epoch: &str) -> Step {
        Step::new(format!(
            "UPDATE {} held SET owner = '', expires_at = clock_timestamp(), revision = NULL \
             WHERE owner = {} AND epoch::text = {} AND expires_at < clock_timestamp() \
             AND NOT {ALIVE}",
            self.table,
            literal(owner),
            literal(epoch)
        ))
    }
}
