//! The Rust type of a column, and what its attributes must say beside it.
//!
//! A type of the models' own map comes first, then the usual one. What a Rust type is to the
//! reader, the reader itself is asked, with the imports and the map that the models will have.

use std::collections::{BTreeMap, BTreeSet};

use limbec_core::schema::ColumnType;

use super::attribute::Item;
use super::names::TypeNames;
use crate::models::{ModelOptions, SourceFile, read, sql_type};

/// A Rust type with what is to be imported for it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct RustType {
    text: String,
    /// Paths as `crate::Name`.
    imports: Vec<&'static str>,
}

/// A field's type.
#[derive(Debug)]
pub(super) struct FieldType {
    /// Without `Option`.
    pub(super) rust: String,
    /// `type = "…"`, `length = …` and such.
    pub(super) items: Vec<Item>,
}

/// Finds the types of columns, and keeps what they import.
pub(super) struct RustTypes<'a> {
    options: &'a ModelOptions,
    names: &'a TypeNames,
    /// What each Rust type is to the reader.
    known: BTreeMap<String, Option<ColumnType>>,
    /// The Rust types of the map, by the column types that they stand for.
    mapped: Vec<(ColumnType, String)>,
    pub(super) imports: BTreeSet<&'static str>,
}

impl<'a> RustTypes<'a> {
    pub(super) fn new(names: &'a TypeNames, options: &'a ModelOptions) -> Self {
        // A path needs no import; a bare name may be anything.
        let usable = |rust: &&String| {
            let head = rust.split('<').next().unwrap_or_default();
            ["String", "Vec", "Box"].contains(&head) || head.contains("::")
        };
        let mapped = options.type_map.iter().filter(|(rust, _)| usable(rust));
        let mapped = mapped.map(|(rust, sql)| (sql_type(sql).0, rust.clone()));
        RustTypes {
            options,
            names,
            known: BTreeMap::new(),
            mapped: mapped.collect(),
            imports: BTreeSet::new(),
        }
    }

    /// The type of a column's field. `spelled_out` asks for `type = "…"` whatever the type.
    pub(super) fn of(&mut self, column_type: &ColumnType, spelled_out: bool) -> FieldType {
        let rust = self.rust(column_type);
        self.imports.extend(&rust.imports);
        let known = self.read(&rust, column_type);
        let plain = known.filter(|_| !spelled_out);
        let items = plain.and_then(|known| refined(&known, column_type));
        FieldType {
            items: items.unwrap_or_else(|| spelled(column_type).into_iter().collect()),
            rust: rust.text,
        }
    }

    fn rust(&self, column_type: &ColumnType) -> RustType {
        use ColumnType as T;
        if let Some((_, rust)) = self.mapped.iter().find(|(it, _)| it == column_type) {
            return plain(rust);
        }
        match column_type {
            T::SmallInteger => plain("i16"),
            T::Integer => plain("i32"),
            T::BigInteger => plain("i64"),
            T::Real => plain("f32"),
            T::Double => plain("f64"),
            T::Numeric { .. } => imported("Decimal", &["rust_decimal::Decimal"]),
            T::Boolean => plain("bool"),
            T::Bytes => plain("Vec<u8>"),
            T::Date => imported("NaiveDate", &["chrono::NaiveDate"]),
            T::Time { .. } => imported("NaiveTime", &["chrono::NaiveTime"]),
            T::Timestamp { .. } => imported("NaiveDateTime", &["chrono::NaiveDateTime"]),
            T::TimestampTz { .. } => {
                imported("DateTime<Utc>", &["chrono::DateTime", "chrono::Utc"])
            }
            T::Interval => imported("TimeDelta", &["chrono::TimeDelta"]),
            T::Uuid => imported("Uuid", &["uuid::Uuid"]),
            T::Json | T::Jsonb => imported("Value", &["serde_json::Value"]),
            T::Inet | T::Cidr => imported("IpNetwork", &["ipnetwork::IpNetwork"]),
            T::MacAddr => imported("MacAddress", &["mac_address::MacAddress"]),
            T::Array(element) => {
                let element = self.rust(element);
                RustType {
                    text: format!("Vec<{}>", element.text),
                    ..element
                }
            }
            T::Enum(enumeration) => plain(self.names.enumeration(&enumeration.name)),
            T::Named(name) => plain(self.names.domain(name).unwrap_or("String")),
            T::Custom(name) => self.custom(name),
            _ => plain("String"),
        }
    }

    /// The Rust type of a type that the schema knows by its name only.
    fn custom(&self, name: &str) -> RustType {
        // Words behind the size make another type: `time(3) with time zone`.
        let (word, _) = name
            .split_once('(')
            .filter(|(_, rest)| rest.ends_with(')'))
            .unwrap_or((name, ""));
        let word = word.trim().to_ascii_lowercase();
        match word.as_str() {
            "vector" | "halfvec" => plain("Vec<f32>"),
            "oid" | "xid" | "regclass" | "pg_lsn" => plain("i64"),
            "datetime" => self.rust(&ColumnType::Timestamp { precision: None }),
            "int unsigned" | "unsigned big int" | "mediumint" | "tinyint" | "bigint unsigned" => {
                plain("i64")
            }
            // Another spelling of a type that is known: SQLite keeps it.
            _ => match sql_type(name).0 {
                ColumnType::Custom(_) => match sql_type(&word).0 {
                    ColumnType::Custom(_) => plain("String"),
                    known => self.rust(&known),
                },
                known => self.rust(&known),
            },
        }
    }

