-- One database with every trap of a rebuild in it. `jobs`, `notes` and `tags` are changed; the rest
-- must stay as it is.
PRAGMA user_version = 7;
PRAGMA foreign_keys = OFF;

CREATE TABLE owners (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    owner_id INTEGER CONSTRAINT jobs_owner REFERENCES owners (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    before_id INTEGER REFERENCES jobs (id) ON DELETE CASCADE ON UPDATE CASCADE,
    code TEXT NOT NULL ON CONFLICT FAIL COLLATE NOCASE CONSTRAINT code_once UNIQUE ON CONFLICT REPLACE,
    size INTEGER DEFAULT 7 CONSTRAINT positive CHECK (size > 0),
    note TEXT,
    kind TEXT NOT NULL DEFAULT 'k',
    twice INTEGER AS (size * 2) STORED,
    thrice INTEGER AS (size * 3) CHECK (thrice > 2)
);
-- Rows by a number that is no column, which full text search keeps.
CREATE TABLE notes (code TEXT NOT NULL, size INTEGER, note TEXT, kind TEXT NOT NULL DEFAULT 'k');
CREATE VIRTUAL TABLE words USING fts5 (code, note, content = 'notes', content_rowid = 'rowid');
CREATE TABLE tags (
    code TEXT NOT NULL COLLATE NOCASE, size INTEGER, note TEXT, kind TEXT NOT NULL DEFAULT 'k',
    PRIMARY KEY (code DESC)
) STRICT, WITHOUT ROWID;

CREATE TABLE steps (job_id INT NOT NULL REFERENCES jobs ON DELETE CASCADE ON UPDATE CASCADE, n INT, PRIMARY KEY (job_id, n)) WITHOUT ROWID;
CREATE TABLE logs (
    id INTEGER PRIMARY KEY, job_id INT, n INT, code TEXT,
    FOREIGN KEY (job_id, n) REFERENCES steps (job_id, n) ON DELETE CASCADE
);
CREATE TABLE marks (job_id INT REFERENCES "JOBS" (Id) ON DELETE SET NULL, tag TEXT REFERENCES tags ON DELETE SET DEFAULT);
CREATE TABLE strays (job_id INT REFERENCES jobs (id));
CREATE TABLE malformed (owner TEXT REFERENCES owners (name), nobody REFERENCES nowhere (id));
CREATE TABLE counts (what TEXT, n INT);

CREATE INDEX jobs_open ON jobs(owner_id) where note IS NULL;
CREATE UNIQUE INDEX jobs_lower ON jobs (lower(code) DESC, size COLLATE BINARY);
CREATE INDEX notes_long ON notes (length(code) DESC) WHERE size > 1;
CREATE INDEX tags_size ON tags (size DESC, code COLLATE RTRIM);

CREATE VIEW busy AS SELECT j.id, o.name FROM jobs AS j JOIN owners AS o ON o.id = j.owner_id;
CREATE VIEW busier AS SELECT count(*) AS n FROM busy, notes, tags;

CREATE TRIGGER jobs_insert AFTER INSERT ON jobs BEGIN INSERT INTO counts VALUES ('insert', new.id); END;
CREATE TRIGGER jobs_update AFTER UPDATE OF size ON jobs BEGIN INSERT INTO counts VALUES ('update', new.id); END;
CREATE TRIGGER jobs_delete BEFORE DELETE ON jobs BEGIN INSERT INTO counts VALUES ('delete', old.id); END;
CREATE TRIGGER notes_insert AFTER INSERT ON notes BEGIN UPDATE jobs SET size = new.size WHERE code = new.code; END;
CREATE TRIGGER owners_update AFTER UPDATE ON owners BEGIN INSERT INTO notes (code) SELECT code FROM jobs WHERE owner_id = new.id; END;
CREATE TRIGGER busy_insert INSTEAD OF INSERT ON busy BEGIN INSERT INTO jobs (owner_id, code) VALUES (new.id, new.name); END;
CREATE TEMP VIEW own_jobs AS SELECT id FROM main.jobs;
CREATE TEMP TRIGGER own_trigger AFTER INSERT ON main.counts BEGIN DELETE FROM counts WHERE what = new.what AND n < 0; END;

INSERT INTO owners VALUES (1, 'ann'), (2, 'bob');
INSERT INTO jobs (id, owner_id, before_id, code, size, note) VALUES
    (1, 1, NULL, 'a', 1, NULL), (5, 1, 1, 'b', 2, 'x'), (9, 2, 5, 'c', 3, 'y');
DELETE FROM jobs WHERE id = 9;
INSERT INTO notes (rowid, code, size, note) VALUES (3, 'n', 1, 'alpha'), (7, 'm', 2, 'beta'), (8, 'l', 3, 'gamma');
DELETE FROM notes WHERE rowid = 8;
INSERT INTO words (words) VALUES ('rebuild');
INSERT INTO tags (code, size, note) VALUES ('red', 1, NULL), ('blue', 2, 'x');
INSERT INTO steps VALUES (1, 1), (1, 2), (5, 1);
INSERT INTO logs VALUES (1, 1, 1, 'k'), (2, 1, 2, 'k'), (3, 5, 1, 'k');
INSERT INTO marks VALUES (5, 'red'), (1, 'blue');
INSERT INTO strays VALUES (4711), (1);
ANALYZE;
PRAGMA foreign_keys = ON;
