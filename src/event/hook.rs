//! The table of hooks: the platform's twelve, and a tenant's own. A hook is a row, never a branch in the code.

use std::time::Duration;

use std::fmt;

use super::path::canonical_field;
use super::secret::SecretNames;

/// What a hook's answer is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The platform's "save & test": answered `{}`.
    Probe,
    /// Answers the user, changed or not.
    Transform,
    /// Accepts the user (changed or not) or refuses with a code.
    Validate,
    /// Is only told: answered `{}`.
    Notify,
    /// Answers one mapped value, always text.
    Map,
    /// Answers true or false.
    Decide,
}

impl Kind {
    /// Every kind with the word that gateway.yaml uses for it.
    pub const ALL: [(&'static str, Kind); 6] = [
        ("probe", Kind::Probe),
        ("transform", Kind::Transform),
        ("validate", Kind::Validate),
        ("notify", Kind::Notify),
        ("map", Kind::Map),
        ("decide", Kind::Decide),
    ];

    /// The word that gateway.yaml uses for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, kind)| *kind == self).map_or("", |(word, _)| word)
    }

    /// These words alone.
    pub const WORDS: [&'static str; Self::ALL.len()] = {
        let [(a, _), (b, _), (c, _), (d, _), (e, _), (f, _)] = Self::ALL;
        [a, b, c, d, e, f]
    };

    /// What is said of an event that no rule decides.
    #[must_use]
    pub fn undecided(self) -> Undecided {
        let (answer, result, after_failure) = match self {
            Kind::Validate => ("the call is accepted, with the user as the rules left it", "accepted", UNCHANGED),
            Kind::Transform => ("the user goes back as the rules left it", "unchanged", UNCHANGED),
            Kind::Map => (
                "the form's value is answered, else the user's own field, else the default value",
                "mapped by no rule",
                "the default is mapped",
            ),
            Kind::Decide => ("people keep their access", "keep their access", "access is left as it is"),
            Kind::Notify | Kind::Probe => ("the answer is empty", "told", "nothing of it is sent"),
        };
        Undecided { answer, result, after_failure }
    }

    /// Whether rules may change the user.
    #[must_use]
    pub fn changes_user(self) -> bool {
        matches!(self, Kind::Transform | Kind::Validate)
    }

    /// Whether an answer without a user is impossible.
    #[must_use]
    pub fn needs_user(self) -> bool {
        self.changes_user()
    }
}

/// What is said of an event that no rule decides, for each that says it.
#[derive(Clone, Copy, Debug)]
pub struct Undecided {
    /// Behind "Where no rule decides,": in the page of the rules.
    pub answer: &'static str,
    /// In a word or two: in lists of people.
    pub result: &'static str,
    /// What becomes of an event whose rules fail, where its hook answers as if none had decided: in findings.
    pub after_failure: &'static str,
}

const UNCHANGED: &str = "the user is returned unchanged, without the changes of any rule";

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// The shape of a validate hook's answer when it accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accepted {
    /// `{"response":{"data":{…the user…}}}`
    Data,
    /// `{"response":{}}`
    Empty,
    /// `{"response":{"error":false}}`
    ErrorFalse,
    /// `{"response":{"user":{…the user…}}}`: the request's own shape.
    Echo,
}

impl Accepted {
    /// Every shape with the word that gateway.yaml uses for it.
    pub const ALL: [(&'static str, Accepted); 4] = [
        ("data", Accepted::Data),
        ("empty", Accepted::Empty),
        ("error_false", Accepted::ErrorFalse),
        ("echo", Accepted::Echo),
    ];
}

/// What a hook answers when a rule fails (a script error, a lookup with `on_error: fail`, the time budget spent).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OnFailure {
    /// Refuse with this code.
    Reject(String),
    /// What the hook answers where no rule decides: the user as it came, the default value, `false`, `{}`.
    Undecided,
    /// HTTP 503 with a code and the request id.
    Unavailable,
}

/// One row of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hook {
    /// As rules write it.
    pub name: String,
    pub kind: Kind,
    /// What stands in the URL after a prefix, matched without regard to case.
    pub paths: Vec<String>,
    /// What may stand in the request beside the user; `None` when that is not known (a tenant's own hook).
    pub fields: Option<Vec<String>>,
    pub accepted: Accepted,
    /// Whether rules may refuse: validate hooks can, others by setting.
    pub refusable: bool,
    /// Whether all rules are asked where one refuses, so that every reason is known. The first is answered.
    pub collects_refusals: bool,
    pub on_failure: OnFailure,
    /// How long an event may wait for what its rules ask outside.
    pub budget: Duration,
    /// Requests of this hook answered at once; `None`: as many as of any hook.
    pub request_limit: Option<usize>,
}

/// The table, and what is kept secret in the calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hooks {
    pub rows: Vec<Hook>,
    /// What the tenant keeps secret beside what always is.
    pub secrets: SecretNames,
}

/// How long an event may wait for lookups unless a setting says otherwise: comparable platforms wait three seconds.
const BUDGET: Duration = Duration::from_secs(2);

