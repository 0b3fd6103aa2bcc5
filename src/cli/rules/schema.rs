//! `hookgate schema`: the JSON Schema of rule files, for editors.

use crate::cli::exit::{Exit, Failure, Output};

/// Prints the schema.
///
/// # Errors
/// Never; the signature is that of every command.
pub fn run() -> Result<Output, Failure> {
    Ok(Output { stdout: format!("{:#}\n", crate::rule::schema()), exit: Exit::Well })
}
