//! `limits`: what one caller, and all callers together, may take.

use crate::config::settings::Settings;
use crate::config::value::{Value, put};
use crate::rule::{SCRIPT_LIMIT_MILLISECONDS_MOST, SCRIPT_LIMIT_OPERATIONS};
use crate::server::PerCaller;
use crate::yaml::keys::{Keys, Shape, optional, required};

pub static LIMITS: Keys = Keys {
    what: "`limits`",
    keys: &[
        optional("head_bytes", Shape::Whole, "largest head of a request, in bytes"),
        optional("heads_bytes", Shape::Whole, "all heads that are on their way at once, in bytes"),
        optional("headers", Shape::Whole, "headers of a request"),
        optional("body_bytes", Shape::Whole, "largest body of a request, in bytes"),
        optional("bodies_bytes", Shape::Whole, "all bodies at once, in bytes"),
        optional("json_depth", Shape::Whole, "deepest nesting of a body, in levels"),
        optional("json_keys", Shape::Whole, "members of objects and items of lists in a body, all together"),
        optional("head_time_ms", Shape::Whole, "time to send the head of a request, in milliseconds"),
        optional("body_time_ms", Shape::Whole, "time to send a body, in milliseconds"),
        optional("keep_alive_ms", Shape::Whole, "time between two requests of a connection, in milliseconds"),
        optional("connections", Shape::Whole, "connections open at once"),
        optional("connections_per_address", NULL_OR_WHOLE, "connections of one address open at once; null: no limit"),
        optional("requests_at_once", Shape::Whole, "requests answered at once"),
        optional("requests_at_once_per_hook", Shape::Whole, "requests of one hook answered at once"),
        optional("wait_ms", Shape::Whole, "longest wait for a turn when the processor is busy, in milliseconds"),
        optional("per_caller", NULL_OR_PER_CALLER, "how often one address may call; null: as often as it likes"),
        optional("script_ms", Shape::Whole, "time one script may take, in milliseconds"),
        optional("script_operations", Shape::Whole, "operations one script may take"),
        optional("drain_ms", Shape::Whole, "time for requests in progress when hookgate stops, in milliseconds"),
    ],
};

const NULL_OR_WHOLE: Shape = Shape::Either(&[Shape::Text, Shape::Whole]);
const NULL_OR_PER_CALLER: Shape = Shape::Either(&[Shape::Text, Shape::MapOf(&Shape::Any)]);

static PER_CALLER: Keys = Keys {
    what: "`limits.per_caller`",
    keys: &[
        required("per_second", Shape::Whole, "calls a second"),
        optional("burst", Shape::Whole, "calls at once after a pause; left out: as many as in a second"),
        optional("callers", Shape::Whole, "addresses remembered; left out: 10000"),
    ],
};

/// Addresses remembered where nothing is said.
const CALLERS: u64 = 10_000;

/// Takes in one of the limits.
pub fn limit(settings: &mut Settings, key: &str, value: &mut Value<'_, '_>) {
    let (server, budget) = (&mut settings.server, &mut settings.tenant.script_budget);
    match key {
        "head_bytes" => put(&mut server.head_limit_bytes, value.size(1024..=128 << 10)),
        "heads_bytes" => put(&mut server.heads_limit_bytes, value.size(1 << 20..=1 << 40)),
        "headers" => put(&mut server.header_limit, value.size(8..=96)),
        "body_bytes" => put(&mut server.body_limit_bytes, value.size(1024..=64 << 20)),
        "bodies_bytes" => put(&mut server.bodies_limit_bytes, value.size(1 << 20..=1 << 40)),
        "json_depth" => put(&mut server.depth_limit, value.size(4..=128)),
        "json_keys" => put(&mut server.member_limit, value.size(100..=100_000_000)),
        "head_time_ms" => put(&mut server.head_time_limit_ms, value.whole(100..=600_000)),
        "body_time_ms" => put(&mut server.body_time_limit_ms, value.whole(100..=600_000)),
        "keep_alive_ms" => put(&mut server.keep_alive_ms, value.whole(0..=3_600_000)),
        "connections" => put(&mut server.connection_limit, value.size(1..=1_000_000)),
        "connections_per_address" if value.node.is_null() => server.address_connection_limit = None,
        "per_caller" if value.node.is_null() => server.per_caller = None,
        "connections_per_address" => {
            put(&mut server.address_connection_limit, value.size(1..=1_000_000).map(Some));
        }
        "requests_at_once" => put(&mut server.request_limit, value.size(1..=100_000)),
        "requests_at_once_per_hook" => put(&mut server.hook_request_limit, value.size(1..=100_000)),
        "wait_ms" => put(&mut server.wait_limit_ms, value.whole(1..=60_000)),
        "per_caller" => put(&mut server.per_caller, per_caller(value).map(Some)),
        "script_ms" => put(&mut budget.milliseconds, value.whole(1..=SCRIPT_LIMIT_MILLISECONDS_MOST)),
        "script_operations" => put(&mut budget.operations, value.whole(100..=SCRIPT_LIMIT_OPERATIONS)),
        "drain_ms" => put(&mut server.drain_limit_ms, value.whole(0..=600_000)),
        _ => {}
    }
}

fn per_caller(value: &mut Value<'_, '_>) -> Option<PerCaller> {
    let Value { node, reader, .. } = value;
    reader.fields(node, &PER_CALLER)?;
    let mut whole = |key: &str, range, usual: Option<u64>| match node.get(key) {
        Some(node) => reader.whole(node, format!("`{key}`"), range),
        None => usual,
    };
    let per_second = whole("per_second", 1..=1_000_000, None)?;
    let burst = whole("burst", 1..=1_000_000, Some(per_second))?;
    let callers = whole("callers", 2..=10_000_000, Some(CALLERS))?;
    Some(PerCaller {
        per_second: u32::try_from(per_second).ok()?,
        burst: u32::try_from(burst).ok()?,
        callers: usize::try_from(callers).ok()?,
    })
}
