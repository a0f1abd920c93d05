//! Make the type `vector` ready
//!
//! On PostgreSQL the embeddings are of pgvector's type. Where the extension is at hand it is
//! installed; where it is not, a domain over text of the same name stands in for it, so that a
//! plain server can run the rest. SQLite takes any type's name as it is.
//!
//! Revision ID: 20250823_vector_type
//! Revises:
//! Create Date: 2025-08-23 09:00:00 UTC

use limbec::prelude::*;

pub const REVISION: Revision = Revision::new("20250823_vector_type");

pub fn upgrade(op: &mut Operations) {
    op.execute_on(
        "postgresql",
        r"DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_available_extensions WHERE name = 'vector') THEN
        CREATE EXTENSION IF NOT EXISTS vector;
    ELSIF to_regtype('vector') IS NULL THEN
        CREATE DOMAIN vector AS text;
    END IF;
END
$$",
    );
}

pub fn downgrade(op: &mut Operations) {
    op.execute_on(
        "postgresql",
        r"DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_type WHERE oid = to_regtype('vector') AND typtype = 'd') THEN
        DROP DOMAIN vector;
    END IF;
END
$$",
    );
}
