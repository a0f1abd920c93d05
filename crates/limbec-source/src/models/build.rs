//! Columns: a field with its type found, and what its attributes ask of that type.

use limbec_core::schema::{Column, ColumnType, Identity};
use proc_macro2::Span;

use super::column::Field;
use super::rust_type::{Mapped, Scope, Types};
use super::table::Table;
use crate::mistake::Mistakes;

/// A column with what its checks go by.
#[derive(Debug)]
pub(super) struct Built {
    /// `None` where the type is not known, which was said or is for the command to say.
    pub(super) column: Option<Column>,
    /// Whether the type is spelled out by `type = "…"`.
    pub(super) spelled_out: bool,
}

/// Makes the columns of a table, one for each of its fields.
pub(super) fn columns(table: &Table, types: &Types<'_>, mistakes: &mut Mistakes) -> Vec<Built> {
    let scope = Scope {
        module: table.module,
        parameters: &table.parameters,
    };
    let built = table
        .fields
        .iter()
        .map(|field| column(field, types, scope, mistakes))
        .collect();
    keys_are_not_null(table, types, scope, mistakes);
    built
}

fn column(field: &Field, types: &Types<'_>, scope: Scope<'_>, mistakes: &mut Mistakes) -> Built {
    let typed = typed(field, types, scope, mistakes);
    Built {
        column: typed.map(|typed| typed.column(field, mistakes)),
        spelled_out: field.sql_type.is_some(),
    }
}

fn typed(
    field: &Field,
    types: &Types<'_>,
    scope: Scope<'_>,
    mistakes: &mut Mistakes,
) -> Option<Typed> {
    match &field.sql_type {
        Some(text) => {
            let (column_type, identity) = super::sql_type(&text.value);
            let column_type = types.or_domain(column_type);
            Some(Typed {
                column_type,
                identity,
                nullable: is_option(field, types, scope),
            })
        }
        None => match types.resolve(field.rust_type.as_deref()?, scope) {
            Ok(Mapped {
                column_type: Some(column_type),
                identity,
                nullable,
                ..
            }) => Some(Typed {
                column_type,
                identity,
                nullable,
            }),
            Ok(_) => None,
            Err(problem) => {
                mistakes
                    .at(problem.span, problem.message)
                    .help
                    .extend(problem.help);
                None
            }
        },
    }
}

fn is_option(field: &Field, types: &Types<'_>, scope: Scope<'_>) -> bool {
    let rust_type = field.rust_type.as_deref();
    rust_type.is_some_and(|it| types.is_option(it, scope))
}

struct Typed {
    column_type: ColumnType,
    identity: Option<Identity>,
    nullable: bool,
}

impl Typed {
    fn column(self, field: &Field, mistakes: &mut Mistakes) -> Column {
        let column_type = sized(self.column_type, field, mistakes);
        let serial = self.identity.is_some();
        let identity = match (self.identity, &field.identity) {
            (Some(_), Some(given)) => {
                mistakes
                    .at(given.span, "a `serial` type and an identity both count up")
                    .help("write the integer's own type: `type = \"bigint\"`");
                None
            }
            (identity, given) => identity.or(given.as_ref().map(|it| it.value.clone())),
        };
        let source = field
            .default
            .as_ref()
            .map(|it| it.span)
            .or(field.generated.as_ref().map(|it| it.span));
        if let Some(span) = source.filter(|_| serial) {
            mistakes.at(span, "a `serial` column gets its values from its sequence");
        }
        if let Some(given) = &field.identity
            && !is_integer(&column_type)
        {
            mistakes
                .at(
                    given.span,
                    format!(
                        "only an integer counts up, and this column is {}",
                        described(&column_type)
                    ),
                )
                .help("use `i64`, or leave it out and give a `server_default`");
        }
        if let Some(collation) = &field.collation
            && !may_be_text(&column_type)
        {
            mistakes.at(
                collation.span,
                format!(
                    "only text has a collation, and this column is {}",
                    described(&column_type)
                ),
            );
        }
        let nullable = field.nullable.as_ref().map_or(self.nullable, |it| it.value);
        if identity.is_some() && field.nullable.is_none() && nullable {
            mistakes
                .at(field.name.span, "what the database counts up is never NULL")
                .help("leave the `Option` away");
        }
        Column {
            name: field.name.value.clone(),
            column_type,
            nullable: nullable && field.primary_key.is_none(),
            default: field.default.as_ref().map(|it| it.value.clone()),
            generated: field.generated.as_ref().map(|it| it.value.clone()),
            identity: identity.map(Box::new),
            collation: field.collation.as_ref().map(|it| it.value.clone()),
            comment: field.comment.clone(),
            options: field.options.clone(),
        }
    }
}

