//! Step 10: a database that Alembic made is taken over as it is.

use super::{DESCRIPTION, add_to_collection, autogenerate, fileintel};
use crate::command::Database;

on_both_databases! {
    step_10_an_alembic_database_is_taken_over
}

/// What Alembic sends for FileIntel's first revision; types as SQLAlchemy spells them there.
fn made_by_alembic(sqlite: bool) -> String {
    let [timestamp, now, jsonb] = if sqlite {
        ["DATETIME", "(CURRENT_TIMESTAMP)", "JSON"]
    } else {
        ["TIMESTAMP WITH TIME ZONE", "now()", "JSONB"]
    };
    let vector = if sqlite { "VECTOR" } else { "vector" };
    format!(
        "
CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL,
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
CREATE TABLE collections (
    id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    created_at {timestamp} DEFAULT {now},
    PRIMARY KEY (id),
    UNIQUE (name)
);
CREATE TABLE documents (
    id VARCHAR NOT NULL,
    collection_id VARCHAR NOT NULL,
    filename VARCHAR NOT NULL,
    content_hash VARCHAR NOT NULL,
    file_size INTEGER NOT NULL,
    mime_type VARCHAR NOT NULL,
    document_metadata {jsonb},
    created_at {timestamp} DEFAULT {now},
    updated_at {timestamp},
    PRIMARY KEY (id),
    FOREIGN KEY(collection_id) REFERENCES collections (id),
    UNIQUE (content_hash)
);
CREATE TABLE document_chunks (
    id VARCHAR NOT NULL,
    document_id VARCHAR NOT NULL,
    collection_id VARCHAR NOT NULL,
    chunk_text TEXT NOT NULL,
    embedding {vector},
    chunk_metadata JSON,
    created_at {timestamp} DEFAULT {now},
    PRIMARY KEY (id),
    FOREIGN KEY(collection_id) REFERENCES collections (id),
    FOREIGN KEY(document_id) REFERENCES documents (id)
);
CREATE TABLE jobs (
    id VARCHAR NOT NULL,
    document_id VARCHAR,
    collection_id VARCHAR,
    job_type VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    data JSON,
    created_at {timestamp} DEFAULT {now},
    updated_at {timestamp},
    PRIMARY KEY (id),
    FOREIGN KEY(collection_id) REFERENCES collections (id),
    FOREIGN KEY(document_id) REFERENCES documents (id)
);
CREATE TABLE results (
    job_id VARCHAR NOT NULL,
    data TEXT,
    created_at {timestamp} DEFAULT {now},
    updated_at {timestamp},
    PRIMARY KEY (job_id),
    FOREIGN KEY(job_id) REFERENCES jobs (id)
);
INSERT INTO alembic_version (version_num) VALUES ('61ee6f04df66');
INSERT INTO collections (id, name) VALUES ('1', 'kept');
"
    )
}

fn step_10_an_alembic_database_is_taken_over(database: Database) {
    let it = fileintel(database);
    // The project's first revision has the id that it had under Alembic.
    it.run("limbec revision --autogenerate --rev-id 61ee6f04df66 -m 'Initial schema'")
        .succeeds();
    it.sql(&made_by_alembic(it.is_sqlite()));
    let before = it.dump();

    it.run("limbec current")
        .succeeds()
        .prints("61ee6f04df66 (head)\n");
    it.run("limbec check")
        .succeeds()
        .prints("No new upgrade operations detected.\n");
    it.run("limbec upgrade head").succeeds().logs_nothing();
    assert_eq!(it.dump(), before);

    add_to_collection(&it, DESCRIPTION);
    let second = autogenerate(&it, "Add description to collections");
    assert_eq!(
        second.upgrade().matches("op.").count(),
        1,
        "{}",
        second.text
    );
    it.run("limbec upgrade head").succeeds();
    assert_eq!(it.version_rows(), [second.id]);
    assert_eq!(
        it.sql("SELECT name, description FROM collections;"),
        "kept|\n"
    );
    it.run("limbec downgrade -1").succeeds();
    it.run("limbec current")
        .succeeds()
        .prints("61ee6f04df66 (head)\n".replace(" (head)", "").as_str());
    assert_eq!(it.sql("SELECT name FROM collections;"), "kept\n");
}
