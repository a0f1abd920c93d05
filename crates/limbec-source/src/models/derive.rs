//! What the derive macros make of an item: constants for code to use, and compile errors.

use std::collections::BTreeMap;

use proc_macro2::{Span, TokenStream};
use quote::quote;

use super::build;
use super::conditions;
use super::enumeration::Enumeration;
use super::objects;
use super::rust_type::Types;
use super::scope::Found;
use super::table::Table;
use crate::mistake::Mistakes;

/// Expands `#[derive(Table)]`: an implementation of `limbec::Model`, and an error at each mistake
/// that the item alone shows.
///
/// ```
/// let item = "struct Tag { #[column(primary_key)] id: i64 }".parse().unwrap();
/// let code = limbec_source::models::derive_table(item).to_string();
/// assert!(code.starts_with("impl :: limbec :: Model for Tag"));
/// ```
pub fn derive_table(item: TokenStream) -> TokenStream {
    let item = match syn::parse2::<syn::Item>(item) {
        Ok(syn::Item::Struct(item)) => item,
        Ok(other) => return not(&other, "a table is a struct with named fields"),
        Err(error) => return error.into_compile_error(),
    };
    let mut mistakes = Mistakes::default();
    let (attributes, _) = conditions::resolve(&item.attrs);
    let table = Table::read(&item, &attributes, 0, &mut mistakes);
    let types = Types {
        found: &Found::default(),
        map: &BTreeMap::new(),
        alone: true,
    };
    build::columns(&table, &types, &mut mistakes);
    let errors = mistakes.compile_errors();

    let ident = &item.ident;
    let (generics, arguments, conditions) = item.generics.split_for_impl();
    let name = &table.name.name;
    let schema = if let Some(schema) = &table.name.schema {
        quote!(::core::option::Option::Some(#schema))
    } else {
        quote!(::core::option::Option::None)
    };
    let columns = table.fields.iter().map(|field| &field.name.value);
    quote! {
        impl #generics ::limbec::Model for #ident #arguments #conditions {
            const TABLE: &'static str = #name;
            const SCHEMA: ::core::option::Option<&'static str> = #schema;
            const COLUMNS: &'static [&'static str] = &[#(#columns),*];
        }
        #errors
    }
}

/// Expands `#[derive(Enum)]`: an implementation of `limbec::Labels`, and an error at each mistake.
///
/// ```
/// let item = "enum Mood { Sad, VeryHappy }".parse().unwrap();
/// let code = limbec_source::models::derive_enum(item).to_string();
/// assert!(code.contains("\"very_happy\""));
/// ```
pub fn derive_enum(item: TokenStream) -> TokenStream {
    let item = match syn::parse2::<syn::Item>(item) {
        Ok(syn::Item::Enum(item)) => item,
        Ok(other) => return not(&other, "an enumeration is an enum"),
        Err(error) => return error.into_compile_error(),
    };
    let mut mistakes = Mistakes::default();
    let (attributes, _) = conditions::resolve(&item.attrs);
    let enumeration = Enumeration::read(&item, &attributes, &mut mistakes);
    let errors = mistakes.compile_errors();

    let ident = &item.ident;
    let (generics, arguments, conditions) = item.generics.split_for_impl();
    let name = &enumeration.enum_type.name.name;
    let labels = &enumeration.enum_type.labels;
    quote! {
        impl #generics ::limbec::Labels for #ident #arguments #conditions {
            const TYPE_NAME: &'static str = #name;
            const LABELS: &'static [&'static str] = &[#(#labels),*];
        }
        #errors
    }
}

/// Declares a macro for items that make no code: only mistakes become errors.
macro_rules! without_code {
    ($($(#[$meta:meta])* $name:ident $what:literal $read:expr;)*) => {
        $($(#[$meta])*
        pub fn $name(item: TokenStream) -> TokenStream {
            let item = match syn::parse2::<syn::Item>(item) {
                Ok(syn::Item::Struct(item)) => item,
                Ok(other) => return not(&other, $what),
                Err(error) => return error.into_compile_error(),
            };
            let mut mistakes = Mistakes::default();
            let (attributes, _) = conditions::resolve(&item.attrs);
            let read: fn(&syn::ItemStruct, &[syn::Attribute], &mut Mistakes) = $read;
            read(&item, &attributes, &mut mistakes);
            mistakes.compile_errors()
        })*
    };
}

without_code! {
    /// Expands `#[derive(Domain)]`: an error at each mistake that the item alone shows.
    ///
    /// ```
    /// let item = "struct Email(String);".parse().unwrap();
    /// assert!(limbec_source::models::derive_domain(item).is_empty());
    /// ```
    derive_domain "a domain is a struct that wraps a type" |item, attributes, mistakes| {
        let domain = objects::Domain::read(item, attributes, 0, mistakes);
        let types = Types {
            found: &Found::default(),
            map: &BTreeMap::new(),
            alone: true,
        };
        domain.build(&types, mistakes);
    };
    /// Expands `#[derive(Sequence)]`: an error at each mistake.
    ///
    /// ```
    /// let item = "#[sequence(strat = 5)] struct Numbers;".parse().unwrap();
    /// let errors = limbec_source::models::derive_sequence(item).to_string();
    /// assert!(errors.contains("did you mean `start`?"));
    /// ```
    derive_sequence "a sequence is a struct without fields" |item, attributes, mistakes| {
        objects::Sequence::read(item, attributes, mistakes);
    };
    /// Expands `#[derive(Schema)]`: an error at each mistake.
    ///
    /// ```
    /// let item = "struct Billing;".parse().unwrap();
    /// assert!(limbec_source::models::derive_schema(item).is_empty());
    /// ```
    derive_schema "a schema is a struct without fields" |item, attributes, mistakes| {
        objects::namespace(item, attributes, mistakes);
    };
    /// Expands `#[derive(Extension)]`: an error at each mistake.
    ///
    /// ```
    /// let item = "struct Citext;".parse().unwrap();
    /// assert!(limbec_source::models::derive_extension(item).is_empty());
    /// ```
    derive_extension "an extension is a struct without fields" |item, attributes, mistakes| {
        objects::extension(item, attributes, mistakes);
    };
}

fn not(item: &syn::Item, what: &str) -> TokenStream {
    let span = match item {
        syn::Item::Enum(item) => item.ident.span(),
        syn::Item::Union(item) => item.ident.span(),
        syn::Item::Struct(item) => item.ident.span(),
        _ => Span::call_site(),
    };
    syn::Error::new(span, what).into_compile_error()
}
