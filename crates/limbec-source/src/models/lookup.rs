//! Finds what a path names: by the imports of its module, by what the files declare, by what is
//! known.

use super::known::{self, Known};
use super::rust_type::{Scope, Types};
use super::scope::{Declaration, Module, Segments};

/// How many globs and imports may lead to each other.
const DEEPEST: usize = 32;

/// What a path names.
pub(super) enum Named<'a> {
    Known(&'a Known),
    Declared(&'a Declaration),
    /// Several things; their paths.
    Several(Vec<String>),
    Nothing,
}

impl Types<'_> {
    /// The full paths that a path may stand for by the imports of its module.
    pub(super) fn expanded(&self, segments: &[String], module: usize) -> Vec<Segments> {
        let Some((first, rest)) = segments.split_first() else {
            return Vec::new();
        };
        let imports = self
            .module(module)
            .and_then(|module| module.imports.get(first));
        imports
            .into_iter()
            .flatten()
            .map(|path| path.iter().chain(rest).cloned().collect())
            .collect()
    }

    fn module(&self, number: usize) -> Option<&Module> {
        self.found.modules.get(number)
    }

    /// Finds what a path names.
    pub(super) fn named(&self, segments: &[String], scope: Scope<'_>) -> Named<'_> {
        let mut named: Vec<(String, Named<'_>)> = Vec::new();
        if let [one] = segments
            && let Some(declaration) = self.declared_in(scope.module, one)
        {
            return Named::Declared(declaration);
        }
        let imported = self.expanded(segments, scope.module);
        for path in &imported {
            add(
                &mut named,
                path.join("::"),
                self.full(path, scope.module, 0),
            );
        }
        if imported.is_empty() {
            match segments {
                [one] => {
                    for (path, what) in self.by_globs(one, scope.module, 0) {
                        add(&mut named, path, Some(what));
                    }
                    if named.is_empty() {
                        add(
                            &mut named,
                            one.clone(),
                            known::in_prelude(one).map(Named::Known),
                        );
                    }
                }
                _ => add(
                    &mut named,
                    segments.join("::"),
                    self.full(segments, scope.module, 0),
                ),
            }
        }
        match named.len() {
            0 => Named::Nothing,
            1 => named.remove(0).1,
            _ => Named::Several(named.into_iter().map(|(path, _)| path).collect()),
        }
    }

    /// What the globs of a module (`use chrono::*`) say a name is.
    fn by_globs(&self, name: &str, module: usize, depth: usize) -> Vec<(String, Named<'_>)> {
        let Some(scope) = self.module(module) else {
            return Vec::new();
        };
        let mut all = Vec::new();
        for glob in &scope.globs {
            let path: Segments = glob.iter().cloned().chain([name.to_string()]).collect();
            if glob.len() == 1 && glob[0] == "super" && depth < DEEPEST {
                // The module around is at hand: its own names, imports and globs.
                if let Some(parent) = scope.parent {
                    if let Some(declaration) = self.declared_in(parent, name) {
                        all.push((path.join("::"), Named::Declared(declaration)));
                    } else if let Some(imports) =
                        self.module(parent).and_then(|it| it.imports.get(name))
                    {
                        all.extend(imports.iter().filter_map(|import| {
                            Some((import.join("::"), self.full(import, parent, depth)?))
                        }));
                    } else {
                        all.extend(self.by_globs(name, parent, depth + 1));
                    }
                    continue;
                }
            }
            all.extend(
                self.full(&path, module, depth)
                    .map(|what| (path.join("::"), what)),
            );
        }
        all
    }

    /// Finds what a full path names.
    fn full(&self, segments: &[String], module: usize, depth: usize) -> Option<Named<'_>> {
        if let Some(known) = known::by_path(segments) {
            return Some(Named::Known(known));
        }
        let (name, before) = segments.split_last()?;
        let (mut at, mut rest) = (Some(module), before);
        let own = matches!(
            before.first().map(String::as_str),
            Some("crate" | "self" | "super")
        );
        while let [first, more @ ..] = rest {
            match first.as_str() {
                "self" => {}
                "super" => at = at.and_then(|at| self.module(at)?.parent),
                "crate" => at = None,
                _ => break,
            }
            rest = more;
        }
        if let Some(at) = at.filter(|_| rest.is_empty()) {
            if let Some(declaration) = self.declared_in(at, name) {
                return Some(Named::Declared(declaration));
            }
            // `super::Name`, where the module above imports the name.
            let imports = self.module(at).and_then(|module| module.imports.get(name));
            if let Some([import]) = imports
                .map(Vec::as_slice)
                .filter(|_| own && depth < DEEPEST)
            {
                return self.full(import, at, depth + 1);
            }
        }
        let all = self.found.declarations.get(name)?;
        let ends = |declaration: &&Declaration| {
            let path = &self.found.modules[declaration.module].path;
            path.ends_with(rest) || (!own && rest.first().is_some_and(|krate| path.contains(krate)))
        };
        let by_path: Vec<&Declaration> = all.iter().filter(ends).collect();
        let candidates = if by_path.is_empty() && own {
            all.iter().collect()
        } else {
            by_path
        };
        match candidates.as_slice() {
            [] => None,
            [one] => Some(Named::Declared(one)),
            several => Some(Named::Several(
                several
                    .iter()
                    .map(|it| format!("{}::{name}", self.found.modules[it.module].path.join("::")))
                    .collect(),
            )),
        }
    }

    fn declared_in(&self, module: usize, name: &str) -> Option<&Declaration> {
        self.found
            .declarations
            .get(name)?
            .iter()
            .find(|declaration| declaration.module == module)
    }
}

/// Adds what a path names, once.
fn add<'a>(named: &mut Vec<(String, Named<'a>)>, path: String, what: Option<Named<'a>>) {
    if let Some(what) = what
        && !named.iter().any(|(_, other)| same(other, &what))
    {
        named.push((path, what));
    }
}

fn same(a: &Named<'_>, b: &Named<'_>) -> bool {
    match (a, b) {
        (Named::Known(a), Named::Known(b)) => a == b,
        (Named::Declared(a), Named::Declared(b)) => std::ptr::eq(*a, *b),
        _ => false,
    }
}
