//! The subcommands of `hookgate outbox`, which work beside a running gateway.

use clap::{Args as ClapArgs, Subcommand};
use jiff::Timestamp;
use tokio::runtime::Builder;

use crate::config::Settings;
use crate::outbox::Change;

use super::super::exit::{Failure, Output};
use super::in_memory::in_memory;
use super::opened::opened;
use super::wanted::Which;
use super::{change, list, show};

#[derive(ClapArgs, Debug)]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show what waits and the dead letters, the oldest first
    List(list::Args),
    /// Show all of one delivery, secrets hidden
    Show(show::Args),
    /// Send deliveries again at once, waiting ones and dead letters; their attempts are counted from the start
    Retry(Which),
    /// Forget deliveries: they are not sent any more
    Drop(change::DropArgs),
    /// Send dead letters again at once; their attempts are counted from the start
    Redrive(Which),
}

/// Looks at deliveries, or does something to them.
///
/// # Errors
/// When `--where` cannot be understood, there is no outbox, or it cannot be used.
pub fn run(args: &Args, settings: &Settings) -> Result<Output, Failure> {
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime =
        runtime.map_err(|error| Failure::message(format!("the operating system gives no runtime: {error}")))?;
    let now_ms = Timestamp::now().as_millisecond();
    runtime.block_on(async {
        let open = || opened(&settings.outbox);
        match &args.command {
            Command::List(args) => list::run(args, open, in_memory(settings), now_ms).await,
            Command::Show(args) => show::run(args, open, now_ms).await,
            Command::Retry(which) => change::run(which.wanted()?, open, Change::Retry, now_ms).await,
            Command::Redrive(which) => change::run(which.dead()?, open, Change::Retry, now_ms).await,
            Command::Drop(args) => change::run(args.wanted()?, open, Change::Drop, now_ms).await,
        }
    })
}
