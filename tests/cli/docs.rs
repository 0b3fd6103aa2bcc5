//! `hookgate docs`: what the rules say, which tests prove it, and that nothing a person wrote becomes markup.

use std::fs;

use serde_json::Value;

use crate::schema::{rules_folders, settings_beside};
use crate::support::program::{Program, folder};

const RULES: &str = r#"hook: validateUser
when: { user.status: ACTIVE }
let:
  owner: { lookup: people, key: "${digits(user.mobile)}" }
codes: { BadMobile: "Somebody in India has ten digits." }
lookups:
  people: { table: people.csv, key: mobile }
rules:
  - name: mobile-of-india
    when:
      user.country: India
      user.mobile: { present: true, not: { matches: '^[6-9]\d{9}$' } }
    reject: { code: BadMobile, attribute: mobile }
  - name: several
    when:
      owner.login: { is_not: '${user.login ?? ""}' }
      any:
        - user.userType: [Vendor, Consultant, Guest]
        - user.grade: { gte: 3, lt: 7 }
          user.roles: { any: { starts_with: ADMIN }, ignore_case: true }
      not: { all: { user.department: { in: [Board, Audit] }, user.login: { length: { gte: 3 } } } }
      user.endDate: { before: now-7d }
      user.city: { not_in: [Pune, Delhi], not: { in: [Goa, Surat, Agra] } }
    stop: true
  - name: tidies-up
    mode: audit
    when: { user.email: { found_in: people } }
    set: { user.login: "${lower(user.login)}" }
    default: { user.unit: "IN ${user.city}" }
    remove: user.city
    add: { user.assignedGroups: "5f36" }
    script: |
      let all = [];
      if all.len() > 0 { stop(); }
  - name: left-out
    mode: off
    stop: true
  - name: unit
    when: { script: "user.roles.len() > 3" }
    table:
      hit: collect
      inputs: [user.userType, user.country]
      outputs: [set user.unit]
      rows: ou.csv
tests:
  - name: nine digits are refused
    request: { user: { status: ACTIVE, country: India, mobile: "982001234" } }
    expect: { reject: BadMobile, by: mobile-of-india }
  - name: a unit is found
    request: { user: { status: ACTIVE, userType: Vendor, roles: [a, b, c, d] } }
    expect: { user: { unit: OU=V } }
  - name: nobody agrees
    request: { user: { status: ACTIVE, userType: Employee, country: India, roles: [a, b, c, d] } }
    expect: { reject: BadMobile }
  - name: somebody inactive is nobody's business
    request: { user: { status: GONE } }
    expect: { accept: true }
"#;

const FILES: [(&str, &str); 3] = [
    ("rules/a.yaml", RULES),
    ("rules/people.csv", "mobile,login\n9820012345,asha.rao\n"),
    ("rules/ou.csv", "user.userType,user.country,set user.unit\nVendor,-,OU=V\nEmployee,India,OU=IN|E\n"),
];

fn docs(files: &[(&str, &str)], words: &[&str]) -> String {
    let dir = folder(files);
    let words = ["docs"].into_iter().chain(words.iter().copied());
    Program::new(words).within(dir.path()).run().expect(0)
}

