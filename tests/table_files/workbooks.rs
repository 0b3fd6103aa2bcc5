//! Workbooks: which sheet is read, what its cells come to, and what is told of those that cannot be read.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use hookgate::event::Value;
use hookgate::lookup::{TableBefore, Tables, shrunk, with_files};
use hookgate::rule::{Shrink, Source, Sources};
use rust_xlsxwriter::{Format, Formula, Workbook, XlsxError};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::{asking, failing, folder, found, load, only, told};

fn workbook(fill: impl FnOnce(&mut Workbook) -> Result<(), XlsxError>) -> Vec<u8> {
    let mut workbook = Workbook::new();
    fill(&mut workbook).unwrap();
    workbook.save_to_buffer().unwrap()
}

/// A sheet `People` with these rows of text.
fn people(rows: &[&[&str]]) -> Vec<u8> {
    workbook(|book| {
        let sheet = book.add_worksheet().set_name("People")?;
        for (row, cells) in (0..).zip(rows) {
            for (column, cell) in (0..).zip(*cells).filter(|(_, cell)| !cell.is_empty()) {
                sheet.write_string(row, column, *cell)?;
            }
        }
        Ok(())
    })
}

fn rules(more: &str) -> String {
    asking(&format!("{{ table: hr.xlsx, key: mobile{more} }}"), "\"${user.mobile}\"")
}

fn told_of(more: &str, bytes: &[u8]) -> Vec<String> {
    told(&[("rules.yaml", rules(more).as_bytes()), ("hr.xlsx", bytes)])
}

const TWO: &[&[&str]] = &[&["login", "mobile"], &["asha", "9820012345"]];

#[test]
fn the_sheet_that_is_not_empty_is_read_or_the_one_that_is_named() {
    let several = workbook(|book| {
        book.add_worksheet().set_name("Notes")?.write_string(0, 0, "about")?;
        let sheet = book.add_worksheet().set_name("People 2026")?;
        sheet.write_string(2, 1, "login")?.write_string(2, 2, "mobile")?;
        sheet.write_string(4, 1, "asha")?.write_number(4, 2, 9_820_012_345.0)?;
        book.add_worksheet().set_name("Empty")?;
        Ok(())
    });
    let wanted = "H514: workbook `hr.xlsx` has several sheets, and which one is meant is not said";
    assert_eq!(told_of("", &several), [wanted]);
    assert_eq!(told_of(", sheet: Peopl 2026", &several), ["H514: workbook `hr.xlsx` has no sheet `Peopl 2026`"]);
    assert_eq!(told_of(", sheet: Empty", &several), ["H504: `hr.xlsx` has nothing in it"]);
    let hidden = workbook(|book| {
        book.add_worksheet().set_name("Lists")?.set_hidden(true).write_string(0, 0, "x")?;
        let sheet = book.add_worksheet().set_name("People")?.set_active(true);
        sheet.write_string(0, 0, "login")?.write_string(0, 1, "mobile")?;
        sheet.write_string(1, 0, "asha")?.write_string(1, 1, "9820012345")?;
        Ok(())
    });
    for (more, bytes) in [(", sheet: people 2026", &several), ("", &hidden), (", sheet: People", &hidden)] {
        let rules = rules(more);
        let folder = folder(&[("rules.yaml", rules.as_bytes()), ("hr.xlsx", bytes), ("~$hr.xlsx", b"lock")]);
        let (live, report) = load(folder.path()).unwrap_or_else(|report| panic!("{}", report.to_text(false)));
        assert!(report.findings.is_empty(), "{}", report.to_text(false));
        assert_eq!(found(&live, &Value::text("9820012345")).unwrap(), "asha");
    }
}

