//! The log: one JSON object a line on standard output, filtered by RUST_LOG, each line with the function and the request it belongs to.

use lambda_runtime::Context;
use tracing::Span;
use tracing_subscriber::{EnvFilter, filter::LevelFilter};

/// Starts the log; a second call changes nothing.
pub(crate) fn start() {
    let filter = EnvFilter::builder()
        .with_default_directive(LevelFilter::INFO.into())
        .from_env_lossy();
    let lines = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_env_filter(filter);
    // An error says that the log runs already, which is what was wanted.
    drop(lines.try_init());
}

/// Everything said inside belongs to this invocation.
pub(crate) fn invocation(context: &Context) -> Span {
    tracing::info_span!(
        "invocation",
        function = %context.env_config.function_name,
        request_id = %context.request_id,
        trace_id = context.xray_trace_id.as_deref().unwrap_or_default(),
    )
}