#[test]
fn a_rule_is_a_sentence() {
    let page = docs(&FILES, &[]);
    for part in [
        "\nOn `validateUser`, when `user.status` is \"ACTIVE\" and `user.country` is \"India\" and `user.mobile` is present and \
         does not match `^[6-9]\\d{9}$`, the call is refused with `BadMobile` (“Somebody in India has ten digits.”), about the \
         field `mobile`.\n",
        "\nOn `validateUser`, when all of these hold:\n\n\
         - `user.status` is \"ACTIVE\"\n\
         - `owner.login` is present and is not `user.login ?? \"\"`\n\
         - at least one of these holds:\n\
         \x20 - `user.userType` is one of \"Vendor\", \"Consultant\" or \"Guest\"\n\
         \x20 - all of these hold:\n\
         \x20   - `user.grade` is at least 3 and is less than 7\n\
         \x20   - `user.roles` has an element that begins with \"ADMIN\" (upper and lower case alike)\n\
         - not all of these hold:\n\
         \x20 - `user.department` is \"Board\" or \"Audit\"\n\
         \x20 - `user.login` has a length of at least 3\n\
         - `user.endDate` is earlier than 7 days before now\n\
         - `user.city` is present and is none of \"Pune\", \"Delhi\" and is none of \"Goa\", \"Surat\", \"Agra\"\n\n\
         Then no later rule is looked at.\n\n\
         The names in it:\n\n\
         - `owner` is the first row of the lookup `people` under `digits(user.mobile)`\n",
        "is found in the lookup `people`, this is done, one after the other:\n\n\
         - `user.login` becomes `lower(user.login)`\n\
         - `user.unit` becomes `\"IN ${user.city}\"` where it is absent or empty\n\
         - `user.city` is removed\n\
         - \"5f36\" is added to the list `user.assignedGroups` unless it is in it\n\
         - this script runs:\n\n\
         \x20 ```\n\
         \x20 let all = [];\n\
         \x20 if all.len() > 0 { stop(); }\n\
         \x20 ```\n",
        "**Only watched** (mode audit)",
        "On `validateUser`, when `user.status` is \"ACTIVE\", no later rule is looked at.\n\n**Switched off** (mode off)",
        "and `user.roles.len() > 3` gives true, the table below says what is done.\n",
        "Every row that holds does what it says, from top to bottom. Where no row holds, neither does the rule. The rows stand in \
         `rules/ou.csv`.\n\n\
         | row | `user.userType` | `user.country` | `set user.unit` | tests |\n|---|---|---|---|---|\n\
         | 1 | Vendor | - | OU=V | 1 |\n\
         | 2 | Employee | India | OU=IN\\|E | none |\n",
        "| `people` | `rules/people.csv` | `mobile` | differ |\n",
        "| `BadMobile` | Somebody in India has ten digits. | [mobile-of-india](#rule-1) |\n",
    ] {
        assert!(page.contains(part), "{part}\nis not in\n{page}");
    }
}

#[test]
fn what_is_not_proved_stands_first_and_each_rule_has_its_tests() {
    let page = docs(&FILES, &[]);
    let first = page.split("\n## ").nth(1).unwrap();
    assert_eq!(
        first,
        "<a id=\"what-is-not-proved\"></a>What is not proved\n\nThese rules hold in no test that passes:\n\n\
         - [several](#rule-2)\n- [tidies-up](#rule-3) (only watched)\n\n\
         These rows of tables hold in no test that passes:\n\n- [unit](#rule-5): row 2\n\n\
         These tests do not pass:\n\n- **✗ failed**: nobody agrees (`rules/a.yaml:52`)\n\n\
         These rules run a script, and no sentence (`about`) says what for:\n\n- [tidies-up](#rule-3)\n"
    );
    let proofs = "It stands at `rules/a.yaml:9`.\n\nTests in which it held:\n\n\
                  - ✓ passed: nine digits are refused (`rules/a.yaml:46`)\n\n";
    assert!(page.contains(proofs), "{page}");
    assert_eq!(page.matches("**No test proves it.**").count(), 3, "{page}");
    let others = page.split("</a>Tests in which no rule held\n").nth(1).unwrap();
    assert_eq!(others, "\n- ✓ passed: somebody inactive is nobody's business (`rules/a.yaml:55`)\n");
    assert!(page.contains("4 tests: 3 passed, 1 failed, 0 could not be run."), "{page}");
}

/// The elements of a page as their names open and close, and that they close in order.
fn elements(html: &str) -> Vec<String> {
    let mut open: Vec<&str> = Vec::new();
    let mut found = Vec::new();
    for tag in html.split('<').skip(1) {
        let (tag, _) = tag.split_once('>').unwrap_or_else(|| panic!("`<{tag}` has no end"));
        let name = tag.split_whitespace().next().unwrap();
        match name.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name), "{tag}"),
            None if matches!(name, "!doctype" | "meta") => {}
            None => open.push(name),
        }
        found.push(name.trim_start_matches('/').to_owned());
    }
    assert!(open.is_empty(), "{open:?} have no end");
    found.sort();
    found.dedup();
    found
}

/// The elements a page is made of; any other came from what a person wrote.
const ELEMENTS: [&str; 25] = [
    "!doctype", "a", "body", "code", "div", "h1", "h2", "h3", "head", "html", "li", "main", "meta", "ol", "p", "pre",
    "strong", "style", "table", "tbody", "td", "th", "thead", "title", "tr",
];

