//! Mistakes in files, shown with their source.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use limbec_core::text::{one_line, printable};
use limbec_source::diagnostic::Diagnostic;

/// Renders a mistake: message, file, line, column, the source line, and what helps.
pub(crate) fn render(diagnostic: &Diagnostic, text: &str, colour: bool) -> String {
    let text = &shown(text);
    let message = printable(&diagnostic.message);
    let path = one_line(&diagnostic.path);
    let length = text.len();
    let span = diagnostic.span.start.min(length)..diagnostic.span.end.min(length);
    let mut annotation = AnnotationKind::Primary.span(span);
    if let Some(label) = &diagnostic.label {
        annotation = annotation.label(printable(label));
    }
    let mut snippet = Snippet::source(text).path(path).annotation(annotation);
    for other in diagnostic
        .secondary
        .iter()
        .filter(|other| other.path == diagnostic.path)
    {
        let span = other.span.start.min(length)..other.span.end.min(length);
        snippet = snippet.annotation(
            AnnotationKind::Context
                .span(span)
                .label(printable(&other.label)),
        );
    }
    let mut group: Group<'_> = Level::ERROR.primary_title(message).element(snippet);
    for help in &diagnostic.help {
        group = group.element(Level::HELP.message(printable(help)));
    }
    let renderer = if colour {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    format!("{}\n", renderer.render(&[group]))
}

/// The source, in which nothing acts on a terminal. The renderer shows the control characters of ASCII
/// and those that turn the direction of text by symbols; what it leaves is replaced by as many bytes, so
/// that every place stays where it is.
fn shown(text: &str) -> String {
    text.chars()
        .map(|letter| match letter {
            '\u{80}'..='\u{9f}' => '¿',
            '\u{2028}' | '\u{2029}' => '\u{fffd}',
            letter => letter,
        })
        .collect()
}
