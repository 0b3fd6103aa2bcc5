//! `hookgate healthcheck`: asks whether the gateway of this machine is alive, for containers without other programs.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;

use super::admin_call::{Answer, address, asked, at};
use super::running;
use crate::cli::exit::{Exit, Failure, Output};
use crate::config::Settings;

#[derive(ClapArgs, Debug)]
pub struct Args {
    /// Ask, too, whether it can do all it is there for: one that is not ready is sent nothing, but not restarted
    #[arg(long)]
    pub ready: bool,
}

/// Longest time for the answer, in milliseconds.
const TIME_LIMIT_MS: u64 = 1_000;

/// Asks the admin listener of the gateway that these settings start: where it has written down that it is, and where the settings
/// have it. They may have been edited since it started, or cannot be read at all: that is no reason to restart it.
///
/// # Errors
/// When there is none, or nobody says on which port.
pub fn run(args: &Args, settings: &Settings, config: Option<&Path>) -> Result<Output, Failure> {
    let (path, state) = if args.ready { ("/ready", "ready") } else { ("/live", "alive") };
    let written = running::place(settings, config).map(|(address, certificate)| (at(address), certificate));
    let set = address(&settings.server.admin);
    let as_set = set.as_ref().ok().map(|address| (*address, settings.server.admin.tls.certificate.clone()));
    let mut places: Vec<(SocketAddr, Option<PathBuf>)> = written.into_iter().chain(as_set).collect();
    places.dedup();
    let mut told = String::new();
    for (address, certificate) in places {
        match asked(address, certificate.as_deref(), ("GET", path), "", TIME_LIMIT_MS) {
            Ok(Answer { status: 200, .. }) => return Ok(Output::well(format!("{state} at {address}\n"))),
            Ok(Answer { status, .. }) => told += &format!("not {state} at {address}: status {status}\n"),
            Err(error) => told += &format!("no answer from {address}: {error}\n"),
        }
    }
    match set {
        Err(failure) if told.is_empty() => Err(failure),
        _ => Ok(Output { stdout: told, exit: Exit::Found }),
    }
}
