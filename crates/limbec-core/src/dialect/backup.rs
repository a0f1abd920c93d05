//! Copying a database that is a file.

/// How a database that is a file is copied beside itself.
pub trait Backup: Sync {
    /// The query for the path of the file; empty for a database in memory.
    fn file(&self) -> &'static str;
    /// The query for the query that tells (`1`) whether any table but limbec's own holds a row.
    fn rows_question(&self, own_tables: &[&str]) -> String;
    /// The statement that writes the copy to a path where no file is.
    fn copy(&self, to: &str) -> String;
}
