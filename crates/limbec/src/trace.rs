//! Progress as events of `tracing`, where that feature is on.

use crate::run::{Error, Event, Outcome};

/// Tells an event under the target `limbec`.
#[cfg(feature = "tracing")]
pub(crate) fn event(event: &Event<'_>) {
    use limbec_core::text::one_line;

    use crate::report::{Level, progress};

    if let Event::Step {
        step,
        number,
        total,
        ..
    } = event
    {
        tracing::info!(target: "limbec", revision = step.id(), number, total, "{step}");
        return;
    }
    match progress(event) {
        Some((Level::Info, text)) => tracing::info!(target: "limbec", "{}", one_line(&text)),
        Some((Level::Warning, text)) => tracing::warn!(target: "limbec", "{}", one_line(&text)),
        None => {}
    }
}

/// Tells how it ended: where the database is, or what is wrong and what to do next.
#[cfg(feature = "tracing")]
pub(crate) fn end(result: &Result<Outcome, Error>) {
    match result {
        Ok(outcome) => {
            let rows = outcome.rows.join(", ");
            let at = if rows.is_empty() { "base" } else { &rows };
            let ran = outcome.revisions.len();
            let at = limbec_core::text::one_line(at);
            tracing::info!(target: "limbec", ran, "The database is at {at}");
        }
        Err(error) => tracing::error!(target: "limbec", "{error:#}"),
    }
}

/// Nobody listens.
#[cfg(not(feature = "tracing"))]
pub(crate) fn event(_: &Event<'_>) {}

/// Nobody listens.
#[cfg(not(feature = "tracing"))]
pub(crate) fn end(_: &Result<Outcome, Error>) {}
