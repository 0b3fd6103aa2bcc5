//! Opens all connections, each behind its breaker, on a small runtime that no thread answering hooks waits for.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use tokio::runtime::{Builder, Handle, Runtime};

use super::concurrency_limit::Capacity;
use super::settings::{Connection, Settings};
use super::source::{Fault, Source, Trouble};
use super::tally::Tallies;
use crate::diagnostic::{Diagnostic, Report, code};
use crate::outside::{Breaker, tell_panics_of};

/// Threads of the runtime: they wait far more than they work.
const RUNTIME_THREADS: usize = 2;
const THREAD_NAME: &str = "lookup";
/// Most threads for questions to files, each while it is asked. Their places are fewer, so that none waits here, where it would
/// count as the file's time.
const FILE_THREADS: usize = 100_000;

/// One connection.
#[derive(Debug)]
pub struct OpenedConnection {
    pub source: Arc<dyn Source>,
    pub breaker: Breaker,
    /// How many questions the source takes at once.
    pub(super) places: Option<Capacity>,
}

impl OpenedConnection {
    fn new(source: Arc<dyn Source>) -> Arc<Self> {
        let places = source.at_once().map(Capacity::new);
        Arc::new(Self { source, breaker: Breaker::default(), places })
    }
}

/// Every connection of gateway.yaml.
#[derive(Debug)]
pub struct Connections {
    lines: BTreeMap<String, Arc<OpenedConnection>>,
    pub(super) tallies: Arc<Tallies>,
    handle: Handle,
    /// Ends with this; `None` where somebody else's runtime is used.
    runtime: Option<Runtime>,
}

impl Connections {
    /// Makes the connections ready. Nothing is asked yet: a source that is down does not keep hookgate from starting.
    ///
    /// # Errors
    /// Credentials that are not there, addresses and certificates that cannot be read, and what this build does not speak;
    /// all of them at once.
    pub fn open(settings: &Settings) -> Result<Self, Report> {
        let mut report = Report::default();
        match Self::open_each(settings) {
            Ok((connections, unusable)) if unusable.is_empty() => return Ok(connections),
            Ok((_, mut unusable)) => {
                let findings = settings.connections.iter().filter_map(|connection| {
                    unusable.remove(&connection.name).map(|trouble| to_finding(connection, trouble))
                });
                findings.for_each(|finding| report.push(finding));
            }
            Err(trouble) => report.push(Diagnostic::nowhere(&code::CONNECTION_UNUSABLE, trouble.message)),
        }
        Err(report)
    }

    /// The same with those that can be made ready; beside them, by their names, why the others cannot.
    ///
    /// # Errors
    /// When the operating system gives no threads.
    pub fn open_each(settings: &Settings) -> Result<(Self, BTreeMap<String, Trouble>), Trouble> {
        tell_panics_of(THREAD_NAME);
        let runtime = runtime().map_err(|error| {
            Trouble::new(Fault::Source, format!("the operating system gives no threads for lookups: {error}"))
        })?;
        let inside = runtime.enter();
        let (mut sources, mut unusable) = (Vec::new(), BTreeMap::new());
        for connection in &settings.connections {
            match connection.target.open() {
                Ok(source) => sources.push((connection.name.clone(), source)),
                Err(trouble) => {
                    unusable.insert(connection.name.clone(), trouble);
                }
            }
        }
        drop(inside);
        let mut connections = Self::of(sources, runtime.handle().clone());
        connections.runtime = Some(runtime);
        Ok((connections, unusable))
    }

    /// Connections to these sources, on this runtime.
    pub fn of(sources: impl IntoIterator<Item = (String, Arc<dyn Source>)>, handle: Handle) -> Self {
        let lines = sources.into_iter().map(|(name, source)| (name, OpenedConnection::new(source))).collect();
        Self { lines, tallies: Arc::default(), handle, runtime: None }
    }

    /// The connection called `name`.
    #[must_use]
    pub fn line(&self, name: &str) -> Option<Arc<OpenedConnection>> {
        self.lines.get(name).cloned()
    }

    /// Every connection by its name.
    pub fn lines(&self) -> impl Iterator<Item = (&str, &Arc<OpenedConnection>)> {
        self.lines.iter().map(|(name, line)| (name.as_str(), line))
    }

    /// Where questions are on their way.
    #[must_use]
    pub fn runtime(&self) -> Handle {
        self.handle.clone()
    }
}

impl Drop for Connections {
    /// Waits for nobody: what is still on its way was given up by those who asked.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn runtime() -> io::Result<Runtime> {
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(RUNTIME_THREADS).max_blocking_threads(FILE_THREADS);
    builder.thread_name(THREAD_NAME).enable_all().build()
}

fn to_finding(connection: &Connection, trouble: Trouble) -> Diagnostic {
    let message = format!("connection `{}` cannot be used: {}", connection.name, trouble.message);
    let finding = Diagnostic::error(&code::CONNECTION_UNUSABLE, connection.place.clone(), message);
    match trouble.help {
        Some(help) => finding.help(help),
        None => finding,
    }
}
