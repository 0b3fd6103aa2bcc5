//! The keys of every mapping in a rule file, with a sentence each, for the reader and for the JSON Schema.

use crate::yaml::keys::{Key, Keys, Shape, optional, required};

const TEXTS: Shape = Shape::Either(&[Shape::Text, Shape::ListOf(&Shape::Text)]);
const CONDITION: Shape = Shape::Either(&[Shape::Text, Shape::MapOf(&Shape::Any)]);
const BINDINGS: Shape = Shape::MapOf(&Shape::Any);
const CHANGES: Shape = Shape::MapOf(&Shape::Any);

/// A rule file.
pub static FILE: Keys = Keys {
    what: "a rule file",
    keys: &[
        optional("hook", TEXTS, "the hook, or hooks, of every rule of this file that names none itself"),
        optional("when", CONDITION, "a guard: what must hold before any rule of this file is looked at"),
        optional("let", BINDINGS, "names for values and lookups that every rule of this file may read"),
        optional("lookups", Shape::MapOf(&LOOKUP), "tables, databases, directories and services that rules ask"),
        optional("codes", Shape::MapOf(&Shape::Text), "refusal codes with a sentence each about what they mean"),
        optional("rules", Shape::ListOf(&Shape::Mapping(&RULE)), "the rules, looked at from top to bottom"),
        optional("tests", Shape::ListOf(&Shape::Mapping(&CASE)), "cases that `hookgate test` runs"),
    ],
};

/// A file of tests alone.
pub static TEST_FILE: Keys = Keys {
    what: "a test file",
    keys: &[
        optional("hook", Shape::Text, "the hook of every case of this file that names none itself"),
        required("tests", Shape::ListOf(&Shape::Mapping(&CASE)), "cases that `hookgate test` runs"),
    ],
};

/// A rule.
pub static RULE: Keys = Keys {
    what: "a rule",
    keys: &[
        required("name", Shape::Text, "unique in the rules folder; shown wherever the rule decides"),
        optional("hook", TEXTS, "the hook, or hooks, this rule is for"),
        optional("mode", Shape::OneOf(&["enforce", "audit", "off"]), "audit: evaluated and traced, changes nothing"),
        optional(
            "on_failure",
            Shape::OneOf(&["skip"]),
            "skip: where the rule fails it counts as not holding, and later rules go on; left out: the hook's answers",
        ),
        optional("let", BINDINGS, "names for values and lookups this rule reads"),
        optional("when", CONDITION, "what must hold for the rule to apply; without it the rule always applies"),
        optional("reject", Shape::Either(&[Shape::Text, Shape::Mapping(&REJECT)]), "refuse with this code"),
        optional("set", CHANGES, "change fields of the user: `path: value`"),
        optional("default", CHANGES, "the same, only where the field is absent or empty"),
        optional("remove", TEXTS, "fields to drop"),
        optional("add", CHANGES, "add to a list unless it is there: `path: value`"),
        optional("mappedValue", Shape::Any, "what policyMap answers, always as text"),
        optional("deprovision", Shape::Either(&[Shape::Boolean, Shape::Text]), "what runDeprovision answers"),
        optional("script", Shape::Text, "a Rhai script that reads the same names and calls the same verbs"),
        optional("stop", Shape::Boolean, "true: no later rule looks at this event"),
        optional(
            "table",
            Shape::Mapping(&TABLE),
            "a decision table: rows of conditions with what is done where a row holds",
        ),
        optional(
            "deliver",
            Shape::Either(&[Shape::Mapping(&DELIVER), Shape::ListOf(&Shape::Mapping(&DELIVER))]),
            "something to send, or a list: stored before the answer leaves, sent after it",
        ),
    ],
};

const SHEET: Key =
    optional("sheet", Shape::Text, "which sheet of a workbook; left out: the only one that is not empty");
const ENCODING: Key = optional("encoding", Shape::Text, "of a CSV file that is not in UTF-8: windows-1252");

/// A decision table.
pub static TABLE: Keys = Keys {
    what: "a decision table",
    keys: &[
        optional(
            "hit",
            Shape::OneOf(&["unique", "first", "collect"]),
            "unique (left out): at most one row may hold; first: the first that holds; collect: all that hold",
        ),
        required("inputs", TEXTS, "the names that are tested, a column each"),
        required("outputs", TEXTS, "what is done, a column each: a verb, for fields with the path (`set user.email`)"),
        required(
            "rows",
            Shape::Either(&[Shape::Text, Shape::ListOf(&Shape::ListOf(&Shape::Any))]),
            "the rows, each a list of cells; or the name of a CSV or Excel (.xlsx) file with these columns",
        ),
        optional(
            "ignore_case",
            Shape::Either(&[Shape::Boolean, TEXTS]),
            "true: no cell tells A from a; or the inputs of which that is so",
        ),
        SHEET,
        ENCODING,
    ],
};

