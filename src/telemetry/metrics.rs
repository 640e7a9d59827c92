//! CloudWatch's embedded metric format: which fields of a log line are metrics.

use serde::Serialize;

use super::Facts;

/// The namespace of the metrics.
pub const NAMESPACE: &str = "TencentChatWebhook";

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct EmbeddedMetrics {
    timestamp: u64,
    cloud_watch_metrics: Vec<MetricDirective>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct MetricDirective {
    namespace: &'static str,
    dimensions: &'static [&'static [&'static str]],
    metrics: Vec<Metric>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Metric {
    name: &'static str,
    unit: &'static str,
}

impl EmbeddedMetrics {
    /// Callbacks by command, outcome and reason; times for all of them together, as each dimension has a price.
    pub(super) fn of(timestamp: u64, has_reason: bool, facts: &Facts<'_>) -> Self {
        let metric = |name, unit| Metric { name, unit };
        let directive = |dimensions, metrics| MetricDirective { namespace: NAMESPACE, dimensions, metrics };
        let mut times = Vec::new();
        times.extend(facts.store_time.map(|_| metric("StoreTime", "Milliseconds")));
        times.extend(facts.lag.map(|_| metric("Lag", "Milliseconds")));
        let mut directives = vec![directive(by(has_reason), vec![metric("Callbacks", "Count")])];
        if !times.is_empty() {
            directives.push(directive(&[&["function_name"]], times));
        }
        Self { timestamp, cloud_watch_metrics: directives }
    }
}

/// The dimensions of `Callbacks`.
const fn by(has_reason: bool) -> &'static [&'static [&'static str]] {
    const OUTCOME: &[&str] = &["function_name", "outcome"];
    const COMMAND: &[&str] = &["function_name", "command", "outcome"];
    const REASON: &[&str] = &["function_name", "outcome", "reason"];
    if has_reason { &[OUTCOME, COMMAND, REASON] } else { &[OUTCOME, COMMAND] }
}