fn is_a_page(html: &str) {
    for element in elements(html) {
        assert!(ELEMENTS.contains(&&*element) || element == "ul", "{element}");
    }
    for tag in html.split('<').skip(1).map(|tag| tag.split('>').next().unwrap()) {
        let attributes = tag.split('"').step_by(2).flat_map(str::split_whitespace).filter(|word| word.ends_with('='));
        for attribute in attributes {
            let known = [
                "lang=",
                "charset=",
                "http-equiv=",
                "content=",
                "name=",
                "id=",
                "href=",
                "scope=",
                "class=",
                "tabindex=",
            ];
            assert!(known.contains(&attribute), "{attribute} in <{tag}>");
        }
    }
    let (style, _) = html.split_once("</style>").unwrap();
    assert!(!style.contains("url(") && !style.contains("@import"), "{style}");
    for link in html.split("href=\"").skip(1) {
        let name = link.strip_prefix('#').and_then(|link| link.split('"').next()).unwrap_or_else(|| panic!("{link}"));
        assert!(html.contains(&format!("id=\"{name}\"")), "{name} is nowhere");
    }
    assert!(html.contains("<html lang=\"en\">"), "{html}");
    assert_eq!(html.matches("<th>").count(), 0, "a heading of a table says what it heads");
}

#[test]
fn every_folder_of_the_repository_has_a_page_and_it_is_the_same_twice() {
    for rules in rules_folders() {
        let settings = settings_beside(&rules);
        let beside: Vec<&str> = settings.iter().flat_map(|file| ["--config", file.to_str().unwrap()]).collect();
        let rules = rules.to_str().unwrap();
        let run = |words: &[&str]| Program::new([words, &beside].concat()).run().expect(0);
        let page = |format| run(&["docs", "--rules", rules, "--format", format]);
        let (markdown, html) = (page("markdown"), page("html"));
        assert_eq!((page("markdown"), page("html")), (markdown.clone(), html.clone()), "{rules}");
        is_a_page(&html);
        assert!(
            markdown
                .contains("Each rule that is not switched off, and each row of its table, holds in at least one test"),
            "{markdown}"
        );
        let json = run(&["test", rules, "--coverage", "--format", "json"]);
        let json: Value = serde_json::from_str(&json).unwrap();
        let names = |list: &Value, wanted: &str| -> Vec<String> {
            let items =
                list.as_array().unwrap().iter().filter(|item| item.get("kind").is_none_or(|kind| kind == wanted));
            items.map(|item| item["name"].as_str().unwrap().to_owned()).collect()
        };
        let rules_named = names(&json["coverage"]["items"], "rule");
        assert_eq!(markdown.matches("\n### <a id=").count(), rules_named.len(), "{markdown}");
        for rule in rules_named {
            assert!(markdown.contains(&format!("</a>{rule}\n")) && html.contains(&format!(">{rule}</h3>")), "{rule}");
        }
        for test in names(&json["tests"], "") {
            assert!(html.contains(&test.replace('\'', "&#39;").replace('"', "&quot;")), "{test}");
        }
    }
}

/// Names with everything that is a sign to Markdown, to HTML, or to a reader's eye.
const HOSTILE: [&str; 14] = [
    "<script>alert(1)</script>",
    "</h3></main><img src=x onerror=alert(1)>",
    "\"><svg onload='x'>",
    "a | b | c",
    "`tick` ``two`` ```",
    "**bold** _under_ ~~gone~~",
    "[link](javascript:alert(1)) ![image](x)",
    "&lt;b&gt; &amp; &#x3c;",
    "back\\slash \\` \\| \\",
    "# heading #",
    "$x$ {y} <!-- comment -->",
    "- [ ] point",
    "name\u{202e}gnp.exe \u{7}bell \u{1b}[31mred",
    "]]> ?> %>",
];

fn hostile() -> String {
    let quoted = |text: &str| serde_json::to_string(text).unwrap();
    let mut rules = String::new();
    let mut tests = String::new();
    for (n, text) in HOSTILE.iter().enumerate() {
        let name = quoted(text);
        rules += &format!("  - name: {name}\n    when: {{ user.login: {name}, user.n: {n} }}\n    table:\n");
        rules += "      inputs: [user.a]\n      outputs: [set user.b]\n";
        rules += &format!("      rows:\n        - [{}, {name}]\n", quoted(&quoted(text)));
        tests += &format!("  - {{ name: {name}, request: {{ user: {{ login: x }} }}, expect: {{ by: {name} }} }}\n");
    }
    let code = quoted(&HOSTILE.join("\n"));
    format!("hook: validateUser\ncodes: {{ Code: {code} }}\nrules:\n{rules}tests:\n{tests}")
}

