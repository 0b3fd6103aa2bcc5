//! `hookgate console hash`: turns a password into the hash that `admin.login.users` takes.

use clap::{Args as ClapArgs, Subcommand};

use super::typed::password;
use crate::cli::exit::{Failure, Output};
use crate::server::hash_password;

#[derive(ClapArgs, Debug)]
pub struct Args {
    #[command(subcommand)]
    pub what: What,
}

#[derive(Debug, Subcommand)]
pub enum What {
    /// Ask for a password, or read it from standard input, and print its hash for `admin.login.users`
    Hash,
}

/// Prints the hash, and the line of gateway.yaml that it belongs to.
///
/// # Errors
/// When there is no password, or the two that are typed differ.
pub fn run(args: &Args) -> Result<Output, Failure> {
    match args.what {
        What::Hash => {
            let hash =
                hash_password(&password()?).map_err(|why| Failure::message(why).help("type another password"))?;
            Ok(Output::well(format!(
                "{hash}\n\nin gateway.yaml, with the name and the rights of this person:\n  admin:\n    login:\n      users:\n        \
                 - {{ name: NAME, password_hash: \"{hash}\", rights: [look] }}\n"
            )))
        }
    }
}
