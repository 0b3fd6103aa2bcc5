//! What columns are taken for: by name, by a mapping file, or as custom attributes.

use super::{groups, notes, scan, told};
use crate::support::program::folder;

/// Each rule refuses whoever has a value at one place.
const RULES: &str = r#"codes: { Seen: x }
rules:
  - { name: sees, hook: [validateUser, screen], when: { attr.PAN: X1 }, reject: Seen }
  - { name: shift, hook: [validateUser, screen], when: { user.shift: night }, reject: Seen }
  - { name: action, hook: screen, when: { request.action: "Application Create" }, reject: Seen }
  - { name: nested, hook: screen, when: { 'user.provisionedApps["6202"].login': n1 }, reject: Seen }
  - { name: groups, hook: validateUser, when: { user.assignedGroups: { length: 2 } }, reject: Seen }
  - { name: level, hook: validateUser, when: { user.level: { gt: 6 } }, reject: Seen }
"#;
const SETTINGS: &str =
    "hooks: { screen: { kind: validate } }\nfields: { level: number, isTemporary: true_false, costCentre: text }\n";

fn house(people: &str, mapping: &str) -> tempfile::TempDir {
    folder(&[("rules/a.yaml", RULES), ("gateway.yaml", SETTINGS), ("p.csv", people), ("m.yaml", mapping)])
}

