//! The same people in every kind of file, and files of which something cannot be read.

use std::fs;
use std::io::{Cursor, Write as _};

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::{groups, notes, scan, told};
use crate::support::program::folder;

/// Each rule needs a value as it was meant: a date, a number that must not lose a digit, a custom attribute, true or false.
const RULES: &str = r#"hook: validateUser
codes: { TooEarly: x, NotOurs: x, NoCentre: x, Left: x }
rules:
  - { name: early, when: { user.startDate: { before: "2020-03-01" } }, reject: TooEarly }
  - { name: moment, when: { user.lastSeen: { before: "2025-10-13T12:59:03" } }, reject: Left }
  - { name: mobile, when: { user.mobile: { empty: false, not: { matches: "^9[0-9]{9}$" } } }, reject: NotOurs }
  - { name: centre, when: { attr.costCentre: { not: { in: [CC1, "0042"] } } }, reject: NoCentre }
"#;

const CSV: &str = "Login,Start Date,lastSeen,Mobile,Cost Centre\r\n\
                   a,2020-02-29,2026-01-01T10:00:00,9820012345,CC1\r\n\
                   b,2020-03-01,2025-10-13T12:59:02,9820012346,CC1\r\n\
                   c,2024-01-31,,98200,0042\r\n\
                   d,,2026-01-01T10:00:00,9820012347,\r\n\
                   e,2020-03-01,2025-10-13T12:59:03,9820012348,0042\r\n";

const FOUND: [&str; 4] = [
    "validateUser: refused with Left by moment: b",
    "validateUser: refused with NoCentre by centre: d",
    "validateUser: refused with NotOurs by mobile: c",
    "validateUser: refused with TooEarly by early: a",
];

const LINES: &str = r#"{"login":"a","startDate":"2020-02-29","lastSeen":"2026-01-01T10:00:00","MOBILE":9820012345,"costCentre":"CC1"}
{"login":"b","startDate":"2020-03-01","lastSeen":"2025-10-13T12:59:02","MOBILE":"9820012346","costCentre":"CC1"}

{"user":{"login":"c","startDate":[2024,1,31,0,0],"mobile":"98200","attributes":[{"name":"costCentre","value":"0042"}]}}
{"login":"d","lastSeen":"2026-01-01T10:00:00","MOBILE":"9820012347","startDate":null}
{"request":{"user":{"login":"e","startDate":"2020-03-01","lastSeen":"2025-10-13T12:59:03","mobile":"9820012348","attributes":{"costCentre":"0042"}}}}
"#;

/// The rows of `CSV` as Excel keeps them: dates and moments as numbers with a format, mobiles as numbers.
fn workbook(is_1904: bool) -> Vec<u8> {
    let (day, moment) = (Format::new().set_num_format("dd/mm/yyyy"), Format::new().set_num_format("dd-mmm-yy hh:mm"));
    let zeros = Format::new().set_num_format("0000");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("People").unwrap();
    for (row, line) in (0..).zip(CSV.lines()) {
        for (column, cell) in (0..).zip(line.split(',')) {
            // In the other system days are counted from 1 January 1904.
            let days = |text: &str| {
                ExcelDateTime::parse_from_str(text).unwrap().to_excel() - if is_1904 { 1462.0 } else { 0.0 }
            };
            let _ = match column {
                _ if cell.is_empty() => continue,
                1 if row > 0 => sheet.write_number_with_format(row, column, days(cell), &day).unwrap(),
                2 if row > 0 => sheet.write_number_with_format(row, column, days(cell), &moment).unwrap(),
                3 if row > 0 => sheet.write_number(row, column, cell.parse::<f64>().unwrap()).unwrap(),
                4 if cell == "0042" => sheet.write_number_with_format(row, column, 42.0, &zeros).unwrap(),
                _ => sheet.write_string(row, column, cell).unwrap(),
            };
        }
    }
    let bytes = book.save_to_buffer().unwrap();
    if is_1904 { with_1904(&bytes) } else { bytes }
}

/// The workbook with the word in it by which programs count days from 1904.
fn with_1904(bytes: &[u8]) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let part = std::io::read_to_string(archive.by_name("xl/workbook.xml").unwrap()).unwrap();
    let changed = part.replace("<workbookPr ", "<workbookPr date1904=\"1\" ");
    assert_ne!(part, changed, "{part}");
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for place in 0..archive.len() {
        let part = archive.by_index_raw(place).unwrap();
        if part.name().unwrap() != "xl/workbook.xml" {
            writer.raw_copy_file(part).unwrap();
        }
    }
    writer.start_file("xl/workbook.xml", SimpleFileOptions::default()).unwrap();
    writer.write_all(changed.as_bytes()).unwrap();
    writer.finish().unwrap().into_inner()
}

