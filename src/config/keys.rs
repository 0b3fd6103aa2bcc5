//! What may stand in gateway.yaml: one table for the reader, the names of environment variables, and the JSON Schema.

use super::section::{ADMIN, AUTH, FIELD, JOURNAL, LIMITS, TLS, TRACES};
use super::value::REJECT;
use crate::lookup::CONNECTION;
use crate::outbox::DESTINATION;
use crate::setting::keys::{CA, CLEARTEXT, ENCRYPTED, PASSWORD, USER};
use crate::yaml::keys::{Keys, Shape, TEXT_OR_TEXTS, optional, required};

/// Settings that are gone, each with why, in words. Who still has one is told that its line can be taken out.
pub(super) const GONE: [(&str, &str); 1] =
    [("journal.plain", "records are sealed now, and have every value as it is, secrets left out")];

/// The outermost keys. A key that holds further settings has `Shape::Mapping`; every other key is one setting.
pub static SETTINGS: Keys = Keys {
    what: "gateway.yaml",
    keys: &[
        optional("listen", Shape::Text, "address and port on which webhooks are received"),
        optional("instance", Shape::Text, "by which the log and records tell this gateway from others; null: nothing"),
        optional("insecure", Shape::Boolean, "listen where others reach it although everybody is let in"),
        optional("auth", Shape::Mapping(&AUTH), "who may come in"),
        optional("tls", Shape::Mapping(&TLS), "how connections are encrypted"),
        optional("rules", Shape::Text, "folder of the rules, relative to the working directory"),
        optional("prefixes", Shape::ListOf(&Shape::Text), "what stands in front of a hook's name in the URL"),
        optional("time_zone", Shape::Text, "IANA name of the zone of dates that come without one"),
        optional("dates", Shape::Mapping(&DATES), "what dates mean that leave something open"),
        optional("admin", Shape::Mapping(&ADMIN), "where those who run hookgate ask how it is"),
        optional("workers", Shape::Whole, "threads that answer webhooks; 0 is one for each core"),
        optional("limits", Shape::Mapping(&LIMITS), "what one caller, and all callers together, may take"),
        optional("reload", Shape::Mapping(&RELOAD), "how changes in the rules folder are taken over"),
        optional("log", Shape::Mapping(&LOG), "what is written to the log, and how"),
        optional("traces", Shape::Mapping(&TRACES), "what OpenTelemetry gets to know of each event"),
        optional("accepted", ACCEPTED, "how a validate hook says that it accepts"),
        optional("on_failure", Shape::Mapping(&ON_FAILURES), "what a hook of each kind answers when a rule fails"),
        optional("secrets", Shape::ListOf(&Shape::Text), "what is kept secret beside passwords and security questions"),
        optional("fields", Shape::MapOf(&FIELD), "fields of the user and custom attributes beside the platform's own"),
        optional("lookups", Shape::Mapping(&LOOKUPS), "how long events wait for what their rules ask outside"),
        optional("connections", Shape::MapOf(&CONNECTION), "services, databases and directories that lookups ask"),
        optional("outbox", Shape::Mapping(&OUTBOX), "where deliveries wait until they have arrived"),
        optional("destinations", Shape::MapOf(&DESTINATION), "where rules may send"),
        optional("journal", Shape::Mapping(&JOURNAL), "what is remembered of each decision"),
        optional("hooks", Shape::MapOf(&Shape::Mapping(&HOOK)), "hooks beside the twelve, or other manners for them"),
    ],
};

static DATES: Keys = Keys {
    what: "`dates`",
    keys: &[
        optional(
            "order",
            Shape::OneOf(&["dmy", "mdy"]),
            "what `10/01/2026` is: dmy the 10th of January, mdy October 1",
        ),
        optional("two_digit_years", Shape::Whole, "the first of the hundred years that a year of two digits can mean"),
    ],
};

static RELOAD: Keys = Keys {
    what: "`reload`",
    keys: &[
        optional(
            "quiet_ms",
            Shape::Whole,
            "time without a further change before rules are read again, in milliseconds",
        ),
        optional("poll_ms", Shape::Whole, "time between two looks at the folder, in milliseconds"),
        optional("memory_bytes", Shape::Whole, "most memory that loading the rules may hold, in bytes"),
        optional("shrink", Shape::Text, "how many of its rows a table may lose at once: `20%`, or `any`"),
        optional("state", Shape::Text, "folder in which rules and the rows of tables survive a restart"),
        optional("keep", Shape::Whole, "how many rule sets that were in force are kept there; 0: none"),
        optional("watch", Shape::Boolean, "false: changes are taken over on SIGHUP and POST /reload alone"),
        optional("follow", Shape::ListOf(&Shape::Text), "folders that links in the rules folder may lead to"),
    ],
};

static LOG: Keys = Keys {
    what: "`log`",
    keys: &[
        optional("level", Shape::Text, "off, error, warn, info, debug or trace; parts of the program behind it"),
        optional("format", Shape::OneOf(&["auto", "text", "json"]), "text for people, json for programs"),
        optional("buffer_bytes", Shape::Whole, "most lines that wait to be written, in bytes"),
        optional("person", Shape::OneOf(&["digest", "plain", "off"]), "how the log names the person of an event"),
    ],
};

