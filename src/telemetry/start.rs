//! Starts the log.

use std::io::{self, IsTerminal as _, stderr};
use std::panic::{set_hook, take_hook};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anstream::{AutoStream, ColorChoice};
use tracing::Subscriber;
use tracing_subscriber::fmt::{MakeWriter, layer};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::Registry;

use super::line::Line;
use super::person::{People, PersonKey};
use super::queue::Queue;
use super::settings::{Format, Settings};
use super::writer::{self, Lines};

/// How long an end waits for lines that nobody takes.
const FLUSH_LIMIT: Duration = Duration::from_secs(2);

/// What this process has to write.
static LOG: OnceLock<Arc<Queue>> = OnceLock::new();

/// Writes what is left of the log when it is dropped.
#[derive(Debug)]
#[must_use = "what is logged last is written when this is dropped"]
pub struct LogGuard(People);

impl LogGuard {
    /// Makes digests of people with this key from now on, so that they stay the same over restarts. It comes before the first
    /// event; whether it came in time.
    #[must_use]
    pub fn name_people_with(&self, key: PersonKey) -> bool {
        self.0.set_key(key)
    }
}

impl Drop for LogGuard {
    fn drop(&mut self) {
        flush();
    }
}

/// Lines of the log that were lost since the start, because whoever reads them was too slow or took none.
pub(super) fn dropped_lines() -> u64 {
    LOG.get().map_or(0, |queue| queue.dropped())
}

fn flush() {
    if let Some(queue) = LOG.get() {
        queue.flush(FLUSH_LIMIT);
    }
}

/// Writes every event of this process to the standard error output from now on, by a thread of its own.
/// Colours are for terminals only, and not where `NO_COLOR` is set. A second call changes nothing and says so in the log.
///
/// # Errors
/// When the thread cannot be started.
pub fn start(settings: &Settings) -> io::Result<LogGuard> {
    let is_json = match settings.format {
        Format::Auto => !stderr().is_terminal(),
        Format::Text => false,
        Format::Json => true,
    };
    let has_colours = AutoStream::choice(&stderr()) != ColorChoice::Never;
    let queue = Arc::new(Queue::new(settings.buffer_bytes));
    let people = People::new(settings.person);
    let line = Line { is_json, has_colours, people: people.clone() };
    let subscriber = writing(settings, line.clone(), Lines(Arc::clone(&queue)));
    if tracing::subscriber::set_global_default(subscriber).is_err() || LOG.set(Arc::clone(&queue)).is_err() {
        tracing::warn!("the log was started already, its settings stay as they are");
        return Ok(LogGuard(people));
    }
    writer::start(queue, stderr(), move |lines| line.missing(lines))?;
    write_before_panics();
    Ok(LogGuard(people))
}

/// What led to a panic stands before it.
fn write_before_panics() {
    let usual = take_hook();
    set_hook(Box::new(move |panic| {
        flush();
        usual(panic);
    }));
}

/// The log as it is written to any writer, a test's for one.
pub fn subscriber<W>(settings: &Settings, is_json: bool, has_colours: bool, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    writing(settings, Line { is_json, has_colours, people: People::new(settings.person) }, writer)
}

fn writing<W>(settings: &Settings, line: Line, writer: W) -> impl Subscriber + Send + Sync + use<W>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let lines = layer().fmt_fields(line.clone()).event_format(line).with_writer(writer);
    Registry::default().with(settings.level.targets()).with(lines)
}