/// `reject` in full.
pub static REJECT: Keys = Keys {
    what: "`reject`",
    keys: &[
        required("code", Shape::Text, "the refusal code"),
        optional("attribute", Shape::Text, "the field it is about, for logs and traces"),
    ],
};

/// `deliver`.
pub static DELIVER: Keys = Keys {
    what: "a delivery",
    keys: &[
        required("to", Shape::Text, "a destination of gateway.yaml"),
        required("body", Shape::Any, "what is sent: a text, or a mapping that becomes JSON"),
        optional("key", Shape::Any, "what has the same key arrives in order; left out: the person"),
    ],
};

/// A delivery that a test expects.
pub static EXPECTED_DELIVERY: Keys = Keys {
    what: "an expected delivery",
    keys: &[
        required("to", Shape::Text, "the destination"),
        optional("body", Shape::Any, "what is sent, the whole of it"),
        optional("key", Shape::Text, "the key"),
    ],
};

/// A lookup's declaration: the key that only one kind has says which it is.
pub const LOOKUP: Shape = Shape::Either(&[
    Shape::Mapping(&TABLE_LOOKUP),
    Shape::Mapping(&HTTP_LOOKUP),
    Shape::Mapping(&SQL_LOOKUP),
    Shape::Mapping(&LDAP_LOOKUP),
]);

const TIMEOUT: Key = optional("timeout", Shape::Text, "how long an answer is waited for: 500ms, 1s (left out: 1s)");
const KEPT: Shape = Shape::Either(&[Shape::Text, Shape::Mapping(&KEEP)]);
const INSTEAD: Shape = Shape::Either(&[Shape::OneOf(&["fail", "absent"]), Shape::Mapping(&STAND_IN)]);
const CACHE: Key =
    optional("cache", KEPT, "how long answers are kept: 60s, or `{ hits: 60s, misses: 5s }`; left out: not at all");
const ON_ERROR: Key = required(
    "on_error",
    INSTEAD,
    "what stands in where the source cannot be asked: fail, absent, `{ use: ROW }`, `{ stale: 10m }`",
);
const AT_ONCE: Key = optional("at_once", Shape::Whole, "questions on their way at once (left out: 16)");

/// A lookup in a table beside the rules.
pub static TABLE_LOOKUP: Keys = Keys {
    what: "a lookup in a table",
    keys: &[
        required("table", Shape::Text, "a CSV, Excel (.xlsx), YAML or JSON file beside this one"),
        required("key", TEXTS, "the column that is searched, functions of columns, or a list of them"),
        optional("ignore_case", Shape::Boolean, "true: keys are found in any case"),
        optional("at_least", Shape::Whole, "so many rows: fewer are a mistake"),
        optional(
            "shrink",
            Shape::Text,
            "how many of its rows the table may lose at once, `50%`, or `any`; left out: `reload.shrink` of gateway.yaml",
        ),
        SHEET,
        ENCODING,
    ],
};

/// A lookup over HTTP.
pub static HTTP_LOOKUP: Keys = Keys {
    what: "a lookup over HTTP",
    keys: &[
        required("http", Shape::Text, "a connection of gateway.yaml"),
        optional("get", Shape::Text, "the path that is read: `/users/${key}`"),
        optional("post", Shape::Text, "the path that is posted to"),
        optional("query", Shape::MapOf(&Shape::Text), "parameters behind the `?`"),
        optional("headers", Shape::MapOf(&Shape::Text), "headers beside those of the connection"),
        optional("body", Shape::Any, "what is posted, as JSON"),
        optional(
            "rows",
            TEXTS,
            "where the rows stand in the answer: `data.elements`; of a list the first that is there",
        ),
        optional("where", Shape::MapOf(&Shape::Text), "what a row must be, compared exactly: `mobile: \"${key}\"`"),
        optional("pages", Shape::Mapping(&PAGES), "how further pages are asked for"),
        optional("no_rows_on", Shape::ListOf(&Shape::Whole), "statuses that mean that there is no row: [404]"),
        TIMEOUT,
        CACHE,
        ON_ERROR,
        AT_ONCE,
    ],
};

/// A lookup in a database.
pub static SQL_LOOKUP: Keys = Keys {
    what: "a lookup in a database",
    keys: &[
        required("sql", Shape::Text, "a connection of gateway.yaml"),
        required("query", Shape::Text, "one `select`; `:key` is the key, or `:name` a value of it"),
        TIMEOUT,
        CACHE,
        ON_ERROR,
        AT_ONCE,
    ],
};

