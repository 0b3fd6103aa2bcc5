//! Conditions that look right and never hold, values that may be absent, rules that are skipped where they fail.

use std::path::Path;
use std::sync::Arc;

use crate::support::program::{Program, folder};
use crate::support::server::tenant_of;
use hookgate::diagnostic::{File, Report};
use hookgate::engine::testing::case::Surroundings;
use hookgate::gateway::Live;
use hookgate::lint::{Allows, lint, prove};
use hookgate::rule::{Role, Sources, Tenant};

fn tenant() -> Tenant {
    tenant_of(
        "destinations:\n  itsm: { http: \"https://itsm.example\" }\n\
         fields:\n  shift: [day, night]\n  level: number\n  remote: true_false\n  contractEnd: date\n  skills: list\n  \
         costCentre: text\n",
    )
}

/// What `check` says of these files.
fn checked(files: &[(&str, &str)]) -> Report {
    let file = |(name, text): &(&str, &str)| {
        (Role::of(name).unwrap(), Arc::new(File::new((*name).to_owned(), (*text).to_owned())))
    };
    let sources = Sources::from_files(Path::new("rules"), files.iter().map(file).collect());
    let (live, mut report) = match Live::build(&sources, &tenant()) {
        Ok(built) => built,
        Err(report) => return report,
    };
    let surroundings =
        Surroundings { now: jiff::Timestamp::UNIX_EPOCH, calendar: hookgate::event::Calendar::utc(), rounds: 8 };
    let findings = lint(&live.rules).findings.into_iter();
    report.findings.extend(findings.filter_map(|finding| prove(&live.rules, finding, &live.tables, &surroundings)));
    Allows::read(&sources, &mut report).silence(&mut report);
    report
}

fn when(condition: &str) -> String {
    format!(
        "codes: {{ Xxx: x }}\nrules:\n  - name: r\n    hook: validateUser\n    when: {{ {condition} }}\n    reject: Xxx\n"
    )
}

/// The codes told of a condition; H803 and the like of tables left out.
fn told(report: &Report) -> String {
    report.to_text(false)
}

