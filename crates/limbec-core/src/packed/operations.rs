//! The bytes of settings, headers, operations and all that operations hold.

use super::format::{Pack, pack_enum, pack_struct};
use crate::operations::{
    AlterColumn, AlterOptions, ColumnChange, CommentOn, Constraint, ConstraintRef, Moved,
    Operation, OptionsOf, Timeout,
};
use crate::revision::Header;
use crate::schema::{
    CheckConstraint, Column, ColumnType, Deferrable, Definition, DefinitionKind, Domain, EnumType,
    ExcludeConstraint, ExcludeElement, ForeignKey, Generated, Identity, IdentityKind, Index,
    IndexElement, IndexKey, Inheritance, ObjectName, OwnedBy, PrimaryKey, ReferentialAction,
    Sequence, Table, UniqueConstraint, Use,
};
use crate::settings::{Given, WhenAhead};

pack_struct! {
    Given {
        backup, connect_wait, lock_timeout, statement_timeout, lock_retries, lock_wait, when_ahead,
        version_table_schema,
    }
    Header { id, revises, depends_on, branch_labels, message, doc, create_date, path }
    ObjectName { schema, name }
    AlterOptions { of, to, from }
    EnumType { name, labels, comment }
    Domain { name, base, collation, not_null, default, checks, comment }
    Table {
        name, columns, primary_key, uniques, checks, foreign_keys, excludes, indexes, comment,
        inherits, partition_by, unread, options,
    }
    Column {
        name, column_type, nullable, default, generated, identity, collation, comment, options,
    }
    Generated { expression, stored }
    Identity { kind, start, increment, minimum, maximum, cache, cycle, sequence, sequence_type }
    Sequence {
        name, data_type, start, increment, minimum, maximum, cache, cycle, owned_by, comment,
    }
    OwnedBy { table, column }
    Definition { kind, name, arguments, table, sql, dialect, uses }
    PrimaryKey { name, columns, include, deferrable, without_overlaps, comment }
    UniqueConstraint {
        name, columns, deferrable, nulls_not_distinct, include, without_overlaps, comment,
    }
    CheckConstraint { name, expression, no_inherit, not_valid, not_enforced, comment }
    ForeignKey {
        name, columns, referred_table, referred_columns, on_delete, on_update, deferrable,
        match_full, on_delete_columns, period, not_valid, not_enforced, comment,
    }
    ExcludeConstraint { name, method, elements, include, predicate, deferrable, comment }
    ExcludeElement { element, operator }
    Index {
        name, elements, unique, method, include, predicate, nulls_not_distinct, comment,
        concurrently, valid, stored, options,
    }
    IndexElement { key, descending, nulls_first, collation, operator_class }
    AlterColumn { name, to, from, using }
    ColumnChange { column_type, nullable, default, generated, identity, collation, comment }
}

pack_enum! {
    WhenAhead {
        0 => Refuse,
        1 => ServeIfAdds,
        2 => Serve,
    }
}

pack_enum! {
    Use {
        0 => Relation { name },
        1 => Column { relation, column },
        2 => Type { name },
        3 => Routine { name, arguments },
    }
}

pack_enum! {
    Operation {
        0 => CreateSchema { name },
        1 => DropSchema { name },
        2 => CreateExtension { name },
        3 => DropExtension { name },
        4 => CreateDomain { domain },
        5 => DropDomain { name, domain },
        6 => CreateEnum { enumeration },
        7 => DropEnum { name, enumeration },
        8 => AlterEnum { to, from },
        9 => CreateTable { table },
        10 => DropTable { name, table },
        11 => RenameTable { from, to },
        12 => AddColumn { table, column },
        13 => DropColumn { table, name, column },
        14 => RenameColumn { table, from, to },
        15 => AlterColumn { table, change },
        16 => CreateConstraint { table, constraint },
        17 => DropConstraint { table, constraint, definition },
        18 => CreateIndex { table, index },
        19 => DropIndex { table, name, index, concurrently },
        20 => CreateTableComment { table, comment, from },
        21 => DropTableComment { table, from },
        22 => Execute { sql, dialect, autocommit },
        23 => AlterDomain { to, from },
        24 => CreateSequence { sequence },
        25 => DropSequence { name, sequence },
        26 => AlterSequence { to, from },
        27 => CreateComment { on, comment, from },
        28 => DropComment { on, from },
        29 => CreateDefinition { definition },
        30 => ReplaceDefinition { to, from },
        31 => DropDefinition { definition },
        32 => SetTimeout { timeout, time },
        33 => AlterOptions { change },
        34 => RenameEnum { from, to },
        35 => RenameEnumValue { enumeration, from, to },
        36 => RenameConstraint { table, from, to },
        37 => RenameIndex { table, from, to },
        38 => ValidateConstraint { table, name, definition },
        39 => AlterInheritance { table, to, from },
        40 => Move { kind, from, to },
    }
}

pack_enum! {
    ColumnType {
        0 => SmallInteger,
        1 => Integer,
        2 => BigInteger,
        3 => Real,
        4 => Double,
        5 => Numeric { precision, scale },
        6 => Boolean,
        7 => Text,
        8 => Varchar { length },
        9 => Char { length },
        10 => Bytes,
        11 => Date,
        12 => Time { precision },
        13 => Timestamp { precision },
        14 => TimestampTz { precision },
        15 => Interval,
        16 => Uuid,
        17 => Json,
        18 => Jsonb,
        19 => Inet,
        20 => Cidr,
        21 => MacAddr,
        22 => Array(element),
        23 => Enum(enumeration),
        24 => Custom(name),
        25 => Named(name),
    }
}

pack_enum! {
    Timeout {
        0 => Lock,
        1 => Statement,
    }
}

pack_enum! {
    Moved {
        0 => Table,
        1 => Enum,
        2 => Domain,
        3 => Sequence,
    }
}

pack_enum! {
    Constraint {
        0 => PrimaryKey(it),
        1 => Unique(it),
        2 => Check(it),
        3 => ForeignKey(it),
        4 => Exclude(it),
    }
}

pack_enum! {
    ConstraintRef {
        0 => Named(it),
        1 => Unnamed(it),
    }
}

pack_enum! {
    IdentityKind {
        0 => Always,
        1 => ByDefault,
        2 => Serial,
    }
}

pack_enum! {
    IndexKey {
        0 => Column(it),
        1 => Expression(it),
    }
}

pack_enum! {
    Deferrable {
        0 => InitiallyImmediate,
        1 => InitiallyDeferred,
    }
}

pack_enum! {
    ReferentialAction {
        0 => NoAction,
        1 => Restrict,
        2 => Cascade,
        3 => SetNull,
        4 => SetDefault,
    }
}

pack_enum! {
    Inheritance {
        0 => None,
        1 => Tables(it),
        2 => Partition { of, bound },
    }
}

pack_enum! {
    OptionsOf {
        0 => Table(it),
        1 => Column { table, name },
        2 => Index { table, name },
    }
}

pack_enum! {
    CommentOn {
        0 => Schema(it),
        1 => Domain(it),
        2 => Enum(it),
        3 => Sequence(it),
        4 => Index { table, name },
        5 => Constraint { table, name },
    }
}

pack_enum! {
    DefinitionKind {
        0 => Type,
        1 => Function,
        2 => Procedure,
        3 => Aggregate,
        4 => View,
        5 => MaterializedView,
        6 => Statistics,
        7 => Rule,
        8 => Policy,
        9 => Trigger,
    }
}
