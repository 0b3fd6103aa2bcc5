//! Every metric: its name, type, labels and help. Label values come from rules and settings, never from requests.

use std::fmt::Write as _;

use prometheus_client::metrics::MetricType;

/// A metric.
#[derive(Debug)]
pub struct Metric {
    pub name: &'static str,
    pub kind: MetricType,
    pub labels: &'static [&'static str],
    /// One sentence, for the page and for docs/metrics.md.
    pub help: &'static str,
}

/// Declares the metrics: a constant, its kind, its name, its labels, its help; and `ALL` of them.
macro_rules! metrics {
    ($($constant:ident = $kind:ident $name:literal $labels:tt $help:literal;)*) => {
        $(#[doc = $help] pub static $constant: Metric =
            Metric { name: $name, kind: MetricType::$kind, labels: &$labels, help: $help };)*
        /// Every metric, in the order of docs/metrics.md.
        pub static ALL: &[&Metric] = &[$(&$constant),*];
    };
}

metrics! {
    REQUESTS = Counter "hookgate_requests_total" ["hook", "outcome"]
        "Requests to a hook: answered, unavailable (503, the caller may try again), refused (before it became an event) or abandoned (cut off before its answer).";
    REQUEST_DURATION = Histogram "hookgate_request_duration_seconds" ["hook"]
        "Time from the head of a request to its answer, with all waiting.";
    REFUSALS = Counter "hookgate_refusals_total" ["reason"]
        "Requests that the server refused, by the code that the caller got; under overload, by what was exhausted. Requests to unknown hooks are included.";
    AUTH_REFUSALS = Counter "hookgate_auth_refusals_total" ["reason"]
        "Calls that authentication refused, by reason. `hookgate_refusals_total` counts each too, by the code that the caller got. Every reason is there from the start.";
    AUTH_OBSERVED = Counter "hookgate_auth_observed_total" ["reason"]
        "How often a method of `auth` that only observes would have refused a call, by reason. Every reason is there from the start.";
    IN_FLIGHT = Gauge "hookgate_requests_in_flight" []
        "Requests being answered now.";
    SHED = Counter "hookgate_requests_shed_total" []
        "Requests answered with 503 because too many were being answered.";
    PANICS = Counter "hookgate_panics_total" []
        "Requests answered with 500 because of a fault of hookgate.";
    CONNECTIONS = Gauge "hookgate_connections" []
        "Connections of callers that are open now.";
    CUT = Counter "hookgate_connections_cut_total" []
        "Connections that were cut because nothing useful happened on them.";
    CROWDED = Counter "hookgate_connections_crowded_total" []
        "Connections that were closed at once because their address already had as many as `limits.connections_per_address`.";
    CERTIFICATE_EXPIRY = Gauge "hookgate_certificate_expiry_timestamp_seconds" []
        "When the certificate in force expires, in seconds since 1970; absent without TLS.";
    DECISIONS = Counter "hookgate_decisions_total" ["hook", "rule", "verdict"]
        "Decisions, by the rule that decided or was the last to change the user; rule is empty if none did. A rule appears with its first decision.";
    AUDITS = Counter "hookgate_audits_total" ["hook", "rule"]
        "How often a rule in audit mode held.";
    RULE_SKIPS = Counter "hookgate_rule_skips_total" ["hook", "rule"]
        "How often a rule was skipped: its condition needs a date that could not be read, or it failed and has `on_failure: skip`. The log says why.";
    EVALUATION_DURATION = Histogram "hookgate_evaluation_duration_seconds" ["hook"]
        "Time the rules took to decide an event, without what they waited for.";
    RULES = Gauge "hookgate_rules" []
        "Rules in force.";
    RULES_INFO = Gauge "hookgate_rules_info" ["hash"]
        "Always 1; the label is the beginning of the hash of the rules in force.";
    RULES_LOADED = Gauge "hookgate_rules_loaded_timestamp_seconds" []
        "When the rules in force were loaded, in seconds since 1970.";
    RULES_WARNINGS = Gauge "hookgate_rules_warnings" []
        "Warnings about the rules in force; `GET /rules` and the log list them.";
    RELOADS = Counter "hookgate_reloads_total" ["result"]
        "Changes of the rules folder: loaded, or failed (the old rules stayed in force).";
    RULES_REFUSED = Gauge "hookgate_rules_refused" []
        "1 while a mistake keeps the rules folder from being in force, else 0.";
    RULES_SOURCE = Gauge "hookgate_rules_source" ["source"]
        "1 for the source of the rules in force, 0 for the others: the folder, `last_good` (the folder had a mistake at the start, so the last good rules serve) or `rolled_back`.";
    TABLE_KEPT_AGE = Gauge "hookgate_table_kept_age_seconds" ["table"]
        "Age of the old rows that stay in force because the table's file has lost too many rows; absent for other tables.";
    LOOKUPS = Counter "hookgate_lookups_total" ["lookup", "result"]
        "Questions of lookups over connections: rows, none, `stood_in` (by `on_error`) or failed.";
    LOOKUP_CACHE_HITS = Counter "hookgate_lookup_cache_hits_total" ["lookup"]
        "Questions answered from the cache, or together with an equal question, without asking the source.";
    LOOKUP_DURATION = Histogram "hookgate_lookup_duration_seconds" ["lookup"]
        "Time a source took to answer a question or to fail, with the wait for its turn.";
    CONNECTION_BREAKER = Gauge "hookgate_connection_breaker_state" ["connection", "state"]
        "1 for the state of the connection's circuit breaker: closed (in use), open (not used) or `half_open` (tried again).";
    CONNECTION_LOGIN_REFUSED = Gauge "hookgate_connection_login_refused" ["connection"]
        "1 while the last login of a connection to a database or directory was refused. It is tried again after 30 seconds, or at once with a changed password.";
    OUTBOX_WAITING = Gauge "hookgate_outbox_waiting" []
        "Deliveries that wait in the outbox, at most ten seconds old. Gateways that share an outbox show the same number.";
    OUTBOX_OLDEST = Gauge "hookgate_outbox_oldest_age_seconds" []
        "Age of the oldest delivery that waits in the outbox, 0 if none waits.";
    OUTBOX_DEAD = Gauge "hookgate_outbox_dead_letters" []
        "Dead letters in the outbox.";
    OUTBOX_IN_MEMORY = Gauge "hookgate_outbox_in_memory" ["state"]
        "Deliveries with secrets, waiting or dead, that are only in the memory of this gateway and are lost when it stops. Absent if gateway.yaml has `outbox.encryption_key`, or no `outbox.memory_for_secrets: true`.";
    OUTBOX_STORABLE = Gauge "hookgate_outbox_storable" []
        "1 while deliveries can be stored; 0 means that callers of events with deliveries get 503.";
    REPETITIONS = Counter "hookgate_repetitions_total" []
        "Events that sent nothing because they repeat the last event of their hook, person and application, within `outbox.window_ms`. The log has each.";
    DELIVERIES = Counter "hookgate_deliveries_total" ["destination", "result"]
        "Attempts to deliver: delivered, again (tried later) or dead (not tried any more).";
    DELIVERIES_LOCKED = Gauge "hookgate_deliveries_locked" ["destination"]
        "Deliveries seen in the last minute that no key of this gateway can decrypt. They wait for a gateway with the right key.";
    DESTINATION_BREAKER = Gauge "hookgate_destination_breaker_state" ["destination", "state"]
        "1 for the state of the destination's circuit breaker: closed (in use), open (not used) or `half_open` (tried again).";
    DESTINATION_PAUSED = Gauge "hookgate_destination_paused" ["destination"]
        "1 while somebody has paused the destination in the console: what is for it waits, until it is resumed or hookgate restarts.";
    JOURNAL_RECORDS = Counter "hookgate_journal_records_total" ["result"]
        "Decisions for the journal: written, dropped (the queue was full) or failed (they could not be written); absent without a journal.";
    JOURNAL_WRITABLE = Gauge "hookgate_journal_writable" []
        "1 while decisions can be recorded; 0 means that they are not, and events are answered all the same. Absent if `journal.file` is null.";
    LOG_LINES_DROPPED = Counter "hookgate_log_lines_dropped_total" []
        "Log lines that were lost because the reader of the log was too slow.";
    TRACE_SPANS = Counter "hookgate_trace_spans_total" ["result"]
        "Spans of recorded traces: made, brought to the collector, failed (the collector did not take them) or dropped (2048 waited already). The other spans still wait or have not ended.";
    BUILD_INFO = Gauge "hookgate_build_info" ["version", "commit", "features"]
        "Always 1; the labels say which build runs. The commit is empty if the build did not know it.";
    PROCESS_START = Gauge "process_start_time_seconds" []
        "When the process started, in seconds since 1970.";
    PROCESS_CPU = Counter "process_cpu_seconds_total" []
        "Processor time the process has used.";
    PROCESS_RESIDENT = Gauge "process_resident_memory_bytes" []
        "Memory the process has in use, in bytes.";
    PROCESS_FDS = Gauge "process_open_fds" []
        "Files and sockets the process has open.";
    PROCESS_MAX_FDS = Gauge "process_max_fds" []
        "Files and sockets the process may have open.";
}

/// The whole table as docs/metrics.md.
#[must_use]
pub fn to_markdown() -> String {
    let mut out = String::from(
        "# Every metric of hookgate\n\n\
         Generated from the program's own table; a test fails when this page is stale. `GET /metrics` of the\n\
         [admin listener](operating/watch.md) has them. Values of labels come from rules and settings, never from\n\
         requests.\n\n\
         | metric | kind | labels | says |\n|---|---|---|---|\n",
    );
    for Metric { name, kind, labels, help } in ALL {
        let labels: Vec<String> = labels.iter().map(|label| format!("`{label}`")).collect();
        let _ = writeln!(out, "| `{name}` | {} | {} | {help} |", kind.as_str(), labels.join(", "));
    }
    out
}
