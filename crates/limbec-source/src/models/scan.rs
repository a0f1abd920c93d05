//! Finds the items of a file that models are made of.
//!
//! Input: a file's tokens. Output: tables, enumerations, the other types and the `use`s of each
//! module. Only these items are parsed: the bodies of functions, `impl`s and macros are stepped
//! over, so a file is read fast, and an unusual one is read at all.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::{ItemEnum, ItemStruct, ItemType, ItemUnion, ItemUse};

use super::conditions;
use super::enumeration::Enumeration;
use super::objects::{self, Domain, Sequence};
use super::scope::{Found, Kind, Module};
use super::table::Table;
use crate::mistake::Mistakes;
use crate::nesting::too_deep;

/// How deep modules may stand in each other.
const DEEPEST_MODULE: usize = 64;

/// Reads the items of a file into what was found so far; `found.mistakes.file` is the file.
pub(super) fn scan(tokens: TokenStream, path: &str, found: &mut Found) {
    found.modules.push(Module::of_file(path));
    let mut open = vec![(tokens, found.modules.len() - 1, 0)];
    // The items of a module need its imports, so each is walked before those in it.
    while let Some((tokens, module, depth)) = open.pop() {
        let pieces = pieces(tokens);
        if pieces.iter().any(|piece| matches!(piece, Piece::InnerTest)) {
            continue;
        }
        for piece in &pieces {
            if let Piece::Item {
                keyword: "use",
                tokens,
                ..
            } = piece
                && let Some(item) = parse::<ItemUse>(tokens, &mut found.mistakes)
            {
                found.modules[module].import(&item.tree);
            }
        }
        let mut inner = Vec::new();
        for piece in pieces {
            match piece {
                Piece::Item { keyword: "use", .. } | Piece::InnerTest => {}
                Piece::Item {
                    keyword: "mod",
                    name,
                    tokens,
                    body,
                } => {
                    let Some(body) = body.filter(|_| !is_for_tests(&tokens)) else {
                        continue;
                    };
                    if depth == DEEPEST_MODULE {
                        found
                            .mistakes
                            .at(body.span(), "modules are nested too deep to be read");
                        continue;
                    }
                    let mut path = found.modules[module].path.clone();
                    path.extend(name);
                    found.modules.push(Module {
                        path,
                        parent: Some(module),
                        ..Module::default()
                    });
                    inner.push((body.stream(), found.modules.len() - 1, depth + 1));
                }
                Piece::Item {
                    keyword, tokens, ..
                } => item(keyword, &tokens, module, found),
                // Unless another crate's `Table` is imported.
                Piece::Hidden { span, what } => {
                    if !found.modules[module].is_derive(&syn::parse_quote!(Table), "Table") {
                        continue;
                    }
                    found
                        .mistakes
                        .at(span, format!("{what} is not read: limbec reads models without running or compiling them"))
                        .help("write the struct or enum out, as an item of the file or of a module in it");
                }
                Piece::Stray { span } => {
                    found.mistakes.at(
                        span,
                        "a struct or an enum is expected after these attributes",
                    );
                }
            }
        }
        open.extend(inner.into_iter().rev());
    }
}

/// Reads one item other than a module or a `use`.
fn item(keyword: &str, tokens: &[TokenTree], module: usize, found: &mut Found) {
    match keyword {
        "struct" => {
            if let Some(item) = parse::<ItemStruct>(tokens, &mut found.mistakes) {
                structure(&item, module, found);
            }
        }
        "enum" => {
            if let Some(item) = parse::<ItemEnum>(tokens, &mut found.mistakes) {
                enumeration(&item, module, found);
            }
        }
        "union" => {
            if let Some(item) = parse::<ItemUnion>(tokens, &mut found.mistakes) {
                let derives = Derives::read(&item.attrs, &found.modules[module]);
                for derive in derives.all.iter().filter(|_| derives.kept) {
                    derive.refuse(&item.ident, "union", &mut found.mistakes);
                }
            }
        }
        _ => {
            if let Some(item) = parse::<ItemType>(tokens, &mut found.mistakes) {
                found.declare(&item.ident, &item.generics, module, Kind::Alias(item.ty));
            }
        }
    }
}

