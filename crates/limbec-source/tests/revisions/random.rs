//! Random operations: every variant, every attribute, nasty texts.

mod constraints;

use std::collections::BTreeMap;

use limbec_core::operations::{
    AlterColumn, AlterOptions, ColumnChange, CommentOn, ConstraintRef, Moved, Operation, OptionsOf,
    Timeout,
};
use limbec_core::schema::{
    CheckConstraint, Column, ColumnType, Definition, Domain, EnumType, Generated, Identity,
    IdentityKind, Index, IndexElement, IndexKey, Inheritance, ObjectName, OwnedBy, Sequence, Table,
};
use proptest::collection::{btree_map, vec};
use proptest::option::of;
use proptest::prelude::*;

use self::constraints::{check, constraint, exclude, foreign_key, primary_key, unique};

/// How nasty texts are.
#[derive(Clone, Copy)]
pub(crate) enum Texts {
    /// What people write.
    Plain,
    /// Quotes, escapes, what does not show, what is too long for a line.
    Nasty,
    /// Anything at all.
    Any,
}

fn text(texts: Texts) -> BoxedStrategy<String> {
    let plain = prop_oneof![
        4 => "[a-z_]{1,14}",
        1 => "[a-z_]{10,40}",
        1 => "[a-z]{1,6} (>|<) [0-9]{1,3}",
        1 => Just("it's".to_string()),
        1 => Just(r#"lower("Name")"#.to_string()),
        1 => Just("größe".to_string()),
    ];
    let nasty = prop_oneof![
        "[\"'\\\\#\n\r\t\0 a-c\u{202e}\u{feff}日\u{301}]{0,30}",
        "(\"|#|r|\\\\){0,12}",
        "[a-z ]{60,130}",
    ];
    match texts {
        Texts::Plain => plain.boxed(),
        Texts::Nasty => prop_oneof![plain, nasty].boxed(),
        Texts::Any => prop_oneof![plain, nasty, any::<String>()].boxed(),
    }
}

fn texts(of: Texts) -> BoxedStrategy<Vec<String>> {
    prop_oneof![6 => vec(text(of), 0..4), 1 => vec(text(of), 0..12), 1 => vec("[a-z]{1,7}", 5..30)]
        .boxed()
}

fn object(of_texts: Texts) -> impl Strategy<Value = ObjectName> {
    (
        proptest::option::weighted(0.2, text(of_texts)),
        text(of_texts),
    )
        .prop_map(|(schema, name)| ObjectName { schema, name })
}

fn options(of: Texts) -> impl Strategy<Value = BTreeMap<String, String>> {
    prop_oneof![4 => Just(BTreeMap::new()), 1 => btree_map(text(of), text(of), 0..3)]
}

fn rare(of: Texts) -> impl Strategy<Value = Option<String>> {
    proptest::option::weighted(0.2, text(of))
}

pub(crate) fn enum_type(of: Texts) -> impl Strategy<Value = EnumType> {
    (object(of), texts(of)).prop_map(|(name, labels)| EnumType::new(name, labels))
}

pub(crate) fn column_type(of_texts: Texts) -> BoxedStrategy<ColumnType> {
    use ColumnType as T;
    let plain = proptest::sample::select(vec![
        T::SmallInteger,
        T::Integer,
        T::BigInteger,
        T::Real,
        T::Double,
        T::Boolean,
        T::Text,
        T::Bytes,
        T::Date,
        T::Interval,
        T::Uuid,
        T::Json,
        T::Jsonb,
        T::Inet,
        T::Cidr,
        T::MacAddr,
    ]);
    let sized = (of(any::<u32>()), 0..5).prop_map(|(size, which)| match which {
        0 => T::Varchar { length: size },
        1 => T::Char { length: size },
        2 => T::Time { precision: size },
        3 => T::Timestamp { precision: size },
        _ => T::TimestampTz { precision: size },
    });
    // A scale without a precision says nothing.
    let numeric = of((any::<u32>(), of(any::<i32>()))).prop_map(|it| match it {
        Some((precision, scale)) => T::Numeric {
            precision: Some(precision),
            scale,
        },
        None => T::Numeric {
            precision: None,
            scale: None,
        },
    });
    let leaf = prop_oneof![
        plain,
        sized,
        numeric,
        enum_type(of_texts).prop_map(T::Enum),
        text(of_texts).prop_map(T::Custom),
        object(of_texts).prop_map(T::Named),
    ];
    leaf.prop_recursive(2, 3, 1, |inner| inner.prop_map(|it| T::Array(Box::new(it))))
        .boxed()
}

fn integer_type() -> impl Strategy<Value = ColumnType> {
    proptest::sample::select(vec![
        ColumnType::SmallInteger,
        ColumnType::Integer,
        ColumnType::BigInteger,
    ])
}

fn identity(of_texts: Texts) -> BoxedStrategy<Identity> {
    let kind = proptest::sample::select(vec![
        IdentityKind::Always,
        IdentityKind::ByDefault,
        IdentityKind::Serial,
    ]);
    let n = || proptest::option::weighted(0.2, any::<i64>());
    let sequence = (
        proptest::option::weighted(0.2, object(of_texts)),
        proptest::option::weighted(0.2, integer_type()),
    );
    let counts = (kind, n(), n(), n(), n(), n(), any::<bool>());
    (counts, sequence)
        .prop_map(
            |(
                (kind, start, increment, minimum, maximum, cache, cycle),
                (sequence, sequence_type),
            )| {
                Identity {
                    kind,
                    start,
                    increment,
                    minimum,
                    maximum,
                    cache,
                    cycle,
                    sequence,
                    sequence_type,
                }
            },
        )
        .boxed()
}

fn generated(of: Texts) -> impl Strategy<Value = Generated> {
    (text(of), any::<bool>()).prop_map(|(expression, stored)| Generated { expression, stored })
}

pub(crate) fn column(of: Texts) -> impl Strategy<Value = Column> {
    let head = (text(of), column_type(of), any::<bool>(), rare(of));
    let tail = (
        proptest::option::weighted(0.2, generated(of)),
        proptest::option::weighted(0.2, identity(of)),
        rare(of),
        rare(of),
        options(of),
    );
    (head, tail).prop_map(
        |(
            (name, column_type, nullable, default),
            (generated, identity, collation, comment, options),
        )| Column {
            name,
            column_type,
            nullable,
            default,
            generated,
            identity: identity.map(Box::new),
            collation,
            comment,
            options,
        },
    )
}

fn index_element(of_texts: Texts) -> impl Strategy<Value = IndexElement> {
    let key = prop_oneof![
        text(of_texts).prop_map(IndexKey::Column),
        text(of_texts).prop_map(IndexKey::Expression),
    ];
    let nulls = proptest::option::weighted(0.2, any::<bool>());
    (key, any::<bool>(), nulls, rare(of_texts), rare(of_texts)).prop_map(
        |(key, descending, nulls_first, collation, operator_class)| IndexElement {
            key,
            descending,
            nulls_first,
            collation,
            operator_class,
        },
    )
}

pub(crate) fn index(of: Texts) -> impl Strategy<Value = Index> {
    let plain =
        texts(of).prop_map(|columns| columns.into_iter().map(IndexElement::column).collect());
    let elements = prop_oneof![plain, vec(index_element(of), 0..3)];
    let head = (text(of), elements, any::<bool>(), rare(of));
    let tail = (
        texts(of),
        rare(of),
        any::<bool>(),
        rare(of),
        any::<bool>(),
        options(of),
    );
    (head, tail).prop_map(
        |(
            (name, elements, unique, method),
            (include, predicate, nulls_not_distinct, comment, concurrently, options),
        )| Index {
            name,
            elements,
            unique,
            method,
            include,
            predicate,
            nulls_not_distinct,
            comment,
            concurrently,
            valid: true,
            stored: None,
            options,
        },
    )
}

pub(crate) fn table(of: Texts) -> impl Strategy<Value = Table> {
    let head = (
        object(of),
        vec(column(of), 0..5),
        proptest::option::of(primary_key(of)),
        vec(unique(of), 0..2),
        vec(check(of), 0..2),
    );
    let keys = (vec(foreign_key(of), 0..2), vec(exclude(of), 0..2));
    let tail = (keys, rare(of), inheritance(of), rare(of), options(of));
    (head, tail).prop_map(
        |(
            (name, columns, primary_key, uniques, checks),
            ((foreign_keys, excludes), comment, inherits, partition_by, options),
        )| Table {
            name,
            columns,
            primary_key,
            uniques,
            checks,
            foreign_keys,
            excludes,
            indexes: Vec::new(),
            comment,
            inherits,
            partition_by,
            unread: false,
            options,
        },
    )
}

fn inheritance(of: Texts) -> impl Strategy<Value = Inheritance> {
    prop_oneof![
        3 => Just(Inheritance::None),
        1 => vec(object(of), 1..3).prop_map(Inheritance::Tables),
        1 => (object(of), text(of)).prop_map(|(of, bound)| Inheritance::Partition { of, bound }),
    ]
}

fn change(of_texts: Texts) -> impl Strategy<Value = AlterColumn> {
    let may = || proptest::option::weighted(0.3, of(text(of_texts)));
    let to = (
        proptest::option::weighted(0.4, column_type(of_texts)),
        of(any::<bool>()),
        may(),
        proptest::option::weighted(0.2, of(generated(of_texts))),
        proptest::option::weighted(0.2, of(identity(of_texts))),
        may(),
        may(),
    );
    let to = to.prop_map(
        |(column_type, nullable, default, generated, identity, collation, comment)| ColumnChange {
            column_type,
            nullable,
            default,
            generated,
            identity: identity.map(|it| it.map(Box::new)),
            collation,
            comment,
        },
    );
    (text(of_texts), to, rare(of_texts)).prop_map(|(name, to, using)| AlterColumn {
        name,
        to,
        from: ColumnChange::default(),
        using,
    })
}

fn domain(of: Texts) -> impl Strategy<Value = Domain> {
    // A rule without a name gets one when it is written.
    let rule = (text(of), text(of))
        .prop_map(|(name, expression)| CheckConstraint::new(expression).name(name));
    let texts = (rare(of), rare(of), rare(of));
    let head = (object(of), column_type(of), any::<bool>());
    (head, texts, vec(rule, 0..3)).prop_map(
        |((name, base, not_null), (default, collation, comment), checks)| Domain {
            name,
            base,
            collation,
            not_null,
            default,
            checks,
            comment,
        },
    )
}

fn sequence(of: Texts) -> impl Strategy<Value = Sequence> {
    let owner = proptest::option::weighted(0.3, (object(of), text(of)));
    let head = (object(of), integer_type(), identity(of));
    (head, owner, rare(of)).prop_map(|((name, data_type, how), owner, comment)| {
        let mut sequence = Sequence::new(name).data_type(data_type).counting_as(&how);
        sequence.owned_by = owner.map(|(table, column)| OwnedBy { table, column });
        sequence.comment = comment;
        sequence
    })
}

fn commented(of: Texts) -> impl Strategy<Value = CommentOn> {
    prop_oneof![
        text(of).prop_map(CommentOn::Schema),
        object(of).prop_map(CommentOn::Domain),
        object(of).prop_map(CommentOn::Enum),
        object(of).prop_map(CommentOn::Sequence),
        (object(of), text(of)).prop_map(|(table, name)| CommentOn::Index { table, name }),
        (object(of), text(of)).prop_map(|(table, name)| CommentOn::Constraint { table, name }),
    ]
}

fn definition(of: Texts) -> BoxedStrategy<Definition> {
    let named = prop_oneof![
        object(of).prop_map(Definition::view),
        object(of).prop_map(Definition::materialized_view),
        object(of).prop_map(Definition::type_of),
        object(of).prop_map(Definition::statistics),
        (object(of), text(of)).prop_map(|(name, of)| Definition::function(name, of)),
        (object(of), text(of)).prop_map(|(name, of)| Definition::procedure(name, of)),
        (object(of), text(of)).prop_map(|(name, of)| Definition::aggregate(name, of)),
        (object(of), object(of)).prop_map(|(name, on)| Definition::trigger(name, on)),
        (object(of), object(of)).prop_map(|(name, on)| Definition::rule(name, on)),
        (object(of), object(of)).prop_map(|(name, on)| Definition::policy(name, on)),
    ]
    .boxed();
    (named, text(of), any::<bool>())
        .prop_map(|(named, sql, only)| {
            let definition = named.sql(sql);
            if only {
                definition.on("postgresql")
            } else {
                definition
            }
        })
        .boxed()
}

fn altered(of: Texts) -> BoxedStrategy<AlterOptions> {
    let whose = prop_oneof![
        object(of).prop_map(OptionsOf::Table),
        (object(of), text(of)).prop_map(|(table, name)| OptionsOf::Column { table, name }),
        (object(of), text(of)).prop_map(|(table, name)| OptionsOf::Index { table, name }),
    ];
    (whose, btree_map(text(of), rare(of), 1..3))
        .prop_map(|(of, to)| AlterOptions {
            of,
            to,
            from: BTreeMap::new(),
        })
        .boxed()
}

/// An operation of any variant, without what only an inverse needs.
pub(crate) fn operation(of: Texts) -> BoxedStrategy<Operation> {
    use Operation as O;
    let names = prop_oneof![
        text(of).prop_map(|name| O::CreateSchema { name }),
        text(of).prop_map(|name| O::DropSchema { name }),
        object(of).prop_map(|name| O::CreateExtension { name }),
        object(of).prop_map(|name| O::DropExtension { name }),
        domain(of).prop_map(|domain| O::CreateDomain { domain }),
        domain(of).prop_map(|to| O::AlterDomain { to, from: None }),
        sequence(of).prop_map(|sequence| O::CreateSequence { sequence }),
        sequence(of).prop_map(|to| O::AlterSequence { to, from: None }),
        object(of).prop_map(|name| O::DropSequence {
            name,
            sequence: None
        }),
        object(of).prop_map(|name| O::DropDomain { name, domain: None }),
        (enum_type(of), rare(of)).prop_map(|(it, comment)| O::CreateEnum {
            enumeration: EnumType { comment, ..it }
        }),
        object(of).prop_map(|name| O::DropEnum {
            name,
            enumeration: None
        }),
        enum_type(of).prop_map(|to| O::AlterEnum { to, from: None }),
        (object(of), text(of)).prop_map(|(from, to)| O::RenameTable { from, to }),
        (
            prop::sample::select(vec![
                Moved::Table,
                Moved::Enum,
                Moved::Domain,
                Moved::Sequence
            ]),
            object(of),
            object(of),
        )
            .prop_map(|(kind, from, to)| O::Move { kind, from, to }),
        object(of).prop_map(|name| O::DropTable { name, table: None }),
    ];
    let columns = prop_oneof![
        (object(of), column(of)).prop_map(|(table, column)| O::AddColumn { table, column }),
        (object(of), text(of)).prop_map(|(table, name)| O::DropColumn {
            table,
            name,
            column: None
        }),
        (object(of), text(of), text(of)).prop_map(|(table, from, to)| O::RenameColumn {
            table,
            from,
            to
        }),
        (object(of), change(of)).prop_map(|(table, change)| O::AlterColumn { table, change }),
    ];
    let reference = prop_oneof![
        text(of).prop_map(ConstraintRef::Named),
        constraint(of).prop_map(ConstraintRef::Unnamed),
    ];
    let rest = prop_oneof![
        (object(of), constraint(of))
            .prop_map(|(table, constraint)| O::CreateConstraint { table, constraint }),
        (object(of), reference).prop_map(|(table, constraint)| O::DropConstraint {
            table,
            constraint,
            definition: None
        }),
        (object(of), index(of)).prop_map(|(table, index)| O::CreateIndex { table, index }),
        (object(of), text(of)).prop_map(|(table, name)| O::ValidateConstraint {
            table,
            name,
            definition: None,
        }),
        (object(of), text(of)).prop_map(|(table, name)| O::DropIndex {
            table,
            name,
            index: None,
            concurrently: false
        }),
        (object(of), text(of)).prop_map(|(table, name)| O::DropIndex {
            table,
            name,
            index: None,
            concurrently: true
        }),
        (any::<bool>(), text(of)).prop_map(|(lock, time)| O::SetTimeout {
            timeout: if lock {
                Timeout::Lock
            } else {
                Timeout::Statement
            },
            time
        }),
        (object(of), text(of)).prop_map(|(table, comment)| O::CreateTableComment {
            table,
            comment,
            from: None
        }),
        object(of).prop_map(|table| O::DropTableComment { table, from: None }),
        (commented(of), text(of)).prop_map(|(on, comment)| O::CreateComment {
            on,
            comment,
            from: None
        }),
        commented(of).prop_map(|on| O::DropComment { on, from: None }),
        altered(of).prop_map(|change| O::AlterOptions { change }),
        (object(of), inheritance(of)).prop_map(|(table, to)| O::AlterInheritance {
            table,
            to,
            from: None
        }),
    ];
    let dialect = proptest::option::of(proptest::sample::select(vec![
        "postgresql".to_string(),
        "sqlite".to_string(),
    ]));
    let sql = prop_oneof![text(of), "[a-z]{1,9}(\n  [a-z\"]{1,9}){1,3}"];
    let execute = (sql, dialect, any::<bool>()).prop_map(|(sql, dialect, autocommit)| O::Execute {
        sql,
        dialect,
        autocommit,
    });
    let create = table(of).prop_map(|table| O::CreateTable { table }).boxed();
    let definitions = prop_oneof![
        definition(of).prop_map(|definition| O::CreateDefinition { definition }),
        definition(of).prop_map(|to| O::ReplaceDefinition { to, from: None }),
        definition(of).prop_map(|definition| O::DropDefinition {
            definition: definition.sql("")
        }),
    ]
    .boxed();
    prop_oneof![3 => names.boxed(), 4 => columns.boxed(), 3 => create, 3 => rest.boxed(), 1 => definitions, 1 => execute]
        .boxed()
}