/// A condition with one mistake, the code that tells of it, and the cure within the message.
const CONDITIONS: &[(&str, &str, &str)] = &[
    // Lists and single values.
    ("user.assignedGroups: { contains: [a, b] }", "H818", "{ any: { in: [a, b] } }"),
    ("user.rbacRoles: { contains: [a] }", "H818", "{ any: { in: [a] } }"),
    ("attr.teams: { contains: [a, b] }", "H818", "`attr.teams: { contains: a }` and `attr.teams: { contains: b }`"),
    ("user.assignedGroups: hr", "H818", "{ contains: hr }"),
    ("user.assignedGroups: [hr, it]", "H818", "{ any: { in: [hr, it] } }"),
    ("user.assignedGroups: { not_in: [hr, it] }", "H818", "{ every: { not_in: [hr, it] } }"),
    ("user.rbacRoles: { is_not: ADMIN }", "H818", "{ not: { contains: ADMIN } }"),
    ("user.rbacRoles: { starts_with: ADM }", "H818", "{ any: { starts_with: ADM } }"),
    ("user.rbacRoles: { matches: '^ADM' }", "H818", "{ any: { matches: '^ADM' } }"),
    ("attr.skills: welding", "H818", "{ contains: welding }"),
    ("user.country: { is: [India, Nepal] }", "H818", "{ in: [India, Nepal] }"),
    ("user.country: { is_not: [India, Nepal] }", "H818", "{ not_in: [India, Nepal] }"),
    ("user.login: { starts_with: [adm, root] }", "H818", "`user.login: { starts_with: adm }` or"),
    ("user.email: { ends_with: [a.example, b.example] }", "H818", "under `any:`"),
    ("user.country: { in: [[India, Nepal], Bhutan] }", "H818", "in one list"),
    // Quotes and characters that nobody sees.
    ("user.userType: “Vendor”", "H820", "write `Vendor`"),
    ("user.userType: [“Vendor”, Consultant]", "H820", "write `Vendor`"),
    ("user.department: ‘Sales’", "H820", "write `Sales`"),
    ("user.department: „Sales“", "H820", "write `Sales`"),
    ("user.department: \"'Sales'\"", "H820", "write `Sales`"),
    ("user.department: { is_not: '\"Sales\"' }", "H820", "write `Sales`"),
    ("user.userType: Ven\u{200b}dor", "H820", "write `Vendor`"),
    ("user.department: \"Sa\u{ad}les\"", "H820", "soft hyphen"),
    ("user.city: New\u{a0}Delhi", "H820", "write `New Delhi`"),
    ("user.login: { starts_with: \"\u{feff}adm\" }", "H820", "write `adm`"),
    ("user.city: { not: { is: \"New\u{202f}Delhi\" } }", "H820", "no-break space"),
    ("user.city: \u{200b}Pune", "H813", "U+200B"),
    ("user.city: \"Pune\u{a0}\"", "H813", "no-break space"),
    // Names as other tools write them.
    ("user.login: \"{{user.email}}\"", "H819", "${user.email}"),
    ("user.login: \"{{ email }}\"", "H819", "${user.email}"),
    ("user.login: $user.email", "H819", "${user.email}"),
    ("user.login: $(user.email)", "H819", "${user.email}"),
    ("user.login: \"%user.email%\"", "H819", "${user.email}"),
    ("user.login: \"%email%\"", "H819", "${user.email}"),
    ("user.login: \"#{user.email}\"", "H819", "${user.email}"),
    ("user.login: { is_not: \"<user.email>\" }", "H819", "${user.email}"),
    ("user.login: lower(user.email)", "H819", "${lower(user.email)}"),
    ("user.login: \"user.firstName + user.lastName\"", "H819", "${user.firstName + user.lastName}"),
    ("user.login: user.email", "H407", "${user.email}"),
    // Words for nothing.
    ("user.managerId: NULL", "H821", "{ empty: true }"),
    ("user.managerId: Null", "H821", "{ present: false }"),
    ("user.managerId: \"null\"", "H821", "{ empty: true }"),
    ("user.managerId: None", "H821", "{ empty: true }"),
    ("user.managerId: nil", "H821", "{ empty: true }"),
    ("user.managerId: undefined", "H821", "{ empty: true }"),
    ("user.managerId: N/A", "H821", "{ empty: true }"),
    ("user.managerId: { is_not: NULL }", "H821", "{ empty: false }"),
    ("user.managerId: { not: { in: [NULL] } }", "H821", "{ empty: true }"),
    ("attr.badge: [NULL, None]", "H821", "{ empty: true }"),
    ("user.managerId: null", "H216", "{ empty: true }"),
    ("user.title: N", "H122", "`true` or `false`"),
    ("user.title: \"Y\"", "H821", "`true` or `false`"),
    ("attr.remote: \"N\"", "H821", "`true` or `false`"),
    // Values that the field never has.
    ("user.userType: vendor", "H822", "did you mean `Vendor`?"),
    ("user.userType: [VENDOR, Consultant]", "H822", "did you mean `Vendor`?"),
    ("user.userType: { is_not: employee }", "H822", "did you mean `Employee`?"),
    ("user.userType: \"Vendor, Consultant\"", "H822", "[Vendor, Consultant]"),
    ("user.userType: Vendor and Consultant", "H822", "[Vendor, Consultant]"),
    ("user.userType: vendor or Partner", "H822", "[Vendor, Partner]"),
    ("user.userType: Vendor|Employee", "H822", "[Vendor, Employee]"),
    ("user.userType: Vendor;Employee", "H822", "[Vendor, Employee]"),
    ("user.userType: Vendor/Employee", "H822", "[Vendor, Employee]"),
    ("user.status: Active", "H822", "did you mean `ACTIVE`?"),
    ("user.status: TERMINATED", "H822", "`ACTIVE`"),
    ("user.status: [ACTIVE, DELETED]", "H822", "did you mean `DELETE`?"),
    ("user.status: { starts_with: active }", "H822", "`ACTIVE`"),
    ("user.status: { matches: '^Inactive' }", "H822", "`INACTIVE`"),
    ("user.status: { is: Deleted, ignore_case: true }", "H822", "`DELETE`"),
    ("attr.shift: Day", "H822", "did you mean `day`?"),
    ("user.shift: evening", "H822", "`day` or `night`"),
    ("attr.shift: day or night", "H822", "[day, night]"),
    ("attr.shift: Night", "H822", "did you mean `night`?"),
    ("attr.level: high", "H822", "{ gte: 7 }"),
    ("attr.remote: \"yes\"", "H822", "`true` or `false`"),
    ("attr.remote: 1", "H822", "`true` or `false`"),
    ("attr.contractEnd: never", "H822", "{ over: true }"),
    ("user.endDate: today", "H815", "`before`"),
    ("user.startDate: { is: now }", "H815", "`after`"),
    ("attr.costCentre: 42", "H822", "write \"42\""),
    ("hook: validateuser", "H822", "did you mean `validateUser`?"),
    // Operators of other tools.
    ("user.grade: \"> 7\"", "H823", "{ gt: 7 }"),
    ("user.grade: \">= 7\"", "H823", "{ gte: 7 }"),
    ("user.grade: \"≥ 7\"", "H823", "{ gte: 7 }"),
    ("user.grade: between 7 and 9", "H823", "`7..9`"),
    ("user.grade: \"> 7 and < 9\"", "H823", "{ gt: 7, lt: 9 }"),
    ("user.country: \"!= India\"", "H823", "{ is_not: India }"),
    ("user.country: <> India", "H823", "{ is_not: India }"),
    ("user.country: not India", "H823", "{ is_not: India }"),
    ("user.country: \"in [India, Nepal]\"", "H823", "[India, Nepal]"),
    ("user.country: \"not in (India, Nepal)\"", "H823", "{ not_in: [India, Nepal] }"),
    ("user.country: India|Nepal", "H823", "[India, Nepal]"),
    ("user.country: \"India, Nepal\"", "H823", "[India, Nepal]"),
    ("user.country: India or Nepal", "H823", "[India, Nepal]"),
    ("user.country: { is_not: India|Nepal }", "H823", "{ not_in: [India, Nepal] }"),
    ("user.country: \"[India, Nepal]\"", "H823", "[India, Nepal]"),
    ("user.country: \"*\"", "H823", "leave the line out"),
    ("user.login: adm*", "H823", "{ starts_with: adm }"),
    ("user.email: \"*@corp.example\"", "H823", "{ ends_with: \"@corp.example\" }"),
    ("user.email: \"%corp%\"", "H823", "{ contains: corp }"),
    ("user.login: '^adm'", "H823", "{ matches: '^adm' }"),
    ("user.login: /adm.*/", "H823", "{ matches: 'adm.*' }"),
    ("user.login: starts with adm", "H823", "{ starts_with: adm }"),
    ("user.login: contains adm", "H823", "{ contains: adm }"),
];

