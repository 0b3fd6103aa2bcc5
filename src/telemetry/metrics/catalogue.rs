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
        "Requests to a hook: answered, unavailable (503, the caller may come again), refused (turned away before it was an event) or abandoned (cut off before its answer).";
    REQUEST_DURATION = Histogram "hookgate_request_duration_seconds" ["hook"]
        "Time from the head of a request to its answer, all it waits for included.";
    REFUSALS = Counter "hookgate_refusals_total" ["reason"]
        "Requests that the door turned away, by the code that the caller got and, of too much at once, what there was too little of; requests to no hook too.";
    AUTH_REFUSALS = Counter "hookgate_auth_refusals_total" ["reason"]
        "Calls that may not come in, by why; each stands among `hookgate_refusals_total` too, under the code that the caller got. Every reason is there from the start.";
    AUTH_OBSERVED = Counter "hookgate_auth_observed_total" ["reason"]
        "How often a method of `auth` that only observes would have refused a call, by why. Every reason is there from the start.";
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
        "Connections that were closed at once because their address had as many as `limits.connections_per_address`.";
    CERTIFICATE_EXPIRY = Gauge "hookgate_certificate_expiry_timestamp_seconds" []
        "When the certificate in force expires, in seconds since 1970; not there where nothing is encrypted.";
    DECISIONS = Counter "hookgate_decisions_total" ["hook", "rule", "verdict"]
        "Decisions, by the rule that decided, or changed the user last; rule is empty where none did. A rule appears with its first decision.";
    AUDITS = Counter "hookgate_audits_total" ["hook", "rule"]
        "How often a rule in audit mode held.";
    RULE_SKIPS = Counter "hookgate_rule_skips_total" ["hook", "rule"]
        "How often a rule was skipped: a date that decides about it could not be read, or it failed and says `on_failure: skip`. The log says why.";
    EVALUATION_DURATION = Histogram "hookgate_evaluation_duration_seconds" ["hook"]
        "Time the rules took to decide an event, without what they waited for.";
    RULES = Gauge "hookgate_rules" []
        "Rules in force.";
    RULES_INFO = Gauge "hookgate_rules_info" ["hash"]
        "Always 1; the label is the beginning of the hash of the rules in force.";
    RULES_LOADED = Gauge "hookgate_rules_loaded_timestamp_seconds" []
        "When the rules in force were loaded, in seconds since 1970.";
    RULES_WARNINGS = Gauge "hookgate_rules_warnings" []
        "Warnings about the rules in force, as `GET /rules` and the log tell them.";
    RELOADS = Counter "hookgate_reloads_total" ["result"]
        "Changes of the rules folder: loaded, or failed (the rules from before stayed in force).";
    RULES_REFUSED = Gauge "hookgate_rules_refused" []
        "1 while what is in the rules folder is not in force because of a mistake in it, else 0.";
    RULES_SOURCE = Gauge "hookgate_rules_source" ["source"]
        "1 for where the rules in force come from, 0 for the others: the folder, `last_good` (those of the folder had a mistake at the start, and these were in force last) or `rolled_back`.";
    TABLE_KEPT_AGE = Gauge "hookgate_table_kept_age_seconds" ["table"]
        "Age of the rows in force of a table whose file has lost too many rows to be taken; not there for other tables.";
    LOOKUPS = Counter "hookgate_lookups_total" ["lookup", "result"]
        "Questions of lookups over connections: rows, none, `stood_in` (by `on_error`) or failed.";
    LOOKUP_CACHE_HITS = Counter "hookgate_lookup_cache_hits_total" ["lookup"]
        "Questions answered from what was kept, or together with an equal question, without asking the source.";
    LOOKUP_DURATION = Histogram "hookgate_lookup_duration_seconds" ["lookup"]
        "Time a source took to answer a question, or to fail, waiting for a place included.";
    CONNECTION_BREAKER = Gauge "hookgate_connection_breaker_state" ["connection", "state"]
        "1 for the state the connection's circuit breaker is in: closed (asked), open (left alone) or `half_open` (tried).";
    CONNECTION_LOGIN_REFUSED = Gauge "hookgate_connection_login_refused" ["connection"]
        "1 while the last login of a connection to a database or directory was refused. It is tried again after 30 seconds, or at once with a changed password.";
    OUTBOX_WAITING = Gauge "hookgate_outbox_waiting" []
        "Deliveries that wait in the outbox, at most ten seconds ago. Gateways that share an outbox all say the same.";
    OUTBOX_OLDEST = Gauge "hookgate_outbox_oldest_age_seconds" []
        "Age of the oldest delivery that waits in the outbox, 0 where none does.";
    OUTBOX_DEAD = Gauge "hookgate_outbox_dead_letters" []
        "Dead letters in the outbox.";
    OUTBOX_IN_MEMORY = Gauge "hookgate_outbox_in_memory" ["state"]
        "Deliveries with secrets that this gateway has in memory, waiting or dead, and loses when it stops; not there where gateway.yaml has `outbox.encryption_key`, or no `outbox.memory_for_secrets: true`.";
    OUTBOX_STORABLE = Gauge "hookgate_outbox_storable" []
        "1 while what events send can be stored; 0 means that callers of such events get 503.";
    REPETITIONS = Counter "hookgate_repetitions_total" []
        "Events that sent nothing because the same event had come within `outbox.window_ms`, with no other of its hook, person and application in between. The log has each.";
    DELIVERIES = Counter "hookgate_deliveries_total" ["destination", "result"]
        "Attempts to deliver: delivered, again (it is tried later) or dead (it is tried no more).";
    DELIVERIES_LOCKED = Gauge "hookgate_deliveries_locked" ["destination"]
        "Deliveries that wait because no key of this gateway opens them, of those it met in the last minute. They are left to gateways that can.";
    DESTINATION_BREAKER = Gauge "hookgate_destination_breaker_state" ["destination", "state"]
        "1 for the state the destination's circuit breaker is in: closed (sent to), open (left alone) or `half_open` (tried).";
    JOURNAL_RECORDS = Counter "hookgate_journal_records_total" ["result"]
        "Decisions for the journal: written, dropped (for want of room in the queue) or failed (they could not be written); not there where nothing is recorded.";
    JOURNAL_WRITABLE = Gauge "hookgate_journal_writable" []
        "1 while decisions can be recorded; 0 means that they are not, and events are answered all the same. Not there where `journal.file` is null.";
    LOG_LINES_DROPPED = Counter "hookgate_log_lines_dropped_total" []
        "Lines of the log that were lost because whoever reads it was too slow or took none.";
    TRACE_SPANS = Counter "hookgate_trace_spans_total" ["result"]
        "Spans of recorded traces: made, and of these brought to the collector, failed (it did not take them) or dropped (2048 waited already). What is neither waits, or has not ended.";
    BUILD_INFO = Gauge "hookgate_build_info" ["version", "commit", "features"]
        "Always 1; the labels say what runs. The commit is empty where the build was not told it.";
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
