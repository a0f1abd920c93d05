//! Finds the column type of a field's Rust type.
//!
//! Input: the type, the module that it stands in, and all that the files declare. Nothing is
//! guessed: what only the compiler could know is a mistake that names the attribute to write.

use std::collections::BTreeMap;

use limbec_core::schema::{ColumnType, EnumType, Identity, ObjectName};
use proc_macro2::Span;
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::element;
use super::known::{self, Known};
use super::lookup::Named;
use super::scope::{Declaration, Found, Kind, Segments};
use super::sql_type;
use crate::suggest::did_you_mean;

/// How many aliases and newtypes may stand in a row, and types in each other.
const DEEPEST: usize = 32;

/// What a Rust type is in a database.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Mapped {
    pub(super) nullable: bool,
    /// `None` where only the command can know, which has all of the files.
    pub(super) column_type: Option<ColumnType>,
    /// From a type map's `serial`.
    pub(super) identity: Option<Identity>,
    /// Whether it is `u8`, which in a sequence is a byte.
    byte: bool,
}

/// Why a Rust type has no column type.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) span: Span,
    pub(super) message: String,
    /// The message without the names that lead to it.
    root: String,
    pub(super) help: Vec<String>,
}

/// Looks types up.
pub(super) struct Types<'a> {
    pub(super) found: &'a Found,
    /// `[models.types]` of `limbec.toml`: a Rust type, as written in Rust, and its SQL type.
    pub(super) map: &'a BTreeMap<String, String>,
    /// Whether the one item at hand is all there is to see, as in a derive macro.
    pub(super) alone: bool,
}

/// Where a type stands.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) module: usize,
    /// The type parameters around it.
    pub(super) parameters: &'a [String],
}

impl Mapped {
    fn of(column_type: ColumnType) -> Self {
        Mapped {
            nullable: false,
            column_type: Some(column_type),
            identity: None,
            byte: false,
        }
    }

    const DEFERRED: Mapped = Mapped {
        nullable: false,
        column_type: None,
        identity: None,
        byte: false,
    };
}

