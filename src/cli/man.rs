//! `hookgate man`: writes the manual pages, one a command.

use std::io;
use std::path::PathBuf;

use clap::Command;
use clap_mangen::Man;

use super::exit::{Failure, Output};
use crate::telemetry::BUILD;

#[derive(clap::Args, Debug)]
pub struct Args {
    /// Write the pages of all commands into this folder; left out: print the page of hookgate itself
    #[arg(long, value_name = "FOLDER")]
    pub output: Option<PathBuf>,
}

/// Writes the pages of a command line.
///
/// # Errors
/// When the folder cannot be made or a page not be written.
pub fn run(args: &Args, command: Command) -> Result<Output, Failure> {
    // Pages are of a version, not of a commit: the same source makes the same pages.
    let command = command.version(BUILD.version).disable_help_subcommand(true);
    let Some(folder) = &args.output else {
        let page = page(command).map_err(|error| Failure::message(format!("cannot make the page: {error}")))?;
        return Ok(Output::well(String::from_utf8_lossy(&page)));
    };
    let written = std::fs::create_dir_all(folder).and_then(|()| clap_mangen::generate_to(command, folder));
    written.map_err(|error| Failure::message(format!("cannot write to `{}`: {error}", folder.display())))?;
    Ok(Output::well(format!(
        "wrote the pages to {}; `man {}/hookgate.1` shows the first\n",
        folder.display(),
        folder.display()
    )))
}

fn page(command: Command) -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    Man::new(command).render(&mut page)?;
    Ok(page)
}
