//! Mistakes while they are still spans of tokens: the reader makes [`Diagnostic`]s of them, a
//! macro makes compile errors of them.

use std::ops::Range;

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

use crate::diagnostic::{Diagnostic, Secondary};
use crate::source::range;

/// A place: the file by its number, and the span in it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) file: usize,
    pub(crate) span: Span,
}

/// The path and the bytes of a place. `files` gives each file's path and what was cut off before
/// its tokens.
pub(crate) fn located(place: Place, files: &[(&str, usize)]) -> (String, Range<usize>) {
    let (path, offset) = files.get(place.file).copied().unwrap_or_default();
    let range = range(place.span);
    (path.to_string(), range.start + offset..range.end + offset)
}

/// A value with its place.
#[derive(Debug, Clone)]
pub(crate) struct At<T> {
    pub(crate) value: T,
    pub(crate) span: Span,
}

/// What is written, without its places.
pub(crate) fn values<T: Clone>(written: &[At<T>]) -> Vec<T> {
    written.iter().map(|it| it.value.clone()).collect()
}

/// A mistake with its place.
#[derive(Debug, Clone)]
pub(crate) struct Mistake {
    pub(crate) message: String,
    pub(crate) place: Place,
    pub(crate) label: Option<String>,
    pub(crate) help: Vec<String>,
    pub(crate) others: Vec<(Place, String)>,
}

impl Mistake {
    pub(crate) fn label(&mut self, label: impl Into<String>) -> &mut Self {
        self.label = Some(label.into());
        self
    }

    pub(crate) fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help.push(help.into());
        self
    }

    /// Adds a help where there is one.
    pub(crate) fn maybe_help(&mut self, help: Option<String>) -> &mut Self {
        self.help.extend(help);
        self
    }

    pub(crate) fn other(&mut self, place: Place, label: impl Into<String>) -> &mut Self {
        self.others.push((place, label.into()));
        self
    }
}

/// The mistakes found so far.
#[derive(Debug, Default)]
pub(crate) struct Mistakes {
    pub(crate) list: Vec<Mistake>,
    /// The file that [`Mistakes::at`] is about.
    pub(crate) file: usize,
}

impl Mistakes {
    /// Adds a mistake of the file at hand.
    pub(crate) fn at(&mut self, span: Span, message: impl Into<String>) -> &mut Mistake {
        self.list.push(Mistake {
            message: message.into(),
            place: Place {
                file: self.file,
                span,
            },
            label: None,
            help: Vec::new(),
            others: Vec::new(),
        });
        let last = self.list.len() - 1;
        &mut self.list[last]
    }

    /// A place of the file at hand.
    pub(crate) fn place(&self, span: Span) -> Place {
        Place {
            file: self.file,
            span,
        }
    }

    /// Makes diagnostics of them, in the order of their places; `files` as for [`located`].
    pub(crate) fn diagnostics(self, files: &[(&str, usize)]) -> Vec<Diagnostic> {
        let mut found: Vec<(usize, Diagnostic)> = self
            .list
            .into_iter()
            .map(|mistake| {
                let (path, span) = located(mistake.place, files);
                let secondary = mistake
                    .others
                    .into_iter()
                    .map(|(place, label)| {
                        let (path, span) = located(place, files);
                        Secondary { path, span, label }
                    })
                    .collect();
                let diagnostic = Diagnostic {
                    message: mistake.message,
                    path,
                    span,
                    label: mistake.label,
                    help: mistake.help,
                    secondary,
                };
                (mistake.place.file, diagnostic)
            })
            .collect();
        found.sort_by_key(|(file, diagnostic)| (*file, diagnostic.span.start));
        found
            .into_iter()
            .map(|(_, diagnostic)| diagnostic)
            .collect()
    }

    /// Makes `compile_error!`s of them, each at its span.
    pub(crate) fn compile_errors(&self) -> TokenStream {
        self.list
            .iter()
            .map(|mistake| {
                let mut text = mistake.message.clone();
                for help in &mistake.help {
                    text.push_str("\n= help: ");
                    text.push_str(help);
                }
                quote_spanned!(mistake.place.span=> ::core::compile_error! { #text })
            })
            .collect()
    }
}
