//! `hookgate completions`: a script by which a shell completes the command line.

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::args::Cli;
use super::exit::{Failure, Output};

#[derive(clap::Args, Debug)]
pub struct Args {
    /// The shell it is for
    pub shell: Shell,
}

/// Prints the script.
///
/// # Errors
/// Never; the signature is that of every command.
pub fn run(args: &Args) -> Result<Output, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "hookgate", &mut script);
    Ok(Output::well(String::from_utf8_lossy(&script)))
}