#[test]
fn the_same_people_are_answered_alike_from_every_kind_of_file() {
    let settings = "fields: { lastSeen: date }\n";
    let dir = folder(&[("rules/a.yaml", RULES), ("gateway.yaml", settings)]);
    let list = format!("[{}]", LINES.trim().replace("\n\n", "\n").replace('\n', ",\n"));
    let windows = CSV.replace(',', ";");
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(CSV.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let files: [(&str, Vec<u8>); 8] = [
        ("people.csv", CSV.into()),
        ("semicolons.csv", windows.into()),
        ("utf16.csv", utf16),
        ("tabs.tsv", CSV.replace(',', "\t").into()),
        ("people.xlsx", workbook(false)),
        ("people-1904.xlsx", workbook(true)),
        ("people.jsonl", LINES.into()),
        ("people.json", list.into()),
    ];
    for (name, bytes) in files {
        fs::write(dir.path().join(name), bytes).unwrap();
        let told = told(&dir, &["--people", name], 1);
        let mut found = groups(&told);
        found.sort();
        assert_eq!(found, FOUND, "{name}: {told}");
        assert_eq!((&told["people"], &told["notes"]), (&5.into(), &serde_json::json!([])), "{name}");
        assert_eq!(told["hooks"][0]["others"], serde_json::json!({ "accepted": 1 }), "{name}");
    }
}

const ANY: &str =
    "hook: validateUser\ncodes: { Nope: x }\nrules: [{ name: a, when: { user.login: nope }, reject: Nope }]\n";

#[test]
fn each_row_that_cannot_be_read_is_told_with_its_place_and_the_others_are_decided() {
    let csv = "login,email\na,a@x\nb\nnope,n@x\n\"c\",c@x,more\n#N/A,1\nnope,other@x\nd,d@x";
    let lines = "{\"login\":\"a\"}\n{\"login\":\"b\"\n7\n{\"login\":\"nope\"}\n{\"login\":\"x\",\"login\":\"y\"}\n\
                 {\"login\":\"nope\",\"attributes\":{\"PAN\":1,\"PAN\":2}}\n{\"request\":{\"user\":7}}\n";
    let dir = folder(&[("rules/a.yaml", ANY), ("p.csv", csv), ("p.jsonl", lines)]);
    let of_csv = told(&dir, &["--people", "p.csv"], 1);
    assert_eq!(
        notes(&of_csv),
        [
            "p.csv:8: the last line of `p.csv` has no line break at its end: it may be cut off",
            "p.csv:3: this row has 1 cells, and the header has 2",
            "p.csv:5: this row has 3 cells, and the header has 2",
            "p.csv:6: column `login` has damaged cells, row 6: an error of the spreadsheet",
            "p.csv:7: `nope` stands in row 4 already; both are decided",
        ]
    );
    assert_eq!(groups(&of_csv), ["validateUser: refused with Nope by a: nope, nope"]);
    assert_eq!(of_csv["people"], 5);

    let of_lines = told(&dir, &["--people", "p.jsonl"], 1);
    assert_eq!(
        notes(&of_lines),
        [
            "p.jsonl:2: this is not JSON from column 12 on",
            "p.jsonl:3: this is not an object",
            "p.jsonl:5: `login` appears twice in this object",
            "p.jsonl:6: no event of `validateUser`: the same key appears twice in one object",
            "p.jsonl:7: no event of `validateUser`: the request has no `user` object",
        ]
    );
    assert_eq!((groups(&of_lines).len(), &of_lines["people"]), (1, &2.into()));

    // People who could not be read are reason enough to end with 1, and as text too each has its place.
    fs::write(dir.path().join("p.csv"), "login,email\na,a@x\nb\n").unwrap();
    let text = scan(&dir, &["--people", "p.csv"]).run().expect(1);
    assert!(text.contains("\ncannot be read\n  p.csv:3  this row has 1 cells, and the header has 2; "), "{text}");
    assert!(text.contains("\n1 person decided in "), "{text}");
}

#[test]
fn a_file_of_which_nothing_can_be_read_ends_the_scan() {
    let dir = folder(&[("rules/a.yaml", ANY)]);
    let book = workbook(false);
    let several = {
        let mut book = Workbook::new();
        for name in ["One", "Two"] {
            book.add_worksheet().set_name(name).unwrap().write_string(0, 0, "login").unwrap();
        }
        book.save_to_buffer().unwrap()
    };
    let files: [(&str, &[u8], &str); 11] = [
        ("empty.csv", b"", "empty.csv:1: `empty.csv` has nothing in it"),
        ("header.csv", b"login,email\n", "`header.csv` has no people in it"),
        ("empty.jsonl", b"\n\n", "`empty.jsonl` has no people in it"),
        ("empty.json", b"[]", "`empty.json` has no people in it"),
        ("broken.json", b"[\n{\"login\":1},\n{\"login\"}]", "broken.json:3: begins a list that is none"),
        ("twice.csv", b"login,login\na,b\n", "twice.csv:1: column `login` appears twice in the header"),
        ("quote.csv", b"login,email\n\"a,b\nc,d\n", "quote.csv:2: this quote is never closed"),
        ("windows.csv", b"login,city\na,Z\xfcrich\n", "`--encoding windows-1252`"),
        ("several.xlsx", &several, "`--sheet NAME`, with `One` or `Two`"),
        ("people.ods", &book, "`people.ods` is no .csv, .xlsx, .json or .jsonl file"),
        ("people.csv", &book, "is a workbook under the name of a CSV file"),
    ];
    for (name, bytes, told) in files {
        fs::write(dir.path().join(name), bytes).unwrap();
        let error = scan(&dir, &["--people", name]).run().refused(2);
        assert!(error.contains(told), "{name}: {error}");
    }
    let said = scan(&dir, &["--people", "windows.csv", "--encoding", "windows-1252"]).run().expect(0);
    assert!(said.contains("1 person decided"), "{said}");
    let missing = scan(&dir, &["--people", "nowhere.csv"]).run().refused(2);
    assert!(missing.contains("cannot read `nowhere.csv`"), "{missing}");
    let large = fs::File::create(dir.path().join("large.csv")).unwrap();
    large.set_len((64 << 20) + 1).unwrap();
    let refused = scan(&dir, &["--people", "large.csv"]).run().refused(2);
    assert!(refused.contains("`large.csv` is larger than 64 MiB") && refused.contains("split it"), "{refused}");
}

#[test]
fn a_blank_cell_is_no_field_and_json_stays_as_it_came() {
    let rules = "hook: validateUser\ncodes: { There: x }\n\
                 rules: [{ name: there, when: { user.city: { present: true } }, reject: There }]\n";
    let lines = "{\"login\":\"a\",\"city\":\"\"}\n{\"login\":\"b\",\"city\":null}\n{\"login\":\"c\"}\n";
    let dir = folder(&[("rules/a.yaml", rules), ("p.csv", "login,city\na,\nb,\"  \"\nc,\"\"\n"), ("p.jsonl", lines)]);
    let blank = told(&dir, &["--people", "p.csv"], 0);
    assert_eq!(blank["hooks"][0]["others"]["accepted"], 3);
    assert_eq!(blank["columns"][1]["blank"], true);
    assert_eq!(groups(&told(&dir, &["--people", "p.jsonl"], 1)), ["validateUser: refused with There by there: a"]);
}

#[test]
fn ten_thousand_people_are_decided_and_each_who_is_refused_is_named() {
    let people: String = (0..10_000).fold("login,mobile,email\n".to_owned(), |all, n| {
        // Every hundredth has the number of somebody in the table of the starter rules.
        let mobile = if n % 100 == 7 { 9_820_012_345_u64 } else { 9_700_000_000 + n };
        all + &format!("p{n},{mobile},p{n}@corp.example\n")
    });
    let dir = folder(&[("people.csv", &people)]);
    let rules = crate::support::program::root().join("rules");
    let words = ["--people", "people.csv", "--rules", rules.to_str().unwrap()];
    let all = told(&dir, &words, 1);
    assert_eq!((&all["people"], &all["hooks"][0]["others"]["accepted"]), (&10_000.into(), &9_900.into()));
    let refused = &all["hooks"][0]["groups"][0];
    assert_eq!((&refused["count"], &refused["rule"]), (&100.into(), &"mobile-is-free".into()));
    assert_eq!(refused["people"][99]["person"], "p9907");
    assert_eq!(refused["people"][99]["at"], "people.csv:9909");
    let text = scan(&dir, &[&words[..], &["--limit", "3"]].concat()).run().expect(1);
    assert!(text.contains("people.csv: 10 000 people, decided by "), "{text}");
    assert!(text.contains("     100 refused with MobileAlreadyExist, by mobile-is-free ("), "{text}");
    assert!(text.contains("           p207\n           and 97 more (`--limit`, `--format json`)\n"), "{text}");
    assert!(text.contains("\n   9 900 accepted\n\n10 000 people decided in "), "{text}");
}
