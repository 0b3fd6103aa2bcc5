//! The keys of every mapping in a rule file, with a sentence each, for the reader and for the JSON Schema.

use super::lookup::{ENCODING, LOOKUP, SHEET};
use crate::yaml::keys::{Keys, Shape, TEXT_OR_TEXTS as TEXTS, optional, required};

const CONDITION: Shape = Shape::MapOf(&Shape::Any);
const BINDINGS: Shape = Shape::MapOf(&Shape::Any);
const CHANGES: Shape = Shape::MapOf(&Shape::Any);

/// A rule file.
pub static FILE: Keys = Keys {
    what: "a rule file",
    keys: &[
        optional("about", Shape::Text, "what the rules of this file are for, where a rule does not say it itself"),
        optional("owner", Shape::Text, "who answers for the rules of this file: a team, a person, an address"),
        optional("ticket", Shape::Text, "where they were agreed: the number or the address of a ticket"),
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
        optional("about", Shape::Text, "what it is for, in a sentence; left out: what the file says"),
        optional("owner", Shape::Text, "who answers for it: a team, a person, an address; left out: the file's"),
        optional(
            "ticket",
            Shape::Text,
            "where it was agreed: the number or the address of a ticket; left out: the file's",
        ),
        optional("hook", TEXTS, "the hook, or hooks, this rule is for"),
        optional("mode", Shape::OneOf(&["enforce", "audit", "off"]), "audit: evaluated and traced, changes nothing"),
        optional(
            "until",
            Shape::Text,
            "with `mode: audit`: the last day of the audit; from the next on the rule is enforced",
        ),
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
        optional(
            "take",
            CHANGES,
            "take from a list: `path: value`, a list of values, or operators that hold of the elements to take",
        ),
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

/// A name bound to a lookup.
pub static LET_LOOKUP: Keys = Keys {
    what: "a lookup in `let`",
    keys: &[
        required("lookup", Shape::Text, "the name of a lookup"),
        required("key", Shape::Any, "what to look for"),
        optional("all", Shape::Boolean, "true: the list of all rows instead of the first"),
        optional("on", Shape::Any, "of a table with `valid`: the day on which rows must be valid; left out: today"),
    ],
};

/// A name bound to the first form of it that is free.
pub static LET_FREE: Keys = Keys {
    what: "a free name in `let`",
    keys: &[
        required("free_in", Shape::Text, "the name of a lookup; a name is free where it has no row"),
        required("of", Shape::Any, "the forms of the name, in the order in which they are tried"),
        optional("number", Shape::Text, "numbers behind the last form when all are taken: 2..99"),
        optional("longest", Shape::Any, "the most characters; a longer name is cut before its number"),
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
        optional("given", Shape::Mapping(&GIVEN), "the clock, the token, the caller and the answers of lookups"),
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
        optional("caller", Shape::Mapping(&CALLER), "where the call comes from, and how it was let in"),
        optional("settings", Shape::MapOf(&Shape::Any), "values of `setting.NAME` in place of those of gateway.yaml"),
        optional(
            "lookups",
            Shape::MapOf(&Shape::Any),
            "rows by key: `NAME: { KEY: row, list of rows, null or { error: timeout } }`",
        ),
    ],
};

/// Who calls, in a case.
pub static CALLER: Keys = Keys {
    what: "`caller`",
    keys: &[
        optional("address", Shape::Text, "the address the call comes from"),
        optional("accepted_by", TEXTS, "the methods that let the caller in: jwt, bearer, header, certificate, address"),
        optional("certificate", Shape::Text, "the common name of the caller's certificate"),
    ],
};

/// What a case expects.
pub static EXPECT: Keys = Keys {
    what: "`expect`",
    keys: &[
        optional("reject", TEXTS, "refused with this code; a list: all codes, with `collect_refusals`, in their order"),
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

/// What a text says that is no refusal code.
pub const NO_CODE: &str = "a code is one word of 3 to 49 letters and digits that begins with a letter, such as `ManagerNotActive`; \
                           the platform looks it up";
