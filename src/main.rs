//! The program `hookgate`.

use std::process::ExitCode;

fn main() -> ExitCode {
    hookgate::cli::run(std::env::args_os())
}
