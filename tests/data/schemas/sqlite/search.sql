-- Documents whose properties are columns computed from JSON, with full text search beside them: the
-- stored and the virtual kind, paths in double quotes, bodies of triggers with several statements.
CREATE TABLE documents (
  account     CHAR(36)  NOT NULL,
  number      INT       NOT NULL, -- counts from 1 in each account
  changed_at  TIMESTAMP NOT NULL,
  closed_at   TIMESTAMP NULL,
  properties  TEXT      NULL,

  -- computed
  title       TEXT           GENERATED ALWAYS AS (JSON_EXTRACT(properties, "$.title")) STORED,
  due_at      TIMESTAMP      GENERATED ALWAYS AS (STRFTIME('%Y-%m-%d %H:%M:%f+00:00', JSON_EXTRACT(properties, "$.due"))),
  weight      DECIMAL(20, 5) GENERATED ALWAYS AS (JSON_EXTRACT(properties, "$.weight")) VIRTUAL,
  is_draft    BOOLEAN        AS (JSON_EXTRACT(properties, '$.draft')),
  PRIMARY KEY (account, number)
);
CREATE INDEX documents_by_change ON documents (account, (COALESCE(closed_at, CAST('9999-12-31 23:59:59' AS TIMESTAMP))) DESC, changed_at DESC, number);
CREATE INDEX documents_by_weight ON documents (account, weight, (COALESCE(closed_at, '9999-12-31')) DESC);
CREATE VIRTUAL TABLE titles USING fts5 (
  title,
  content='documents',
  tokenize="unicode61 remove_diacritics 0 tokenchars '-_'"
);
CREATE TRIGGER documents_insert AFTER INSERT ON documents BEGIN
  INSERT INTO titles (rowid, title) VALUES (NEW.rowid, NEW.title);
END;
CREATE TRIGGER documents_delete AFTER DELETE ON documents
BEGIN
  INSERT INTO titles (titles, rowid, title) VALUES ('delete', OLD.rowid, OLD.title);
END;
CREATE TRIGGER documents_update AFTER UPDATE ON documents BEGIN
  INSERT INTO titles (titles, rowid, title) VALUES ('delete', OLD.rowid, OLD.title);
  INSERT INTO titles (rowid, title) VALUES (NEW.rowid, CASE WHEN NEW.title = '' THEN 'none; yet' ELSE NEW.title END);
END;