const ACCEPTED: Shape = Shape::OneOf(&["data", "empty", "error_false", "echo"]);
const ON_FAILURE: Shape = Shape::Either(&[Shape::OneOf(&["undecided", "unavailable"]), Shape::Mapping(&REJECT)]);

static ON_FAILURES: Keys = Keys {
    what: "`on_failure`",
    keys: &[
        optional("validate", ON_FAILURE, "when a rule of a validate hook fails"),
        optional("transform", ON_FAILURE, "when a rule of a transform hook fails"),
        optional("map", ON_FAILURE, "when a rule of a map hook fails"),
        optional("decide", ON_FAILURE, "when a rule of a decide hook fails"),
        optional("notify", ON_FAILURE, "when a rule of a notify hook fails"),
        optional("probe", ON_FAILURE, "when a rule of a probe hook fails"),
    ],
};

/// One row of `hooks`.
pub(super) static HOOK: Keys = Keys {
    what: "a hook",
    keys: &[
        optional(
            "kind",
            Shape::OneOf(&["probe", "transform", "validate", "notify", "map", "decide"]),
            "what the hook's answer is for; must be there for a new hook",
        ),
        optional("paths", Shape::ListOf(&Shape::Text), "what stands in the URL behind a prefix"),
        optional("fields", Shape::ListOf(&Shape::Text), "what the request has beside the user; left out: anything"),
        optional("accepted", ACCEPTED, "how this hook says that it accepts"),
        optional("refusable", Shape::Boolean, "whether rules may refuse on this hook"),
        optional("on_failure", ON_FAILURE, "what this hook answers when a rule fails"),
        optional("budget_ms", Shape::Whole, "how long an event of this hook waits for lookups, in milliseconds"),
        optional("requests_at_once", Shape::Whole, "requests of this hook answered at once"),
    ],
};

static LOOKUPS: Keys = Keys {
    what: "`lookups`",
    keys: &[
        optional("budget_ms", Shape::Whole, "how long one event waits for all its lookups, in milliseconds"),
        optional("rounds", Shape::Whole, "how often one event may ask, each time with the answers before"),
    ],
};

static OUTBOX: Keys = Keys {
    what: "`outbox`",
    keys: &[
        optional("name", Shape::Text, "what gateways that bring each other's deliveries have in common"),
        optional("file", Shape::Text, "the file in which deliveries wait"),
        optional("mode", Shape::Text, "who may read it: \"600\" its user alone, \"640\" its group too"),
        optional("postgres", NULL_OR_POSTGRES, "a database in its place, that several gateways share"),
        optional(
            "window_ms",
            Shape::Whole,
            "how long the same event is known again and sends nothing, in milliseconds",
        ),
        optional(
            "stop_ms",
            Shape::Whole,
            "how long deliveries on their way may take when hookgate stops, in milliseconds",
        ),
        optional(
            "encryption_key",
            TEXT_OR_TEXTS,
            "32 bytes in Base64 that encrypt bodies with secrets: `${env:NAME}`; in a list the first encrypts, all decrypt",
        ),
        optional(
            "memory_for_secrets",
            Shape::Boolean,
            "true: without a key bodies with secrets wait in memory, and are lost when hookgate stops",
        ),
    ],
};

const NULL_OR_POSTGRES: Shape = Shape::Either(&[Shape::Text, Shape::MapOf(&Shape::Any)]);

/// A shared outbox.
pub(super) static POSTGRES_OUTBOX: Keys = Keys {
    what: "`outbox.postgres`",
    keys: &[required("address", Shape::Text, "postgres://host/database"), USER, PASSWORD, ENCRYPTED, CLEARTEXT, CA],
};

/// One setting: its keys from the outside in, and what it may be.
#[derive(Clone, Debug)]
pub struct Leaf {
    /// `limits.body_bytes`
    pub path: String,
    pub shape: &'static Shape,
}

impl Leaf {
    /// The environment variable that sets it: `HOOKGATE_LIMITS_BODY_BYTES`.
    #[must_use]
    pub fn variable(&self) -> String {
        variable(&self.path)
    }
}

/// The environment variable that sets what stands at a path of gateway.yaml.
pub(super) fn variable(path: &str) -> String {
    format!("{PREFIX}{}", path.replace('.', "_").to_ascii_uppercase())
}

/// What every environment variable of hookgate begins with.
pub(super) const PREFIX: &str = "HOOKGATE_";

/// Every setting, in the order of gateway.yaml.
#[must_use]
pub fn leaves() -> Vec<Leaf> {
    let mut found = Vec::new();
    collect(&SETTINGS, "", &mut found);
    found
}

fn collect(keys: &'static Keys, before: &str, found: &mut Vec<Leaf>) {
    for key in keys.keys {
        let path = if before.is_empty() { key.name.to_owned() } else { format!("{before}.{}", key.name) };
        match &key.shape {
            Shape::Mapping(inner) => collect(inner, &path, found),
            shape => found.push(Leaf { path, shape }),
        }
    }
}
