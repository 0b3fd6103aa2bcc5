//! The arguments of `hookgate scan`.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use crate::cli::format::Format;

#[derive(ClapArgs, Debug)]
pub struct Args {
    /// The people: an export as .csv, .xlsx, .jsonl (an object a line) or .json (the same, or one list)
    #[arg(long, value_name = "FILE")]
    pub people: PathBuf,
    /// A hook that decides about them, by default the first that validates users; may be repeated
    #[arg(long, value_name = "HOOK")]
    pub hook: Vec<String>,
    /// Another rules folder: list only those for whom `--rules` decides otherwise than that folder
    #[arg(long, value_name = "FOLDER")]
    pub against: Option<PathBuf>,
    /// What columns are: a YAML file with `COLUMN: user.FIELD`, `attr.NAME`, `request.FIELD`, or `null` to leave it out
    #[arg(long, value_name = "FILE")]
    pub mapping: Option<PathBuf>,
    /// The sheet of a workbook that has several
    #[arg(long, value_name = "NAME")]
    pub sheet: Option<String>,
    /// The encoding of a CSV file that is not in Unicode, such as windows-1252
    #[arg(long, value_name = "NAME")]
    pub encoding: Option<String>,
    /// Answers of lookups, as tests give them: a YAML file with `LOOKUP: { KEY: ROW }`; nothing is asked outside
    #[arg(long, visible_alias = "facts", value_name = "FILE")]
    pub given: Option<PathBuf>,
    /// Change each request: `request.targetAttribute=email` (text) or `user.grade:=7` (JSON); may be repeated
    #[arg(long, value_name = "PATH=VALUE")]
    pub set: Vec<String>,
    /// The events' clock, for example 2026-01-31T12:00:00Z
    #[arg(long)]
    pub now: Option<String>,
    /// The application id of the path
    #[arg(long)]
    pub app: Option<String>,
    /// How many people of each group are shown as text, and how many notes on the file
    #[arg(long, value_name = "COUNT", default_value_t = 10)]
    pub limit: usize,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}
