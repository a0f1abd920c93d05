//! What a file declares and imports: modules, their `use`s, and the types that columns may have.

use std::collections::BTreeMap;

use limbec_core::schema::{Namespace, ObjectName};
use syn::ext::IdentExt;

use super::enumeration::Enumeration;
use super::objects::{Domain, Sequence};
use super::table::Table;
use crate::mistake::Mistakes;

/// A path as its segments, raw marks removed.
pub(super) type Segments = Vec<String>;

/// A module: a file, or `mod name { … }` inside one.
#[derive(Debug, Default)]
pub(super) struct Module {
    /// Where it is, as far as files tell: the folders, the file, the modules around it.
    pub(super) path: Segments,
    /// The module around an inline one.
    pub(super) parent: Option<usize>,
    /// What each imported name stands for; more than one in a name's several namespaces.
    pub(super) imports: BTreeMap<String, Vec<Segments>>,
    /// The paths before `::*`.
    pub(super) globs: Vec<Segments>,
}

/// What a declared name is.
#[derive(Debug)]
pub(super) enum Kind {
    /// An enum with `#[derive(Enum)]`, by its number.
    Enumeration(usize),
    /// A struct with `#[derive(Domain)]`, by its number.
    Domain(usize),
    /// `struct UserId(Uuid);`.
    Newtype(Box<syn::Type>),
    /// `type Id = Uuid;`.
    Alias(Box<syn::Type>),
    /// An enum without `#[derive(Enum)]`.
    PlainEnum,
    /// A struct with several fields or with names.
    Struct,
}

/// A type declared in the files read.
#[derive(Debug)]
pub(super) struct Declaration {
    pub(super) module: usize,
    pub(super) kind: Kind,
    /// Its type parameters.
    pub(super) parameters: Vec<String>,
}

/// All that was found in the files.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) modules: Vec<Module>,
    /// The declarations by name, each list in the order of the files.
    pub(super) declarations: BTreeMap<String, Vec<Declaration>>,
    pub(super) enumerations: Vec<Enumeration>,
    pub(super) domains: Vec<Domain>,
    pub(super) sequences: Vec<Sequence>,
    pub(super) namespaces: Vec<Namespace>,
    pub(super) extensions: Vec<ObjectName>,
    pub(super) tables: Vec<Table>,
    pub(super) mistakes: Mistakes,
}

impl Found {
    /// Declares a name.
    pub(super) fn declare(
        &mut self,
        ident: &syn::Ident,
        generics: &syn::Generics,
        module: usize,
        kind: Kind,
    ) {
        let declaration = Declaration {
            module,
            kind,
            parameters: generics
                .type_params()
                .map(|it| it.ident.unraw().to_string())
                .collect(),
        };
        self.declarations
            .entry(ident.unraw().to_string())
            // Nearly every name is declared once, and a thousand models declare one each.
            .or_insert_with(|| Vec::with_capacity(1))
            .push(declaration);
    }
}

impl Module {
    /// Makes the module of a file, from its path.
    pub(super) fn of_file(path: &str) -> Self {
        let mut segments: Segments = path
            .trim_end_matches(".rs")
            .split(['/', '\\'])
            .filter(|part| !part.is_empty() && *part != "." && *part != "..")
            .map(|part| part.replace('-', "_"))
            .collect();
        if matches!(
            segments.last().map(String::as_str),
            Some("mod" | "lib" | "main")
        ) {
            segments.pop();
        }
        Module {
            path: segments,
            ..Module::default()
        }
    }

    /// Adds what a `use` imports.
    pub(super) fn import(&mut self, tree: &syn::UseTree) {
        // A stack and not recursion: `use a::{b::{c::{…`.
        let mut open: Vec<(Segments, &syn::UseTree)> = vec![(Vec::new(), tree)];
        while let Some((mut prefix, tree)) = open.pop() {
            match tree {
                syn::UseTree::Path(path) => {
                    prefix.push(path.ident.unraw().to_string());
                    open.push((prefix, &path.tree));
                }
                syn::UseTree::Group(group) => {
                    open.extend(group.items.iter().rev().map(|item| (prefix.clone(), item)));
                }
                syn::UseTree::Glob(_) => self.globs.push(prefix),
                syn::UseTree::Name(name) => {
                    let name = name.ident.unraw().to_string();
                    self.import_as(prefix, &name, name.clone());
                }
                syn::UseTree::Rename(rename) => {
                    self.import_as(
                        prefix,
                        &rename.ident.unraw().to_string(),
                        rename.rename.unraw().to_string(),
                    );
                }
            }
        }
    }

    fn import_as(&mut self, mut path: Segments, name: &str, local: String) {
        let local = if name == "self" && local == "self" {
            path.last().cloned().unwrap_or_default()
        } else {
            local
        };
        if name != "self" {
            path.push(name.to_string());
        }
        let paths = self.imports.entry(local).or_default();
        if !paths.contains(&path) {
            paths.push(path);
        }
    }

    /// Whether a derive's path names limbec's macro.
    ///
    /// A name that another crate is imported by (`use enum_map::Enum`) is that crate's.
    pub(super) fn is_derive(&self, path: &syn::Path, name: &str) -> bool {
        let segments: Segments = path
            .segments
            .iter()
            .map(|it| it.ident.unraw().to_string())
            .collect();
        let own = |segments: &[String]| {
            let root = segments.first().map(String::as_str);
            segments.last().is_some_and(|last| last == name)
                && matches!(
                    root,
                    Some("limbec" | "limbec_macros" | "crate" | "self" | "super")
                )
        };
        let Some((first, rest)) = segments.split_first() else {
            return false;
        };
        match self.imports.get(first) {
            Some(paths) => paths.iter().any(|path| {
                let full: Segments = path.iter().chain(rest).cloned().collect();
                own(&full)
            }),
            None if rest.is_empty() => first == name,
            None => own(&segments),
        }
    }
}
