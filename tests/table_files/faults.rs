//! Damaged and unexpected files, each with what is told of it; and what is made of files that only look odd.

use hookgate::event::Value;

use super::{asking, failing, folder, found, load, only, told};

const RULES: &str = "{ table: people.csv, key: mobile }";

fn by_mobile() -> String {
    asking(RULES, "\"${user.mobile}\"")
}

/// What is told of this `people.csv`.
fn told_of(bytes: &[u8]) -> Vec<String> {
    told(&[("rules.yaml", by_mobile().as_bytes()), ("people.csv", bytes)])
}

/// Who has the number 9820012345 in this `people.csv`, of which nothing is told.
fn owner(bytes: &[u8]) -> Option<String> {
    let folder = folder(&[("rules.yaml", by_mobile().as_bytes()), ("people.csv", bytes)]);
    let (live, report) = load(folder.path()).unwrap_or_else(|report| panic!("{}", report.to_text(false)));
    assert!(report.findings.is_empty(), "{}", report.to_text(false));
    found(&live, &Value::text("9820012345"))
}

#[test]
fn files_in_another_encoding_are_told_with_the_row_and_what_to_do_in_excel() {
    let rules = by_mobile();
    let folder = folder(&[
        ("rules.yaml", rules.as_bytes()),
        ("people.csv", b"login,mobile,name\nasha,9820012345,Asha\njose,9820054321,Jos\xe9 M\xfcller\n"),
    ]);
    let report = load(folder.path()).unwrap_err();
    let text = report.to_text(false);
    assert!(text.contains("`people.csv` is not in UTF-8: row 3 has letters of another encoding"), "{text}");
    assert!(text.contains("people.csv:3:17") && text.contains("jose,9820054321,José Müller"), "{text}");
    assert!(text.contains("CSV UTF-8 (Comma delimited)") && text.contains("encoding: windows-1252"), "{text}");
    for (bytes, wanted) in [
        (
            &b"l\0o\0g\0i\0n\0\n\0a\0"[..],
            "H513: `people.csv` has NUL bytes, first in row 1, as UTF-16 has without its mark",
        ),
        (&b"\xff\xfel\0o"[..], "H513: `people.csv` begins as UTF-16, but is cut off or not valid"),
        (&b"\xff\xfe\x00\xd8a\0"[..], "H513: `people.csv` begins as UTF-16, but is cut off or not valid"),
        (&b"PK\x03\x04rest\0"[..], "H513: `people.csv` is a workbook under the name of a CSV file"),
        (&b"\xd0\xcf\x11\xe0\xa1"[..], "H513: `people.csv` is an old workbook under the name of a CSV file"),
        (&b""[..], "H504: `people.csv` has nothing in it"),
        (&b",,\n \n"[..], "H504: `people.csv` has nothing in it"),
    ] {
        assert_eq!(told_of(bytes), [wanted]);
    }
}

/// The rules themselves are well: what is wrong is seen in the table alone, and nothing of them is taken.
#[test]
fn rules_whose_table_has_a_mistake_are_not_taken() {
    for (lookup, table, wanted) in [
        ("{ table: people.csv, key: phone }", "login,mobile\nasha,1\n", "H503"),
        ("{ table: people.csv, key: mobile }", "name,mobile\nasha,1\n", "H307"),
        ("{ table: people.csv, key: mobile, at_least: 2 }", "login,mobile\nasha,1\n", "H520"),
    ] {
        let rules = asking(lookup, "\"${user.mobile}\"");
        let folder = folder(&[("rules.yaml", rules.as_bytes()), ("people.csv", table.as_bytes())]);
        let report = load(folder.path()).err().unwrap_or_else(|| panic!("{lookup} is taken"));
        let codes: Vec<&str> = report.findings.iter().map(|finding| finding.code.id).collect();
        assert_eq!(codes, [wanted], "{}", report.to_text(false));
    }
}

#[test]
fn an_encoding_that_is_said_is_held_to() {
    let latin = b"login,mobile\nJos\xe9,9820012345\n";
    let declared = |encoding: &str| {
        asking(&format!("{{ table: people.csv, key: mobile, encoding: {encoding} }}"), "\"${user.mobile}\"")
    };
    let rules = declared("windows-1252");
    let folder = folder(&[("rules.yaml", rules.as_bytes()), ("people.csv", latin)]);
    let (live, report) = load(folder.path()).unwrap();
    assert!(report.findings.is_empty());
    assert_eq!(found(&live, &Value::text("9820012345")).unwrap(), "José");
    let utf8 = "login,mobile\nJosé,9820012345\n".as_bytes();
    let rules = rules.as_bytes();
    assert_eq!(
        only(&[("rules.yaml", rules), ("people.csv", utf8)]),
        "H513: `people.csv` is already Unicode, and is read as Unicode"
    );
    let japanese = declared("shift_jis");
    let broken = only(&[("rules.yaml", japanese.as_bytes()), ("people.csv", b"login,mobile\nJos\xff,1\n")]);
    assert_eq!(broken, "H513: `people.csv` cannot be read as `shift_jis`");
    let utf16: Vec<u8> = "login,mobile\nJosé,9820012345\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let said = declared("utf-16le");
    let unmarked = super::folder(&[("rules.yaml", said.as_bytes()), ("people.csv", &utf16)]);
    assert_eq!(found(&load(unmarked.path()).unwrap().0, &Value::text("9820012345")).unwrap(), "José");
}

