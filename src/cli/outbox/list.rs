//! `hookgate outbox list`: waiting deliveries and dead letters, one a line.

use std::sync::Arc;

use clap::{Args as ClapArgs, ValueEnum};
use serde_json::json;

use crate::diagnostic::escaped;
use crate::outbox::{Count, Row, Store, Wanted};

use super::super::exit::{Failure, Output};
use super::age::{next, span, state, time};
use super::in_memory::InMemory;
use super::opened::trouble;
use super::wanted::wanted;

/// Widest cell but the last, and the last, in characters; `show` has all of it.
const CELL_CHARACTERS: usize = 60;
const ERROR_CHARACTERS: usize = 100;

const HEADS: [&str; 9] = ["key", "to", "hook", "person", "state", "attempts", "age", "next", "last error"];

#[derive(ClapArgs, Debug)]
pub struct Args {
    /// Only deliveries that match all of this: `to=itsm,hook=postCreateUser,person=asha.rao,state=dead`; may be repeated
    #[arg(long = "where", value_name = "NAME=VALUE")]
    pub conditions: Vec<String>,
    /// Most that are shown
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    pub limit: u16,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people: a table, and a line with the sum
    Text,
    /// For programs: one JSON object a delivery, and one for the sum
    Json,
}

/// Lists deliveries, the oldest first.
///
/// # Errors
/// When a condition cannot be understood, or the outbox cannot be used.
pub(super) async fn run(
    args: &Args,
    open: impl FnOnce() -> Result<Arc<dyn Store>, Failure>,
    in_memory: Option<InMemory>,
    now_ms: i64,
) -> Result<Output, Failure> {
    let limit = usize::from(args.limit);
    let wanted = Wanted { limit, ..wanted(&args.conditions)? };
    let store = open()?;
    let rows = store.find(wanted).await.map_err(trouble)?;
    let count = store.count().await.map_err(trouble)?;
    Ok(Output::well(match args.format {
        Format::Text => {
            to_text(&rows, count, limit, now_ms) + &in_memory.as_ref().map(InMemory::to_text).unwrap_or_default()
        }
        Format::Json => to_json(&rows, count, in_memory.as_ref()),
    }))
}

fn to_text(rows: &[Row], count: Count, limit: usize, now_ms: i64) -> String {
    let mut table = vec![HEADS.map(str::to_owned)];
    table.extend(rows.iter().map(|row| cells(row, now_ms)));
    let widths: Vec<usize> = (0..HEADS.len()).map(|column| widest(&table, column)).collect();
    let mut out = String::new();
    for line in table.iter().filter(|_| !rows.is_empty()) {
        let cells = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        out += cells.collect::<Vec<_>>().join("  ").trim_end();
        out.push('\n');
    }
    if rows.len() == limit {
        out += &format!("the first {limit}; `--limit` and `--where` show others\n");
    }
    out + &sum(count, now_ms)
}

/// All there is, whatever was asked for.
fn sum(count: Count, now_ms: i64) -> String {
    let oldest = count.oldest_ms.map(|oldest| format!("; the oldest that waits came {} ago", span(now_ms - oldest)));
    format!("in all {} waiting, {} dead{}\n", count.waiting, count.dead, oldest.unwrap_or_default())
}

fn cells(row: &Row, now_ms: i64) -> [String; 9] {
    let delivery = &row.delivery;
    let text = |text: &str| cut(text, CELL_CHARACTERS);
    [
        // A key is used in other commands, so that it is never cut.
        escaped(&delivery.key).into_owned(),
        text(&delivery.to),
        text(&delivery.hook),
        text(&delivery.person),
        state(row).to_owned(),
        delivery.attempts.to_string(),
        span(now_ms - delivery.created_ms),
        next(row, now_ms).unwrap_or_else(|| "never".to_owned()),
        cut(row.error.as_deref().unwrap_or_default(), ERROR_CHARACTERS),
    ]
}

fn cut(text: &str, most: usize) -> String {
    let mut text = escaped(text).into_owned();
    if let Some((at, _)) = text.char_indices().nth(most) {
        text.truncate(at);
        text.push('…');
    }
    text
}

fn widest(table: &[[String; 9]], column: usize) -> usize {
    table.iter().filter_map(|line| line.get(column)).map(|cell| cell.chars().count()).max().unwrap_or_default()
}

fn to_json(rows: &[Row], count: Count, in_memory: Option<&InMemory>) -> String {
    let line = |row: &Row| {
        let delivery = &row.delivery;
        let line = json!({
            "key": delivery.key,
            "to": delivery.to,
            "hook": delivery.hook,
            "person": delivery.person,
            "in_order_of": delivery.ordering_key,
            "state": state(row),
            "attempts": delivery.attempts,
            "stored": time(delivery.created_ms),
            "next": (!row.is_dead).then(|| time(row.due_ms)).flatten(),
            "error": row.error,
        });
        format!("{line}\n")
    };
    let mut sum = json!({ "waiting": count.waiting, "dead": count.dead, "oldest": count.oldest_ms.and_then(time) });
    if let (Some(in_memory), Some(sum)) = (in_memory, sum.as_object_mut()) {
        sum.insert("in_memory".to_owned(), in_memory.to_json());
    }
    rows.iter().map(line).chain([format!("{sum}\n")]).collect()
}
