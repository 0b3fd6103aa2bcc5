//! Keys and operators of other tools, each with what is written here instead, for every "did you mean".

use crate::diagnostic::did_you_mean;

/// A kind of mapping, the words of others in small letters without `_` and `-`, and what to write.
type Row = (&'static str, &'static [&'static str], &'static str);

/// As `Keys::what` names the mapping.
const RULE: &str = "a rule";
const FILE: &str = "a rule file";
const GIVEN: &str = "`given`";
pub const OPERATOR: &str = "an operator";
pub const CONDITION: &str = "a condition";

/// What rules and their tests count with, and cannot say themselves.
const HOLIDAYS: &str =
    "holidays and weekends stand in gateway.yaml, for rules and their tests: `dates: { holidays: [\"2026-01-26\"] }`";

const ROWS: &[Row] = &[
    (
        RULE,
        &["deny", "error", "refuse", "block", "forbid", "fail", "violation", "effect", "disallow"],
        "a rule refuses with `reject: CODE`",
    ),
    (
        RULE,
        &["message", "msg", "reason", "errormessage", "text"],
        "the code stands in `reject: CODE`, and its sentence below `codes:` of the file: `codes: { CODE: \"…\" }`",
    ),
    (
        RULE,
        &[
            "if",
            "condition",
            "conditions",
            "match",
            "where",
            "filter",
            "preconditions",
            "expression",
            "unless",
            "given",
        ],
        "conditions stand in `when: { user.country: India }`; `not:` in it turns them round",
    ),
    (RULE, &["all", "any", "not"], "it stands in `when`: `when: { any: [ … ] }`"),
    (
        RULE,
        &["then", "action", "actions", "do", "result", "output", "outcome", "mutate", "assign", "transform", "patch"],
        "what the rule does is a key of its own: `reject`, `set`, `default`, `add`, `take`, `remove`, `mappedValue`, `deprovision`, `deliver`, `script` or `stop`",
    ),
    (RULE, &["else", "otherwise", "elseif"], "write a second rule below, with the opposite condition; or a `table`"),
    (RULE, &["update", "replace", "value", "setvalue"], "write `set: { user.FIELD: value }`"),
    (RULE, &["delete", "unset", "clear"], "write `remove: user.FIELD`"),
    (
        RULE,
        &["rename", "move", "copy"],
        "write `set: { user.NEW: \"${user.OLD}\" }`, and `remove: user.OLD` where the old field goes",
    ),
    (RULE, &["append", "push"], "write `add: { user.FIELD: value }`"),
    (RULE, &["pull", "removefrom", "takeaway", "subtract"], "write `take: { user.FIELD: value }`"),
    (
        RULE,
        &["allow", "accept", "permit", "validate"],
        "what no rule refuses is accepted; `stop: true` keeps later rules from looking",
    ),
    (RULE, &["id", "title", "rule", "rulename", "label"], "a rule is called by its `name`"),
    (RULE, &["description", "comment", "note", "remark"], "write `about: …` for auditors, or a comment after `#`"),
    (RULE, &["enabled", "disabled", "active", "status"], "write `mode: off` for a rule that is not wanted for now"),
    (
        RULE,
        &["priority", "order", "weight", "salience"],
        "rules are looked at from top to bottom: move the rule up or down",
    ),
    (RULE, &["event", "trigger", "on", "hooks", "type", "kind"], "write `hook: validateUser`, or a list of hooks"),
    (RULE, &["map", "mapping", "mappings", "mapped"], "write `mappedValue: \"${user.FIELD}\"`"),
    (RULE, &["send", "notify", "webhook", "post"], "write `deliver: { to: DESTINATION, body: … }`"),
    (RULE, &["variables", "vars", "bind", "locals"], "write `let: { name: value }`"),
    (FILE, &["rule", "policies", "policy", "statements"], "the rules stand below `rules:`"),
    (FILE, &["variables", "vars"], "write `let:`"),
    (FILE, &["event", "trigger"], "write `hook:`"),
    (FILE, &["errors", "messages"], "write `codes:`"),
    (FILE, &["cases", "test"], "write `tests:`"),
    (FILE, &["dates", "holidays", "weekend"], HOLIDAYS),
    (GIVEN, &["dates", "holidays", "weekend"], HOLIDAYS),
    (
        "`reject`",
        &["message", "msg", "reason", "text", "error"],
        "its sentence stands below `codes:` of the file: `codes: { CODE: \"…\" }`",
    ),
    ("`reject`", &["field", "path", "property"], "write `attribute: FIELD`"),
    (OPERATOR, &["equals", "eq", "equal", "equalto", "==", "===", "=", "value", "stringequals", "const"], "write `is`"),
    (
        OPERATOR,
        &["notequals", "ne", "neq", "notequal", "notequalto", "isnt", "!=", "<>", "differs", "stringnotequals"],
        "write `is_not`",
    ),
    (
        OPERATOR,
        &["containsany", "anyof", "intersects", "includesany", "anyin"],
        "of a list write `any: { in: [a, b] }`; of a text `matches: 'a|b'`",
    ),
    (
        OPERATOR,
        &["containsall", "allin", "includesall"],
        "write `contains` for each: `all: [{ PATH: { contains: a } }, { PATH: { contains: b } }]`",
    ),
    (
        OPERATOR,
        &["notcontains", "containsnot", "doesnotcontain", "excludes"],
        "write `not: { contains: a }`; of a list that may have none of several, `not: { any: { in: [a, b] } }`",
    ),
    (
        OPERATOR,
        &["containsnone", "anynotin", "noneof"],
        "of a list write `not: { any: { in: [a, b] } }`; of a text `not: { matches: 'a|b' }`",
    ),
    (OPERATOR, &["notstartswith", "startsnotwith"], "write `not: { starts_with: a }`"),
    (OPERATOR, &["notendswith", "endsnotwith"], "write `not: { ends_with: a }`"),
    (
        OPERATOR,
        &["changed", "haschanged", "changes", "changedto", "changedfrom", "old", "previous", "was"],
        "an event has the new values alone; the old one comes from a lookup that asks the platform, or from a table: with \
         `let: { before: { lookup: people, key: \"${user.login}\" } }` write `user.email: { is_not: \"${before.email}\" }`",
    ),
    (OPERATOR, &["oneof", "isin", "enum", "memberof", "isoneof"], "write `in: [a, b]`"),
    (OPERATOR, &["isnotin", "notoneof", "nin", "isnotoneof"], "write `not_in: [a, b]`"),
    (
        OPERATOR,
        &["regex", "regexp", "pattern", "matchesregex", "like", "match", "=~", "~", "rlike"],
        "write `matches: '^…$'`",
    ),
    (OPERATOR, &["notmatches", "matchesnot", "doesnotmatch", "notregex", "notlike"], "write `not: { matches: '…' }`"),
    (
        OPERATOR,
        &["exists", "isset", "defined", "isdefined", "notnull", "isnotnull", "required", "pr"],
        "write `present: true`, or `empty: false` where a blank text counts as nothing",
    ),
    (
        OPERATOR,
        &["null", "isnull", "isempty", "blank", "isblank", "missing", "absent", "notexists", "isabsent"],
        "write `empty: true`, or `present: false` where a blank text counts as something",
    ),
    (OPERATOR, &["notempty", "isnotempty", "nonempty", "filled", "ispresent"], "write `empty: false`"),
    (OPERATOR, &["startswith", "beginswith", "prefix", "hasprefix", "sw"], "write `starts_with`"),
    (OPERATOR, &["endswith", "suffix", "hassuffix", "ew"], "write `ends_with`"),
    (OPERATOR, &["includes", "has", "co", "substring"], "write `contains`"),
    (OPERATOR, &["greaterthan", ">", "greater", "above", "morethan"], "write `gt`"),
    (
        OPERATOR,
        &[">=", "=>", "ge", "greaterthanorequal", "greaterorequal", "greaterthanorequals", "min", "minimum", "atleast"],
        "write `gte`",
    ),
    (OPERATOR, &["lessthan", "<", "less", "below"], "write `lt`"),
    (
        OPERATOR,
        &["<=", "=<", "le", "lessthanorequal", "lessorequal", "lessthanorequals", "max", "maximum", "atmost"],
        "write `lte`",
    ),
    (OPERATOR, &["between", "range"], "write both ends: `in: 4..7`"),
    (OPERATOR, &["minlength", "maxlength", "size", "len"], "write `length: 4..7`"),
    (OPERATOR, &["olderthan", "earlierthan", "expired", "past"], "write `before: today`, or `before: today-30d`"),
    (OPERATOR, &["newerthan", "laterthan", "future"], "write `after: today`, or `after: today+30d`"),
    (OPERATOR, &["some", "exist", "foranyvalue"], "write `any: { … }`"),
    (OPERATOR, &["all", "forallvalues", "foreach", "each"], "write `every: { … }`"),
    (
        OPERATOR,
        &["and", "or"],
        "operators beside each other must all hold; `any:` and `all:` take conditions: `any: [{ PATH: a }, { PATH: b }]`",
    ),
    (
        OPERATOR,
        &["ignorecase", "caseinsensitive", "i", "flags", "options", "nocase"],
        "write `ignore_case: true` beside the operator",
    ),
    (
        OPERATOR,
        &["cidr", "subnet", "network", "inrange", "ipaddress", "cidrmatch", "ininet", "incidr"],
        "write `within: [10.20.0.0/14]`",
    ),
    (OPERATOR, &["lookup", "table", "foundin", "inlookup", "intable"], "write `found_in: LOOKUP`"),
    (CONDITION, &["and", "allof", "&&"], "write `all:`"),
    (CONDITION, &["or", "anyof", "oneof", "||"], "write `any:`"),
    (CONDITION, &["none", "noneof", "nor", "!", "unless"], "write `not: { any: [ … ] }`"),
    (
        CONDITION,
        &["expression", "expr", "cel", "condition", "if"],
        "write `script:`, or the conditions as `path: value`",
    ),
    (
        CONDITION,
        &["field", "path", "key", "attribute", "operator", "op", "value", "property"],
        "write a line `path: value`, or `path: { operator: value }`: `user.country: { is_not: India }`",
    ),
];

/// What to write in place of a word of other tools in such a mapping.
#[must_use]
pub fn cure(what: &str, word: &str) -> Option<&'static str> {
    let small: String = word
        .trim_start_matches('$')
        .chars()
        .filter(|letter| !matches!(letter, '_' | '-' | ' '))
        .flat_map(char::to_lowercase)
        .collect();
    let row = ROWS.iter().find(|(kind, words, _)| *kind == what && words.contains(&small.as_str()));
    row.map(|(_, _, cure)| *cure)
}