#[test]
fn rule_files_and_other_tables_may_have_a_mark_too() {
    let rules = asking("{ table: people.json, key: mobile }", "\"${user.mobile}\"");
    let marked = [b"\xef\xbb\xbf", rules.as_bytes()].concat();
    let json = b"\xef\xbb\xbf[{\"login\": \"asha\", \"mobile\": \"9820012345\"}]";
    let folder = folder(&[("rules.yaml", &marked), ("people.json", json)]);
    let (live, report) = load(folder.path()).unwrap_or_else(|report| panic!("{}", report.to_text(false)));
    assert!(report.findings.is_empty());
    assert_eq!(found(&live, &Value::text("9820012345")).unwrap(), "asha");
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(rules.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let folder = super::folder(&[("rules.yaml", &utf16), ("people.json", json)]);
    assert!(load(folder.path()).is_ok());
    let latin = [rules.as_bytes(), b"# Jos\xe9\n"].concat();
    let told = only(&[("rules.yaml", &latin), ("people.json", json)]);
    assert!(told.starts_with("H101: cannot read file `") && told.ends_with("line 8 is not UTF-8 text"), "{told}");
}

#[test]
fn line_ends_and_separators_may_be_any_of_the_usual() {
    for line in ["\n", "\r\n", "\r"] {
        for separator in [",", ";", "\t"] {
            let text = format!("login{separator}mobile{line}asha{separator}9820012345{line}");
            assert_eq!(owner(text.as_bytes()).unwrap(), "asha", "{text:?}");
        }
    }
    for text in [
        "login,mobile\r\nravi,1\rzoya,2\nasha,9820012345\n\r\n",
        "sep=;\r\nlogin;mobile\r\nasha;9820012345\r\n",
        "SEP=|\nlogin|mobile\nasha|9820012345\n",
        "\"sep=\t\"\nlogin\tmobile\nasha\t9820012345\n",
        "\n,,\nlogin,mobile\n , \nasha,9820012345\n,\n\n",
        "login;mobile;name, first\nasha;9820012345;\"Rao, Asha\"\n",
        "login , mobile\n asha ,\t\"9820012345\" \n",
        "login,mobile,,\nasha,9820012345,,\n",
        "\"login\",\"mobile\"\n\"asha\",\"9820012345\"\n",
        "login,mobile\nasha,\" 9820012345 \"\n",
        "login,mobile\nasha,=\"9820012345\"\n",
        "login,mobile\nasha,\"=\"\"9820012345\"\"\"\n",
    ] {
        assert_eq!(owner(text.as_bytes()).unwrap(), "asha", "{text:?}");
    }
    let quoted = "login,mobile\n\"as\"\"ha\",9820012345\nRavi \"Ram\" K,1\n";
    assert_eq!(owner(quoted.as_bytes()).unwrap(), "as\"ha");
}

#[test]
fn findings_stand_at_their_line() {
    let at = |text: &str| {
        let folder = folder(&[("rules.yaml", by_mobile().as_bytes()), ("people.csv", text.as_bytes())]);
        let report = load(folder.path()).unwrap_err();
        report.findings[0].place.as_ref().unwrap().line_column()
    };
    assert_eq!(at("login,mobile\nasha,1\n\n\nravi\n"), (5, 1));
    assert_eq!(at("login,mobile\n\"two\nlines\",1\n,2,3\n"), (4, 1));
    assert_eq!(at("login,mobile\r\n,1\r\n,2,3\r\n"), (3, 1));
    assert_eq!(at("login,mobile\rasha,1\r,2,3\r"), (3, 1));
    assert_eq!(at("login,mobile\n\n,,,\nasha,\"x\ny\n"), (4, 6));
    assert_eq!(at("login,mobile\nasha,1\n,\"x\"y\n"), (3, 5));
}

#[test]
fn blank_rows_of_a_decision_table_are_no_rows() {
    let rule = |rows: &str| {
        format!(
            "hook: policyMap\nrules:\n  - name: ou\n    table: {{ hit: first, inputs: [user.userType, user.country], outputs: [mappedValue], rows: {rows} }}\n"
        )
    };
    let csv =
        "user.userType,user.country,mappedValue,#note\n,,,\nVendor,-,V,\n,,,only a note\n\n-,India,I,\n ,\"\",,\n";
    let of_csv = rule("ou.csv");
    let inline = rule("[[\"\", \"\", \"\"], [Vendor, \"-\", V], [null, ~, \" \"], [\"-\", India, I]]");
    for files in [vec![("r.yaml", of_csv.as_bytes()), ("ou.csv", csv.as_bytes())], vec![("r.yaml", inline.as_bytes())]]
    {
        let folder = folder(&files);
        let (live, report) = load(folder.path()).unwrap_or_else(|report| panic!("{}", report.to_text(false)));
        assert!(report.findings.is_empty(), "{}", report.to_text(false));
        let table = live.rules.rules[0].table.as_ref().unwrap();
        assert_eq!(table.rows.len(), 2);
        assert!(table.rows.iter().all(|row| row.tests.iter().any(Option::is_some) && !row.actions.is_empty()));
    }
    let none = rule("ou.csv");
    let told = only(&[("r.yaml", none.as_bytes()), ("ou.csv", b"user.userType,user.country,mappedValue\n,,\n")]);
    assert_eq!(told, "H225: this decision table has no rows");
}

#[test]
fn a_decision_table_may_be_in_windows_1252_and_ignore_case() {
    let rule = |more: &str| {
        format!(
            "hook: policyMap\nrules:\n  - name: ou\n    table: {{ inputs: [user.userType, user.city], outputs: [mappedValue], rows: ou.csv, encoding: windows-1252{more} }}\ntests:\n  - name: it\n    request: {{ user: {{ userType: VENDOR, city: málaga }} }}\n    expect: {{ mappedValue: OU=M }}\n"
        )
    };
    let csv = b"user.userType,user.city,mappedValue\nVendor,M\xe1laga,OU=M\n";
    let came = |more: &str| {
        let rules = rule(more);
        let folder = folder(&[("r.yaml", rules.as_bytes()), ("ou.csv", csv)]);
        let (live, report) = load(folder.path()).unwrap_or_else(|report| panic!("{}", report.to_text(false)));
        assert!(report.findings.is_empty());
        failing(&live).is_empty()
    };
    assert!(came(", ignore_case: true") && came(", ignore_case: [user.userType, user.city]"));
    assert!(!came("") && !came(", ignore_case: false") && !came(", ignore_case: user.city"));
}

#[test]
fn files_of_other_kinds_are_told_as_such() {
    for (name, wanted) in [
        ("hr.xls", "H519: `hr.xls` is there, and is of a kind that is not read"),
        ("hr.ods", "H519: `hr.ods` is there, and is of a kind that is not read"),
        ("hr", "H519: `hr` is there, and is of a kind that is not read"),
        ("~$hr.xlsx", "H519: `~$hr.xlsx` is there, and is of a kind that is not read"),
        ("people.csv~", "H519: `people.csv~` is there, and is of a kind that is not read"),
    ] {
        let rules = asking(&format!("{{ table: \"{name}\", key: mobile }}"), "\"${user.mobile}\"");
        assert_eq!(only(&[("rules.yaml", rules.as_bytes()), (name, b"\xd0\xcf\x11\xe0")]), wanted);
    }
    let rules = asking("{ table: gone.xlsx, key: mobile }", "\"${user.mobile}\"");
    assert_eq!(only(&[("rules.yaml", rules.as_bytes())]), "H502: there is no file `gone.xlsx` next to this rule file");
}

/// What `check` shows a person at the screen, the log keeps to itself: a row of a table is about somebody.
/// What `check` prints goes where builds are logged.
#[test]
fn rows_of_a_table_with_a_secret_are_shown_to_nobody() {
    for header in ["login,mobile,password", "mobile;\"New Password\"", "mobile\tpin\tuserPassword"] {
        let table = format!(
            "{header}\n9.82E+09{0}CANARY{0}CANARY\n",
            if header.contains(';') {
                ';'
            } else if header.contains('\t') {
                '\t'
            } else {
                ','
            }
        );
        let folder = folder(&[("rules.yaml", by_mobile().as_bytes()), ("people.csv", table.as_bytes())]);
        let report = load(folder.path()).map_or_else(|report| report, |(_, report)| report);
        let told = report.to_text(false);
        assert!(told.contains("people.csv:2") && !told.contains("CANARY"), "{told}");
    }
}

#[test]
fn the_log_names_the_row_and_not_what_is_in_it() {
    let folder =
        folder(&[("rules.yaml", by_mobile().as_bytes()), ("people.csv", b"login,mobile\nasha.rao,9.82E+09\n")]);
    let (_, report) = load(folder.path()).unwrap();
    assert!(report.to_text(false).contains("asha.rao"));
    let log = report.to_log();
    assert!(log.contains("row 2") && log.contains("people.csv:2") && !log.contains("asha.rao"), "{log}");
}
