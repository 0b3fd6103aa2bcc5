//! `traces:` of gateway.yaml: where traces go, and which.

use crate::config::value::{Value, put};
use crate::diagnostic::code;
use crate::setting::Rows;
use crate::telemetry::traces::Settings;
use crate::yaml::keys::{Keys, Shape, optional};

/// The keys of `traces`.
pub static TRACES: Keys = Keys {
    what: "`traces`",
    keys: &[
        optional("collector", Shape::Text, "address of a collector of OpenTelemetry; null: no traces"),
        optional("headers", Shape::MapOf(&Shape::Text), "headers of every call of the collector"),
        optional("ca", Shape::Text, "a PEM file with certificate authorities beside those of the system"),
        optional("sample_percent", Shape::Whole, "how many of a hundred events are recorded"),
        optional("service", Shape::Text, "the name of the service in traces"),
        optional("timeout_ms", Shape::Whole, "longest time that one call of the collector takes, in milliseconds"),
    ],
};

/// Takes in one of them.
pub fn traces(settings: &mut Settings, key: &str, value: &mut Value<'_, '_>) {
    match key {
        "collector" if value.node.is_null() => settings.collector = None,
        "collector" => {
            let mut rows = Rows::new(&value.reader.file, value.reader.report, &code::BAD_SETTING);
            let schemes = [("https://", true), ("http://", false)];
            // What is brought there is names and times: a collector beside hookgate often speaks plain HTTP.
            put(&mut settings.collector, rows.address(value.node, "traces.collector", &schemes, false).map(Some));
        }
        "headers" => {
            settings.headers =
                Rows::new(&value.reader.file, value.reader.report, &code::BAD_SETTING).listed_headers(value.node);
        }
        "ca" => value.put_file(&mut settings.ca),
        "sample_percent" => {
            put(&mut settings.sample_percent, value.whole(0..=100).and_then(|percent| percent.try_into().ok()));
        }
        "service" => {
            let name = value.named("service", "write what the traces are called");
            put(&mut settings.service, name.map(str::to_owned));
        }
        "timeout_ms" => put(&mut settings.timeout_ms, value.whole(100..=60_000)),
        _ => {}
    }
}
