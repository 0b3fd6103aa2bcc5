//! How a table file is to be read, and where that is said.

use crate::rule::encoding::Encoding;

/// Where a form is said: what is told of a file that needs one names it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Said {
    /// In the rule file that names the table.
    #[default]
    BesideItsName,
    /// On a command line.
    ByFlag,
}

/// How a table file is to be read, as far as the file does not say it itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Form {
    pub said: Said,
    /// Of CSV that is neither UTF-8 nor UTF-16 with its mark.
    pub encoding: Option<Encoding>,
    /// Of a workbook.
    pub sheet: Option<String>,
}

impl Said {
    /// What to write where a form is said: ``write `sheet: People` beside its name``.
    pub(super) fn to_write(self, key: &str, value: &str) -> String {
        match self {
            Said::BesideItsName => format!("write `{key}: {value}` beside its name"),
            Said::ByFlag => format!("add `--{key} {value}`"),
        }
    }
}