impl Types<'_> {
    /// Finds the column type of a Rust type.
    pub(super) fn resolve(
        &self,
        rust_type: &syn::Type,
        scope: Scope<'_>,
    ) -> Result<Mapped, Problem> {
        self.resolve_at(rust_type, scope, 0)
    }

    /// Whether a type is an `Option`, whatever is in it.
    pub(super) fn is_option(&self, rust_type: &syn::Type, scope: Scope<'_>) -> bool {
        let mut rust_type = rust_type;
        let mut scope = scope;
        for _ in 0..DEEPEST {
            let syn::Type::Path(path) = rust_type else {
                return false;
            };
            match self.named(&segments(&path.path), scope) {
                Named::Known(Known::Option) => return true,
                Named::Declared(Declaration {
                    kind: Kind::Alias(inner) | Kind::Newtype(inner),
                    module,
                    parameters,
                    ..
                }) => {
                    rust_type = inner;
                    scope = Scope {
                        module: *module,
                        parameters,
                    };
                }
                _ => return false,
            }
        }
        false
    }

    fn resolve_at(
        &self,
        rust_type: &syn::Type,
        scope: Scope<'_>,
        depth: usize,
    ) -> Result<Mapped, Problem> {
        if depth > DEEPEST {
            return Err(problem(
                rust_type.span(),
                "this type is made of itself",
                &[ATTRIBUTE],
            ));
        }
        if let Some(mapped) = self.mapped_as_written(rust_type) {
            return Ok(mapped);
        }
        match rust_type {
            syn::Type::Path(path) if path.qself.is_none() => self.resolve_path(path, scope, depth),
            syn::Type::Group(group) => self.resolve_at(&group.elem, scope, depth + 1),
            syn::Type::Paren(paren) => self.resolve_at(&paren.elem, scope, depth + 1),
            syn::Type::Reference(reference) => self.resolve_at(&reference.elem, scope, depth + 1),
            syn::Type::Array(array) => self.sequence(&array.elem, scope, depth),
            syn::Type::Slice(slice) => self.sequence(&slice.elem, scope, depth),
            syn::Type::Macro(_) => Err(problem(
                rust_type.span(),
                "only the compiler knows what this macro makes",
                &[ATTRIBUTE],
            )),
            _ => Err(problem(
                rust_type.span(),
                format!("no column type holds `{}`", written(rust_type)),
                &[ATTRIBUTE],
            )),
        }
    }

    fn resolve_path(
        &self,
        path: &syn::TypePath,
        scope: Scope<'_>,
        depth: usize,
    ) -> Result<Mapped, Problem> {
        let segments = segments(&path.path);
        if let Some(mapped) = self.mapped(&segments, scope) {
            return Ok(mapped);
        }
        if let [one] = segments.as_slice()
            && scope.parameters.contains(one)
        {
            return Err(problem(
                path.span(),
                format!("`{one}` is a type parameter: a column has one type"),
                &[ATTRIBUTE],
            ));
        }
        match self.named(&segments, scope) {
            Named::Known(known) => self.known(known, path, scope, depth),
            Named::Declared(declaration) => self.declared(declaration, path, depth),
            Named::Several(paths) if !self.alone => Err(ambiguous(path, &paths)),
            Named::Several(_) => Ok(Mapped::DEFERRED),
            Named::Nothing if self.alone => Ok(Mapped::DEFERRED),
            Named::Nothing => {
                // chrono's is the only one with a zone between angle brackets.
                let zones = ["DateTime<Utc>", "DateTime<Local>", "DateTime<FixedOffset>"];
                if zones.contains(&written(path).as_str()) {
                    return Ok(Mapped::of(ColumnType::TimestampTz { precision: None }));
                }
                self.by_name(path, &segments)
            }
        }
    }

    /// Looks a bare name up that no import tells the origin of.
    fn by_name(&self, path: &syn::TypePath, segments: &[String]) -> Result<Mapped, Problem> {
        let name = segments.last().map_or("", String::as_str);
        let candidates = match known::by_name(name) {
            Ok(Known::Column(column_type)) if segments.len() == 1 => {
                return Ok(Mapped::of(column_type.clone()));
            }
            Ok(Known::Nothing(way_out)) if segments.len() == 1 => {
                return Err(nothing(path, way_out));
            }
            Ok(_) => &[][..],
            Err(paths) => paths,
        };
        if segments.len() == 1 && !candidates.is_empty() {
            let paths: Vec<String> = candidates.iter().map(ToString::to_string).collect();
            return Err(ambiguous(path, &paths));
        }
        let known = self
            .found
            .declarations
            .keys()
            .map(String::as_str)
            .chain(known::names());
        let mut problem = problem(
            path.span(),
            format!("the type `{}` is not known", written(path)),
            &[],
        );
        problem
            .help
            .extend(did_you_mean(name, known).filter(|_| segments.len() == 1));
        if self.found.declarations.contains_key(name) {
            problem.help.push(format!(
                "a `{name}` is among the models: import it with `use crate::…`"
            ));
        }
        problem.help.push(ATTRIBUTE.into());
        problem.help.push(format!(
            "or say it for all columns, in `limbec.toml`: `[models.types]` `{name} = \"…\"`"
        ));
        Err(problem)
    }

    fn known(
        &self,
        known: &Known,
        path: &syn::TypePath,
        scope: Scope<'_>,
        depth: usize,
    ) -> Result<Mapped, Problem> {
        let argument = || {
            last_type_argument(&path.path).ok_or_else(|| {
                problem(
                    path.span(),
                    format!("`{}` wants a type between angle brackets", written(path)),
                    &[],
                )
            })
        };
        match known {
            Known::Column(column_type) => Ok(Mapped::of(column_type.clone())),
            Known::Byte => Ok(Mapped {
                byte: true,
                ..Mapped::of(ColumnType::SmallInteger)
            }),
            // A macro does not see `[models.types]`, where such a type may have been given one.
            Known::Nothing(_) if self.alone => Ok(Mapped::DEFERRED),
            Known::Nothing(way_out) => Err(nothing(path, way_out)),
            Known::Option => {
                let inner = self.resolve_at(argument()?, scope, depth + 1)?;
                if inner.nullable {
                    return Err(problem(
                        path.span(),
                        "an `Option` in an `Option`: a column has one NULL",
                        &[ATTRIBUTE],
                    ));
                }
                Ok(Mapped {
                    nullable: true,
                    byte: false,
                    ..inner
                })
            }
            Known::Transparent | Known::Cow => self.resolve_at(argument()?, scope, depth + 1),
            Known::Vec => self.sequence(argument()?, scope, depth),
            Known::Collection => {
                let element = argument()?;
                array(element, self.resolve_at(element, scope, depth + 1)?)
            }
        }
    }

    /// Makes an array of an element's type, or binary data of bytes.
    fn sequence(
        &self,
        element: &syn::Type,
        scope: Scope<'_>,
        depth: usize,
    ) -> Result<Mapped, Problem> {
        let mapped = self.resolve_at(element, scope, depth + 1)?;
        if mapped.byte {
            return Ok(Mapped::of(ColumnType::Bytes));
        }
        array(element, mapped)
    }

    /// The domain that `type = "…"` names, where one is declared; else the type as it is.
    pub(super) fn or_domain(&self, column_type: ColumnType) -> ColumnType {
        match column_type {
            ColumnType::Array(inner) => ColumnType::Array(Box::new(self.or_domain(*inner))),
            ColumnType::Custom(text) => {
                let name = match element::dotted(&text).unwrap_or_default().as_slice() {
                    [name] => Some(ObjectName::new(name.as_str())),
                    [schema, name] => Some(ObjectName::qualified(schema.as_str(), name.as_str())),
                    _ => None,
                };
                let mut domains = self.found.domains.iter();
                match domains.find(|it| name.as_ref() == Some(&it.name)) {
                    Some(domain) => ColumnType::Named(domain.name.clone()),
                    None => ColumnType::Custom(text),
                }
            }
            other => other,
        }
    }

    fn declared(
        &self,
        declaration: &Declaration,
        path: &syn::TypePath,
        depth: usize,
    ) -> Result<Mapped, Problem> {
        let scope = Scope {
            module: declaration.module,
            parameters: &declaration.parameters,
        };
        let name = written(path);
        match &declaration.kind {
            Kind::Enumeration(number) => Ok(Mapped::of(ColumnType::Enum(EnumType {
                comment: None,
                ..self.found.enumerations[*number].enum_type.clone()
            }))),
            Kind::Domain(number) => Ok(Mapped::of(ColumnType::Named(
                self.found.domains[*number].name.clone(),
            ))),
            // The mistake is at the field, not at what the field's type is made of.
            Kind::Newtype(inner) | Kind::Alias(inner) => self
                .resolve_at(inner, scope, depth + 1)
                .map_err(|mut inner| {
                    inner.message = format!("`{name}` has no column type: {}", inner.root);
                    inner.span = path.span();
                    inner
                }),
            Kind::PlainEnum => Err(problem(
                path.span(),
                format!("`{name}` is an enum that is no enumeration of the database"),
                &["add `#[derive(limbec::Enum)]` to it", ATTRIBUTE],
            )),
            Kind::Struct => Err(problem(
                path.span(),
                format!("`{name}` is a struct, and no column type holds one"),
                &[
                    "keep it as JSON: `Json<…>`, or `#[column(type = \"jsonb\")]`",
                    "leave the field out with `#[column(skip)]`",
                ],
            )),
        }
    }

    /// Looks the type map up for a type as it is written, `Vec<f32>`.
    fn mapped_as_written(&self, rust_type: &syn::Type) -> Option<Mapped> {
        if self.map.is_empty() {
            return None;
        }
        of_sql(self.map.get(&written(rust_type))?)
    }

    /// Looks the type map up for a path without its arguments, as written and in full.
    fn mapped(&self, segments: &[String], scope: Scope<'_>) -> Option<Mapped> {
        if self.map.is_empty() {
            return None;
        }
        let full = |segments: &Segments| self.map.get(&segments.join("::"));
        let sql = full(&segments.to_vec())
            .or_else(|| self.expanded(segments, scope.module).iter().find_map(full))
            .or_else(|| self.map.get(segments.last()?))?;
        of_sql(sql)
    }
}