/// Gives a type the length, precision and scale that the attributes ask for.
fn sized(column_type: ColumnType, field: &Field, mistakes: &mut Mistakes) -> ColumnType {
    if field.sql_type.is_some() {
        return column_type;
    }
    if let ColumnType::Array(element) = column_type {
        return ColumnType::Array(Box::new(sized(*element, field, mistakes)));
    }
    let mut left = [
        ("length", "text", field.length.as_ref().map(|it| it.span)),
        (
            "precision",
            "a decimal number or a time",
            field.precision.as_ref().map(|it| it.span),
        ),
        (
            "scale",
            "a decimal number",
            field.scale.as_ref().map(|it| it.span),
        ),
    ];
    let length = field.length.as_ref().map(|it| it.value);
    let precision = field.precision.as_ref().map(|it| it.value);
    let scale = field.scale.as_ref().map(|it| it.value);
    let (sized, used): (ColumnType, &[usize]) = match column_type {
        ColumnType::Text if length.is_some() => (ColumnType::Varchar { length }, &[0]),
        ColumnType::Varchar { length: own } => (
            ColumnType::Varchar {
                length: length.or(own),
            },
            &[0],
        ),
        ColumnType::Char { length: own } => (
            ColumnType::Char {
                length: length.or(own),
            },
            &[0],
        ),
        ColumnType::Numeric {
            precision: own,
            scale: own_scale,
        } => {
            let scale_alone = precision.or(own).is_none();
            if let Some(scale) = field.scale.as_ref().filter(|_| scale_alone) {
                mistakes
                    .at(scale.span, "a scale needs a precision")
                    .help("write `precision = 10, scale = 2`");
            }
            let scale = scale.or(own_scale).or(precision.map(|_| 0));
            (
                ColumnType::Numeric {
                    precision: precision.or(own),
                    scale,
                },
                &[1, 2],
            )
        }
        ColumnType::Time { precision: own } => (
            ColumnType::Time {
                precision: precision.or(own),
            },
            &[1],
        ),
        ColumnType::Timestamp { precision: own } => (
            ColumnType::Timestamp {
                precision: precision.or(own),
            },
            &[1],
        ),
        ColumnType::TimestampTz { precision: own } => (
            ColumnType::TimestampTz {
                precision: precision.or(own),
            },
            &[1],
        ),
        other => (other, &[]),
    };
    for at in used {
        left[*at].2 = None;
    }
    for (key, of, span) in left {
        if let Some(span) = span {
            mistakes.at(
                span,
                format!(
                    "`{key}` is of {of}, and this column is {}",
                    described(&sized)
                ),
            );
        }
    }
    let zero = field.length.as_ref().filter(|it| it.value == 0).or(field
        .precision
        .as_ref()
        .filter(|it| it.value == 0 && matches!(sized, ColumnType::Numeric { .. })));
    if let Some(zero) = zero {
        mistakes.at(zero.span, "it is at least 1");
    }
    sized
}

/// Says which columns of the primary key may be NULL.
fn keys_are_not_null(table: &Table, types: &Types<'_>, scope: Scope<'_>, mistakes: &mut Mistakes) {
    let Some(key) = &table.primary_key else {
        return;
    };
    for name in &key.columns {
        let Some(field) = table.field(&name.value) else {
            continue;
        };
        let nullable = match &field.nullable {
            Some(nullable) => nullable.value && field.primary_key.is_none(),
            None => is_option(field, types, scope),
        };
        if nullable {
            let span: Span = field.nullable.as_ref().map_or(name.span, |it| it.span);
            mistakes
                .at(
                    span,
                    format!(
                        "`{}` is in the primary key, which is never NULL",
                        field.name.value
                    ),
                )
                .help("leave the `Option` away");
        }
    }
}

fn is_integer(column_type: &ColumnType) -> bool {
    matches!(
        column_type,
        ColumnType::SmallInteger
            | ColumnType::Integer
            | ColumnType::BigInteger
            | ColumnType::Custom(_)
    )
}

fn may_be_text(column_type: &ColumnType) -> bool {
    match column_type {
        ColumnType::Text
        | ColumnType::Varchar { .. }
        | ColumnType::Char { .. }
        | ColumnType::Named(_)
        | ColumnType::Custom(_) => true,
        ColumnType::Array(element) => may_be_text(element),
        _ => false,
    }
}

/// Names a type as a message would.
pub(super) fn described(column_type: &ColumnType) -> String {
    let sized = |name: &str, size: Option<u32>| {
        size.map_or_else(|| name.to_string(), |size| format!("{name}({size})"))
    };
    let name = match column_type {
        ColumnType::SmallInteger => "smallint".into(),
        ColumnType::Integer => "integer".into(),
        ColumnType::BigInteger => "bigint".into(),
        ColumnType::Real => "real".into(),
        ColumnType::Double => "double precision".into(),
        ColumnType::Numeric {
            precision: Some(precision),
            scale,
        } => format!("numeric({precision}, {})", scale.unwrap_or(0)),
        ColumnType::Numeric {
            precision: None, ..
        } => "numeric".into(),
        ColumnType::Boolean => "boolean".into(),
        ColumnType::Text => "text".into(),
        ColumnType::Varchar { length } => sized("varchar", *length),
        ColumnType::Char { length } => sized("char", *length),
        ColumnType::Bytes => "bytea".into(),
        ColumnType::Date => "date".into(),
        ColumnType::Time { precision } => sized("time", *precision),
        ColumnType::Timestamp { precision } => sized("timestamp", *precision),
        ColumnType::TimestampTz { precision } => sized("timestamptz", *precision),
        ColumnType::Interval => "interval".into(),
        ColumnType::Uuid => "uuid".into(),
        ColumnType::Json => "json".into(),
        ColumnType::Jsonb => "jsonb".into(),
        ColumnType::Inet => "inet".into(),
        ColumnType::Cidr => "cidr".into(),
        ColumnType::MacAddr => "macaddr".into(),
        ColumnType::Array(element) => {
            return format!("{}[]`", described(element).trim_end_matches('`'));
        }
        ColumnType::Enum(enumeration) => enumeration.name.to_string(),
        ColumnType::Named(name) => name.to_string(),
        ColumnType::Custom(name) => name.clone(),
        other => format!("{other:?}"),
    };
    format!("`{name}`")
}
