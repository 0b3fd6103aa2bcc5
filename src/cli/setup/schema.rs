//! `hookgate schema`: the JSON Schema of rule files and of gateway.yaml, for editors.

use crate::cli::exit::{Failure, Output};

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
    Ok(Output::well(text(args.settings)))
}

/// The schema as it is printed, and written beside rules and settings.
pub fn text(of_settings: bool) -> String {
    let schema = if of_settings { crate::config::schema() } else { crate::rule::schema() };
    format!("{schema:#}\n")
}
