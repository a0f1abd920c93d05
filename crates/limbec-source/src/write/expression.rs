//! Operations as the calls that make them: only what differs from the default is said.

use std::collections::BTreeMap;

use limbec_core::operations::{AlterColumn, ColumnChange, Constraint, ConstraintRef, Operation};
use limbec_core::schema::{
    CheckConstraint, Column, ColumnType, Deferrable, Definition, DefinitionKind, ExcludeConstraint,
    ForeignKey, Generated, Identity, IdentityKind, Index, IndexElement, IndexKey, Inheritance,
    ObjectName, PrimaryKey, ReferentialAction, Table, UniqueConstraint,
};

use super::layout::Expression;
use super::{literal, objects};

/// A directive with its arguments.
pub(super) struct Directive {
    pub(super) name: &'static str,
    pub(super) arguments: Vec<Expression>,
}

/// The directives that make an operation again: one, but for a table that is given with indexes.
pub(super) fn directives(operation: &Operation) -> Vec<Directive> {
    let arguments = match operation {
        Operation::CreateSchema { name } | Operation::DropSchema { name } => vec![text(name)],
        Operation::CreateDomain { domain: it } | Operation::AlterDomain { to: it, .. } => {
            vec![objects::domain(it)]
        }
        Operation::CreateSequence { sequence: it } | Operation::AlterSequence { to: it, .. } => {
            vec![objects::sequence(it)]
        }
        Operation::AlterInheritance { table, to, .. } => {
            vec![object(table), objects::inheritance(to)]
        }
        Operation::AlterOptions { change } => vec![objects::alter_options(change)],
        Operation::CreateComment { on, comment, .. } => {
            vec![objects::comment_on(on), text(comment)]
        }
        Operation::DropComment { on, .. } => vec![objects::comment_on(on)],
        Operation::CreateEnum { enumeration } => vec![objects::enum_type(enumeration)],
        Operation::AlterEnum { to, .. } => vec![objects::enum_type(to)],
        Operation::CreateTable { table: it } => return create_table(it),
        Operation::DropDomain { name, .. }
        | Operation::DropEnum { name, .. }
        | Operation::DropSequence { name, .. }
        | Operation::DropTable { name, .. }
        | Operation::CreateExtension { name }
        | Operation::DropExtension { name } => vec![object(name)],
        Operation::Move { from, to, .. } => vec![object(from), object(to)],
        Operation::RenameTable { from, to } | Operation::RenameEnum { from, to } => {
            vec![object(from), text(to)]
        }
        Operation::RenameEnumValue {
            enumeration: it,
            from,
            to,
        } => vec![object(it), text(from), text(to)],
        Operation::AddColumn { table, column: it } => vec![object(table), column(it)],
        Operation::DropColumn { table, name, .. } | Operation::DropIndex { table, name, .. } => {
            vec![object(table), text(name)]
        }
        Operation::RenameColumn { table, from, to }
        | Operation::RenameConstraint { table, from, to }
        | Operation::RenameIndex { table, from, to } => {
            vec![object(table), text(from), text(to)]
        }
        Operation::AlterColumn { table, change } => vec![object(table), alter_column(change)],
        Operation::CreateConstraint {
            table,
            constraint: it,
        } => vec![object(table), constraint(it)],
        Operation::DropConstraint {
            table,
            constraint: it,
            ..
        } => {
            let it = match it {
                ConstraintRef::Named(name) => text(name),
                ConstraintRef::Unnamed(definition) => constraint(definition),
            };
            vec![object(table), it]
        }
        Operation::ValidateConstraint { table, name, .. } => vec![object(table), text(name)],
        Operation::CreateIndex { table, index: it } => vec![object(table), index(it)],
        Operation::CreateTableComment { table, comment, .. } => vec![object(table), text(comment)],
        Operation::DropTableComment { table, .. } => vec![object(table)],
        Operation::CreateDefinition { definition: it }
        | Operation::ReplaceDefinition { to: it, .. } => vec![definition(it)],
        Operation::DropDefinition { definition: it } => vec![definition_name(it).end()],
        Operation::SetTimeout { time, .. } => vec![text(time)],
        Operation::Execute {
            sql: it, dialect, ..
        } => {
            let dialect = dialect.as_deref().map(text);
            dialect.into_iter().chain([sql(it)]).collect()
        }
        // The tests hold the list of directives against this one.
        _ => Vec::new(),
    };
    vec![Directive {
        name: operation.directive(),
        arguments,
    }]
}

