//! Random constraints.

use limbec_core::operations::Constraint;
use limbec_core::schema::{
    CheckConstraint, Deferrable, ExcludeConstraint, ExcludeElement, ForeignKey, PrimaryKey,
    ReferentialAction, UniqueConstraint,
};
use proptest::collection::vec;
use proptest::prelude::*;

use super::{Texts, index_element, object, rare, text, texts};

pub(super) fn deferrable() -> impl Strategy<Value = Option<Deferrable>> {
    proptest::sample::select(vec![
        None,
        Some(Deferrable::InitiallyImmediate),
        Some(Deferrable::InitiallyDeferred),
    ])
}

pub(super) fn primary_key(of: Texts) -> impl Strategy<Value = PrimaryKey> {
    let tail = (texts(of), deferrable(), any::<bool>(), rare(of));
    (rare(of), texts(of), tail).prop_map(
        |(name, columns, (include, deferrable, without_overlaps, comment))| PrimaryKey {
            name,
            columns,
            include,
            deferrable,
            without_overlaps,
            comment,
        },
    )
}

pub(super) fn unique(of: Texts) -> impl Strategy<Value = UniqueConstraint> {
    let head = (rare(of), texts(of), texts(of), deferrable());
    (head, any::<bool>(), any::<bool>(), rare(of)).prop_map(
        |((name, columns, include, deferrable), nulls_not_distinct, without_overlaps, comment)| {
            UniqueConstraint {
                name,
                columns,
                deferrable,
                nulls_not_distinct,
                include,
                without_overlaps,
                comment,
            }
        },
    )
}

pub(super) fn check(of: Texts) -> impl Strategy<Value = CheckConstraint> {
    let flags = (any::<bool>(), any::<bool>(), any::<bool>());
    (rare(of), text(of), flags, rare(of)).prop_map(
        |(name, expression, (no_inherit, not_valid, not_enforced), comment)| CheckConstraint {
            name,
            expression,
            no_inherit,
            not_valid,
            not_enforced,
            comment,
        },
    )
}

pub(super) fn action() -> impl Strategy<Value = ReferentialAction> {
    proptest::sample::select(ReferentialAction::ALL.map(|(action, ..)| action).to_vec())
}

pub(super) fn foreign_key(of: Texts) -> impl Strategy<Value = ForeignKey> {
    let head = (rare(of), texts(of), object(of), texts(of));
    let flags = (any::<bool>(), any::<bool>(), any::<bool>());
    let tail = (any::<bool>(), texts(of), flags, rare(of));
    (head, action(), action(), deferrable(), tail).prop_map(
        |(
            (name, columns, referred_table, referred_columns),
            on_delete,
            on_update,
            deferrable,
            (match_full, on_delete_columns, (period, not_valid, not_enforced), comment),
        )| {
            ForeignKey {
                name,
                columns,
                referred_table,
                referred_columns,
                on_delete,
                on_update,
                deferrable,
                match_full,
                on_delete_columns,
                period,
                not_valid,
                not_enforced,
                comment,
            }
        },
    )
}

pub(super) fn exclude(of: Texts) -> impl Strategy<Value = ExcludeConstraint> {
    let element = (index_element(of), text(of))
        .prop_map(|(element, operator)| ExcludeElement { element, operator });
    let head = (rare(of), text(of), vec(element, 0..3), texts(of));
    (head, rare(of), deferrable(), rare(of)).prop_map(
        |((name, method, elements, include), predicate, deferrable, comment)| ExcludeConstraint {
            name,
            method: Some(method),
            elements,
            include,
            predicate,
            deferrable,
            comment,
        },
    )
}

pub(super) fn constraint(of: Texts) -> BoxedStrategy<Constraint> {
    prop_oneof![
        primary_key(of).prop_map(Constraint::PrimaryKey),
        unique(of).prop_map(Constraint::Unique),
        check(of).prop_map(Constraint::Check),
        foreign_key(of).prop_map(Constraint::ForeignKey),
        exclude(of).prop_map(Constraint::Exclude),
    ]
    .boxed()
}
