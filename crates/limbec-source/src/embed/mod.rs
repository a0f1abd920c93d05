//! `embed!`: the revisions of a project, read while a program is compiled, as an expression.
//!
//! Input: the tokens in the macro's parentheses and where the compiler is ([`Place`]). Output: an
//! expression of type `limbec::Migrations` that holds the revisions as bytes; or an error of the
//! compiler for everything that is wrong with them, each with its file, line and column.
//!
//! A macro on a stable compiler can tell it which files it has read, but not which folders. So
//! changed files are always noticed, and new ones where the package's build script names the
//! folder; where it does not, the expression brings a warning that says what to write.

mod files;
mod mistakes;
mod tracking;

use std::path::{Path, PathBuf};

use limbec_core::packed;
use proc_macro2::{Literal, TokenStream, TokenTree};
use quote::quote;

use files::Files;
use mistakes::Mistake;

use crate::{project, revisions};

/// Where the compiler is when it meets the macro.
#[derive(Debug, Clone, Default)]
pub struct Place {
    /// The folder of the package's Cargo.toml.
    pub package: PathBuf,
    /// The folder that the compiler runs in: errors name files relative to it.
    pub here: PathBuf,
    /// The folder that cargo gives the package's build script to write to, where it has one.
    pub out: Option<PathBuf>,
}

/// Expands `embed!()` and `embed!("path/to/limbec.toml")`.
pub fn expand(input: TokenStream, place: &Place) -> TokenStream {
    let config = match config(input, place) {
        Ok(config) => config,
        Err(mistake) => return errors(&[mistake], &[]),
    };
    let (files, mistakes) = Files::read(&config, &place.here);
    if !mistakes.is_empty() {
        return errors(&mistakes, &files.paths);
    }
    let tracked = tracked(&files.paths);
    let warning = tracking::warning(place, &files.locations);
    let bytes = Literal::byte_string(&packed::pack(&files.settings, &files.revisions));
    quote! {{
        #tracked
        #warning
        ::limbec::Migrations::from_packed(#bytes)
    }}
}

/// The project's file: the one given, else the nearest one upward.
fn config(input: TokenStream, place: &Place) -> Result<PathBuf, Mistake> {
    let mut input = input.into_iter();
    let given = match (input.next(), input.next()) {
        (None, _) => {
            return project::find_upward(&place.package).ok_or_else(|| {
                Mistake::new(format!(
                    "no {} was found in {} or above",
                    project::FILE,
                    place.package.display()
                ))
                .help("`limbec init` starts a project; `embed!(\"../path/limbec.toml\")` names one")
            });
        }
        (Some(TokenTree::Literal(literal)), None) => revisions::string(&literal.to_string()),
        _ => None,
    };
    let Some(given) = given else {
        return Err(Mistake::new(
            "`embed!` takes nothing, or the path of a limbec.toml as a string",
        ));
    };
    let path = place.package.join(given);
    let file = if path.is_dir() {
        path.join(project::FILE)
    } else {
        path
    };
    if file.is_file() {
        return Ok(file);
    }
    Err(Mistake::new(format!("there is no file {}", file.display()))
        .help("the path is relative to the package's Cargo.toml"))
}

/// Tells the compiler what was read, so that a change builds the program anew.
fn tracked(paths: &[PathBuf]) -> TokenStream {
    let paths = paths.iter().filter_map(|path| path.to_str());
    quote! { const _: &[&[u8]] = &[#(::core::include_bytes!(#paths)),*]; }
}

fn errors(mistakes: &[Mistake], read: &[PathBuf]) -> TokenStream {
    let texts = mistakes.iter().map(ToString::to_string);
    let tracked = tracked(read);
    quote! {{
        #tracked
        #(::core::compile_error!(#texts);)*
        ::limbec::Migrations::from_packed(b"")
    }}
}

/// A path as the compiler shows it: relative to the folder that it runs in.
fn shown(path: &Path, here: &Path) -> String {
    path.strip_prefix(here)
        .unwrap_or(path)
        .display()
        .to_string()
}