fn create_table(it: &Table) -> Vec<Directive> {
    let mut directives = vec![Directive {
        name: "create_table",
        arguments: vec![table(it)],
    }];
    directives.extend(it.indexes.iter().map(|one| Directive {
        name: "create_index",
        arguments: vec![object(&it.name), index(one)],
    }));
    directives
}

fn definition(it: &Definition) -> Expression {
    definition_name(it).call("sql", vec![sql(&it.sql)]).end()
}

fn definition_name(it: &Definition) -> Chain {
    let function = match it.kind {
        DefinitionKind::Type => "type_of",
        DefinitionKind::Function => "function",
        DefinitionKind::Procedure => "procedure",
        DefinitionKind::Aggregate => "aggregate",
        DefinitionKind::View => "view",
        DefinitionKind::MaterializedView => "materialized_view",
        DefinitionKind::Statistics => "statistics",
        DefinitionKind::Rule => "rule",
        DefinitionKind::Policy => "policy",
        DefinitionKind::Trigger => "trigger",
    };
    let mut arguments = vec![object(&it.name)];
    arguments.extend(it.arguments.as_deref().map(text));
    arguments.extend(it.table.as_ref().map(object));
    let mut chain = Chain::new(&format!("Definition::{function}"), arguments);
    chain.text(it.dialect.as_ref(), "on");
    chain
}

/// A call with the methods on it that say something.
pub(super) struct Chain {
    root: Expression,
    calls: Vec<(&'static str, Vec<Expression>)>,
}

impl Chain {
    pub(super) fn new(callee: &str, arguments: Vec<Expression>) -> Self {
        Chain {
            root: Expression::Call(callee.to_string(), arguments),
            calls: Vec::new(),
        }
    }

    pub(super) fn call(&mut self, method: &'static str, arguments: Vec<Expression>) -> &mut Self {
        self.calls.push((method, arguments));
        self
    }

    pub(super) fn flag(&mut self, holds: bool, method: &'static str) -> &mut Self {
        if holds {
            self.call(method, Vec::new())
        } else {
            self
        }
    }

    pub(super) fn text(&mut self, value: Option<&String>, method: &'static str) -> &mut Self {
        match value {
            Some(value) => self.call(method, vec![text(value)]),
            None => self,
        }
    }

    fn list(&mut self, values: &[String], method: &'static str) -> &mut Self {
        match values {
            [] => self,
            values => self.call(method, vec![texts(values)]),
        }
    }

    pub(super) fn integer(&mut self, value: Option<i64>, method: &'static str) -> &mut Self {
        match value {
            Some(value) => self.call(method, vec![Expression::Atom(value.to_string())]),
            None => self,
        }
    }

    pub(super) fn generated(&mut self, value: Option<&Generated>) -> &mut Self {
        match value {
            Some(it) if it.stored => self.call("generated_stored", vec![text(&it.expression)]),
            Some(it) => self.call("generated_virtual", vec![text(&it.expression)]),
            None => self,
        }
    }

    pub(super) fn deferrable(&mut self, value: Option<Deferrable>) -> &mut Self {
        match value {
            Some(Deferrable::InitiallyImmediate) => self.call("deferrable", Vec::new()),
            Some(Deferrable::InitiallyDeferred) => self.call("initially_deferred", Vec::new()),
            None => self,
        }
    }

    pub(super) fn options(&mut self, options: &BTreeMap<String, String>) -> &mut Self {
        for (key, value) in options {
            self.call("option", vec![text(key), text(value)]);
        }
        self
    }

