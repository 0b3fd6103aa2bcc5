//! Asks a running gateway what waits in its memory.

use serde_json::{Value, json};

use super::super::exit::{Failure, Reason};
use crate::cli::service::{Answer, call};
use crate::config::Settings;

/// Longest wait for the answer, in milliseconds.
const LIMIT_MS: u64 = 5_000;
/// The metric that tells it, up to the state.
const METRIC: &str = "hookgate_outbox_in_memory{state=\"";

/// How much waits there, or why that is not known.
pub(super) enum InMemory {
    Known { waiting: u64, dead: u64 },
    Unknown(String),
}

/// Asks the gateway that these settings start; `None` where nothing waits in memory.
pub(super) fn in_memory(settings: &Settings) -> Option<InMemory> {
    if !settings.outbox.has_secrets_in_memory() {
        return None;
    }
    Some(match call("GET", "/metrics", LIMIT_MS, &settings.server.admin) {
        Ok(Answer { status: 200, body }) => match (number(&body, "waiting"), number(&body, "dead")) {
            (Some(waiting), Some(dead)) => InMemory::Known { waiting, dead },
            _ => InMemory::Unknown("the gateway that runs has none, or was started with other settings".to_owned()),
        },
        Ok(Answer { status, .. }) => InMemory::Unknown(format!("the admin listener answers with status {status}")),
        Err(failure) => InMemory::Unknown(why(failure)),
    })
}

fn number(page: &str, state: &str) -> Option<u64> {
    let line = page.lines().find_map(|line| line.strip_prefix(METRIC)?.strip_prefix(state))?;
    line.strip_prefix("\"} ")?.trim().parse().ok()
}

fn why(failure: Failure) -> String {
    match failure.reason {
        Reason::Report(report) => report.to_text(false),
        Reason::Message { message, help } => help.map_or(message.clone(), |help| format!("{message}; {help}")),
    }
}

impl InMemory {
    /// For people.
    pub(super) fn to_text(&self) -> String {
        match self {
            Self::Known { waiting, dead } => {
                format!("in memory {waiting} waiting, {dead} dead: with secrets, lost when hookgate stops\n")
            }
            Self::Unknown(why) => format!("what waits in memory is not known: {why}\n"),
        }
    }

    /// For programs; null where it is not known.
    pub(super) fn to_json(&self) -> Value {
        match self {
            Self::Known { waiting, dead } => json!({ "waiting": waiting, "dead": dead }),
            Self::Unknown(_) => Value::Null,
        }
    }
}
