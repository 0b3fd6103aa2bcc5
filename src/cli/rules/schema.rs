//! `hookgate schema`: the JSON Schema of rule files and of gateway.yaml, for editors.

use crate::cli::exit::{Exit, Failure, Output};

#[derive(clap::Args, Debug)]
pub struct Args {
    /// Print that of gateway.yaml
    #[arg(long)]
    pub settings: bool,
}

/// Prints a schema.
///
/// # Errors
/// Never; the signature is that of every command.
pub fn run(args: &Args) -> Result<Output, Failure> {
    let schema = if args.settings { crate::config::schema() } else { crate::rule::schema() };
    Ok(Output { stdout: format!("{schema:#}\n"), exit: Exit::Well })
}
