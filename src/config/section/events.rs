//! `on_failure` and `lookups` of gateway.yaml: what holds for every event.

use std::time::Duration;

use crate::config::declare::section;
use crate::config::draft::Draft;
use crate::config::keys::ON_FAILURE;
use crate::config::value::{Value, put};
use crate::event::Kind;
use crate::yaml::keys::Shape;

section! {
    ON_FAILURES "`on_failure`", take_failure(draft, value, written) {
        "validate" own(ON_FAILURE) => failure(draft, Kind::Validate, value), "when a rule of a validate hook fails";
        "transform" own(ON_FAILURE) => failure(draft, Kind::Transform, value), "when a rule of a transform hook fails";
        "map" own(ON_FAILURE) => failure(draft, Kind::Map, value), "when a rule of a map hook fails";
        "decide" own(ON_FAILURE) => failure(draft, Kind::Decide, value), "when a rule of a decide hook fails";
        "notify" own(ON_FAILURE) => failure(draft, Kind::Notify, value), "when a rule of a notify hook fails";
        "probe" own(ON_FAILURE) => failure(draft, Kind::Probe, value), "when a rule of a probe hook fails";
    }
}

section! {
    LOOKUPS "`lookups`", take_lookups(draft, value, written) {
        "budget_ms" own(Shape::within(1..=60_000)) =>
            put(&mut draft.manners.budget, value.whole(1..=60_000).map(|number| Some(Duration::from_millis(number)))),
            "how long one event waits for all its lookups, in milliseconds";
        "rounds" size(1..=100) => draft.settings.lookup.round_limit,
            "how often one event may ask, each time with the answers before";
    }
}

fn failure(draft: &mut Draft, kind: Kind, value: &mut Value<'_, '_>) {
    if let Some(answer) = value.on_failure() {
        let place = value.reader.place(&value.node.span);
        draft.manners.set_failure(kind, answer, place);
    }
}