fn structure(item: &ItemStruct, module: usize, found: &mut Found) {
    let derives = Derives::read(&item.attrs, &found.modules[module]);
    if !derives.kept {
        return;
    }
    let (attributes, mistakes) = (&derives.attributes, &mut found.mistakes);
    let mut kind =
        newtype(item).map_or(Kind::Struct, |inner| Kind::Newtype(Box::new(inner.clone())));
    for derive in &derives.all {
        match derive {
            Derive::Table => {
                let table = Table::read(item, attributes, module, mistakes);
                found.tables.push(table);
            }
            Derive::Domain => {
                let domain = Domain::read(item, attributes, module, mistakes);
                found.domains.push(domain);
                kind = Kind::Domain(found.domains.len() - 1);
            }
            Derive::Sequence => {
                let sequence = Sequence::read(item, attributes, mistakes);
                found.sequences.push(sequence);
            }
            Derive::Schema => {
                let namespace = objects::namespace(item, attributes, mistakes);
                found.namespaces.push(namespace);
            }
            Derive::Extension => {
                let extension = objects::extension(item, attributes, mistakes);
                found.extensions.push(extension);
            }
            Derive::Enum => derive.refuse(&item.ident, "struct", mistakes),
        }
    }
    found.declare(&item.ident, &item.generics, module, kind);
}

/// The type that a struct of one nameless field wraps; a `PhantomData` beside it is nothing.
pub(super) fn newtype(item: &ItemStruct) -> Option<&syn::Type> {
    let syn::Fields::Unnamed(fields) = &item.fields else {
        return None;
    };
    let phantom = |field: &syn::Field| match &field.ty {
        syn::Type::Path(path) => path
            .path
            .segments
            .last()
            .is_some_and(|last| last.ident == "PhantomData"),
        _ => false,
    };
    let mut real = fields.unnamed.iter().filter(|field| !phantom(field));
    match (real.next(), real.next()) {
        (Some(field), None) => Some(&field.ty),
        _ => None,
    }
}

fn enumeration(item: &ItemEnum, module: usize, found: &mut Found) {
    let derives = Derives::read(&item.attrs, &found.modules[module]);
    if !derives.kept {
        return;
    }
    let mut kind = Kind::PlainEnum;
    for derive in &derives.all {
        if *derive == Derive::Enum {
            let read = Enumeration::read(item, &derives.attributes, &mut found.mistakes);
            found.enumerations.push(read);
            kind = Kind::Enumeration(found.enumerations.len() - 1);
        } else {
            derive.refuse(&item.ident, "enum", &mut found.mistakes);
        }
    }
    found.declare(&item.ident, &item.generics, module, kind);
}

/// A derive of limbec's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Derive {
    Table,
    Enum,
    Domain,
    Sequence,
    Schema,
    Extension,
}

impl Derive {
    /// Every derive, with its name and what an item with it must be.
    const ALL: [(Derive, &'static str, &'static str); 6] = [
        (
            Derive::Table,
            "Table",
            "a table is a struct with named fields",
        ),
        (Derive::Enum, "Enum", "an enumeration is an enum"),
        (
            Derive::Domain,
            "Domain",
            "a domain is a struct that wraps a type",
        ),
        (
            Derive::Sequence,
            "Sequence",
            "a sequence is a struct without fields",
        ),
        (
            Derive::Schema,
            "Schema",
            "a schema is a struct without fields",
        ),
        (
            Derive::Extension,
            "Extension",
            "an extension is a struct without fields",
        ),
    ];

    fn refuse(self, ident: &syn::Ident, what: &str, mistakes: &mut Mistakes) {
        let rule = Self::ALL.iter().find(|(it, ..)| *it == self);
        let rule = rule.map_or("", |(.., rule)| rule);
        mistakes.at(
            ident.span(),
            format!("`{}` is {} {what}: {rule}", ident.unraw(), article(what)),
        );
    }
}

/// What an item derives of limbec's.
struct Derives {
    attributes: Vec<syn::Attribute>,
    kept: bool,
    all: Vec<Derive>,
}

impl Derives {
    fn read(attributes: &[syn::Attribute], module: &Module) -> Self {
        let (attributes, kept) = conditions::resolve(attributes);
        let mut all = Vec::new();
        for attribute in attributes.iter().filter(|it| it.path().is_ident("derive")) {
            let paths = attribute.parse_args_with(
                syn::punctuated::Punctuated::<syn::Path, syn::Token![,]>::parse_terminated,
            );
            for path in paths.iter().flatten() {
                let known = Derive::ALL.iter();
                let of_ours = known.filter(|(_, name, _)| module.is_derive(path, name));
                all.extend(of_ours.map(|(derive, ..)| *derive));
            }
        }
        Derives {
            attributes,
            kept,
            all,
        }
    }
}

fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o']) {
        "an"
    } else {
        "a"
    }
}

fn parse<T: syn::parse::Parse>(tokens: &[TokenTree], mistakes: &mut Mistakes) -> Option<T> {
    let stream: TokenStream = tokens.iter().cloned().collect();
    if let Some(span) = too_deep(&stream) {
        mistakes
            .at(
                span,
                "this is nested too deep, or too long without a comma, to be read",
            )
            .help("give parts of the type a name of their own: `type Part = …;`");
        return None;
    }
    match syn::parse2(stream) {
        Ok(item) => Some(item),
        Err(error) => {
            let end = tokens
                .last()
                .map_or_else(Span::call_site, |tree| match tree {
                    TokenTree::Group(group) => group.span_close(),
                    other => other.span(),
                });
            for one in error {
                // The end of the tokens has no place of its own.
                let at_end = one.to_string().starts_with("unexpected end of input");
                mistakes.at(if at_end { end } else { one.span() }, one.to_string());
            }
            None
        }
    }
}

/// A part of a file, in its order.
enum Piece {
    /// An item to read; `keyword` is `use`, `mod`, `struct`, `enum`, `union` or `type`.
    Item {
        keyword: &'static str,
        name: Option<String>,
        tokens: Vec<TokenTree>,
        /// The braces of a module.
        body: Option<Group>,
    },
    /// A derive of limbec's where it cannot be read.
    Hidden { span: Span, what: &'static str },
    /// Attributes with a derive of limbec's, and no item after them.
    Stray { span: Span },
    /// `#![cfg(test)]`.
    InnerTest,
}

const KEYWORDS: [&str; 6] = ["use", "mod", "struct", "enum", "union", "type"];

/// Splits the tokens of a file or module into its items.
///
/// Rust's keywords of items cannot stand elsewhere outside of delimiters, but for `use<…>` and
/// the word `union`; so whatever is not an item of interest is stepped over token by token.
fn pieces(tokens: TokenStream) -> Vec<Piece> {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let mut pieces = Vec::new();
    let mut at = 0;
    // Where the attributes and the visibility before the next item begin.
    let mut start = 0;
    let mut in_tests = false;
    while at < trees.len() {
        match &trees[at] {
            TokenTree::Punct(punct) if punct.as_char() == '#' => {
                match (trees.get(at + 1), trees.get(at + 2)) {
                    (Some(TokenTree::Group(_)), _) => at += 2,
                    (Some(TokenTree::Punct(_)), Some(TokenTree::Group(group))) => {
                        if is_test_condition(&group.stream()) {
                            pieces.push(Piece::InnerTest);
                        }
                        at += 3;
                        start = at;
                    }
                    _ => at += 1,
                }
            }
            TokenTree::Ident(ident) if *ident == "pub" => {
                let restricted = matches!(trees.get(at + 1), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis);
                at += if restricted { 2 } else { 1 };
            }
            TokenTree::Ident(ident) => {
                let keyword = KEYWORDS.iter().find(|keyword| *ident == **keyword).copied();
                if let Some(keyword) = keyword.filter(|keyword| begins(keyword, trees.get(at + 1)))
                {
                    let (end, body) = end_of(keyword, &trees, at);
                    let name = match trees.get(at + 1) {
                        Some(TokenTree::Ident(name)) => Some(name.unraw().to_string()),
                        _ => None,
                    };
                    pieces.push(Piece::Item {
                        keyword,
                        name,
                        tokens: trees[start..end].to_vec(),
                        body,
                    });
                    at = end;
                    in_tests = false;
                } else {
                    if start < at {
                        in_tests = is_for_tests(&trees[start..at]);
                        // An attribute of a function or an `impl` derives nothing.
                        pieces
                            .extend(derive_in(&trees[start..at]).map(|span| Piece::Stray { span }));
                    }
                    at += 1;
                }
                start = at;
            }
            TokenTree::Group(group) => {
                let is_macro = at > 0
                    && matches!(&trees[at - 1], TokenTree::Punct(punct) if punct.as_char() == '!')
                    || at > 1
                        && matches!(&trees[at - 2], TokenTree::Punct(punct) if punct.as_char() == '!');
                let what = if is_macro {
                    "a table in a macro"
                } else {
                    "a table in the body of another item"
                };
                if !in_tests {
                    pieces.extend(hidden(group).map(|span| Piece::Hidden { span, what }));
                }
                in_tests &= group.delimiter() != Delimiter::Brace;
                at += 1;
                start = at;
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => {
                at += 1;
                start = at;
            }
        }
    }
    if start < trees.len() {
        pieces.extend(derive_in(&trees[start..]).map(|span| Piece::Stray { span }));
    }
    pieces
}

fn begins(keyword: &str, next: Option<&TokenTree>) -> bool {
    match (keyword, next) {
        // `impl Trait + use<'a>`.
        ("use", Some(TokenTree::Punct(punct))) => punct.as_char() == ':' || punct.as_char() == '*',
        ("use", next) => next.is_some(),
        ("union", next) => matches!(next, Some(TokenTree::Ident(_))),
        _ => true,
    }
}

/// Where an item ends: behind its `;`, or behind its braces.
fn end_of(keyword: &str, trees: &[TokenTree], start: usize) -> (usize, Option<Group>) {
    let by_braces = !matches!(keyword, "use" | "type");
    let mut angles = 0_usize;
    let mut previous = ' ';
    for (at, tree) in trees.iter().enumerate().skip(start + 1) {
        match tree {
            TokenTree::Punct(punct) => {
                match punct.as_char() {
                    ';' => return (at + 1, None),
                    '<' => angles += 1,
                    '>' if previous != '-' => angles = angles.saturating_sub(1),
                    _ => {}
                }
                previous = punct.as_char();
                continue;
            }
            TokenTree::Group(group)
                if by_braces && angles == 0 && group.delimiter() == Delimiter::Brace =>
            {
                return (at + 1, Some(group.clone()));
            }
            _ => {}
        }
        previous = ' ';
    }
    (trees.len(), None)
}

/// Whether attributes say that an item is for tests.
fn is_for_tests(trees: &[TokenTree]) -> bool {
    trees.windows(2).any(|pair| match pair {
        [TokenTree::Punct(hash), TokenTree::Group(group)] if hash.as_char() == '#' => {
            let stream = group.stream();
            // `#[test]`, `#[tokio::test]`.
            let is_test =
                |tree: TokenTree| matches!(&tree, TokenTree::Ident(ident) if *ident == "test");
            stream.clone().into_iter().any(is_test) || is_test_condition(&stream)
        }
        _ => false,
    })
}

/// Whether the inside of an attribute is `cfg(test)`.
fn is_test_condition(attribute: &TokenStream) -> bool {
    let mut trees = attribute.clone().into_iter();
    let (Some(TokenTree::Ident(name)), Some(TokenTree::Group(group))) =
        (trees.next(), trees.next())
    else {
        return false;
    };
    name == "cfg"
        && too_deep(&group.stream()).is_none()
        && syn::parse2::<syn::Meta>(group.stream())
            .is_ok_and(|condition| conditions::for_tests(&condition))
}

/// Finds `derive(… Table …)` among attributes.
fn derive_in(trees: &[TokenTree]) -> Option<Span> {
    trees.windows(2).find_map(|pair| match pair {
        [TokenTree::Punct(hash), TokenTree::Group(group)] if hash.as_char() == '#' => hidden(group),
        _ => None,
    })
}

/// Finds `derive(… Table …)` anywhere inside of a group.
fn hidden(group: &Group) -> Option<Span> {
    let mut open = vec![group.stream().into_iter()];
    let mut derive = false;
    while let Some(level) = open.last_mut() {
        let Some(tree) = level.next() else {
            open.pop();
            continue;
        };
        match tree {
            TokenTree::Ident(ident) => derive = ident == "derive",
            TokenTree::Group(group) => {
                let names_table =
                    |tree: TokenTree| matches!(&tree, TokenTree::Ident(ident) if *ident == "Table");
                if derive && group.stream().into_iter().any(names_table) {
                    return Some(group.span());
                }
                derive = false;
                open.push(group.stream().into_iter());
            }
            _ => derive = false,
        }
    }
    None
}
