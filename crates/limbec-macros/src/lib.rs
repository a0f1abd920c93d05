//! The derive macros of limbec: entry points, whose work `limbec-source` does.

use proc_macro::TokenStream;

/// Makes a struct the model of a table.
///
/// The attributes are read by `limbec revision --autogenerate` too, from the same file by the
/// same reader; `docs/models.md` lists them.
#[proc_macro_derive(Table, attributes(table, column))]
pub fn table(item: TokenStream) -> TokenStream {
    limbec_source::models::derive_table(item.into()).into()
}

/// Makes an enum without data an enumeration of the database: a native type on PostgreSQL, a
/// check on SQLite.
///
/// The type is named as the enum and the labels as its variants, in `snake_case`;
/// `#[enumeration(name = "…", schema = "…", rename_all = "…")]` and `#[label("…")]` change that.
#[proc_macro_derive(Enum, attributes(enumeration, label))]
pub fn enumeration(item: TokenStream) -> TokenStream {
    limbec_source::models::derive_enum(item.into()).into()
}
