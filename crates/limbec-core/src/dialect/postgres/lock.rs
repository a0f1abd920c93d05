//! The lock of a database's migrations: a session's advisory lock, taken by trying.
//!
//! Waiters poll: one that blocks inside a statement holds a snapshot, which `CREATE INDEX
//! CONCURRENTLY` waits for, and the two deadlock.

/// The first half of the key, the bytes `limb`, tells limbec's locks from an application's.
const CLASS: i32 = 0x6c69_6d62;

/// The query that tries to take the lock, and the one that gives it back.
pub(super) fn queries() -> (String, String) {
    // The key is of the namespace too: two services may keep their tables in one database.
    let key =
        format!("{CLASS}, hashtext(current_database() || '.' || coalesce(current_schema(), ''))");
    // A server learns that its client is gone only when it answers: a statement of a killed process
    // would run on and hold the lock. PostgreSQL 14 looks in between, where the system can tell.
    let notice = "CASE WHEN current_setting('server_version_num')::int >= 140000 \
                  AND version() ~* 'linux|darwin|bsd' \
                  THEN set_config('client_connection_check_interval', '5s', false) END";
    (
        format!("SELECT pg_try_advisory_lock({key}), {notice}"),
        format!("SELECT pg_advisory_unlock({key})"),
    )
}
