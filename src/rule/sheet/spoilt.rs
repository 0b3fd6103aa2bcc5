//! Finds cells in which a spreadsheet has kept something else than what was typed.

use super::cells::{Cell, Sheet};
use crate::diagnostic::{Diagnostic, File, Place, Report, code};

/// Most rows that one finding names.
const NAMED_ROWS: usize = 5;

/// What a person sees in place of a value that Excel could not make out. Other languages have words of their own.
const ERRORS: [&str; 4] = ["#N/A", "#NV", "#N/D", "#GETTING_DATA"];

/// Why a text is hardly what the cell once held: `an error of the spreadsheet`. `None` for one that may be.
#[must_use]
pub fn spoilt(text: &str) -> Option<&'static str> {
    let text = text.trim();
    let is_error = |rest: &str| {
        let word = rest.trim_end_matches(['!', '?']);
        word.len() < rest.len() && !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || "/_¡¿".contains(c))
    };
    match text.strip_prefix('#') {
        Some(rest) if ERRORS.contains(&text) || is_error(rest) => return Some("an error of the spreadsheet"),
        Some(rest) if !rest.is_empty() && rest.chars().all(|c| c == '#') => {
            return Some("what a column shows that is too narrow");
        }
        _ => {}
    }
    if is_shortened(text) {
        return Some("a number that the spreadsheet has shortened");
    }
    match text.strip_prefix(['=', '\'']) {
        Some(rest) if text.starts_with('=') && !rest.is_empty() => Some("a formula, not what it comes to"),
        Some(rest) if !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit()) => {
            Some("a number with the sign by which it was made a text")
        }
        _ => None,
    }
}

/// A cell that something is wrong with.
#[derive(Clone, Debug)]
pub struct Doubtful {
    /// Counted from 1 as spreadsheets do, with the header.
    pub row: usize,
    pub place: Place,
    pub why: &'static str,
}

impl Sheet {
    /// The spoilt cells of a column.
    #[must_use]
    pub fn spoilt_in(&self, column: usize) -> Vec<Doubtful> {
        let cells = self.rows.iter().filter_map(|row| row.get(column)).filter(|cell| !cell.text.is_empty());
        let doubtful = |cell: &'_ Cell| {
            let why = self.doubts.get(&cell.span.start).copied().or_else(|| spoilt(&cell.text))?;
            let place = self.place(cell);
            Some(Doubtful { row: place.line(), place, why })
        };
        cells.filter_map(doubtful).collect()
    }
}

/// Warns of the spoilt cells of a column, once for all of them.
pub fn warn_of_spoilt(cells: &[Doubtful], column: &str, file: &File, report: &mut Report) {
    let Some(first) = cells.first() else { return };
    let rows = rows_named(cells);
    let message = format!("column `{column}` of `{}` has damaged cells: {rows}", file.short_name());
    let finding = Diagnostic::error(&code::SPOILT_CELL, first.place.clone(), message).warning().label(first.why);
    report.push(finding.help("in the spreadsheet make the column a text, enter the value again, and save"));
}

/// Rows by their numbers, counted from 1 as spreadsheets do: `row 4`, `rows 4, 7 and 9`, `rows 4, 7, 8, 9, 12 and 3 more`.
#[must_use]
pub fn rows_named(cells: &[Doubtful]) -> String {
    let rows: Vec<String> = cells.iter().map(|cell| cell.row.to_string()).collect();
    match (rows.split_at_checked(NAMED_ROWS), rows.split_last()) {
        (Some((named, more)), _) if !more.is_empty() => format!("rows {} and {} more", named.join(", "), more.len()),
        (_, Some((last, []))) => format!("row {last}"),
        (_, Some((last, rest))) => format!("rows {} and {last}", rest.join(", ")),
        (_, None) => "no row".to_owned(),
    }
}

/// `9.82E+09`, with the decimal comma of some countries too. `12E5` is somebody's number.
fn is_shortened(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let Some((mantissa, exponent)) = unsigned.split_once(['E', 'e']) else { return false };
    let (whole, decimals) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, "0"));
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or_default();
    whole.len() == 1 && digits(whole) && digits(decimals) && (2..=3).contains(&exponent.len()) && digits(exponent)
}

#[cfg(test)]
mod tests {
    use super::spoilt;

    const SPOILT: &str = "9.82E+09 9,82E+09 9.82001E+09 1E+12 -1.5E-07 9.82e+09 #N/A #REF! #NAME? #VALUE! #DIV/0! #NUM! #NULL! \
                          #SPILL! #BEZUG! #WERT! #NV #N/D #¡REF! ######## ## =A2 =VLOOKUP(A2,B:C,2,0) '9820012345";
    const OTHERS: &str = "9820012345 12E5 1E5 E+09 9.8E09 98.2E+09 1E+1 # #1 #hashtag #4.2! ! = ' 'tis O'Brien +919820012345 \
                          EMP-0042 1.5 E e+10 C# ####a -";

    #[test]
    fn what_spreadsheets_leave_is_told_from_what_people_write() {
        for text in SPOILT.split_whitespace() {
            assert!(spoilt(text).is_some() && spoilt(&format!(" {text} ")).is_some(), "{text}");
        }
        for text in OTHERS.split_whitespace().chain(["", " "]) {
            assert_eq!(spoilt(text), None, "{text}");
        }
    }
}