#[test]
fn findings_name_sheet_and_row() {
    let bytes = people(&[&["login", "mobile"], &[], &["asha", "9.82E+09"], &["ravi", "1"]]);
    let rules = rules("");
    let folder = folder(&[("rules.yaml", rules.as_bytes()), ("hr.xlsx", &bytes)]);
    let (_, report) = load(folder.path()).unwrap();
    let text = report.to_text(false);
    assert!(text.contains("column `mobile` of `hr.xlsx` has damaged cells: row 3"), "{text}");
    assert!(text.contains("hr.xlsx, sheet People, row 3") && text.contains("asha | 9.82E+09"), "{text}");
    let json = report.findings[0].to_json();
    assert_eq!((json["place"]["sheet"].as_str(), json["place"]["line"].as_u64()), (Some("People"), Some(3)));
    assert!(report.findings[0].to_github().contains("hr.xlsx, sheet People, row 3: column"));
}

#[test]
fn errors_formulas_and_shortened_numbers_are_told() {
    let bytes = workbook(|book| {
        let sheet = book.add_worksheet();
        sheet.write_string(0, 0, "login")?.write_string(0, 1, "mobile")?;
        let formula = |text: &str, result: &str| Formula::new(text).set_result(result);
        for (row, result) in (1..).zip(["#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!"]) {
            sheet.write_string(row, 0, "x")?.write_formula(row, 1, formula("=A1", result))?;
        }
        sheet.write_number(6, 1, 6_070_123_456_789_012_345.0)?.write_string(6, 0, "long")?;
        sheet.write_string(7, 0, "computed")?.write_formula(7, 1, formula("=\"98\"&\"20012345\"", "9820012345"))?;
        sheet
            .write_number_with_format(8, 1, 42.0, &Format::new().set_num_format("00000"))?
            .write_string(8, 0, "zeros")?;
        sheet
            .write_number_with_format(9, 1, 42.0, &Format::new().set_num_format("\"EMP\"0000"))?
            .write_string(9, 0, "emp")?;
        Ok(())
    });
    let rules = rules("");
    let folder = folder(&[("rules.yaml", rules.as_bytes()), ("hr.xlsx", &bytes)]);
    let (live, report) = load(folder.path()).unwrap();
    let messages: Vec<&str> = report.findings.iter().map(|finding| &*finding.message).collect();
    assert_eq!(messages, ["column `mobile` of `hr.xlsx` has damaged cells: rows 2, 3, 4, 5, 6 and 2 more"]);
    assert_eq!(found(&live, &Value::text("9820012345")).unwrap(), "computed");
    assert_eq!(found(&live, &Value::text("00042")).unwrap(), "zeros");
}

#[test]
fn a_formula_that_was_never_computed_is_told() {
    let bytes = people(TWO);
    let replaced = changed(&bytes, "xl/worksheets/sheet1.xml", |xml| {
        assert!(xml.contains("<c r=\"B2\" t=\"s\"><v>3</v></c>"), "{xml}");
        xml.replace("<c r=\"B2\" t=\"s\"><v>3</v></c>", "<c r=\"B2\"><f>A2&amp;\"x\"</f></c>")
    });
    let told = told_of("", &replaced);
    assert_eq!(told, ["H515: column `mobile` of `hr.xlsx` has damaged cells: row 2"]);
}

/// The archive with one of its parts changed.
fn changed(bytes: &[u8], name: &str, change: impl FnOnce(String) -> String) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let part = std::io::read_to_string(archive.by_name(name).unwrap()).unwrap();
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for place in 0..archive.len() {
        let part = archive.by_index_raw(place).unwrap();
        if part.name().unwrap() != name {
            writer.raw_copy_file(part).unwrap();
        }
    }
    writer.start_file(name, SimpleFileOptions::default()).unwrap();
    writer.write_all(change(part).as_bytes()).unwrap();
    writer.finish().unwrap().into_inner()
}

