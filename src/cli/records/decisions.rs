//! `hookgate decisions`: finds past decisions by whatever is known of them.

use super::super::exit::{Failure, Output};
use super::journals::journals;
use super::list::Args;
use super::{follow, list, verified};
use crate::config::Settings;

/// Lists decisions, and goes on with those that come; or verifies the journals that have them.
///
/// # Errors
/// When there is no journal, it cannot be read, or a moment is none.
pub fn run(args: &Args, settings: &Settings) -> Result<Output, Failure> {
    let journals = journals(&args.files, settings)?;
    if args.verify {
        return verified::run(&journals, args.format);
    }
    let query = args.sought.query(settings)?;
    let listed = list::run(args, settings, &journals, &query)?;
    if args.follow {
        return follow::run(args, settings, &journals, &query, &listed.stdout);
    }
    Ok(listed)
}
