//! What the errors of a server mean to the program.

/// An error as the database, or the driver on the way to it, gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Fault<'a> {
    /// The five characters of SQLSTATE, if the database has them.
    pub sqlstate: Option<&'a str>,
    /// The database's own number of the error; on SQLite the extended result code.
    pub code: Option<i32>,
    /// The message.
    pub message: &'a str,
}

/// What an error means to the program that meets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FaultKind {
    /// The table or view that a query names does not exist.
    MissingTable,
    /// Another session was in the way; a second try may succeed.
    Contention,
    /// The connection, or the server behind it, is gone.
    ConnectionLost,
    /// The statement was cancelled: by a timeout, or by somebody.
    Cancelled,
    /// The database, its file or the transaction may not be written.
    ReadOnly,
    /// The guard of [`Session::enter`](super::Session::enter) or
    /// [`Session::counted`](super::Session::counted) failed: this process must not go on.
    LockLost,
    /// The disk is full.
    DiskFull,
    /// The role lacks the right.
    NotAllowed,
    /// No cast leads from one type to another.
    NoCast,
    /// Anything else, which the message tells.
    Other,
}
