//! `hookgate outbox retry`, `redrive` and `drop`: changes deliveries, and prints how many.

use std::sync::Arc;

use clap::Args as ClapArgs;

use crate::outbox::{Change, Store, Wanted};

use super::super::exit::{Exit, Failure, Output};
use super::opened::trouble;
use super::wanted::Which;

#[derive(ClapArgs, Debug)]
pub struct DropArgs {
    #[command(flatten)]
    pub which: Which,
    /// Needed with `--where`: what is dropped is gone
    #[arg(long)]
    pub yes: bool,
}

impl DropArgs {
    /// The deliveries that are to be forgotten.
    ///
    /// # Errors
    /// When a condition cannot be understood, or several may be meant and nobody said that this is meant.
    pub(super) fn wanted(&self) -> Result<Wanted, Failure> {
        let wanted = self.which.wanted()?;
        if self.which.key.is_none() && !self.yes {
            let help = "look at them with `hookgate outbox list` and the same `--where`, then add `--yes`";
            return Err(Failure::message("what is dropped is gone, and nothing was dropped").help(help));
        }
        Ok(wanted)
    }
}

/// Does it, and says to how many.
///
/// # Errors
/// When the outbox cannot be used.
pub(super) async fn run(
    wanted: Wanted,
    open: impl FnOnce() -> Result<Arc<dyn Store>, Failure>,
    change: Change,
    now_ms: i64,
) -> Result<Output, Failure> {
    let what = if wanted.is_dead == Some(true) { "dead letter" } else { "delivery" };
    let count = open()?.change(wanted, change, now_ms).await.map_err(trouble)?;
    if count == 0 {
        return Ok(Output { stdout: format!("no such {what}\n"), exit: Exit::Found });
    }
    let (many, verb) = match (count, what) {
        (1, one) => (one, "is"),
        (_, "delivery") => ("deliveries", "are"),
        _ => ("dead letters", "are"),
    };
    let done = match change {
        Change::Retry => "due now, with all attempts anew",
        Change::Drop => "forgotten",
    };
    Ok(Output::well(format!("{count} {many} {verb} {done}\n")))
}
