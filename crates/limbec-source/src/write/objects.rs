//! Enumerations, domains, sequences and comments as the calls that make them.

use limbec_core::operations::{AlterOptions, CommentOn, OptionsOf};
use limbec_core::schema::{ColumnType, Domain, EnumType, Inheritance, Sequence};

use super::expression::{Chain, call, column_type, object, text, texts};
use super::layout::Expression;

pub(super) fn enum_type(it: &EnumType) -> Expression {
    Chain::new("EnumType::new", vec![object(&it.name), texts(&it.labels)])
        .text(it.comment.as_ref(), "comment")
        .end()
}

pub(super) fn domain(it: &Domain) -> Expression {
    let mut chain = Chain::new("Domain::new", vec![object(&it.name), column_type(&it.base)]);
    chain
        .text(it.collation.as_ref(), "collation")
        .flag(it.not_null, "not_null")
        .text(it.default.as_ref(), "server_default");
    for (index, one) in it.checks.iter().enumerate() {
        // A rule has a name in PostgreSQL in any case: this is the one it would give.
        let suffix = if index == 0 {
            String::new()
        } else {
            index.to_string()
        };
        let own = || format!("{}_check{suffix}", it.name.name);
        let name = one.name.clone().unwrap_or_else(own);
        chain.call("check", vec![text(&name), text(&one.expression)]);
    }
    chain.text(it.comment.as_ref(), "comment").end()
}

pub(super) fn sequence(it: &Sequence) -> Expression {
    let mut chain = Chain::new("Sequence::new", vec![object(&it.name)]);
    if it.data_type != ColumnType::BigInteger {
        chain.call("data_type", vec![column_type(&it.data_type)]);
    }
    chain
        .integer(it.start, "start")
        .integer(it.increment, "increment")
        .integer(it.minimum, "minimum")
        .integer(it.maximum, "maximum")
        .integer(it.cache, "cache")
        .flag(it.cycle, "cycle");
    if let Some(owner) = &it.owned_by {
        chain.call("owned_by", vec![object(&owner.table), text(&owner.column)]);
    }
    chain.text(it.comment.as_ref(), "comment").end()
}

pub(super) fn comment_on(it: &CommentOn) -> Expression {
    match it {
        CommentOn::Schema(name) => call("CommentOn::schema", vec![text(name)]),
        CommentOn::Domain(name) => call("CommentOn::domain", vec![object(name)]),
        CommentOn::Enum(name) => call("CommentOn::enumeration", vec![object(name)]),
        CommentOn::Sequence(name) => call("CommentOn::sequence", vec![object(name)]),
        CommentOn::Index { table, name } => {
            call("CommentOn::index", vec![object(table), text(name)])
        }
        CommentOn::Constraint { table, name } => {
            call("CommentOn::constraint", vec![object(table), text(name)])
        }
    }
}

pub(super) fn alter_options(it: &AlterOptions) -> Expression {
    let mut chain = match &it.of {
        OptionsOf::Table(name) => Chain::new("AlterOptions::table", vec![object(name)]),
        OptionsOf::Column { table, name } => {
            Chain::new("AlterOptions::column", vec![object(table), text(name)])
        }
        OptionsOf::Index { table, name } => {
            Chain::new("AlterOptions::index", vec![object(table), text(name)])
        }
    };
    for (key, value) in &it.to {
        match value {
            Some(value) => chain.call("set", vec![text(key), text(value)]),
            None => chain.call("reset", vec![text(key)]),
        };
    }
    chain.end()
}

pub(super) fn inheritance(it: &Inheritance) -> Expression {
    match it {
        Inheritance::None => call("Inheritance::none", Vec::new()),
        Inheritance::Tables(parents) => {
            let Some((first, others)) = parents.split_first() else {
                return call("Inheritance::none", Vec::new());
            };
            let mut chain = Chain::new("Inheritance::from_table", vec![object(first)]);
            for other in others {
                chain.call("and", vec![object(other)]);
            }
            chain.end()
        }
        Inheritance::Partition { of, bound } => {
            call("Inheritance::partition_of", vec![object(of), text(bound)])
        }
    }
}