#[test]
fn no_condition_that_never_holds_passes_in_silence() {
    let mut wrong = Vec::new();
    for (condition, code, cure) in CONDITIONS {
        let report = checked(&[("r.yaml", &when(condition))]);
        let found: Vec<_> = report.findings.iter().filter(|finding| finding.code.id == *code).collect();
        let has_cure =
            found.iter().any(|finding| finding.help.join("\n").contains(cure) || finding.message.contains(cure));
        let is_alone = report.findings.iter().all(|finding| finding.code.id == *code);
        if !has_cure || !is_alone && !report.has_errors() {
            wrong.push(format!("{condition}: wanted {code} with {cure}\n{}", told(&report)));
        }
    }
    assert!(CONDITIONS.len() >= 60 && wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A cell of a column and what to write in its place.
const CELLS: &[(&str, &str, &str)] = &[
    ("user.grade", "7-9", "`7..9`"),
    ("user.grade", "7 – 9", "`7..9`"),
    ("user.grade", "7 to 9", "`7..9`"),
    ("user.grade", "[7..9]", "`7..9`"),
    ("user.grade", "(7..9)", "{ gt: 7, lt: 9 }"),
    ("user.grade", "between 7 and 9", "`7..9`"),
    ("user.grade", "> 7 and < 9", "{ gt: 7, lt: 9 }"),
    ("user.grade", ">= 7, <= 9", "{ gte: 7, lte: 9 }"),
    ("user.grade", "≥ 7", "\">= 7\""),
    ("user.grade", "≤7", "\"<= 7\""),
    ("user.grade", "=> 7", "\">= 7\""),
    ("user.grade", "=< 7", "\"<= 7\""),
    ("user.grade", "== 7", "write `7`"),
    ("user.grade", "= 7", "write `7`"),
    ("user.grade", "7+", "\">= 7\""),
    ("user.grade", "7 or more", "\">= 7\""),
    ("user.grade", "at least 7", "\">= 7\""),
    ("user.grade", "gt 7", "\"> 7\""),
    ("user.grade", "≠ 7", "\"!= 7\""),
    ("user.country", "*", "`\"-\"` for anything"),
    ("user.country", "any", "`\"-\"` for anything"),
    ("user.country", "ANY", "`\"-\"` for anything"),
    ("user.country", "else", "`\"-\"` for anything"),
    ("user.country", "otherwise", "`\"-\"` for anything"),
    ("user.country", "default", "`\"-\"` for anything"),
    ("user.country", "–", "`\"-\"` for anything"),
    ("user.country", "<> India", "\"!= India\""),
    ("user.country", "!India", "\"!= India\""),
    ("user.country", "not India", "\"!= India\""),
    ("user.country", "NOT India", "\"!= India\""),
    ("user.country", "not(India)", "\"!= India\""),
    ("user.country", "not in (India, Nepal)", "\"not in [India, Nepal]\""),
    ("user.country", "in (India, Nepal)", "[India, Nepal]"),
    ("user.country", "India, Nepal", "[India, Nepal]"),
    ("user.country", "India|Nepal", "[India, Nepal]"),
    ("user.country", "India;Nepal", "[India, Nepal]"),
    ("user.country", "India or Nepal", "[India, Nepal]"),
    ("user.country", "!= India, Nepal", "\"not in [India, Nepal]\""),
    ("user.country", "In*", "{ starts_with: In }"),
    ("user.country", "^In", "{ matches: '^In' }"),
    ("user.country", "contains dia", "{ contains: dia }"),
    ("user.country", "empty", "{ empty: true }"),
    ("user.country", "not empty", "{ empty: false }"),
    ("user.country", "NULL", "{ empty: true }"),
    ("user.country", "“India”", "write `India`"),
    ("user.country", "'India'", "write `India`"),
    ("user.userType", "Vendor|Employee", "[Vendor, Employee]"),
    ("user.userType", "Vendor, Employee", "[Vendor, Employee]"),
    ("user.userType", "Vendor or Employee", "[Vendor, Employee]"),
    ("user.userType", "vendor", "did you mean `Vendor`?"),
    ("user.status", "Active", "did you mean `ACTIVE`?"),
];

fn table(column: &str, rows: &str) -> String {
    format!(
        "hook: policyMap\nrules:\n  - name: ou\n    table: {{ hit: first, inputs: [{column}], outputs: [mappedValue], rows: {rows} }}\n"
    )
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

#[test]
fn no_cell_that_looks_like_an_operator_passes_in_silence() {
    let mut wrong = Vec::new();
    for (column, cell, cure) in CELLS {
        let csv = format!("{column},mappedValue\n{},OU=X\n-,OU=IN\n", quoted(cell));
        let in_csv = checked(&[("r.yaml", &table(column, "ou.csv")), ("ou.csv", &csv)]);
        let inline = format!("[[{}, OU=X], [\"-\", OU=IN]]", serde_json::Value::from(*cell));
        let inline = checked(&[("r.yaml", &table(column, &inline))]);
        for mut report in [in_csv, inline] {
            // A spreadsheet would take what begins so for a formula.
            report.findings.retain(|finding| finding.code.id != "H515");
            // In YAML a number that is meant as a text stands in quotes; in CSV it stands for both.
            let bare = |help: String| help.replace("`\"7\"`", "`7`").replace("`'!= \"7\"'`", "`\"!= 7\"`");
            let has_cure = |finding: &hookgate::diagnostic::Diagnostic| bare(finding.help.join("\n")).contains(cure);
            if report.findings.len() != 1 || !report.findings.iter().any(has_cure) {
                wrong.push(format!("{column} {cell}: wanted {cure}\n{}", told(&report)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// In double quotes within the cell they are letters, and so is what only looks like operators.
#[test]
fn cells_that_are_meant_are_left_alone() {
    let mut wrong = Vec::new();
    let letters = CELLS.iter().filter(|(column, ..)| ["user.grade", "user.country"].contains(column));
    let quoted_ones = letters.map(|(_, cell, _)| format!("\"{cell}\"")).filter(|cell| !cell.contains(['“', '\'']));
    let plain = [
        "India",
        "7",
        "true",
        "-",
        "",
        "> 7",
        "!= India",
        "[India, Nepal]",
        "in [India, Nepal]",
        "not in [India, Nepal]",
        "~ ^In",
        "{ gte: 7, lte: 9 }",
        "OU=Sales,OU=IN",
        "1,000",
        "2026-01",
        "020-7946",
        "Trinidad and Tobago",
        "In Progress",
        "Not applicable",
        "R&D",
        "C++",
        "50%",
        "Guinea-Bissau",
        "Côte d’Ivoire",
        "${user.city}",
    ];
    for cell in quoted_ones.chain(plain.map(str::to_owned)).filter(|cell| !cell.contains("NULL")) {
        let csv = format!("user.country,mappedValue\n{},OU=X\n", quoted(&cell));
        let report = checked(&[("r.yaml", &table("user.country", "ou.csv")), ("ou.csv", &csv)]);
        if report.findings.iter().any(|finding| !["H803", "H824"].contains(&finding.code.id)) {
            wrong.push(format!("{cell}\n{}", told(&report)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn rules(text: &str) -> String {
    format!("codes: {{ Xxx: x }}\n{text}")
}

/// A value that may be absent, the name that is told, and what becomes of the event.
const UNGUARDED: &[(&str, &str, &str)] = &[
    (
        "{ name: r, hook: preCreateUser, set: { user.email: \"${user.login}@a.example\" } }",
        "user.login",
        "the user is returned unchanged",
    ),
    (
        "{ name: r, hook: preCreateUser, set: { user.email: \"${lower(user.login)}\" } }",
        "user.login",
        "${user.login ?? \"…\"}",
    ),
    ("{ name: r, hook: preCreateUser, default: { attr.a: \"${attr.b}\" } }", "attr.b", "empty: false"),
    ("{ name: r, hook: preCreateUser, add: { user.assignedGroups: \"${attr.b}\" } }", "attr.b", "on_failure: skip"),
    ("{ name: r, hook: preCreateUser, set: { user.manager: { login: \"${attr.b}\" } } }", "attr.b", "empty: false"),
    (
        "{ name: r, hook: validateUser, set: { user.city: \"${attr.b}\" } }",
        "attr.b",
        "refused with `ValidationUnavailable`",
    ),
    ("{ name: r, hook: policyMap, mappedValue: \"${user.city}\" }", "user.city", "the default is mapped"),
    (
        "{ name: r, hook: postCreateUser, deliver: { to: itsm, body: { city: \"${user.city}\" } } }",
        "user.city",
        "nothing of it is sent",
    ),
    (
        "{ name: r, hook: postCreateUser, deliver: { to: itsm, body: x, key: \"${user.city}\" } }",
        "user.city",
        "nothing of it is sent",
    ),
    ("{ name: r, hook: runDeprovision, deprovision: \"${attr.gone}\" }", "attr.gone", "access is left as it is"),
    // What does not keep an absent value out.
    (
        "{ name: r, hook: policyMap, when: { user.login: { empty: false } }, mappedValue: \"${user.city}\" }",
        "user.city",
        "empty: false",
    ),
    (
        "{ name: r, hook: policyMap, when: { user.city: { empty: true } }, mappedValue: \"${user.city}\" }",
        "user.city",
        "empty: false",
    ),
    (
        "{ name: r, hook: policyMap, when: { user.city: { not: Pune } }, mappedValue: \"${user.city}\" }",
        "user.city",
        "empty: false",
    ),
    (
        "{ name: r, hook: policyMap, when: { any: [user.city: Pune, user.state: MH] }, mappedValue: \"${user.city}\" }",
        "user.city",
        "empty: false",
    ),
    (
        "{ name: r, hook: policyMap, when: { user.manager: { empty: false } }, mappedValue: \"${user.manager.login}\" }",
        "user.manager.login",
        "empty: false",
    ),
    ("{ name: r, hook: policyMap, mappedValue: \"${user.city ?? user.state}\" }", "user.state", "empty: false"),
    (
        "{ name: r, hook: policyMap, mappedValue: \"${first_filled(user.city, user.state)}\" }",
        "user.state",
        "empty: false",
    ),
    (
        "{ name: r, hook: policyMap, let: { place: \"${upper(user.city)}\" }, mappedValue: \"${place}\" }",
        "user.city",
        "empty: false",
    ),
    (
        "{ name: r, hook: policyMap, table: { hit: first, inputs: [user.state], outputs: [mappedValue], rows: [[MH, \"${user.city}\"], [\"-\", x]] } }",
        "user.city",
        "empty: false",
    ),
    (
        "{ name: a, hook: preUpdateUser, set: { user.city: Pune } }, { name: r, hook: preCreateUser, set: { attr.c: \"${user.city}\" } }",
        "user.city",
        "empty: false",
    ),
    (
        "{ name: a, hook: preCreateUser, when: { user.state: MH }, set: { user.city: Pune } }, { name: r, hook: preCreateUser, set: { attr.c: \"${user.city}\" } }",
        "user.city",
        "empty: false",
    ),
    (
        "{ name: a, hook: preCreateUser, set: { user.city: Pune } }, { name: b, hook: preCreateUser, remove: user.city }, { name: r, hook: preCreateUser, set: { attr.c: \"${user.city}\" } }",
        "user.city",
        "empty: false",
    ),
    (
        "{ name: a, hook: preCreateUser, on_failure: skip, set: { user.city: \"${attr.b}\" } }, { name: r, hook: preCreateUser, set: { attr.c: \"${user.city}\" } }",
        "user.city",
        "empty: false",
    ),
];

/// Rules that have seen to it.
const GUARDED: &[&str] = &[
    "{ name: r, hook: policyMap, when: { user.city: { empty: false } }, mappedValue: \"${user.city}\" }",
    "{ name: r, hook: policyMap, when: { user.city: { matches: \"^P\" } }, mappedValue: \"${user.city}\" }",
    "{ name: r, hook: policyMap, when: { user.city: [Pune, Delhi] }, mappedValue: \"${user.city}\" }",
    "{ name: r, hook: policyMap, when: { user.city: { not: { empty: true } } }, mappedValue: \"${user.city}\" }",
    "{ name: r, hook: policyMap, when: { not: { user.city: { empty: true } } }, mappedValue: \"${user.city}\" }",
    "{ name: r, hook: policyMap, when: { any: [user.city: Pune, user.city: Delhi] }, mappedValue: \"${user.city}\" }",
    "{ name: r, hook: policyMap, when: { user.manager.login: { empty: false } }, mappedValue: \"${user.manager.login}\" }",
    "{ name: r, hook: policyMap, when: { script: \"user.city != null\" }, mappedValue: \"${user.city}\" }",
    "{ name: r, hook: policyMap, mappedValue: \"${user.city ?? user.state ?? \\\"none\\\"}\" }",
    "{ name: r, hook: policyMap, mappedValue: \"${coalesce(user.city, \\\"none\\\")}\" }",
    "{ name: r, hook: policyMap, mappedValue: \"${first_filled(user.city, user.state, \\\"none\\\")}\" }",
    "{ name: r, hook: policyMap, mappedValue: \"${request.targetAttribute} on ${now} for ${hook}\" }",
    "{ name: r, hook: policyMap, let: { place: \"${upper(user.city)}\" }, when: { place: { empty: false } }, mappedValue: \"${place}\" }",
    "{ name: r, hook: policyMap, table: { hit: first, inputs: [user.city], outputs: [mappedValue], rows: [[Pune, \"${user.city}\"], [\"-\", x]] } }",
    "{ name: r, hook: preCreateUser, on_failure: skip, set: { attr.c: \"${user.city}\" } }",
    "{ name: r, hook: preCreateUser, set: { user.city: Pune, attr.c: \"${user.city}\" } }",
    "{ name: a, hook: preCreateUser, set: { user.city: Pune } }, { name: r, hook: preCreateUser, set: { attr.c: \"${user.city}\" } }",
    "{ name: a, hook: preCreateUser, default: { user.city: Pune } }, { name: r, hook: preCreateUser, set: { attr.c: \"${user.city}\" } }",
    "{ name: a, hook: preCreateUser, when: { user.city: { empty: true } }, set: { user.city: Pune } }, { name: r, hook: preCreateUser, set: { attr.c: \"${user.city}\" } }",
    "{ name: a, hook: validateUser, when: { user.city: { empty: true } }, reject: Xxx }, { name: r, hook: validateUser, set: { attr.c: \"${user.city}\" } }",
    "{ name: a, hook: preCreateUser, when: { user.state: MH }, set: { user.city: Pune } }, { name: r, hook: preCreateUser, when: { user.state: MH }, set: { attr.c: \"${user.city}\" } }",
];

#[test]
fn a_value_that_may_be_absent_is_told_with_what_becomes_of_the_event() {
    let mut wrong = Vec::new();
    for (written, name, says) in UNGUARDED {
        let report = checked(&[("r.yaml", &rules(&format!("rules: [{written}]\n")))]);
        let found: Vec<_> = report.findings.iter().filter(|finding| finding.code.id == "H824").collect();
        let is_told = found
            .iter()
            .any(|finding| finding.message.contains(&format!("`{name}`")) && finding.help.join("\n").contains(says));
        if !is_told || found.len() != 1 {
            wrong.push(format!("{written}: wanted {name}, {says}\n{}", told(&report)));
        }
    }
    for written in GUARDED {
        let report = checked(&[("r.yaml", &rules(&format!("rules: [{written}]\n")))]);
        if report.has_errors() || report.findings.iter().any(|finding| finding.code.id == "H824") {
            wrong.push(format!("{written}: wanted nothing\n{}", told(&report)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A number of days; milliseconds are left alone.
#[test]
fn numbers_added_to_dates_are_told() {
    for (value, cure) in [
        ("${now + 7}", "${date(\"now+7d\")}"),
        ("${now - 7}", "${date(\"now-7d\")}"),
        ("${7 + now}", "${date(\"now+7d\")}"),
        ("${now + \"1mo\"}", "${date(\"now+1mo\")}"),
        ("until ${now + 30}", "${date(\"now+30d\")}"),
        ("${user.endDate + 30}", "user.endDate+30d"),
        ("${today + 7}", "${date(\"today+7d\")}"),
    ] {
        let value = serde_json::Value::from(value);
        let text = format!("rules: [{{ name: r, hook: preCreateUser, set: {{ attr.until: {value} }} }}]\n");
        let report = checked(&[("r.yaml", &text)]);
        assert!(
            report.findings.iter().any(|finding| finding.help.join("\n").contains(cure)),
            "{value}\n{}",
            told(&report)
        );
    }
    for value in ["${user.endDate + 86400000}", "${now + \" is now\"}", "${user.grade + 7}"] {
        let value = serde_json::Value::from(value);
        let text = format!("rules: [{{ name: r, hook: preCreateUser, set: {{ attr.until: {value} }} }}]\n");
        let report = checked(&[("r.yaml", &text)]);
        assert!(report.findings.iter().all(|finding| finding.code.id != "H826"), "{value}\n{}", told(&report));
    }
}

/// What is said of each row above is so: the field is absent, and the rule fails.
#[test]
fn where_a_value_may_be_absent_the_rule_fails_of_it() {
    for (written, name, _) in
        UNGUARDED.iter().filter(|(written, ..)| !written.contains("}, {") && !written.contains("any:"))
    {
        let file = Arc::new(File::new("r.yaml".to_owned(), rules(&format!("rules: [{written}]\n"))));
        let sources = Sources::from_files(Path::new("rules"), vec![(Role::Yaml, file)]);
        let (live, _) = Live::build(&sources, &tenant()).unwrap();
        let hook = &live.rules.hooks.rows[live.rules.rules[0].hooks[0]].name;
        // Everything that conditions may want is there, but for the field.
        let user = serde_json::json!({ "login": "a", "state": "MH", "manager": { "id": "m" } });
        let fields = user.as_object().unwrap().iter().filter(|(key, _)| *name != format!("user.{key}"));
        let fields: serde_json::Map<_, _> = fields.map(|(key, value)| (key.clone(), value.clone())).collect();
        let without_city = fields.into_iter().filter(|(key, _)| *name != "user.state" || key != "state");
        let body = serde_json::json!({ "request": { "targetAttribute": "x", "user": without_city.collect::<serde_json::Map<_, _>>() } });
        let event = crate::properties::decision::event(&live, hook, &body.to_string()).unwrap();
        let decision = hookgate::engine::decide(&live.rules, &event, &live.tables).unwrap();
        assert!(matches!(decision.verdict, hookgate::engine::Verdict::Failed(_)), "{written}: {:?}", decision.verdict);
    }
}

#[test]
fn words_that_are_written_as_letters_are_told() {
    for (change, cure) in [
        ("set: { user.middleName: NULL }", "`remove: user.middleName`"),
        ("set: { attr.badge: \"null\" }", "write `null`"),
        ("default: { attr.badge: nil }", "write `null`"),
        ("default: { user.startDate: today }", "${date(\"today\")}"),
        ("set: { user.endDate: now+30d }", "${date(\"now+30d\")}"),
        ("set: { attr.until: today+30d }", "${date(\"today+30d\")}"),
        ("set: { user.email: \"{{user.login}}@a.example\" }", "${user.login}@a.example"),
        (
            "set: { user.displayName: user.firstName + \" \" + user.lastName }",
            "${user.firstName + \" \" + user.lastName}",
        ),
        ("set: { user.login: lower(user.email) }", "${lower(user.email)}"),
    ] {
        let report = checked(&[("r.yaml", &format!("rules:\n  - name: r\n    hook: preCreateUser\n    {change}\n"))]);
        assert!(
            report.findings.iter().any(|finding| finding.help.join("\n").contains(cure)),
            "{change}\n{}",
            told(&report)
        );
    }
}

const SKIPPED: &str = r#"
hook: preCreateUser
let: { town: "${upper(user.town)}" }
rules:
  - name: login
    set: { user.login: "${lower(user.firstName)}" }
  - name: nice-to-have
    on_failure: skip
    set: { user.town: Pune, attr.loud: "${town}", attr.greeting: "Hello from ${user.city}" }
    deliver: { to: itsm, body: greeted }
  - name: in-a-table
    on_failure: skip
    table:
      hit: collect
      inputs: [user.userType]
      outputs: [set attr.desk, deliver itsm]
      rows:
        - [Vendor, partners, "a partner"]
        - ["-", everybody, "from ${user.city}"]
  - name: in-a-script
    on_failure: skip
    script: |
      set("user.town", "Goa");
      deliver("itsm", "by script");
      throw "not today";
  - name: stops-others
    on_failure: skip
    when: { user.firstName: "${user.city}" }
    stop: true
  - name: town
    when: { user.town: { empty: true } }
    set: { attr.town: '${town ?? "none"}' }
  - name: group
    add: { user.assignedGroups: everybody }
tests:
  - name: nothing is left of rules that fail, and the others go on
    request: { user: { firstName: Asha, userType: Vendor } }
    expect:
      reply: { response: { data: { firstName: Asha, userType: Vendor, login: asha, attributes: { town: none }, assignedGroups: [everybody] } } }
      deliveries: []
      by: group
      skipped: [nice-to-have, in-a-table, in-a-script, stops-others]
  - name: a rule that does not fail counts
    request: { user: { firstName: Asha, userType: Vendor, city: Pune, town: x } }
    expect:
      user: { town: Pune, attributes: { loud: PUNE, greeting: Hello from Pune, desk: everybody } }
      deliveries: [{ to: itsm, body: greeted }, { to: itsm, body: a partner }, { to: itsm, body: from Pune }]
      skipped: in-a-script
"#;

fn tested(text: &str) -> crate::support::program::Ended {
    let folder = folder(&[
        ("rules/r.yaml", text),
        ("gateway.yaml", "destinations:\n  itsm: { http: \"https://itsm.example\" }\n"),
    ]);
    Program::new(["test", "--rules", "rules", "--config", "gateway.yaml"]).within(folder.path()).run()
}

#[test]
fn nothing_is_left_of_a_rule_that_is_skipped() {
    tested(SKIPPED).expect(0);
    // The case says what it expects: without `skipped` it fails, for little else would tell.
    let silent = SKIPPED.replace("      skipped: in-a-script\n", "");
    assert!(tested(&silent).expect(1).contains("in-a-script skipped"));
}

#[test]
fn a_rule_that_answers_is_never_skipped() {
    for (hook, verb) in [
        ("validateUser", "reject: Xxx"),
        ("validateUser", "script: 'if user.a == 1 { reject(\"Xxx\") }'"),
        ("policyMap", "mappedValue: x"),
        ("policyMap", "script: 'mappedValue(\"x\")'"),
        ("runDeprovision", "deprovision: true"),
        ("policyMap", "table: { inputs: [user.a], outputs: [mappedValue], rows: [[b, c]] }"),
    ] {
        let text = rules(&format!("rules:\n  - name: r\n    hook: {hook}\n    on_failure: skip\n    {verb}\n"));
        let report = checked(&[("r.yaml", &text)]);
        assert!(
            report.has_errors() && report.findings.iter().any(|finding| finding.code.id == "H825"),
            "{text}\n{}",
            told(&report)
        );
    }
    let report = checked(&[("r.yaml", "rules: [{ name: r, hook: preCreateUser, on_failure: ignore, stop: true }]\n")]);
    assert!(report.has_errors() && told(&report).contains("`skip`"), "{}", told(&report));
}
