//! `hookgate decisions --verify`: verifies that journals are as they were written.

use serde_json::json;

use super::super::exit::{Exit, Failure, Output};
use super::journals::Journals;
use super::list::Format;
use crate::diagnostic::escaped;
use crate::journal::{Fault, verify};

/// Reads every line.
pub(super) fn run(journals: &Journals, format: Format) -> Result<Output, Failure> {
    let (mut whole, mut old, mut faults) = (0, 0, Vec::new());
    for archive in journals.archives() {
        let verified =
            verify(archive).map_err(|error| Failure::message(format!("the journal cannot be read: {error}")))?;
        whole += verified.whole;
        old += verified.old;
        faults.extend(verified.faults);
    }
    let stdout = match format {
        Format::Text => to_text(whole, old, &faults),
        Format::Json => {
            let faults: Vec<_> = faults.iter().map(|fault| json!({ "at": fault.at, "what": fault.what })).collect();
            format!("{}\n", json!({ "whole": whole, "old_form": old, "faults": faults }))
        }
    };
    Ok(Output { stdout, exit: if faults.is_empty() { Exit::Well } else { Exit::Found } })
}

fn to_text(whole: u64, old: u64, faults: &[Fault]) -> String {
    let mut out = format!("{whole} lines are as they were written\n");
    if old > 0 {
        out += &format!("{old} lines are of the old form, and nothing proves that they are as they were written\n");
    }
    for run in faults.chunk_by(|one, next| one.what == next.what) {
        if let [Fault { at, what }, more @ ..] = run {
            let more = if more.is_empty() { String::new() } else { format!(" (and {} lines behind it)", more.len()) };
            out += &format!("{}  {what}{more}\n", escaped(at));
        }
    }
    if faults.is_empty() {
        out += "nothing was changed, moved, left out or cut off; what was cut off the end of the newest file together with its \
                index cannot be known\n";
    }
    out
}