/// What helps whoever wrote `word` where one of `names` belongs: the same word, what others call it, or one that is near.
pub fn help<'n>(what: &str, word: &str, names: impl IntoIterator<Item = &'n str> + Clone) -> Option<String> {
    let plain = |name: &str| name.replace(['_', '-'], "").to_lowercase();
    let same = names.clone().into_iter().find(|name| plain(name) == plain(word));
    let meant = |name: &str| format!("did you mean `{name}`?");
    match (same, cure(what, word)) {
        (Some(name), _) => Some(meant(name)),
        (None, Some(cure)) => Some(cure.to_owned()),
        (None, None) => did_you_mean(word, names).map(meant),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::Declared;
    use crate::rule::grammar;

    /// A word that means something here is never told to be wrong, and no word has two cures.
    #[test]
    fn words_of_others_are_none_of_ours() {
        let operators: Vec<&str> = Declared::names().collect();
        let mut seen = std::collections::BTreeSet::new();
        for (what, words, _) in ROWS {
            let ours: Vec<&str> = match *what {
                RULE => grammar::RULE.names().collect(),
                FILE => grammar::FILE.names().collect(),
                OPERATOR => operators.clone(),
                GIVEN => grammar::GIVEN.names().collect(),
                CONDITION => vec!["all", "any", "not", "script"],
                _ => grammar::REJECT.names().collect(),
            };
            for word in *words {
                assert!(!ours.contains(word), "{what}: {word}");
                assert!(seen.insert((what, word)), "{what}: {word} appears twice");
            }
        }
    }
}
