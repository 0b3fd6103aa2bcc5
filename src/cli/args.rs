//! The command line as clap reads it: global flags and every command.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use super::exit::Failure;
use super::records::{replay, why};
use super::rules::{check, docs, dry_run, explain, recipes, test};
use super::service::{cert, connect, doctor, healthcheck, reload, rules, send, serve};
use super::setup::{init, schema, settings};
use super::{completions, console, man, outbox, records, scan};
use crate::config::{self, Flag, Listed, Settings};
use crate::telemetry::Build;

/// Answers an identity platform's webhooks from rule files an administrator edits
#[derive(Debug, Parser)]
#[command(name = "hookgate", version = Build::line(), arg_required_else_help = true, max_term_width = 120)]
#[command(after_help = "Exit codes: 0 well, 1 something found, 2 could not run.")]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// Flags of every command. A flag that stands for a setting wins over the environment and the file.
#[derive(Args, Clone, Debug, Default)]
pub struct Global {
    /// Settings file; without it the one that `HOOKGATE_CONFIG` names, or gateway.yaml here if there is one
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Folder of the rules (setting `rules`)
    #[arg(long, global = true, value_name = "FOLDER")]
    pub rules: Option<String>,
    /// What is written to the log: off, error, warn, info, debug, trace (setting `log.level`)
    #[arg(long, global = true, value_name = "LEVEL")]
    pub log_level: Option<String>,
    /// How it is written: auto, text, json (setting `log.format`)
    #[arg(long, global = true, value_name = "FORMAT")]
    pub log_format: Option<String>,
}

/// What to do; each command has a file of its own.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Answer the hooks; rules are replaced while it runs
    Serve(serve::Args),
    /// Find every mistake in a rules folder
    Check(check::Args),
    /// Show what the server would answer, and why
    DryRun(dry_run::Args),
    /// Call a running gateway as the platform does, and show what it answers
    Send(send::Args),
    /// Run the tests of the rules
    Test(test::Args),
    /// Write what the rules say, and which tests prove it, as a page for people who write no rules
    Docs(docs::Args),
    /// Test every connection and destination of gateway.yaml, published keys and the collector, and say what to do
    Doctor(doctor::Args),
    /// Ask whether the gateway that these settings start is alive on this machine; for containers
    Healthcheck(healthcheck::Args),
    /// Have the gateway that these settings start read its rules folder now, and take a table that lost rows
    Reload(reload::Args),
    /// Show the sets of rules that were in force, and go back to one
    Rules(rules::Args),
    /// Look at deliveries that have not arrived; send them again, or forget them
    Outbox(outbox::Args),
    /// List past decisions by person, hook, rule, code or time; follow them, or verify the journal
    Decisions(records::Args),
    /// Erase a person from the journal and the outbox
    Journal(records::JournalArgs),
    /// Explain a past decision by its request id: what was decided, by which rule, and what it saw
    Why(why::Args),
    /// Decide recorded events again, by these rules or others (`--rules`), and show what would differ
    Replay(replay::Args),
    /// Decide all people of an export, and list who would be refused, changed or deprovisioned
    Scan(scan::Args),
    /// Make a certificate and its key for a first try with https
    Cert(cert::Args),
    /// Write a folder to begin with: rules with their tests, gateway.yaml, and what editors need
    Init(init::Args),
    /// Print what to type into the platform's Webhooks Configuration, and wait for its "save & test"
    Connect(connect::Args),
    /// Prepare the console, which people see in a browser
    Console(console::Args),
    /// Print every setting with its value and where that comes from
    Settings(settings::Args),
    /// Print the JSON Schema of rule files, or of gateway.yaml, for editors
    Schema(schema::Args),
    Explain(explain::Args),
    Recipes(recipes::Args),
    /// Print a script by which a shell completes the commands and flags of hookgate
    Completions(completions::Args),
    /// Write the manual pages, one a command
    Man(man::Args),
}

impl Global {
    /// The settings in force for a command: defaults, file, environment, these flags, and the command's own.
    ///
    /// # Errors
    /// With every mistake in the settings.
    pub fn settings(&self, own: impl IntoIterator<Item = Flag>) -> Result<Settings, Failure> {
        let flags: Vec<Flag> = self.flags().into_iter().chain(own).collect();
        config::load(self.config.as_deref(), config::environment(), &flags).map_err(Failure::settings)
    }

    /// Every setting with its value and where that comes from.
    ///
    /// # Errors
    /// With every mistake in the settings.
    pub fn listed(&self) -> Result<Vec<Listed>, Failure> {
        config::list(self.config.as_deref(), config::environment(), &self.flags()).map_err(Failure::settings)
    }

    /// The settings as far as they can be read.
    #[must_use]
    pub fn settings_as_far(&self) -> Settings {
        config::load_as_far(self.config.as_deref(), config::environment(), &self.flags())
    }

    fn flags(&self) -> Vec<Flag> {
        let named = [
            ("--rules", "rules", &self.rules),
            ("--log-level", "log.level", &self.log_level),
            ("--log-format", "log.format", &self.log_format),
        ];
        let flag = |(name, path, value): (_, _, &Option<String>)| Some(Flag { name, path, value: value.clone()? });
        named.into_iter().filter_map(flag).collect()
    }
}