const PROVISIONING: [&str; 5] = ["policyMap", "form", "applicationId", "roleList", "action"];
const PROVISIONED: [&str; 7] = ["policyMap", "form", "applicationId", "roleList", "action", "isSuccess", "uid"];
const MAPPING: [&str; 4] = ["targetAttribute", "cymmetrifield", "defaultValue", "formVeriable"];

/// The platform's twelve, with what each has in `request` beside `user` (its published webhook page), and a sentence.
const STANDARD: [(&str, Kind, &[&str], &str); 12] = [
    ("test", Kind::Probe, &[], "is called by \"save & test\" of the platform's screen; answers nothing"),
    (
        "preCreateUser",
        Kind::Transform,
        &[],
        "is called before a new person is saved; answers the person, changed or not",
    ),
    (
        "preUpdateUser",
        Kind::Transform,
        &[],
        "is called before a changed person is saved; answers the person, changed or not",
    ),
    (
        "validateUser",
        Kind::Validate,
        &[],
        "is called before a new person is saved; accepts the person or refuses with a code",
    ),
    (
        "validateUpdateUser",
        Kind::Validate,
        &[],
        "is called before a changed person is saved; accepts the person or refuses with a code",
    ),
    ("postCreateUser", Kind::Notify, &[], "is called after a new person was saved; answers nothing"),
    ("postUpdateUser", Kind::Notify, &[], "is called after a changed person was saved; answers nothing"),
    ("changePassword", Kind::Notify, &["passwordText"], "is called when a password was changed; answers nothing"),
    (
        "preProvision",
        Kind::Notify,
        &PROVISIONING,
        "is called before a person gets an account in an application; answers nothing",
    ),
    (
        "postProvision",
        Kind::Notify,
        &PROVISIONED,
        "is called after a person got an account in an application; answers nothing",
    ),
    ("policyMap", Kind::Map, &MAPPING, "is called for each mapped attribute of an account; answers its value"),
    (
        "runDeprovision",
        Kind::Decide,
        &[],
        "is called when a person changes; answers whether to take the person's access away",
    ),
];

/// The names of the platform's twelve, each with a sentence for editors.
pub fn sentences() -> impl Iterator<Item = (&'static str, &'static str)> {
    STANDARD.iter().map(|(name, _, _, sentence)| (*name, *sentence))
}

impl Hook {
    /// A hook with its kind's own manners: only validate hooks refuse, and a failing one says `ValidationUnavailable`.
    #[must_use]
    pub fn new(name: &str, kind: Kind, fields: Option<&[&str]>) -> Self {
        let on_failure = match kind {
            Kind::Validate => OnFailure::Reject("ValidationUnavailable".to_owned()),
            Kind::Probe | Kind::Transform | Kind::Notify | Kind::Map | Kind::Decide => OnFailure::Undecided,
        };
        Self {
            name: name.to_owned(),
            kind,
            paths: vec![name.to_owned()],
            fields: fields.map(|fields| fields.iter().map(|&field| field.to_owned()).collect()),
            accepted: Accepted::Data,
            refusable: kind == Kind::Validate,
            collects_refusals: false,
            on_failure,
            budget: BUDGET,
            request_limit: None,
        }
    }

    /// Whether any JSON object is a call of it: a hook of the tenant's own that is told or asked something, and answers
    /// no user. The platform's twelve come with `request`, and without it something is wrong.
    #[must_use]
    pub fn takes_any_object(&self) -> bool {
        let is_own = !STANDARD.iter().any(|(name, ..)| name.eq_ignore_ascii_case(&self.name));
        match self.kind {
            Kind::Notify | Kind::Decide => is_own,
            Kind::Probe | Kind::Transform | Kind::Validate | Kind::Map => false,
        }
    }

    /// Whether `request.<field>` can be there on this hook.
    #[must_use]
    pub fn has_field(&self, field: &str) -> bool {
        let canonical = canonical_field(field);
        self.fields.as_ref().is_none_or(|fields| fields.iter().any(|known| known == canonical))
    }
}

impl Hooks {
    /// The platform's twelve.
    #[must_use]
    pub fn standard() -> Self {
        let rows = STANDARD.iter().map(|(name, kind, fields, _)| Hook::new(name, *kind, Some(fields))).collect();
        Self { rows, secrets: SecretNames::default() }
    }

    /// The place in the table of the hook called `name` (any case).
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.rows.iter().position(|hook| hook.name.eq_ignore_ascii_case(name))
    }

    /// The hook called `name` (any case).
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Hook> {
        self.rows.iter().find(|hook| hook.name.eq_ignore_ascii_case(name))
    }

    /// The names of all hooks, in the table's order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.rows.iter().map(|hook| &*hook.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_written_as_gateway_yaml_writes_it() {
        let words = ["probe", "transform", "validate", "notify", "map", "decide"];
        assert_eq!(Kind::WORDS, words);
        assert_eq!(Kind::ALL.map(|(_, kind)| kind.word()), words);
        assert_eq!(Kind::ALL.map(|(_, kind)| kind.to_string()), words);
    }
}