    /// Whether a type is an item of the models.
    fn is_item(&self, column_type: &ColumnType) -> bool {
        match column_type {
            ColumnType::Enum(_) => true,
            ColumnType::Named(name) => self.names.domain(name).is_some(),
            _ => false,
        }
    }

    /// What the reader takes a Rust type for.
    fn read(&mut self, rust: &RustType, column_type: &ColumnType) -> Option<ColumnType> {
        if self.is_item(column_type.element()) {
            return Some(column_type.clone());
        }
        if !self.known.contains_key(&rust.text) {
            let imports: String = rust
                .imports
                .iter()
                .map(|it| format!("use {it};\n"))
                .collect();
            let text = format!(
                "{imports}#[derive(Table)]\n#[table(no_primary_key)]\nstruct Probe {{ it: {} }}",
                rust.text
            );
            let file = SourceFile {
                path: "probe.rs",
                text: &text,
            };
            let (models, _) = read(&[file], self.options);
            let table = models.schema.tables.into_iter().next();
            let column = table.and_then(|it| it.columns.into_iter().next());
            let known = column.map(|it| it.column_type);
            self.known.insert(rust.text.clone(), known);
        }
        self.known.get(&rust.text).cloned().flatten()
    }
}

fn plain(text: &str) -> RustType {
    RustType {
        text: text.to_string(),
        imports: Vec::new(),
    }
}

fn imported(text: &str, imports: &[&'static str]) -> RustType {
    RustType {
        text: text.to_string(),
        imports: imports.to_vec(),
    }
}

/// The attributes that make one type of another; `None` where only `type = "…"` does.
fn refined(known: &ColumnType, wanted: &ColumnType) -> Option<Vec<Item>> {
    use ColumnType as T;
    let precision = |known: Option<u32>, wanted: Option<u32>| match (known, wanted) {
        (_, Some(wanted)) => Some(vec![Item::bare("precision", wanted)]),
        _ => None,
    };
    match (known, wanted) {
        _ if known == wanted => Some(Vec::new()),
        (T::Array(known), T::Array(wanted)) => refined(known, wanted),
        (
            T::Text | T::Varchar { .. },
            T::Varchar {
                length: Some(length),
            },
        )
        | (
            T::Char { .. },
            T::Char {
                length: Some(length),
            },
        ) if *length > 0 => Some(vec![Item::bare("length", length)]),
        (
            T::Numeric {
                precision: None, ..
            },
            T::Numeric {
                precision: Some(precision),
                scale: Some(scale),
            },
        ) if *precision > 0 && *scale >= 0 => {
            let mut items = vec![Item::bare("precision", precision)];
            if *scale != 0 {
                items.push(Item::bare("scale", scale));
            }
            Some(items)
        }
        (T::Time { precision: known }, T::Time { precision: wanted })
        | (T::Timestamp { precision: known }, T::Timestamp { precision: wanted })
        | (T::TimestampTz { precision: known }, T::TimestampTz { precision: wanted }) => {
            precision(*known, *wanted)
        }
        _ => None,
    }
}

/// `type = "…"`, where a type has a name to spell.
fn spelled(column_type: &ColumnType) -> Option<Item> {
    let name = name_of(column_type)?;
    (!name.trim().is_empty()).then(|| Item::text("type", &name))
}

/// A type by the name that the reader of models takes for it.
pub(super) fn name_of(column_type: &ColumnType) -> Option<String> {
    use ColumnType as T;
    let sized = |name: &str, size: Option<u32>| match size {
        Some(size) => format!("{name}({size})"),
        None => name.to_string(),
    };
    Some(match column_type {
        T::SmallInteger => "smallint".into(),
        T::Integer => "integer".into(),
        T::BigInteger => "bigint".into(),
        T::Real => "real".into(),
        T::Double => "double precision".into(),
        T::Numeric {
            precision: Some(precision),
            scale: Some(scale),
        } => format!("numeric({precision}, {scale})"),
        T::Numeric { precision, .. } => sized("numeric", *precision),
        T::Boolean => "boolean".into(),
        T::Text => "text".into(),
        T::Varchar { length } => sized("varchar", *length),
        T::Char { length } => sized("char", *length),
        T::Bytes => "bytea".into(),
        T::Date => "date".into(),
        T::Time { precision } => sized("time", *precision),
        T::Timestamp { precision } => sized("timestamp", *precision),
        T::TimestampTz { precision } => sized("timestamptz", *precision),
        T::Interval => "interval".into(),
        T::Uuid => "uuid".into(),
        T::Json => "json".into(),
        T::Jsonb => "jsonb".into(),
        T::Inet => "inet".into(),
        T::Cidr => "cidr".into(),
        T::MacAddr => "macaddr".into(),
        T::Array(element) => format!("{}[]", name_of(element)?),
        T::Named(name) => super::items::dotted(name),
        // SQLite keeps the name `bigserial`, with nothing that counts up behind it.
        T::Custom(name) => match sql_type(name) {
            (integer, Some(_)) => name_of(&integer)?,
            _ => name.clone(),
        },
        _ => return None,
    })
}
