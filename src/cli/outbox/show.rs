//! `hookgate outbox show`: everything about one delivery, with secrets hidden.

use std::sync::Arc;

use clap::Args as ClapArgs;

use super::super::exit::{Exit, Failure, Output};
use super::age::{next, span, state, time};
use super::opened::trouble;
use crate::diagnostic::escaped;
use crate::event::secret;
use crate::event::{Document, View};
use crate::outbox::{Body, Row, Store, Wanted};

#[derive(ClapArgs, Debug)]
pub struct Args {
    /// The delivery's key, as `list` shows it
    pub key: String,
}

/// Shows a delivery.
///
/// # Errors
/// When the outbox cannot be used.
pub(super) async fn run(
    args: &Args,
    open: impl FnOnce() -> Result<Arc<dyn Store>, Failure>,
    now_ms: i64,
) -> Result<Output, Failure> {
    let wanted = Wanted { key: Some(args.key.clone()), limit: 1, ..Wanted::default() };
    let found = open()?.find(wanted).await.map_err(trouble)?;
    Ok(match found.first() {
        Some(row) => Output::well(to_text(row, now_ms)),
        None => {
            Output { stdout: "no delivery has this key: it arrived, or was dropped\n".to_owned(), exit: Exit::Found }
        }
    })
}

fn to_text(row: &Row, now_ms: i64) -> String {
    let delivery = &row.delivery;
    let stored = time(delivery.created_ms).unwrap_or_default();
    let lines = [
        ("key", delivery.key.clone()),
        ("to", delivery.to.clone()),
        ("hook", delivery.hook.clone()),
        ("person", delivery.person.clone()),
        ("in order of", delivery.ordering_key.clone()),
        ("state", state(row).to_owned()),
        ("attempts", format!("{} failed", delivery.attempts)),
        ("stored", format!("{stored} ({} ago)", span(now_ms - delivery.created_ms))),
        (
            "next",
            next(row, now_ms).unwrap_or_else(|| "never, unless it is sent again by `retry` or `redrive`".to_owned()),
        ),
        ("last error", row.error.clone().unwrap_or_else(|| "none".to_owned())),
        ("body", String::new()),
    ];
    let line = |(name, text): &(&str, String)| format!("{name:11}  {}", escaped(text)).trim_end().to_owned() + "\n";
    lines.iter().map(line).collect::<String>() + &body(&delivery.body)
}

/// The body as it is sent, but for fields that are named like secrets; nothing of one that holds a secret.
fn body(body: &Body) -> String {
    let text = match std::str::from_utf8(&body.bytes) {
        _ if body.is_sealed => secret::HIDDEN.to_owned(),
        Ok(text) => match Document::read(text.as_bytes().to_vec(), usize::MAX) {
            Ok(document) => View::Node(document.root()).to_json(),
            Err(_) => secret::HIDDEN.to_owned(),
        },
        Err(_) => "it is not text".to_owned(),
    };
    text.lines().flat_map(|line| ["  ".into(), escaped(line), "\n".into()]).collect()
}
