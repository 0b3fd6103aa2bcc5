//! By what rows are found: columns, functions of columns, several of them.

use hookgate::engine::{Answer, Facts};
use hookgate::event::Value;
use hookgate::gateway::Live;

use super::{asking, failing, folder, found, load, told};

fn live(lookup: &str, csv: &str) -> Live {
    let rules = format!(
        "lookups: {{ people: {lookup} }}\nrules: [{{ name: r, hook: validateUser, when: {{ user.x: y }}, reject: MobileAlreadyExist }}]\n"
    );
    let folder = folder(&[("rules.yaml", rules.as_bytes()), ("people.csv", csv.as_bytes())]);
    load(folder.path()).unwrap_or_else(|report| panic!("{}", report.to_text(false))).0
}

#[test]
fn cells_go_through_the_function_once_and_are_found_by_what_it_answers() {
    let csv = "login,Mobile No.,mobile,email,row\nasha,+91 98200 12345,9820012345,Asha.Rao@Corp.Example ,r1\nravi,,,RAVI@x.example,r2\n";
    for (key, asked, wanted) in [
        ("'mobile(mobile, \"IN\")'", "9820012345", Some("asha")),
        ("'mobile(row[\"Mobile No.\"], \"IN\")'", "9820012345", Some("asha")),
        ("'lower(trim(email))'", "asha.rao@corp.example", Some("asha")),
        ("'lower(email)'", "Asha.Rao@corp.example", None),
        ("'domain(email)'", "x.example", Some("ravi")),
        ("'mobile ?? email'", "RAVI@x.example", Some("ravi")),
        ("'cut(email, 4)'", "RAVI", Some("ravi")),
        ("Mobile No.", "+91 98200 12345", Some("asha")),
        ("row", "r2", Some("ravi")),
        ("'upper(row)'", "R2", Some("ravi")),
    ] {
        let live = live(&format!("{{ table: people.csv, key: {key} }}"), csv);
        assert_eq!(found(&live, &Value::text(asked)).as_deref(), wanted, "{key}");
    }
    let odd = live("{ table: people.csv, key: 'lower(email)' }", "login,lower(email),email\nasha,A,b\n");
    assert_eq!(found(&odd, &Value::text("A")).unwrap(), "asha", "a column may have such a name");
}

#[test]
fn several_columns_are_one_key_and_never_mixed_up() {
    let csv = "login,department,country\none,a b,c\ntwo,a,b c\nthree,Sales,IN\nfour,Sales,\nfive,1:a,2\nsix,1,a2\n";
    let live = live("{ table: people.csv, key: [department, 'lower(country)'] }", csv);
    let ask = |department: Value<'static>, country: Value<'static>| {
        let key = Value::Map(vec![("country".into(), country), ("department".into(), department)]);
        found(&live, &key)
    };
    let text = |text: &str| Value::text(text);
    for (department, country, wanted) in [
        ("a b", "c", Some("one")),
        ("a", "b c", Some("two")),
        (" Sales ", "in", Some("three")),
        ("Sales", "IN", None),
        ("Sales", "", None),
        ("Sales", " ", None),
        ("1:a", "2", Some("five")),
        ("1", "a2", Some("six")),
        ("", "c", None),
    ] {
        assert_eq!(ask(text(department), text(country)).as_deref(), wanted, "{department} {country}");
    }
    assert_eq!(ask(text("Sales"), Value::Null), None);
    assert_eq!(found(&live, &Value::Map(vec![("department".into(), text("Sales"))])), None);
    assert!(matches!(live.tables.answer(0, text("Sales").view()), Answer::Failed(_)));
}

