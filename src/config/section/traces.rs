//! `traces` of gateway.yaml: where traces go, and which.

use crate::config::declare::section;
use crate::config::draft::Draft;
use crate::config::value::{Value, Written, put};
use crate::diagnostic::code;
use crate::setting::Rows;
use crate::yaml::keys::Shape;

section! {
    TRACES "`traces`", take(draft, value, written) {
        "collector" own(Shape::Text) => collector(draft, value, written),
            "address of a collector of OpenTelemetry; null: no traces";
        "headers" own(Shape::MapOf(&Shape::Text)) => draft.settings.telemetry.traces.headers =
            Rows::new(&written.file, value.reader.report, &code::BAD_SETTING).listed_headers(value.node),
            "headers of every call of the collector";
        "ca" own(Shape::Text) => value.put_file(&mut draft.settings.telemetry.traces.ca),
            "a PEM file with certificate authorities in addition to those of the system";
        "sample_percent" own(Shape::within(0..=100)) => {
            let percent = value.whole(0..=100).and_then(|percent| percent.try_into().ok());
            put(&mut draft.settings.telemetry.traces.sample_percent, percent);
        }, "how many of a hundred events are recorded";
        "service" own(Shape::Text) => {
            let name = value.named("service", "write what the traces are called").map(str::to_owned);
            put(&mut draft.settings.telemetry.traces.service, name);
        }, "the name of the service in traces";
        "timeout_ms" whole(100..=60_000) => draft.settings.telemetry.traces.timeout_ms,
            "longest time that one call of the collector takes, in milliseconds";
    }
}

fn collector(draft: &mut Draft, value: &mut Value<'_, '_>, written: &Written) {
    let there = &mut draft.settings.telemetry.traces.collector;
    if value.node.is_null() {
        *there = None;
        return;
    }
    let mut rows = Rows::new(&written.file, value.reader.report, &code::BAD_SETTING);
    let schemes = [("https://", true), ("http://", false)];
    // What is brought there is names and times: a collector beside hookgate often speaks plain HTTP.
    put(there, rows.address(value.node, "traces.collector", &schemes, false).map(Some));
}