fn of_sql(sql: &str) -> Option<Mapped> {
    let (column_type, identity) = sql_type(sql);
    (!sql.trim().is_empty()).then_some(Mapped {
        identity,
        ..Mapped::of(column_type)
    })
}

/// Makes an array of an element's type.
fn array(element: &syn::Type, mapped: Mapped) -> Result<Mapped, Problem> {
    match mapped.column_type {
        None => Ok(Mapped::DEFERRED),
        Some(ColumnType::Array(_)) => Err(problem(
            element.span(),
            "an array of arrays has no type of its own",
            &[
                "a PostgreSQL array takes any number of dimensions: write `#[column(type = \"integer[]\")]` with its element's type",
            ],
        )),
        Some(column_type) => Ok(Mapped::of(ColumnType::Array(Box::new(column_type)))),
    }
}

const ATTRIBUTE: &str = "say which type the column has: `#[column(type = \"…\")]`";

fn problem(span: Span, message: impl Into<String>, help: &[&str]) -> Problem {
    let message = message.into();
    Problem {
        span,
        root: message.clone(),
        message,
        help: help.iter().map(ToString::to_string).collect(),
    }
}

fn nothing(path: &syn::TypePath, way_out: &str) -> Problem {
    problem(
        path.span(),
        format!("no column type holds `{}`", written(path)),
        &[way_out],
    )
}

fn ambiguous(path: &syn::TypePath, candidates: &[String]) -> Problem {
    problem(
        path.span(),
        format!("`{}` may be {}", written(path), listed(candidates)),
        &[
            "import the one that is meant, or write its full path",
            ATTRIBUTE,
        ],
    )
}

fn listed(paths: &[String]) -> String {
    let quoted: Vec<String> = paths
        .iter()
        .take(4)
        .map(|path| format!("`{path}`"))
        .collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        Some((last, _)) => format!("{last} or another crate's"),
        None => String::new(),
    }
}

fn segments(path: &syn::Path) -> Segments {
    path.segments
        .iter()
        .map(|segment| segment.ident.unraw().to_string())
        .collect()
}

fn last_type_argument(path: &syn::Path) -> Option<&syn::Type> {
    let syn::PathArguments::AngleBracketed(arguments) = &path.segments.last()?.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        syn::GenericArgument::Type(inner) => Some(inner),
        _ => None,
    })
}

/// A type as Rust's own formatter would write it.
fn written(tokens: &impl ToTokens) -> String {
    let text = tokens.to_token_stream().to_string();
    let mut written = String::with_capacity(text.len());
    let words = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '\'');
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let between_words = words(written.chars().last()) && words(chars.peek().copied());
        if c != ' ' || between_words || matches!(written.chars().last(), Some(',' | ';' | '+')) {
            written.push(c);
        }
    }
    written.replace("->", " -> ")
}
