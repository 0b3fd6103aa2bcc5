//! `limits` of gateway.yaml: what one caller, and all callers together, may use.

use crate::config::declare::section;
use crate::config::value::{Value, put};
use crate::rule::{SCRIPT_LIMIT_MILLISECONDS_MOST, SCRIPT_LIMIT_OPERATIONS};
use crate::server::PerCaller;
use crate::yaml::keys::{Keys, Shape, optional, required};

section! {
    LIMITS "`limits`", take(draft, value, written) {
        "head_bytes" size(1024..=128 << 10) => draft.settings.server.head_limit_bytes,
            "largest head of a request, in bytes";
        "heads_bytes" size(1 << 20..=1 << 40) => draft.settings.server.heads_limit_bytes,
            "all heads that are on their way at once, in bytes";
        "headers" size(8..=96) => draft.settings.server.header_limit,
            "headers of a request";
        "body_bytes" size(1024..=64 << 20) => draft.settings.server.body_limit_bytes,
            "largest body of a request, in bytes";
        "bodies_bytes" size(1 << 20..=1 << 40) => draft.settings.server.bodies_limit_bytes,
            "all bodies at once, in bytes";
        "json_depth" size(4..=128) => draft.settings.server.depth_limit,
            "deepest nesting of a body, in levels";
        "json_keys" size(100..=100_000_000) => draft.settings.server.member_limit,
            "members of objects and items of lists in a body, all together";
        "head_time_ms" whole(100..=600_000) => draft.settings.server.head_time_limit_ms,
            "time to send the head of a request, in milliseconds";
        "body_time_ms" whole(100..=600_000) => draft.settings.server.body_time_limit_ms,
            "time to send a body, in milliseconds";
        "keep_alive_ms" whole(0..=3_600_000) => draft.settings.server.keep_alive_ms,
            "time between two requests of a connection, in milliseconds";
        "connections" size(1..=1_000_000) => draft.settings.server.connection_limit,
            "connections open at once";
        "connections_per_address" own(NULL_OR_WHOLE) => if value.node.is_null() {
            draft.settings.server.address_connection_limit = None;
        } else {
            put(&mut draft.settings.server.address_connection_limit, value.size(1..=1_000_000).map(Some));
        }, "connections of one address open at once; null: no limit";
        "requests_at_once" size(1..=100_000) => draft.settings.server.request_limit,
            "requests answered at once";
        "requests_at_once_per_hook" size(1..=100_000) => draft.settings.server.hook_request_limit,
            "requests of one hook answered at once";
        "wait_ms" whole(1..=60_000) => draft.settings.server.wait_limit_ms,
            "longest wait for a turn when the processor is busy, in milliseconds";
        "per_caller" own(NULL_OR_PER_CALLER) => if value.node.is_null() {
            draft.settings.server.per_caller = None;
        } else {
            put(&mut draft.settings.server.per_caller, per_caller(value).map(Some));
        }, "how often one address may call; null: as often as it likes";
        "script_ms" whole(1..=SCRIPT_LIMIT_MILLISECONDS_MOST) => draft.settings.tenant.script_budget.milliseconds,
            "time one script may take, in milliseconds";
        "script_operations" whole(100..=SCRIPT_LIMIT_OPERATIONS) => draft.settings.tenant.script_budget.operations,
            "operations one script may take";
        "drain_ms" whole(0..=600_000) => draft.settings.server.drain_limit_ms,
            "time for requests in progress when hookgate stops, in milliseconds";
    }
}

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
