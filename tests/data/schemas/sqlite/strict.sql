-- What SQLite has of its own: strict tables, tables without row numbers, what happens on a conflict.
CREATE TABLE accounts (
  id INTEGER PRIMARY KEY,
  email TEXT NOT NULL COLLATE NOCASE UNIQUE ON CONFLICT IGNORE,
  balance REAL NOT NULL DEFAULT 0.0,
  secret BLOB,
  extra ANY
) STRICT;
CREATE TABLE grants (
  account INTEGER NOT NULL REFERENCES accounts (id) ON UPDATE CASCADE ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  scope TEXT NOT NULL COLLATE RTRIM,
  since INTEGER NOT NULL DEFAULT (unixepoch()),
  PRIMARY KEY (account, scope)
) STRICT, WITHOUT ROWID;
CREATE TABLE tries (
  account INTEGER NOT NULL REFERENCES accounts,
  at INTEGER NOT NULL,
  CONSTRAINT one_each UNIQUE (account, at) ON CONFLICT REPLACE
);
CREATE INDEX tries_at ON tries (at DESC);