#[test]
fn what_is_no_workbook_or_unpacks_to_too_much_is_told() {
    let protected = [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".as_slice(), &[0; 600]].concat();
    let broken = &people(TWO)[..400];
    let starts = |told: &[String], with: &str| assert!(told.len() == 1 && told[0].starts_with(with), "{told:?}");
    starts(&told_of("", b"login,mobile\n"), "H514: `hr.xlsx` is not a workbook, whatever its name says");
    starts(&told_of("", b"<html><table>"), "H514: `hr.xlsx` is not a workbook");
    starts(&told_of("", b""), "H514: `hr.xlsx` is not a workbook");
    starts(&told_of("", &protected), "H514: `hr.xlsx` is protected by a password, or an old workbook");
    starts(&told_of("", broken), "H514: workbook `hr.xlsx` cannot be read");
    // Two cells that span millions are no trouble as such; the rows between them are no rows.
    let wide = workbook(|book| {
        let sheet = book.add_worksheet();
        sheet.write_string(0, 0, "login")?.write_string(0, 1, "mobile")?;
        sheet.write_string(1_048_575, 16_383, "far")?;
        Ok(())
    });
    starts(&told_of("", &wide), "H504: a column has no name in the header");
    let mut sheet = String::new();
    for row in 1..=200 {
        let _ = write!(sheet, "<row r=\"{row}\"><c r=\"A{row}\"><v>1</v></c><c r=\"XFD{row}\"><v>1</v></c></row>");
    }
    let filled = changed(&people(TWO), "xl/worksheets/sheet1.xml", |xml| {
        let (before, rest) = xml.split_once("<sheetData>").unwrap();
        format!("{before}<sheetData>{sheet}</sheetData>{}", rest.split_once("</sheetData>").unwrap().1)
    });
    starts(&told_of("", &filled), "H514: workbook `hr.xlsx` is too large: sheet `People` has more than 2000000 cells");
    let styles = changed(&people(TWO), "xl/styles.xml", |xml| xml + &" ".repeat(9 << 20));
    starts(&told_of("", &styles), "H514: workbook `hr.xlsx` is too large: its formats are larger than 8 MiB");
}

#[test]
fn a_small_file_that_unpacks_to_much_is_refused_before_it_is_unpacked() {
    let mut part = ZipWriter::new(Cursor::new(Vec::new()));
    part.start_file("xl/media/a.bin", SimpleFileOptions::default()).unwrap();
    part.write_all(&vec![0; 4 << 20]).unwrap();
    let part = part.finish().unwrap().into_inner();
    let mut bomb = ZipWriter::new_append(Cursor::new(people(TWO))).unwrap();
    for n in 0..65 {
        let mut source = ZipArchive::new(Cursor::new(&part)).unwrap();
        bomb.raw_copy_file_rename(source.by_index_raw(0).unwrap(), format!("xl/media/{n}.bin")).unwrap();
    }
    let bomb = bomb.finish().unwrap().into_inner();
    assert!(bomb.len() < 1 << 20, "{}", bomb.len());
    assert_eq!(told_of("", &bomb), ["H514: workbook `hr.xlsx` is too large: unpacked it is larger than 256 MiB"]);
}

#[test]
fn the_hash_of_a_folder_covers_the_bytes_of_its_workbooks() {
    let hash = |bytes: &[u8]| {
        let folder = folder(&[("hr.xlsx", bytes)]);
        let hash = Sources::read(folder.path()).unwrap().files[0].1.bytes.len();
        (hash, Sources::from_files(std::path::Path::new("rules"), vec![renamed(folder.path())]).hash)
    };
    let renamed_twice = (hash(b"PK\x03\x04one"), hash(b"PK\x03\x04two"));
    assert_eq!(renamed_twice.0.0, renamed_twice.1.0);
    assert_ne!(renamed_twice.0.1, renamed_twice.1.1);
}

#[test]
fn a_workbook_that_lost_its_rows_is_noticed() {
    let rows: Vec<[String; 2]> = (0..10).map(|n| [format!("p{n}"), format!("98200{n:05}")]).collect();
    let rows: Vec<[&str; 2]> = rows.iter().map(|[login, mobile]| [login.as_str(), mobile.as_str()]).collect();
    let book = |count: usize| {
        let header: &[&str] = &["login", "mobile"];
        let all: Vec<&[&str]> = std::iter::once(header).chain(rows[..count].iter().map(|row| &row[..])).collect();
        people(&all)
    };
    let rules = rules("");
    let folder = folder(&[("rules.yaml", rules.as_bytes()), ("hr.xlsx", &book(10))]);
    let (before, _) = load(folder.path()).unwrap();
    std::fs::write(folder.path().join("hr.xlsx"), book(3)).unwrap();
    let (now, _) = load(folder.path()).unwrap();
    let files = before.rules.lookups.iter().filter_map(|lookup| match &lookup.source {
        Source::Table(source) => {
            let (role, file) = source.file.clone()?;
            Some((file.name.clone(), TableBefore { role, file, lately: None }))
        }
        Source::Remote(_) => None,
    });
    let lost = shrunk(&now.rules.lookups, &now.tables, &files.collect(), Shrink::Percent(20));
    assert_eq!(lost.iter().map(|lost| (lost.rows_before, lost.rows)).collect::<Vec<_>>(), [(10, 3)]);
    let again = with_files(&now.rules.lookups, &lost);
    let tables = Tables::load(&again, &mut hookgate::diagnostic::Report::default());
    assert_eq!(tables.rows(0), Some(10));
}

fn renamed(folder: &std::path::Path) -> (hookgate::rule::Role, std::sync::Arc<hookgate::diagnostic::File>) {
    let (role, file) = Sources::read(folder).unwrap().files.remove(0);
    (role, std::sync::Arc::new(hookgate::diagnostic::File::of_bytes("hr.xlsx", file.bytes.clone())))
}

#[test]
fn a_decision_table_may_be_a_sheet() {
    let rule = "hook: policyMap\nrules:\n  - name: ou\n    table: { hit: first, inputs: [user.userType, user.grade], outputs: [mappedValue, stop], rows: ou.xlsx, sheet: OU }\ntests:\n  - name: by number\n    request: { user: { userType: Vendor, grade: 7 } }\n    expect: { mappedValue: OU=V7 }\n  - name: otherwise\n    request: { user: { userType: Employee, grade: 9 } }\n    expect: { mappedValue: OU=Rest }\n";
    let bytes = workbook(|book| {
        book.add_worksheet().set_name("Read me")?.write_string(0, 0, "The table is on the next sheet")?;
        let sheet = book.add_worksheet().set_name("OU")?;
        for (column, head) in (0..).zip(["user.userType", "user.grade", "mappedValue", "stop", "#why"]) {
            sheet.write_string(0, column, head)?;
        }
        sheet
            .write_string(1, 0, "Vendor")?
            .write_number(1, 1, 7)?
            .write_string(1, 2, "OU=V7")?
            .write_boolean(1, 3, true)?;
        sheet.write_string(2, 4, "a note\nin two lines")?;
        sheet.write_string(3, 0, "-")?.write_string(3, 2, "OU=Rest")?;
        Ok(())
    });
    let folder = folder(&[("r.yaml", rule.as_bytes()), ("ou.xlsx", &bytes)]);
    let (live, report) = load(folder.path()).unwrap_or_else(|report| panic!("{}", report.to_text(false)));
    assert!(report.findings.is_empty(), "{}", report.to_text(false));
    let table = live.rules.rules[0].table.as_ref().unwrap();
    assert_eq!(table.rows.len(), 2);
    assert!(table.place(1).file_line().ends_with("ou.xlsx, sheet OU, row 4"), "{}", table.place(1).file_line());
    assert_eq!(table.cell(&table.rows[0], 1), "7");
    assert_eq!(failing(&live), Vec::<String>::new());
    let lines = only(&[
        ("r.yaml", rule.as_bytes()),
        (
            "ou.xlsx",
            &workbook(|book| {
                let sheet = book.add_worksheet().set_name("OU")?;
                for (column, head) in (0..).zip(["user.userType", "user.grade", "mappedValue", "stop"]) {
                    sheet.write_string(0, column, head)?;
                }
                sheet.write_string(1, 0, "Vendor")?.write_string(1, 2, "OU=V\nOU=X")?;
                Ok(())
            }),
        ),
    ]);
    assert_eq!(lines, "H228: this cell of column `mappedValue` has a line break in it");
}
