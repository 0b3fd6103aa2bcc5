//! Runs a command line and prints its result; nothing else prints.

use std::ffi::OsString;
use std::io::{ErrorKind, Write, stderr, stdout};
use std::process::ExitCode;

use anstream::AutoStream;
use clap::{CommandFactory as _, Parser as _};

use super::args::{Cli, Command};
use super::exit::{Exit, Failure, Output, Reason};
use super::records::{replay, why};
use super::rules::{check, docs, dry_run, explain, recipes, test};
use super::service::{cert, connect, doctor, healthcheck, reload, rules, send, serve};
use super::setup::{init, schema, settings as settings_command};
use super::{completions, console, man, outbox, records, scan};
use crate::diagnostic::{escaped_page, escaped_report};

/// Runs one command line, the program's name included, and prints what it says.
pub fn run(words: impl IntoIterator<Item = OsString>) -> ExitCode {
    match Cli::try_parse_from(words) {
        Ok(cli) => finish(dispatch(&cli), matches!(cli.command, Command::Check(_) | Command::Explain(_))).into(),
        // Also `--help` and `--version`, which are no errors: clap knows where each is printed and how it ends.
        Err(error) => {
            let _ = error.print();
            ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(Exit::CouldNotRun.code()))
        }
    }
}

fn dispatch(cli: &Cli) -> Result<Output, Failure> {
    let settings = || cli.global.settings([]);
    match &cli.command {
        Command::Serve(args) => {
            let settings = cli.global.settings(args.flags()).map_err(Failure::at_start)?;
            serve::run(&settings, cli.global.config.as_deref())
        }
        Command::Check(args) => check::run(args, &settings()?, true),
        Command::DryRun(args) => dry_run::run(args, &settings()?),
        Command::Send(args) => send::run(args, &settings()?),
        Command::Test(args) => test::run(args, cli.global.config.as_deref(), &settings()?),
        Command::Docs(args) => docs::run(args, &settings()?),
        Command::Doctor(args) => doctor::run(args, &settings()?),
        Command::Healthcheck(args) => {
            healthcheck::run(args, &cli.global.settings_as_far(), cli.global.config.as_deref())
        }
        Command::Reload(args) => reload::run(args, &settings()?),
        Command::Rules(args) => rules::run(args, &settings()?),
        Command::Outbox(args) => outbox::run(args, &settings()?),
        Command::Decisions(args) => records::run(args, &settings()?),
        Command::Journal(args) => records::journal(args, &settings()?),
        Command::Why(args) => why::run(args, &settings()?),
        Command::Replay(args) => replay::run(args, &settings()?),
        Command::Scan(args) => scan::run(args, &settings()?),
        Command::Cert(args) => cert::run(args, &cli.global.settings_as_far()),
        Command::Init(args) => init::run(args, cli.global.rules.as_deref()),
        Command::Connect(args) => connect::run(args, &settings()?, cli.global.config.as_deref()),
        Command::Console(args) => console::run(args),
        Command::Settings(args) => settings_command::run(args, cli.global.listed()?),
        Command::Schema(args) => schema::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Recipes(args) => recipes::run(args),
        Command::Completions(args) => completions::run(args, Cli::command()),
        Command::Man(args) => man::run(args, Cli::command()),
    }
}

/// Prints what a command says. Whatever it is about, no character in it goes unseen or steers the terminal, but for the colours
/// of a report.
fn finish(result: Result<Output, Failure>, is_report: bool) -> Exit {
    match result {
        Ok(Output { stdout: text, exit }) => {
            let shown = if is_report { escaped_report(&text) } else { escaped_page(&text) };
            match print(AutoStream::auto(stdout().lock()), &shown) {
                Ok(()) => exit,
                Err(()) => Exit::CouldNotRun,
            }
        }
        Err(failure) => {
            let text = failure.to_text();
            let shown = match failure.reason {
                Reason::Report(_) => escaped_report(&text),
                Reason::Message { .. } => escaped_page(&text),
            };
            let _ = print(AutoStream::auto(stderr().lock()), &shown);
            failure.exit
        }
    }
}

/// Writes all of it. A reader that has seen enough (`… | head`) is no failure.
fn print(mut out: impl Write, text: &str) -> Result<(), ()> {
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(()),
        _ => Ok(()),
    }
}
