//! Progress as events of `tracing`, where that feature is on.

use crate::run::Event;

/// Tells an event under the target `limbec`.
#[cfg(feature = "tracing")]
pub(crate) fn event(event: &Event<'_>) {
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
        Some((Level::Info, text)) => tracing::info!(target: "limbec", "{text}"),
        Some((Level::Warning, text)) => tracing::warn!(target: "limbec", "{text}"),
        None => {}
    }
}

/// Nobody listens.
#[cfg(not(feature = "tracing"))]
pub(crate) fn event(_: &Event<'_>) {}
