-- Tables that were altered by hand over years: words in small letters, columns added behind the last
-- one, keys of text, indexes over expressions and on part of the rows.
CREATE TABLE entries (
	id text primary key,
	made integer not null,
	host text not null,
	command text not null, erased_at integer, author text default (null),

	unique(made, host, command)
);
CREATE INDEX idx_entries_made on entries(made);
CREATE INDEX idx_entries_open on entries(host, made desc) where erased_at is null;
CREATE INDEX idx_entries_words on entries(lower(trim(command)), host) where author is not null;
CREATE TABLE entry_tags (
    entry_id   TEXT NOT NULL,
    tag        TEXT NOT NULL,
    value      TEXT NOT NULL,

    PRIMARY KEY (entry_id, tag),
    FOREIGN KEY (entry_id) REFERENCES entries(id) ON DELETE CASCADE
);
CREATE TABLE "renamed ""once""" (a bigint default 9223372036854775807, b double default 1e3, c datetime default CURRENT_TIMESTAMP);
