//! The macros of limbec: entry points, whose work `limbec-source` does.

#[cfg(any(feature = "derive", feature = "embed"))]
use proc_macro::TokenStream;

/// Makes a struct the model of a table.
///
/// `limbec revision --autogenerate` reads the same attributes from the same file;
/// `docs/models.md` lists them.
#[cfg(feature = "derive")]
#[proc_macro_derive(Table, attributes(table, column))]
pub fn table(item: TokenStream) -> TokenStream {
    limbec_source::models::derive_table(item.into()).into()
}

/// Makes an enum without data the model of an enumeration: a native type on PostgreSQL, a check on
/// SQLite.
///
/// The type is named after the enum and the labels after its variants, in `snake_case`;
/// `#[enumeration(name = "…", schema = "…", rename_all = "…")]` and `#[label("…")]` change that.
#[cfg(feature = "derive")]
#[proc_macro_derive(Enum, attributes(enumeration, label))]
pub fn enumeration(item: TokenStream) -> TokenStream {
    limbec_source::models::derive_enum(item.into()).into()
}

/// Makes a struct that wraps a type the model of a domain (PostgreSQL): a named type with rules.
/// Columns of the struct's type are of the domain.
///
/// `#[domain(name = "…", schema = "…", type = "…", check = "VALUE ~ '@'")]`; `docs/models.md` lists
/// the rest.
#[cfg(feature = "derive")]
#[proc_macro_derive(Domain, attributes(domain))]
pub fn domain(item: TokenStream) -> TokenStream {
    limbec_source::models::derive_domain(item.into()).into()
}

/// Makes a struct without fields the model of a sequence (PostgreSQL) that stands alone: the
/// sequence of an identity column needs no model.
///
/// `#[sequence(name = "…", start = 1000)]`; `docs/models.md` lists the rest.
#[cfg(feature = "derive")]
#[proc_macro_derive(Sequence, attributes(sequence))]
pub fn sequence(item: TokenStream) -> TokenStream {
    limbec_source::models::derive_sequence(item.into()).into()
}

/// Makes a struct without fields the model of a schema (PostgreSQL). A schema that tables or types
/// are in needs no model.
///
/// `#[schema(name = "…", comment = "…")]`.
#[cfg(feature = "derive")]
#[proc_macro_derive(Schema, attributes(schema))]
pub fn schema(item: TokenStream) -> TokenStream {
    limbec_source::models::derive_schema(item.into()).into()
}

/// Makes a struct without fields the model of an extension (PostgreSQL).
///
/// `#[extension(name = "…")]`.
#[cfg(feature = "derive")]
#[proc_macro_derive(Extension, attributes(extension))]
pub fn extension(item: TokenStream) -> TokenStream {
    limbec_source::models::derive_extension(item.into()).into()
}

/// Bakes the revisions of a project into the program, as a constant of type `limbec::Migrations`.
///
/// `embed!()` takes the nearest `limbec.toml` upward from the package's `Cargo.toml`;
/// `embed!("../db/limbec.toml")` names one, relative to it.
#[cfg(feature = "embed")]
#[proc_macro]
pub fn embed(input: TokenStream) -> TokenStream {
    let folder = |name| std::env::var_os(name).map(std::path::PathBuf::from);
    let place = limbec_source::embed::Place {
        package: folder("CARGO_MANIFEST_DIR").unwrap_or_default(),
        here: std::env::current_dir().unwrap_or_default(),
        out: folder("OUT_DIR"),
    };
    limbec_source::embed::expand(input.into(), &place).into()
}
