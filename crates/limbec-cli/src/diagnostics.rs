//! Mistakes in files, shown with their source.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use limbec_source::diagnostic::Diagnostic;

/// Renders a mistake: message, file, line, column, the source line, and what helps.
pub(crate) fn render(diagnostic: &Diagnostic, text: &str, colour: bool) -> String {
    let length = text.len();
    let span = diagnostic.span.start.min(length)..diagnostic.span.end.min(length);
    let mut annotation = AnnotationKind::Primary.span(span);
    if let Some(label) = &diagnostic.label {
        annotation = annotation.label(label.as_str());
    }
    let mut snippet = Snippet::source(text)
        .path(diagnostic.path.as_str())
        .annotation(annotation);
    for other in diagnostic
        .secondary
        .iter()
        .filter(|other| other.path == diagnostic.path)
    {
        let span = other.span.start.min(length)..other.span.end.min(length);
        snippet = snippet.annotation(
            AnnotationKind::Context
                .span(span)
                .label(other.label.as_str()),
        );
    }
    let mut group: Group<'_> = Level::ERROR
        .primary_title(diagnostic.message.as_str())
        .element(snippet);
    for help in &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    let renderer = if colour {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    format!("{}\n", renderer.render(&[group]))
}
