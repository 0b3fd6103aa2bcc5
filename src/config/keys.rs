//! The keys of a row of `hooks`, and of `outbox.postgres`.

use super::value::REJECT;
use crate::event::Kind;
use crate::setting::keys::{CA, CLEARTEXT, ENCRYPTED, PASSWORD, USER};
use crate::yaml::keys::{Keys, Shape, optional, required};

pub(super) const ACCEPTED: Shape = Shape::OneOf(&["data", "empty", "error_false", "echo"]);
pub(super) const ON_FAILURE: Shape =
    Shape::Either(&[Shape::OneOf(&["undecided", "unavailable"]), Shape::Mapping(&REJECT)]);

/// One row of `hooks`.
pub(super) static HOOK: Keys = Keys {
    what: "a hook",
    keys: &[
        optional("kind", Shape::OneOf(&Kind::WORDS), "what the hook's answer is for; must be there for a new hook"),
        optional("paths", Shape::ListOf(&Shape::Text), "what stands in the URL behind a prefix"),
        optional("fields", Shape::ListOf(&Shape::Text), "what the request has beside the user; left out: anything"),
        optional("accepted", ACCEPTED, "how this hook says that it accepts"),
        optional("refusable", Shape::Boolean, "whether rules may refuse on this hook"),
        optional(
            "collect_refusals",
            Shape::Boolean,
            "true: all rules are asked where one refuses; the first code is answered, all are recorded",
        ),
        optional("on_failure", ON_FAILURE, "what this hook answers when a rule fails"),
        optional("budget_ms", Shape::Whole, "how long an event of this hook waits for lookups, in milliseconds"),
        optional("requests_at_once", Shape::Whole, "requests of this hook answered at once"),
    ],
};

/// A shared outbox.
pub(super) static POSTGRES_OUTBOX: Keys = Keys {
    what: "`outbox.postgres`",
    keys: &[required("address", Shape::Text, "postgres://host/database"), USER, PASSWORD, ENCRYPTED, CLEARTEXT, CA],
};
