//! `hookgate healthcheck`: is the gateway of this machine alive? For containers, whose images hold no other program to ask with.

use clap::Args as ClapArgs;

use crate::config::Settings;

use super::admin_call::{Answer, address, asked};
use super::exit::{Exit, Failure, Output};

#[derive(ClapArgs, Debug)]
pub struct Args {
    /// Ask, too, whether it can do all it is there for: one that is not ready is sent nothing, but not restarted
    #[arg(long)]
    pub ready: bool,
}

/// Longest time for the answer, in milliseconds.
const TIME_LIMIT_MS: u64 = 1_000;

/// Asks the admin listener of the gateway that these settings start.
///
/// # Errors
/// When there is none, or the settings do not say on which port.
pub fn run(args: &Args, settings: &Settings) -> Result<Output, Failure> {
    let address = address(&settings.server.admin)?;
    let (path, state) = if args.ready { ("/ready", "ready") } else { ("/live", "alive") };
    let (stdout, exit) = match asked(address, "GET", path, "", TIME_LIMIT_MS) {
        Ok(Answer { status: 200, .. }) => (format!("{state} at {address}\n"), Exit::Well),
        Ok(Answer { status, .. }) => (format!("not {state} at {address}: status {status}\n"), Exit::Found),
        Err(error) => (format!("no answer from {address}: {error}\n"), Exit::Found),
    };
    Ok(Output { stdout, exit })
}