#[test]
fn rules_and_tests_ask_with_several_values() {
    let rules = r#"
lookups:
  places: { table: places.csv, key: [department, country], ignore_case: true }
hook: preCreateUser
rules:
  - name: ou
    let: { place: { lookup: places, key: { department: "${user.department}", country: "${user.country}" } } }
    when: { place.ou: { present: true } }
    set: { user.orgUnitId: "${place.ou}" }
  - name: by-script
    when: { user.city: Script }
    script: |
      set("user.orgUnitId", lookup("places", #{ department: user.department, country: user.country }).ou)
tests:
  - name: found in the table
    request: { user: { department: sales, country: in } }
    expect: { user: { orgUnitId: OU-S } }
  - name: a blank part finds nothing
    request: { user: { department: sales, country: " " } }
    expect: { user: { orgUnitId: null } }
  - name: an absent part finds nothing
    request: { user: { department: sales } }
    expect: { user: { orgUnitId: null } }
  - name: given
    request: { user: { department: sales, country: FR } }
    given: { lookups: { places: { "department=sales, country=FR": { ou: OU-F } } } }
    expect: { user: { orgUnitId: OU-F } }
  - name: asked by a script
    request: { user: { department: Sales, country: IN, city: Script } }
    expect: { user: { orgUnitId: OU-S } }
"#;
    let folder = folder(&[("rules.yaml", rules.as_bytes()), ("places.csv", b"department,country,ou\nSales,IN,OU-S\n")]);
    let (live, report) = load(folder.path()).unwrap_or_else(|report| panic!("{}", report.to_text(false)));
    assert!(report.findings.is_empty(), "{}", report.to_text(false));
    assert_eq!(failing(&live), Vec::<String>::new());
}

/// What is told where the column `key` with these cells is asked so.
fn told_of(key: &str, asked: &str, cells: &[&str]) -> Vec<String> {
    let rows: String = cells.iter().enumerate().map(|(n, cell)| format!("p{n},{cell}\n")).collect();
    let rules = asking(&format!("{{ table: people.csv, key: {key} }}"), asked);
    told(&[("rules.yaml", rules.as_bytes()), ("people.csv", format!("login,cell\n{rows}").as_bytes())])
}

#[test]
fn cells_that_are_never_found_by_what_is_asked_are_told() {
    let table: [(&str, &str, &[&str], &[&str]); 12] = [
        (
            "mobile(user.mobile, \"IN\")",
            "mobile(…, \"IN\")",
            &["9820012345"],
            &["+91 98200 12345", "09820012345", "98200-12345"],
        ),
        ("mobile(user.mobile)", "mobile(…)", &["919820012345"], &["+919820012345"]),
        ("digits(user.mobile)", "digits(…)", &["42"], &["4 2"]),
        ("lower(user.email)", "lower(…)", &["a@b"], &["A@b"]),
        ("upper(user.country)", "upper(…)", &["IN"], &["in"]),
        ("squash(user.name)", "squash(…)", &["a b"], &["a  b"]),
        ("ascii(user.name)", "ascii(…)", &["Jose"], &["José"]),
        ("cut(user.name, 3)", "cut(…, 3)", &["abc"], &["abcd"]),
        ("last(digits(user.mobile), 10)", "last(…, 10)", &["9820012345"], &["919820012345"]),
        ("strip_chars(user.name, \".\")", "strip_chars(…, \".\")", &["ab"], &["a.b"]),
        ("lower(user.email) ?? \"\"", "lower(…)", &["a@b"], &["A@b"]),
        ("trim(user.email)", "trim(…)", &["a@b"], &[]),
    ];
    for (asked, shown, found, never) in table {
        let asked = format!("'${{{asked}}}'");
        assert_eq!(told_of("cell", &asked, found), Vec::<String>::new(), "{asked}");
        for cell in never {
            let wanted = format!("H517: row 3 of `people.csv` is never found by `{shown}`");
            assert_eq!(told_of("cell", &asked, &[found[0], cell]), [wanted], "{asked} {cell}");
        }
    }
    for asked in ["'${user.mobile}'", "'${domain(user.email)}'", "'${name_case(user.name)}'", "'x${lower(user.name)}'"]
    {
        assert_eq!(told_of("cell", asked, &["+91 98200 12345", "A  b"]), Vec::<String>::new(), "{asked}");
    }
    let rules = "'mobile(cell, \"IN\")'";
    assert_eq!(told_of(rules, "'${mobile(user.mobile, \"IN\")}'", &["+91 98200 12345"]), Vec::<String>::new());
    let case = told_of("cell, ignore_case: true", "'${upper(user.country)}'", &["in"]);
    assert_eq!(case, Vec::<String>::new(), "in any case it is found");
}

#[test]
fn many_rows_are_one_finding() {
    let cells: Vec<String> = (0..3_000).map(|n| format!("+91 98200 {n:05}")).collect();
    let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
    let told = told_of("cell", "'${mobile(user.mobile, \"IN\")}'", &cells);
    assert_eq!(told, ["H517: rows 2, 3, 4, 5, 6 and 2995 more of `people.csv` are never found by `mobile(…, \"IN\")`"]);
    let told = told_of("'mobile(cell, \"IN\")'", "'${user.mobile}'", &vec!["9.82E+09"; 3_000]);
    assert_eq!(told, ["H515: column `cell` of `people.csv` has damaged cells: rows 2, 3, 4, 5, 6 and 2995 more"]);
    let told = told_of("'mobile(cell, \"IN\")'", "'${user.mobile}'", &["", "98200", " ", "9820012345"]);
    assert_eq!(told, ["H516: 1 row has no key by `mobile(cell, \"IN\")` in `people.csv`: row 3"]);
}

#[test]
fn a_secret_may_be_one_of_several_values() {
    let rules = r#"
lookups: { leaked: { table: leaked.csv, key: [login, password] } }
hook: validateUser
rules:
  - name: leaked
    let: { row: { lookup: leaked, key: { login: "${user.login}", password: "${user.password}" } } }
    when: { row.since: { present: true } }
    reject: PasswordLeaked
codes: { PasswordLeaked: this password is known elsewhere }
tests:
  - { name: leaked, request: { user: { login: asha, password: s3cret-Word } }, expect: { reject: PasswordLeaked } }
  - { name: another, request: { user: { login: asha, password: other-Word } }, expect: { accept: true } }
  - { name: hidden, request: { user: { login: asha, password: h1dden-Word } }, expect: { accept: true } }
"#;
    let csv = b"login,password,since\nasha,s3cret-Word,2020\nasha,(hidden),2021\n";
    let folder = folder(&[("rules.yaml", rules.as_bytes()), ("leaked.csv", csv)]);
    let (live, _) = load(folder.path()).unwrap_or_else(|report| panic!("{}", report.to_text(false)));
    assert_eq!(failing(&live), Vec::<String>::new());
}
