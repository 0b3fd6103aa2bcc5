//! Expressions that cannot work, and how they are written here.

use super::{hold, told};

/// Where it comes from, the expression, and what must be told of it.
const WRONG: &[(&str, &str, &str)] = &[
    ("Okta", r#"lower("${user.firstName}.${user.lastName}")"#, r#"user.firstName + "." + user.lastName"#),
    ("Okta", "String.toLowerCase(user.login)", "lower(text)"),
    ("Okta", "String.substringBefore(user.email, \"@\")", "before(text, separator)"),
    ("Okta", "String.stringContains(user.userType, \"V\")", "x.contains(value)"),
    ("Okta", "user.userType == \"V\" ? \"a\" : \"b\"", "if condition { a } else { b }"),
    ("Okta", "user.userType == \"V\" AND user.grade == \"7\"", "write `&&`"),
    ("Okta", "user.userType eq \"V\"", "write `==`"),
    ("Okta", "user.userType sw \"V\"", "text.starts_with"),
    ("Okta", "isMemberOfGroupName(\"Staff\")", "user.assignedGroups.some"),
    ("Okta", "hasAttribute(\"x\")", "attr.NAME"),
    ("Okta", "user.firstName + '.' + user.lastName + '@corp'", "write `\"@corp\"`"),
    ("Entra", "IIF(user.userType = \"V\", \"a\", \"b\")", "write `==`"),
    ("Entra", "IIF(user.userType == \"V\", \"a\", \"b\")", "if condition { a } else { b }"),
    ("Entra", "ToLower(user.login)", "lower(text)"),
    ("Entra", "Mid(user.login, 1, 3)", "middle(text, from, count)"),
    ("Entra", "Left(user.login, 3)", "cut(text, count)"),
    ("Entra", "NormalizeDiacritics(user.firstName)", "ascii(text)"),
    ("Entra", "StripSpaces(user.firstName)", "strip_chars(text, \" \")"),
    ("Entra", "Append(user.firstName, \"x\")", "did you mean `append`?"),
    ("Entra", "IsNullOrEmpty(user.mobile)", "first_filled(x) == ()"),
    ("Entra", "Switch(user.country, \"a\", \"b\")", "if condition { a } else { b }"),
    ("Entra", "user.firstName & \".\" & user.lastName", "texts are joined with `+`"),
    ("Entra", "user.country <> \"India\"", "write `!=`"),
    ("spreadsheet", "UPPER(user.login)", "did you mean `upper`?"),
    ("spreadsheet", "CONCATENATE(user.firstName, user.lastName)", "${a}${b}"),
    ("spreadsheet", "PROPER(user.firstName)", "name_case(text)"),
    ("spreadsheet", "SUBSTITUTE(user.login, \"a\", \"b\")", "replace(text, from, to)"),
    ("spreadsheet", "VLOOKUP(user.city, a, 2)", "lookup(\"NAME\", key)"),
    ("spreadsheet", "IF(AND(user.grade, user.city), 1, 2)", "if condition { a } else { b }"),
    ("spreadsheet", "user.grade = \"7\"", "write `==`"),
    ("Kyverno", "lower(\"{{user.firstName}}\")", "write `user.firstName`"),
    ("Kyverno", "lower(\"{{ user.firstName }}.{{ user.lastName }}\")", "user.firstName + \".\" + user.lastName"),
    ("Kyverno", "to_upper($user.firstName)", "without `$`"),
    ("shell", "lower(\"$user.firstName\")", "write `user.firstName`"),
    ("shell", "user.login =~ \"^a\"", "matches(text, \"pattern\")"),
    ("shell", "$user.login", "without `$`"),
    ("Rego", "startswith(user.login, \"a\")", "text.starts_with(value)"),
    ("Rego", "sprintf(\"%s\", [user.login])", "a template"),
    ("Rego", "x := user.login", "let name = value;"),
    ("Rego", "size(user.rbacRoles)", "length(x)"),
    ("Rego", "not user.login", "write `!`"),
    ("VRL", "downcase(user.login)", "lower(text)"),
    ("VRL", "strip_whitespace(user.login)", "trim(text)"),
    ("VRL", "is_nullish(user.login)", "first_filled(x) == ()"),
    ("VRL", "exists(user.login)", "present(x)"),
    ("DMN", "if user.grade == \"7\" then \"a\" else \"b\"", "if condition { a }"),
    ("DMN", "user.grade = \"7\" and user.city = \"x\"", "write `&&`"),
    ("DMN", "some r in user.rbacRoles satisfies r", "closures are"),
    ("DMN", "user.country is null", "write `==`"),
    ("JavaScript", "user.rbacRoles.map(r => r.name)", "`|x| …`"),
    ("JavaScript", "user.login === \"a\"", "write `==`"),
    ("JavaScript", "user.login != undefined", "present(x)"),
    ("JavaScript", "user.rbacRoles.includes(\"a\")", "x.contains(value)"),
    ("JavaScript", "user.login.toLowerCase()", "lower(text)"),
    ("JavaScript", "user.login.substring(0, 3)", "middle(text, from, count)"),
    ("JavaScript", "user.rbacRoles.length + 1", "length(user.rbacRoles)"),
    ("JavaScript", "user.rbacRoles.length", "length(user.rbacRoles)"),
    ("JavaScript", "user.middleName || \"x\"", "a ?? \"…\""),
    ("JavaScript", "user.rbacRoles.sort()", "list.order()"),
    ("JavaScript", "user.rbacRoles.push(\"x\")", "list + [value]"),
    ("JavaScript", "user.rbacRoles.reverse()", "list.reduce_rev"),
    ("JavaScript", "user.rbacRoles.pop()", "list.get(-1)"),
    ("JavaScript", "user.rbacRoles.map(|r| r.make_upper())", "upper(text)"),
    ("Java", "user.login.equals(\"a\")", "a == b"),
    ("Java", "user.login.equalsIgnoreCase(\"a\")", "lower(a) == lower(b)"),
    ("Java", "user.rbacRoles.size()", "length(x)"),
    ("Java", "user.login.isEmpty()", "first_filled(x) == ()"),
    ("Python", "user.login == None", "present(x)"),
    ("Python", "user.active == True", "write `true`"),
    ("Python", "f\"{user.login}\"", "a template"),
    ("Python", "\"%s.%s\" % user.login", "a template"),
    ("Python", "user.country not in [\"India\"]", "!(value in list)"),
    ("Python", "len(user.login) > 3 and user.city == \"x\"", "write `&&`"),
    ("PHP", "user.firstName . \".\" . user.lastName", "write `a + b`"),
    ("PHP", "user.middleName ?: \"x\"", "a ?? b"),
    ("SQL", "user.login LIKE \"a\"", "matches(text, \"pattern\")"),
    ("SQL", "NVL(user.middleName, \"x\")", "a ?? b"),
    ("SQL", "now + 7", "date(\"now+7d\")"),
    ("Word", "upper(“a”)", "a straight one"),
    ("Word", "user.login\u{a0}== \"a\"", "a no-break space"),
    ("Word", "lower(‘a’)", "a straight one"),
    ("Rhai", "user.login.crop(0, 3)", "middle(text, from, count)"),
    ("Rhai", "make_upper(user.login)", "upper(text)"),
    ("Rhai", "user.rbacRoles.dedup()", "list.filter"),
    ("Rhai", "let roles = user.rbacRoles; roles.sort()", "list.order()"),
    ("Rhai", "let a = user.rbacRoles.sort(); a", "list.order()"),
    ("Rhai", "if user.rbacRoles.sort() == () { 1 } else { 2 }", "list.order()"),
    ("Rhai", "user.rbacRoles.clear(); user.rbacRoles", "cannot be changed in place"),
    ("Rhai", "let s = user.login; s.to_upper(); s", "keep it"),
    ("Rhai", "user.rbacRoles.drain(|x| x == 1)", "list.filter"),
    ("Rhai", "fn more(list) { list.push(1) } more(user.rbacRoles)", "a copy that nobody keeps"),
];

/// Expressions that are as they should be.
const RIGHT: &[&str] = &[
    "lower(user.firstName + \".\" + user.lastName)",
    "user.firstName.to_upper()",
    "let roles = user.rbacRoles ?? []; roles.sort(); roles",
    "let roles = user.rbacRoles ?? []; roles.push(\"x\"); roles.dedup(); roles",
    "let first = roles_of(user.rbacRoles ?? []); fn roles_of(list) { list.push(1); list } first",
    "(user.rbacRoles ?? []).filter(|x| x != \"a\")",
    "let all = []; for role in user.rbacRoles ?? [] { all.push(role); } all",
    "(user.rbacRoles ?? []).order()",
    "(user.rbacRoles ?? []).get(0) ?? \"none\"",
    "matches(user.login, \"^[a-z]{2}$\")",
    "\"US$ \" + (user.grade ?? \"\")",
    "\"$\" + \"{x}\"",
    "1 & 3",
    "(user.grade ?? 1) % 2",
    "if user.grade == \"7\" && present(user.city) { \"a\" } else { \"b\" }",
];

/// An expression in a rule; it stands in line 5.
fn rule(expression: &str) -> String {
    let quoted = format!("${{{expression}}}").replace('\'', "''");
    format!("hook: preCreateUser\nrules:\n  - name: r\n    set:\n      user.displayName: '{quoted}'\n")
}

#[test]
fn what_cannot_work_is_told_with_the_cure() {
    assert!(WRONG.len() >= 80);
    hold(WRONG.iter().map(|(from, text, cure)| (*from, 5, rule(text), *cure)));
}

#[test]
fn what_works_is_left_alone() {
    for text in RIGHT {
        let told = told(&rule(text));
        assert!(told.is_empty(), "{text}: {told:#?}");
    }
}