/// A lookup in a directory.
pub static LDAP_LOOKUP: Keys = Keys {
    what: "a lookup in a directory",
    keys: &[
        required("ldap", Shape::Text, "a connection of gateway.yaml"),
        required("filter", Shape::Text, "which entries: `(mail=${key})`"),
        required("attributes", TEXTS, "what becomes a column; `proxyAddresses[]` is always a list"),
        optional("base", Shape::Text, "where the search begins (left out: the connection's base)"),
        optional("scope", Shape::OneOf(&["base", "one", "subtree"]), "how far below the base (left out: subtree)"),
        TIMEOUT,
        CACHE,
        ON_ERROR,
        AT_ONCE,
    ],
};

/// `cache` in full.
pub static KEEP: Keys = Keys {
    what: "`cache`",
    keys: &[
        required("hits", Shape::Text, "how long an answer with rows is kept"),
        required("misses", Shape::Text, "how long an answer without rows is kept"),
    ],
};

/// `on_error` in full.
pub static STAND_IN: Keys = Keys {
    what: "`on_error`",
    keys: &[
        optional("use", Shape::Any, "a row, or a list of rows"),
        optional("stale", Shape::Text, "the last answer, if it is no older than this: 10m"),
    ],
};

/// `pages`.
pub static PAGES: Keys = Keys {
    what: "`pages`",
    keys: &[
        required(
            "number",
            Shape::Text,
            "the field of the body (post), or parameter of the query (get), with the page's number",
        ),
        required("size", Shape::Whole, "rows of a full page; a page with fewer is the last"),
        optional("first", Shape::Whole, "the first page's number (left out: 0)"),
        optional("limit", Shape::Whole, "most pages that are asked for (left out: 10); beyond them the lookup fails"),
    ],
};

/// A name bound to a lookup.
pub static LET_LOOKUP: Keys = Keys {
    what: "a lookup in `let`",
    keys: &[
        required("lookup", Shape::Text, "the name of a lookup"),
        required("key", Shape::Any, "what to look for"),
        optional("all", Shape::Boolean, "true: the list of all rows instead of the first"),
    ],
};

/// A name bound to a script.
pub static LET_SCRIPT: Keys = Keys {
    what: "a script in `let`",
    keys: &[required("script", Shape::Text, "a Rhai script whose last value is the name's")],
};

/// A test case.
pub static CASE: Keys = Keys {
    what: "a test",
    keys: &[
        required("name", Shape::Text, "what the case shows, in a sentence"),
        optional("hook", Shape::Text, "the hook that is called"),
        optional("request", Shape::Any, "the request in full (what stands in the body behind `request`)"),
        optional("sample", Shape::Text, "instead of a request: the sample of this hook"),
        optional("with", CHANGES, "changes to the request or sample: `path: value`"),
        optional("given", Shape::Mapping(&GIVEN), "the clock, the token and the answers of lookups"),
        required("expect", Shape::Mapping(&EXPECT), "what must come out"),
    ],
};

/// What a case is given.
pub static GIVEN: Keys = Keys {
    what: "`given`",
    keys: &[
        optional("now", Shape::Text, "the event's clock: 2026-01-31T12:00:00Z"),
        optional("token", Shape::MapOf(&Shape::Any), "claims of the caller's token"),
        optional("app", Shape::Text, "the application id of the path"),
        optional(
            "lookups",
            Shape::MapOf(&Shape::Any),
            "rows by key: `NAME: { KEY: row, list of rows, null or { error: timeout } }`",
        ),
    ],
};

/// What a case expects.
pub static EXPECT: Keys = Keys {
    what: "`expect`",
    keys: &[
        optional("reject", Shape::Text, "refused with this code"),
        optional("accept", Shape::Boolean, "true: not refused"),
        optional("user", Shape::MapOf(&Shape::Any), "fields the answered user has (null: absent or null)"),
        optional("reply", Shape::Any, "the whole answer"),
        optional("mappedValue", Shape::Text, "the mapped value"),
        optional("deprovision", Shape::Boolean, "the decision"),
        optional("by", Shape::Text, "the rule that decided"),
        optional("failed", Shape::Boolean, "true: a rule failed and `on_failure` answered"),
        optional("skipped", TEXTS, "the rules that were skipped, in their order"),
        optional(
            "deliveries",
            Shape::ListOf(&Shape::Mapping(&EXPECTED_DELIVERY)),
            "what is sent, all of it in this order; `[]`: nothing",
        ),
    ],
};

/// Whether a text can be a refusal code: one token that the platform can look up.
#[must_use]
pub fn is_refusal_code(text: &str) -> bool {
    let mut letters = text.chars();
    letters.next().is_some_and(|c| c.is_ascii_alphabetic())
        && letters.all(|c| c.is_ascii_alphanumeric())
        && (3..=49).contains(&text.len())
}