    pub(super) fn end(&mut self) -> Expression {
        let root = self.root.clone();
        let calls = std::mem::take(&mut self.calls);
        if calls.is_empty() {
            root
        } else {
            Expression::Chain(Box::new(root), calls)
        }
    }
}

pub(super) fn text(value: &str) -> Expression {
    Expression::Atom(literal::text(value))
}

fn number(value: u32) -> Expression {
    Expression::Atom(value.to_string())
}

fn sql(value: &str) -> Expression {
    Expression::Atom(literal::lines(value).unwrap_or_else(|| literal::text(value)))
}

pub(super) fn texts(values: &[String]) -> Expression {
    Expression::List(values.iter().map(|it| text(it)).collect())
}

pub(super) fn call(callee: &str, arguments: Vec<Expression>) -> Expression {
    Expression::Call(callee.to_string(), arguments)
}

pub(super) fn object(name: &ObjectName) -> Expression {
    match &name.schema {
        Some(schema) => call(
            "ObjectName::qualified",
            vec![text(schema), text(&name.name)],
        ),
        None => text(&name.name),
    }
}

pub(super) fn column_type(it: &ColumnType) -> Expression {
    let sized = |name: &str, function: &str, size: Option<u32>| match size {
        Some(size) => call(&format!("{name}::{function}"), vec![number(size)]),
        None => Expression::Atom(name.to_string()),
    };
    let name = match it {
        ColumnType::SmallInteger => "SmallInteger",
        ColumnType::Integer => "Integer",
        ColumnType::BigInteger => "BigInteger",
        ColumnType::Real => "Real",
        ColumnType::Double => "Double",
        ColumnType::Boolean => "Boolean",
        ColumnType::Text => "Text",
        ColumnType::Bytes => "Bytes",
        ColumnType::Date => "Date",
        ColumnType::Interval => "Interval",
        ColumnType::Uuid => "Uuid",
        ColumnType::Json => "Json",
        ColumnType::Jsonb => "Jsonb",
        ColumnType::Inet => "Inet",
        ColumnType::Cidr => "Cidr",
        ColumnType::MacAddr => "MacAddr",
        ColumnType::Varchar { length } => return sized("Varchar", "length", *length),
        ColumnType::Char { length } => return sized("Char", "length", *length),
        ColumnType::Time { precision } => return sized("Time", "precision", *precision),
        ColumnType::Timestamp { precision } => return sized("Timestamp", "precision", *precision),
        ColumnType::TimestampTz { precision } => {
            return sized("TimestampTz", "precision", *precision);
        }
        ColumnType::Numeric {
            precision: Some(precision),
            scale: Some(scale),
        } => {
            let scale = Expression::Atom(scale.to_string());
            return call("Numeric::new", vec![number(*precision), scale]);
        }
        ColumnType::Numeric { precision, .. } => return sized("Numeric", "precision", *precision),
        ColumnType::Array(element) => return call("Array::of", vec![column_type(element)]),
        ColumnType::Enum(it) => {
            return call("Enum::new", vec![object(&it.name), texts(&it.labels)]);
        }
        ColumnType::Named(name) => return call("Named::new", vec![object(name)]),
        ColumnType::Custom(name) => return call("Custom::new", vec![text(name)]),
        // The tests hold the list of types against this one.
        other => return call("Custom::new", vec![text(&format!("{other:?}"))]),
    };
    Expression::Atom(name.to_string())
}

fn identity(it: &Identity) -> Expression {
    let function = match it.kind {
        IdentityKind::Always => "Identity::always",
        IdentityKind::ByDefault => "Identity::by_default",
        IdentityKind::Serial => "Identity::serial",
    };
    let mut chain = Chain::new(function, Vec::new());
    chain
        .integer(it.start, "start")
        .integer(it.increment, "increment")
        .integer(it.minimum, "minimum")
        .integer(it.maximum, "maximum")
        .integer(it.cache, "cache")
        .flag(it.cycle, "cycle");
    if let Some(name) = &it.sequence {
        chain.call("sequence", vec![object(name)]);
    }
    if let Some(data_type) = &it.sequence_type {
        chain.call("sequence_type", vec![column_type(data_type)]);
    }
    chain.end()
}

fn column(it: &Column) -> Expression {
    let mut chain = Chain::new(
        "Column::new",
        vec![text(&it.name), column_type(&it.column_type)],
    );
    chain
        .flag(!it.nullable, "not_null")
        .text(it.default.as_ref(), "server_default");
    if let Some(it) = &it.identity {
        chain.call("identity", vec![identity(it)]);
    }
    chain
        .generated(it.generated.as_ref())
        .text(it.collation.as_ref(), "collation")
        .text(it.comment.as_ref(), "comment")
        .options(&it.options)
        .end()
}

fn alter_column(it: &AlterColumn) -> Expression {
    let ColumnChange {
        column_type: new_type,
        nullable,
        default,
        generated,
        identity: counts,
        collation,
        comment,
    } = &it.to;
    let mut chain = Chain::new("AlterColumn::new", vec![text(&it.name)]);
    if let Some(new_type) = new_type {
        chain.call("column_type", vec![column_type(new_type)]);
    }
    chain
        .text(it.using.as_ref(), "using")
        .flag(*nullable == Some(true), "nullable")
        .flag(*nullable == Some(false), "not_null")
        .text(default.iter().flatten().next(), "server_default")
        .flag(*default == Some(None), "drop_default")
        .generated(generated.iter().flatten().next())
        .flag(*generated == Some(None), "drop_generated");
    if let Some(Some(it)) = counts {
        chain.call("identity", vec![identity(it)]);
    }
    chain
        .flag(*counts == Some(None), "drop_identity")
        .text(collation.iter().flatten().next(), "collation")
        .flag(*collation == Some(None), "drop_collation")
        .text(comment.iter().flatten().next(), "comment")
        .flag(*comment == Some(None), "drop_comment")
        .end()
}

fn constraint(it: &Constraint) -> Expression {
    match it {
        Constraint::PrimaryKey(it) => primary_key(it),
        Constraint::Unique(it) => unique(it),
        Constraint::Check(it) => check(it),
        Constraint::ForeignKey(it) => foreign_key(it),
        Constraint::Exclude(it) => exclude(it),
    }
}

fn primary_key(it: &PrimaryKey) -> Expression {
    Chain::new("PrimaryKey::new", vec![texts(&it.columns)])
        .text(it.name.as_ref(), "name")
        .list(&it.include, "include")
        .deferrable(it.deferrable)
        .flag(it.without_overlaps, "without_overlaps")
        .text(it.comment.as_ref(), "comment")
        .end()
}

fn unique(it: &UniqueConstraint) -> Expression {
    Chain::new("UniqueConstraint::new", vec![texts(&it.columns)])
        .text(it.name.as_ref(), "name")
        .deferrable(it.deferrable)
        .flag(it.nulls_not_distinct, "nulls_not_distinct")
        .list(&it.include, "include")
        .flag(it.without_overlaps, "without_overlaps")
        .text(it.comment.as_ref(), "comment")
        .end()
}

fn check(it: &CheckConstraint) -> Expression {
    Chain::new("CheckConstraint::new", vec![text(&it.expression)])
        .text(it.name.as_ref(), "name")
        .flag(it.no_inherit, "no_inherit")
        .flag(it.not_valid, "not_valid")
        .flag(it.not_enforced, "not_enforced")
        .text(it.comment.as_ref(), "comment")
        .end()
}

fn foreign_key(it: &ForeignKey) -> Expression {
    let arguments = vec![
        texts(&it.columns),
        object(&it.referred_table),
        texts(&it.referred_columns),
    ];
    let mut chain = Chain::new("ForeignKey::new", arguments);
    chain.text(it.name.as_ref(), "name");
    for (action, method) in [(it.on_delete, "on_delete"), (it.on_update, "on_update")] {
        if action != ReferentialAction::NoAction {
            chain.call(method, vec![Expression::Atom(action.name().to_string())]);
        }
    }
    chain
        .list(&it.on_delete_columns, "on_delete_columns")
        .deferrable(it.deferrable)
        .flag(it.match_full, "match_full")
        .flag(it.period, "period")
        .flag(it.not_valid, "not_valid")
        .flag(it.not_enforced, "not_enforced")
        .text(it.comment.as_ref(), "comment")
        .end()
}

fn exclude(it: &ExcludeConstraint) -> Expression {
    let method = it.method.as_deref().unwrap_or("btree");
    let mut chain = Chain::new("ExcludeConstraint::using", vec![text(method)]);
    for one in &it.elements {
        chain.call(
            "with",
            vec![index_element(&one.element), text(&one.operator)],
        );
    }
    chain
        .text(it.name.as_ref(), "name")
        .list(&it.include, "include")
        .text(it.predicate.as_ref(), "predicate")
        .deferrable(it.deferrable)
        .text(it.comment.as_ref(), "comment")
        .end()
}

fn index(it: &Index) -> Expression {
    let plain = |element: &&IndexElement| plain_column(element).is_some();
    let first = it.elements.iter().take_while(plain).count();
    let (columns, elements) = it.elements.split_at(first);
    let columns = columns.iter().filter_map(plain_column).map(text).collect();
    let mut chain = Chain::new(
        "Index::new",
        vec![text(&it.name), Expression::List(columns)],
    );
    for element in elements {
        chain.call("element", vec![index_element(element)]);
    }
    chain
        .flag(it.unique, "unique")
        .text(it.method.as_ref(), "using");
    chain
        .list(&it.include, "include")
        .text(it.predicate.as_ref(), "predicate")
        .flag(it.nulls_not_distinct, "nulls_not_distinct")
        .text(it.comment.as_ref(), "comment")
        .flag(it.concurrently, "concurrently")
        .options(&it.options)
        .end()
}

/// The column of an element that says nothing more.
fn plain_column(it: &IndexElement) -> Option<&str> {
    match it {
        IndexElement {
            key: IndexKey::Column(name),
            descending: false,
            nulls_first: None,
            collation: None,
            operator_class: None,
        } => Some(name),
        _ => None,
    }
}

fn index_element(it: &IndexElement) -> Expression {
    let mut chain = match &it.key {
        IndexKey::Column(name) => Chain::new("IndexElement::column", vec![text(name)]),
        IndexKey::Expression(sql) => Chain::new("IndexElement::expression", vec![text(sql)]),
    };
    chain
        .flag(it.descending, "descending")
        .flag(it.nulls_first == Some(true), "nulls_first")
        .flag(it.nulls_first == Some(false), "nulls_last")
        .text(it.collation.as_ref(), "collation")
        .text(it.operator_class.as_ref(), "operator_class")
        .end()
}

fn table(it: &Table) -> Expression {
    let mut chain = Chain::new("Table::new", vec![object(&it.name)]);
    for one in &it.columns {
        chain.call("column", vec![column(one)]);
    }
    if let Some(key) = &it.primary_key {
        chain.call("primary_key", vec![primary_key(key)]);
    }
    for one in &it.uniques {
        chain.call("unique", vec![unique(one)]);
    }
    for one in &it.checks {
        chain.call("check", vec![check(one)]);
    }
    for one in &it.foreign_keys {
        chain.call("foreign_key", vec![foreign_key(one)]);
    }
    for one in &it.excludes {
        chain.call("exclude", vec![exclude(one)]);
    }
    chain.text(it.partition_by.as_ref(), "partition_by");
    match &it.inherits {
        Inheritance::None => {}
        Inheritance::Tables(parents) => {
            for parent in parents {
                chain.call("inherits", vec![object(parent)]);
            }
        }
        Inheritance::Partition { of, bound } => {
            chain.call("partition_of", vec![object(of), text(bound)]);
        }
    }
    chain
        .text(it.comment.as_ref(), "comment")
        .options(&it.options)
        .end()
}