/// What of a text a page shows.
fn shown(text: &str) -> String {
    text.replace('\u{202e}', "\\u202e").replace('\u{7}', "\\u0007").replace('\u{1b}', "\\u001b")
}

#[test]
fn nothing_a_person_wrote_becomes_an_element() {
    let html = docs(&[("rules/a.yaml", &hostile())], &["--format", "html"]);
    is_a_page(&html);
    let headings = html.split("<h3 id=\"").skip(1).map(|rest| {
        let heading = rest.split_once('>').unwrap().1.split("</h3>").next().unwrap();
        let heading = heading.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
        heading.replace("&amp;", "&")
    });
    assert_eq!(headings.collect::<Vec<_>>(), HOSTILE.map(shown));
    for c in ['\u{202e}', '\u{7}', '\u{1b}'] {
        assert!(!html.contains(c), "{c:?}");
    }
}

#[test]
fn nothing_a_person_wrote_becomes_markdown() {
    let page = docs(&[("rules/a.yaml", &hostile())], &[]);
    let headings = page.split("\n### <a id=\"").skip(1).map(|rest| {
        let heading = rest.split_once("</a>").unwrap().1.lines().next().unwrap();
        let mut out = String::new();
        let mut letters = heading.chars();
        while let Some(c) = letters.next() {
            assert!(!"`*_[]<>#|~&${}".contains(c), "{c} is markup in {heading}");
            out.push(if c == '\\' { letters.next().unwrap() } else { c });
        }
        out
    });
    assert_eq!(headings.collect::<Vec<_>>(), HOSTILE.map(shown));
    for table in page.split("\n\n").filter(|block| block.starts_with("| ")) {
        let bars = |line: &str| line.replace("\\\\", "").replace("\\|", "").matches('|').count();
        let lines: Vec<usize> = table.lines().map(bars).collect();
        assert!(lines.len() > 2 && lines.iter().all(|bars| *bars == lines[0]), "{table}");
    }
}

#[test]
fn a_page_goes_to_a_file_in_the_format_of_its_name() {
    let dir = folder(&FILES);
    let run = |words: &[&str]| Program::new(["docs"].into_iter().chain(words.iter().copied())).within(dir.path()).run();
    let read = |name: &str| fs::read_to_string(dir.path().join(name)).unwrap();
    assert_eq!(run(&["--output", "rules.html"]).expect(0), "");
    assert_eq!(read("rules.html"), run(&["--format", "html"]).expect(0));
    run(&["--output", "rules.md"]).expect(0);
    assert_eq!(read("rules.md"), run(&[]).expect(0));
    let stderr = run(&["--output", "nowhere/rules.md"]).refused(2);
    assert!(stderr.contains("cannot write `nowhere/rules.md`: "), "{stderr}");
    let wrong = folder(&[("rules/a.yaml", "hook: test\nrules: [{ name: a, stp: true }]\n")]);
    let stderr = Program::new(["docs"]).within(wrong.path()).run().refused(2);
    assert!(stderr.contains("error[H201]"), "{stderr}");
}

/// Wherever a rule has written one out, in both formats.
#[test]
fn no_secret_of_a_rule_is_on_the_page() {
    let written = include_str!("../check/secret-that-is-written-out.yaml");
    let compared = "  - { name: common, when: { user.password: { in: [Qwerty-1, P1] } }, stop: true }\n";
    let rules = format!("{written}{compared}");
    for words in [&["--format", "markdown"][..], &["--format", "html"]] {
        let page = docs(&[("rules/a.yaml", &rules)], words);
        for secret in ["Welcome123", "Corp9", "Monsoon", "482913", "Summer", "Delhi1911", "Qwerty", "P1"] {
            assert!(!page.contains(secret), "{secret} is in\n{page}");
        }
        assert!(page.contains("(hidden)") && page.contains("India") && page.contains("first-password"), "{page}");
    }
}
