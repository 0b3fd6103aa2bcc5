//! A file that is cut off anywhere, or has a quote too few or too many, never gives a row that was not in it without a word.

use std::sync::Arc;

use hookgate::diagnostic::{File, Place, Report};
use hookgate::rule::Role;
use hookgate::rule::sheet::{Form, read};

use super::same::Dice;

/// A generated file with its rows, the header first.
struct Written {
    text: String,
    rows: Vec<Vec<String>>,
}

fn cell(dice: &mut Dice) -> String {
    let pieces = [
        "Asha",
        "O'Brien",
        "",
        " ",
        "9820012345",
        "é",
        "日本",
        ";",
        ",",
        "\t",
        "\"",
        "\"\"",
        "5\" pipe",
        "\n",
        "x",
        "-",
    ];
    (0..dice.up_to(4)).map(|_| pieces[dice.up_to(pieces.len())]).collect()
}

fn written(dice: &mut Dice) -> Written {
    let separator = [',', ';', '\t'][dice.up_to(3)];
    let line_break = ["\n", "\r\n", "\r"][dice.up_to(3)];
    let columns = 2 + dice.up_to(3);
    let mut rows = vec![(0..columns).map(|n| format!("column{n}")).collect::<Vec<_>>()];
    for n in 0..=dice.up_to(5) {
        rows.push(std::iter::once(format!("k{n}")).chain((1..columns).map(|_| cell(dice))).collect());
    }
    let mut text = String::new();
    if dice.up_to(4) == 0 {
        text += &format!("sep={separator}{line_break}");
    }
    for row in &rows {
        let cells: Vec<String> = row
            .iter()
            .map(|cell| match cell.contains(['"', '\n', separator]) || dice.up_to(4) == 0 {
                true => format!("\"{}\"", cell.replace('"', "\"\"")),
                false => cell.clone(),
            })
            .collect();
        text += &cells.join(&separator.to_string());
        text += line_break;
        if dice.up_to(5) == 0 {
            text += &separator.to_string().repeat(dice.up_to(3));
            text += line_break;
        }
    }
    let rows = rows.into_iter().map(|row| row.into_iter().map(|cell| cell.trim().to_owned()).collect()).collect();
    Written { text, rows }
}

/// The rows that are loaded, the header first; `None` where the file is refused.
fn loaded(bytes: &[u8], report: &mut Report) -> Option<Vec<Vec<String>>> {
    let file = match String::from_utf8(bytes.to_vec()) {
        Ok(text) => File::new("people.csv", text),
        Err(error) => File::of_bytes("people.csv", error.into_bytes()),
    };
    let named = Place { file: Arc::new(File::new("rules.yaml", "table: people.csv")), span: 0..1 };
    let sheet = read(Role::Csv, &Arc::new(file), &Form::default(), &named, report)?;
    let texts = |row: Vec<hookgate::rule::sheet::Cell>| row.into_iter().map(|cell| cell.text).collect();
    Some(std::iter::once(sheet.columns).chain(sheet.rows).map(texts).collect()).filter(|_| !report.has_errors())
}

fn is_told(report: &Report, code: &str) -> bool {
    report.findings.iter().any(|finding| finding.code.id == code)
}

#[test]
fn of_every_prefix_each_row_is_an_original_one_or_it_is_told() {
    let mut dice = Dice::new(1);
    let (mut refused, mut read) = (0, 0);
    for n in 0..200 {
        let Written { text, rows } = written(&mut dice);
        let whole = loaded(text.as_bytes(), &mut Report::default());
        assert_eq!(whole.as_ref(), Some(&rows), "file {n}: {text:?}");
        for length in 0..text.len() {
            let prefix = &text.as_bytes()[..length];
            let mut report = Report::default();
            let Some(found) = loaded(prefix, &mut report) else {
                refused += 1;
                continue;
            };
            read += 1;
            let is_cut_told = is_told(&report, "H512");
            assert!(
                is_cut_told || prefix.ends_with(b"\n") || prefix.ends_with(b"\r") || found == rows,
                "{text:?} {length}"
            );
            let sure = if is_cut_told { found.len() - 1 } else { found.len() };
            assert_eq!(found[..sure], rows[..sure], "file {n}, {length} bytes of {text:?}");
        }
    }
    println!("{refused} prefixes refused, {read} read");
    assert!(refused > 1_000 && read > 5_000);
}

#[test]
fn a_quote_too_few_or_too_many_is_told() {
    let mut dice = Dice::new(2);
    let (mut refused, mut warned) = (0, 0);
    for _ in 0..200 {
        let Written { text, rows } = written(&mut dice);
        let quotes = text.match_indices('"').map(|(at, _)| text[..at].to_owned() + &text[at + 1..]);
        let added = text.char_indices().map(|(at, _)| format!("{}\"{}", &text[..at], &text[at..]));
        for changed in quotes.chain(added).collect::<Vec<_>>() {
            let mut report = Report::default();
            let found = loaded(changed.as_bytes(), &mut report);
            match found {
                None => refused += 1,
                Some(_) if !report.findings.is_empty() => warned += 1,
                Some(found) => assert_eq!(found, rows, "{text:?} as {changed:?}"),
            }
        }
    }
    println!("{refused} refused, {warned} warned of");
    assert!(refused > 1_000 && warned > 1_000);
}
