//! `hookgate init`: writes the starter rules and a commented gateway.yaml.

use std::fs;
use std::path::PathBuf;

use clap::Args as ClapArgs;

use crate::cli::exit::{Exit, Failure, Output};

#[derive(ClapArgs, Debug)]
pub struct Args {
    /// The folder to write into; it is made if it is not there
    pub dir: PathBuf,
}

/// Every file that is written, by its path below the folder.
pub const STARTER: [(&str, &str); 8] = [
    ("gateway.yaml", include_str!("../../../gateway.yaml")),
    ("rules/.schema.json", include_str!("../../../rules/.schema.json")),
    ("rules/validate.yaml", include_str!("../../../rules/validate.yaml")),
    ("rules/prepare.yaml", include_str!("../../../rules/prepare.yaml")),
    ("rules/map.yaml", include_str!("../../../rules/map.yaml")),
    ("rules/leave.yaml", include_str!("../../../rules/leave.yaml")),
    ("rules/notify.yaml", include_str!("../../../rules/notify.yaml")),
    ("rules/people.csv", include_str!("../../../rules/people.csv")),
];

/// Writes the starter rules.
///
/// # Errors
/// When a file is already there (nothing is written then) or cannot be written.
pub fn run(args: &Args) -> Result<Output, Failure> {
    let there = STARTER.iter().map(|(name, _)| args.dir.join(name)).find(|path| path.exists());
    if let Some(path) = there {
        let message = format!("`{}` is already there, and nothing was written; name another folder", path.display());
        return Err(Failure::message(message));
    }
    let mut stdout = String::new();
    for (name, text) in STARTER {
        let path = args.dir.join(name);
        let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, text));
        written.map_err(|error| Failure::message(format!("cannot write `{}`: {error}", path.display())))?;
        stdout += &format!("wrote {}\n", path.display());
    }
    let dir = args.dir.display();
    stdout += &format!(
        "\nnext:\n  cd {dir}\n  hookgate test      # runs the tests beside the rules\n  hookgate serve     # answers on 127.0.0.1:8080\n"
    );
    Ok(Output { stdout, exit: Exit::Well })
}
