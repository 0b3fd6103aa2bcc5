//! Switching the log on.

use std::io::{IsTerminal as _, stderr};

use anstream::{AutoStream, ColorChoice};
use tracing::Subscriber;
use tracing_subscriber::fmt::{MakeWriter, layer};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::Registry;

use super::line::Line;
use super::settings::{Format, Settings};

/// Writes every event of this process to the standard error output from now on.
/// Colours are for terminals only, and not where `NO_COLOR` is set. A second call changes nothing and says so in the log.
pub fn start(settings: &Settings) {
    let is_json = match settings.format {
        Format::Auto => !stderr().is_terminal(),
        Format::Text => false,
        Format::Json => true,
    };
    let has_colours = AutoStream::choice(&stderr()) != ColorChoice::Never;
    let subscriber = subscriber(settings, is_json, has_colours, stderr);
    if tracing::subscriber::set_global_default(subscriber).is_err() {
        tracing::warn!("the log was started already, its settings stay as they are");
    }
}

/// The log as it is written to any writer, a test's for one.
pub fn subscriber<W>(settings: &Settings, is_json: bool, has_colours: bool, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let line = Line { is_json };
    let lines = layer().fmt_fields(line).event_format(line).with_writer(writer).with_ansi(has_colours && !is_json);
    Registry::default().with(settings.level.targets()).with(lines)
}