#[test]
fn columns_are_taken_by_name_whatever_their_case_spaces_and_strokes() {
    let people = "Employee ID,FIRST_NAME,last-name,eMail,pan,Shift,COST CENTRE,Work Site,user.mobile,attr.PIN,Emial,Grade\n\
                  1,A,B,a@x,X1,day,c,s,9,p,e,\n2,A,B,b@x,,NIGHT,,,,,,\n3,A,B,c@x,,night,,,,,,\n";
    let dir = house(people, "");
    let text = scan(&dir, &["--people", "p.csv"]).run().expect(1);
    let columns = "\ncolumns
  Employee ID  user.employeeId
  FIRST_NAME   user.firstName
  last-name    user.lastName
  eMail        user.email
  pan          attr.PAN
  Shift        user.shift
  COST CENTRE  attr.costCentre
  Work Site    attr[\"Work Site\"]
  user.mobile  user.mobile
  attr.PIN     attr.PIN
  Emial        attr.Emial  (did you mean user.email?)
  Grade        user.grade  (blank in every row)
";
    assert!(text.contains(columns), "{text}");
    let told = told(&dir, &["--people", "p.csv"], 1);
    assert_eq!(
        groups(&told),
        ["validateUser: refused with Seen by sees: 1", "validateUser: refused with Seen by shift: 3"]
    );
}

#[test]
fn a_mapping_file_says_otherwise_and_what_it_leaves_out_is_told() {
    let people = "Name,PAN,App Login,What,Shift\nn1,X1,n1,Application Create,night\nn2,X2,n1,Other,night\n\
                  n3,X2,n3,Application Create,night\n";
    let dir = house(people, "Name: user.login\npan: attr.Number\nShift: null\n");
    let left = scan(&dir, &["--people", "p.csv", "--mapping", "m.yaml"]).run().expect(0);
    assert!(left.contains("  Shift      left out by the mapping\n"), "{left}");
    assert!(left.contains("  PAN        attr.Number\n") && left.contains("       3 accepted\n"), "{left}");

    let mapping = "Name: user.login\nPAN: null\nApp Login: user.provisionedApps[\"6202\"].login\nWhat: request.action\nShift: ~\n";
    let dir = house(people, mapping);
    let told = told(&dir, &["--people", "p.csv", "--mapping", "m.yaml", "--hook", "screen"], 1);
    assert_eq!(
        groups(&told),
        ["screen: refused with Seen by action: n1, n3", "screen: refused with Seen by nested: n2"]
    );
}

#[test]
fn every_mistake_of_a_mapping_is_told_at_once() {
    let mapping = "Nam: user.login\nPAN: token.sub\nShift: user\nShift : user.shift\n";
    let dir = house("Name,PAN,Shift\na,b,c\n", mapping);
    let error = scan(&dir, &["--people", "p.csv", "--mapping", "m.yaml"]).run().refused(2);
    for part in ["m.yaml:4", "appears twice"] {
        assert!(error.contains(part), "{part}: {error}");
    }
    let mapping = "Nam: user.login\nPAN: token.sub\nShift: user\nname: user.login\nNAME: user.id\n";
    std::fs::write(dir.path().join("m.yaml"), mapping).unwrap();
    let error = scan(&dir, &["--people", "p.csv", "--mapping", "m.yaml"]).run().refused(2);
    for part in [
        "the export has no column `Nam`",
        "did you mean `Name`?",
        "`token.sub` is nothing that a column can be",
        "`user` is nothing that a column can be",
        "column `NAME` is mapped twice",
    ] {
        assert!(error.contains(part), "{part}: {error}");
    }
}

#[test]
fn two_columns_for_one_field_are_refused_until_one_is_left_out() {
    let people = "Login,e-mail,E Mail\na,a@x,b@x\n";
    let dir = house(people, "E Mail: null\n");
    let error = scan(&dir, &["--people", "p.csv"]).run().refused(2);
    assert!(error.contains("columns `e-mail` and `E Mail` are both taken for `user.email`"), "{error}");
    assert!(error.contains("`--mapping`"), "{error}");
    scan(&dir, &["--people", "p.csv", "--mapping", "m.yaml"]).run().expect(0);
    for (mapping, path) in [
        ("e-mail: user.manager\nE Mail: user.manager.id\n", "user.manager.id"),
        ("e-mail: user.manager.id\nE Mail: user.manager\n", "user.manager"),
        ("e-mail: attr.PAN\nE Mail: user.attributes.PAN\n", "user.attributes.PAN"),
    ] {
        std::fs::write(dir.path().join("m.yaml"), mapping).unwrap();
        let error = scan(&dir, &["--people", "p.csv", "--mapping", "m.yaml"]).run().refused(2);
        assert!(error.contains(&format!("columns `e-mail` and `E Mail` are both taken for `{path}`")), "{error}");
    }
}

#[test]
fn cells_of_lists_and_numbers_are_sent_as_such_and_what_is_none_is_told() {
    let people = "Login,Assigned Groups,Level,Is Temporary\na,\"[\"\"g1\"\",\"\"g2\"\"]\",1,TRUE\nb,x;y,7,maybe\nc,,many,false\n";
    let told = told(&house(people, ""), &["--people", "p.csv"], 1);
    assert_eq!(
        groups(&told),
        ["validateUser: refused with Seen by groups: a", "validateUser: refused with Seen by level: b"]
    );
    let notes = notes(&told);
    for note in [
        "p.csv:3: cells of column `Assigned Groups` are not lists or objects of JSON, and are sent as texts: rows 3",
        "p.csv:4: cells of column `Level` are not numbers, and are sent as texts: rows 4",
        "p.csv:3: cells of column `Is Temporary` are not true or false, and are sent as texts: rows 3",
    ] {
        assert!(notes.contains(&note.to_owned()), "{notes:?}");
    }
}

#[test]
fn custom_attributes_come_to_those_that_are_there_in_their_shape() {
    let lines = "{\"login\":\"m\",\"attributes\":{\"x\":1},\"PAN\":\"X1\"}\n{\"login\":\"l\",\"attributes\":[],\"PAN\":\"X1\"}\n\
                 {\"login\":\"n\",\"attributes\":null,\"PAN\":\"X1\"}\n{\"login\":\"e\",\"attributes\":{},\"PAN\":\"X1\"}\n\
                 {\"login\":\"two\",\"attributes\":[{\"name\":\"y\",\"value\":2}],\"PAN\":\"X1\"}\n{\"login\":\"bad\",\"attributes\":7,\"PAN\":\"X1\"}\n";
    let dir = house("login\na\n", "");
    std::fs::write(dir.path().join("p.jsonl"), lines).unwrap();
    let told = told(&dir, &["--people", "p.jsonl"], 1);
    assert_eq!(groups(&told), ["validateUser: refused with Seen by sees: m, l, n, e, two"]);
    assert_eq!(
        notes(&told),
        ["p.jsonl:6: `attributes` is neither an object nor a list, and custom attributes have columns of their own"]
    );
}
