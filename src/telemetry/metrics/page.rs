//! Writes the page for Prometheus, in its text format 0.0.4, from what each part of the program reports.

use std::fmt;
use std::sync::Arc;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::encode_registry;
use prometheus_client::encoding::{DescriptorEncoder, EncodeGaugeValue, MetricEncoder, NoLabelSet};
use prometheus_client::registry::Registry;

use super::catalogue::Metric;
use super::sample::Sample;
use super::times::Times;

/// Something that has numbers about itself. Each metric is told by one of them alone.
pub trait Measured: fmt::Debug + Send + Sync + 'static {
    /// Writes the numbers as they are now.
    fn tell(&self, page: &mut Page<'_>);

    /// Adds what it counts of requests by hook, for the last hour; most count nothing of the kind.
    fn sample(&self, _sample: &mut Sample) {}
}

/// The page while it is written.
#[derive(Debug)]
pub struct Page<'p> {
    encoder: DescriptorEncoder<'p>,
    outcome: fmt::Result,
}

impl Page<'_> {
    /// A metric without labels.
    pub fn number(&mut self, metric: &Metric, number: impl EncodeGaugeValue) {
        self.numbers(metric, [([], number)]);
    }

    /// A metric with a row for each set of labels, whose values stand in the metric's order. Of a metric without rows
    /// nothing is written.
    pub fn numbers<'l, const L: usize, N: EncodeGaugeValue>(
        &mut self,
        metric: &Metric,
        rows: impl IntoIterator<Item = ([&'l str; L], N)>,
    ) {
        // Counters too: the text format writes both alike, and the library would put a second `_total` behind a name.
        self.rows(metric, rows, |encoder, number| encoder.encode_gauge(&number));
    }

    /// A histogram with a row for each set of labels.
    pub fn times<'l, 't, const L: usize>(
        &mut self,
        metric: &Metric,
        rows: impl IntoIterator<Item = ([&'l str; L], &'t Times)>,
    ) {
        self.rows(metric, rows, |encoder, times| {
            let reading = times.read();
            encoder.encode_histogram::<NoLabelSet>(reading.sum_s, reading.count, &reading.buckets, None)
        });
    }

    fn rows<'l, const L: usize, V>(
        &mut self,
        metric: &Metric,
        rows: impl IntoIterator<Item = ([&'l str; L], V)>,
        write: impl Fn(&mut MetricEncoder<'_>, V) -> fmt::Result,
    ) {
        let mut rows = rows.into_iter().peekable();
        if self.outcome.is_ok() && rows.peek().is_some() {
            self.outcome = self.family(metric, rows, write);
        }
    }

    fn family<'l, const L: usize, V>(
        &mut self,
        metric: &Metric,
        rows: impl Iterator<Item = ([&'l str; L], V)>,
        write: impl Fn(&mut MetricEncoder<'_>, V) -> fmt::Result,
    ) -> fmt::Result {
        debug_assert_eq!(metric.labels.len(), L, "{}", metric.name);
        let mut encoder = self.encoder.encode_descriptor(metric.name, metric.help, None, metric.kind)?;
        for (values, value) in rows {
            let labels: Vec<(&str, &str)> = metric.labels.iter().copied().zip(values).collect();
            match labels.is_empty() {
                true => write(&mut encoder, value)?,
                false => write(&mut encoder.encode_family(&labels)?, value)?,
            }
        }
        Ok(())
    }
}

/// What all of them say, in their order.
///
/// # Errors
/// When a number cannot be written, such as one beyond 63 bits.
pub fn render(measured: Vec<Arc<dyn Measured>>) -> Result<String, fmt::Error> {
    let mut registry = Registry::default();
    registry.register_collector(Box::new(All(measured)));
    let mut text = String::new();
    encode_registry(&mut text, &registry)?;
    Ok(text)
}

#[derive(Debug)]
struct All(Vec<Arc<dyn Measured>>);

impl Collector for All {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let mut page = Page { encoder, outcome: Ok(()) };
        self.0.iter().for_each(|measured| measured.tell(&mut page));
        page.outcome
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use prometheus_client::metrics::MetricType;

    use super::*;

    #[derive(Debug)]
    struct Told;

    impl Measured for Told {
        fn tell(&self, page: &mut Page<'_>) {
            let metric = |name, labels, kind| Metric { name, kind, labels, help: "Said." };
            page.number(&metric("a", &[], MetricType::Gauge), 1.5);
            page.numbers::<1, u64>(&metric("none", &["x"], MetricType::Counter), []);
            page.numbers(&metric("b_total", &["x", "y"], MetricType::Counter), [(["1\"\n\\", "é"], 7_u64)]);
            let times = Times::new(&[1_000_000]);
            times.observe(Duration::from_millis(2));
            page.times(&metric("c", &["x"], MetricType::Histogram), [(["z"], &times)]);
        }
    }

    #[test]
    fn the_page_is_in_the_text_format() {
        let page = render(vec![Arc::new(Told)]).unwrap();
        let expected = "# HELP a Said.\n# TYPE a gauge\na 1.5\n\
            # HELP b_total Said.\n# TYPE b_total counter\nb_total{x=\"1\\\"\\n\\\\\",y=\"é\"} 7\n\
            # HELP c Said.\n# TYPE c histogram\nc_sum{x=\"z\"} 0.002\nc_count{x=\"z\"} 1\n\
            c_bucket{le=\"0.001\",x=\"z\"} 0\nc_bucket{le=\"+Inf\",x=\"z\"} 1\n";
        assert_eq!(page, expected);
    }
}
