//! Tests the collector of traces: connects without sending anything.

use std::time::Duration;

use super::tried::{Kind, Tried, Wrong};
use crate::telemetry::traces::{NoTracer, Settings, Tracer, probe};

/// The collector of `traces`; none where it is not set. Made ready at once, since its client may be made on no thread that
/// answers others.
pub fn tried(settings: &Settings, limit: Duration) -> impl Future<Output = Option<Tried>> {
    let ready = Tracer::open(settings).map(|tracer| tracer.stop());
    async move {
        let address = settings.collector.as_ref()?;
        let attempt = async {
            ready.map_err(wrong)?;
            probe(address, settings).await.map_err(wrong)
        };
        Some(Tried::within(limit, Kind::Collector, "traces", address.clone(), attempt).await)
    }
}

fn wrong(NoTracer { message, help }: NoTracer) -> Wrong {
    Wrong { message, help: Some(help) }
}
