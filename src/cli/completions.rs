//! `hookgate completions`: prints a script for completing commands in a shell.

use clap::Command;
use clap_complete::Shell;

use super::exit::{Failure, Output};

#[derive(clap::Args, Debug)]
pub struct Args {
    /// The shell it is for
    pub shell: Shell,
}

/// Prints the script for a command line.
///
/// # Errors
/// Never; the signature is that of every command.
pub fn run(args: &Args, mut command: Command) -> Result<Output, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, "hookgate", &mut script);
    Ok(Output::well(String::from_utf8_lossy(&script)))
}
