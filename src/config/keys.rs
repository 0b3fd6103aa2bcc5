//! What may stand in the rows of gateway.yaml: of `hooks`, `connections`, `destinations`, and `outbox.postgres`.

use super::value::REJECT;
use crate::yaml::keys::{Key, Keys, Shape, TEXT_OR_TEXTS, optional, required};

pub(super) const ACCEPTED: Shape = Shape::OneOf(&["data", "empty", "error_false", "echo"]);
pub(super) const ON_FAILURE: Shape =
    Shape::Either(&[Shape::OneOf(&["undecided", "unavailable"]), Shape::Mapping(&REJECT)]);

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

/// One row of `connections`: the key that only one kind has says which it is.
pub(super) const CONNECTION: Shape = Shape::Either(&[
    Shape::Mapping(&HTTP_CONNECTION),
    Shape::Mapping(&SQL_CONNECTION),
    Shape::Mapping(&LDAP_CONNECTION),
]);

const PASSWORD: Key = optional("password", Shape::Text, "its password: `${env:NAME}` or `${file:PATH}`");
const ENCRYPTED: Key = optional("tls", Shape::OneOf(&["on", "off"]), "off: the connection need not be encrypted");
const CLEARTEXT: Key = optional(
    "cleartext_password",
    Shape::OneOf(&["allow"]),
    "allow: beside `tls: off`, the database may ask for the password in clear text",
);
const CA: Key = optional("ca", Shape::Text, "a PEM file with certificate authorities beside those of the system");
const AT_ONCE: Key = optional("at_once", Shape::Whole, "connections at once; left out: 8");

/// An HTTP service.
pub(super) static HTTP_CONNECTION: Keys = Keys {
    what: "an HTTP connection",
    keys: &[
        required("http", Shape::Text, "scheme, host, port and what stands before every path"),
        optional("headers", Shape::MapOf(&Shape::Text), "headers of every call"),
        optional("bearer", Shape::Text, "a bearer: `${env:NAME}` or `${file:PATH}`"),
        optional("user", Shape::Text, "the user of basic authorization"),
        PASSWORD,
        optional(
            "token",
            Shape::OneOf(&["caller"]),
            "caller: the bearer of the call that asks is sent on, to this host alone",
        ),
        optional("allow", Shape::ListOf(&Shape::Text), "private networks that the host's name may lead to"),
        ENCRYPTED,
        CA,
        optional("at_once", Shape::Whole, "calls at once; left out: as many as its lookups make"),
    ],
};

/// A database.
pub(super) static SQL_CONNECTION: Keys = Keys {
    what: "a database connection",
    keys: &[
        required("sql", Shape::Text, "postgres://host/database, mysql://host/database or sqlite:FILE"),
        optional("user", Shape::Text, "the user"),
        PASSWORD,
        ENCRYPTED,
        CLEARTEXT,
        CA,
        AT_ONCE,
    ],
};

/// A directory.
pub(super) static LDAP_CONNECTION: Keys = Keys {
    what: "a directory connection",
    keys: &[
        required("ldap", Shape::Text, "ldaps://host, or ldap://host for StartTLS"),
        optional("bind", Shape::Text, "the name to bind as; left out: anonymous"),
        PASSWORD,
        optional("base", Shape::Text, "where searches begin that name no base of their own"),
        ENCRYPTED,
        CA,
        AT_ONCE,
    ],
};

/// A shared outbox.
pub(super) static POSTGRES_OUTBOX: Keys = Keys {
    what: "`outbox.postgres`",
    keys: &[
        required("address", Shape::Text, "postgres://host/database"),
        optional("user", Shape::Text, "the user"),
        PASSWORD,
        ENCRYPTED,
        CLEARTEXT,
        CA,
    ],
};

/// One row of `destinations`: the key that only one kind has says which it is.
pub(super) const DESTINATION: Shape = Shape::Either(&[
    Shape::Mapping(&HTTP_DESTINATION),
    Shape::Mapping(&NATS_DESTINATION),
    Shape::Mapping(&FILE_DESTINATION),
]);

const ACCEPTS: Key = optional("accepts", Shape::OneOf(&["secrets"]), "secrets: what is sent may hold a password");
const ESCAPE: Key = optional(
    "escape",
    Shape::OneOf(&["slack", "markdown", "html", "none"]),
    "the markup that what templates bring in is escaped for; left out: slack for `slack`, markdown for `teams`, else none",
);
const ON_THE_WAY: Key = optional("at_once", Shape::Whole, "deliveries on their way at once; left out: 8");
const PER_SECOND: Key =
    optional("per_second", Shape::Whole, "most deliveries a second; left out: as many as there are");
const TIMEOUT: Key =
    optional("timeout_ms", Shape::Whole, "how long one attempt may take, in milliseconds; left out: 10000");
const RETRIES: Key = optional("retry", Shape::Mapping(&RETRY), "when a delivery is tried again, and when no more");

/// A receiver over HTTP.
pub(super) static HTTP_DESTINATION: Keys = Keys {
    what: "an HTTP destination",
    keys: &[
        optional("http", Shape::Text, "the address"),
        optional("slack", Shape::Text, "the address of an incoming webhook of Slack"),
        optional("teams", Shape::Text, "the address of a workflow of Microsoft Teams"),
        optional("method", Shape::OneOf(&["post", "put", "patch"]), "how it is called; left out: post"),
        optional("headers", Shape::MapOf(&Shape::Text), "headers of every call"),
        optional("bearer", Shape::Text, "a bearer: `${env:NAME}` or `${file:PATH}`"),
        optional("user", Shape::Text, "the user of basic authorization"),
        PASSWORD,
        optional("certificate", Shape::Text, "a PEM file with a client certificate"),
        optional("certificate_key", Shape::Text, "a PEM file with its key"),
        optional("signature", TEXT_OR_TEXTS, "keys of the Standard Webhooks signature, the newest first"),
        optional("cloudevents", Shape::Boolean, "true: in an envelope of CloudEvents 1.0"),
        optional("allow", Shape::ListOf(&Shape::Text), "private networks that the host's name may lead to"),
        ENCRYPTED,
        CA,
        ACCEPTS,
        ESCAPE,
        ON_THE_WAY,
        PER_SECOND,
        TIMEOUT,
        RETRIES,
    ],
};

/// A subject of NATS JetStream.
pub(super) static NATS_DESTINATION: Keys = Keys {
    what: "a NATS destination",
    keys: &[
        required("nats", Shape::Text, "nats://host or tls://host"),
        required("subject", Shape::Text, "a subject of a JetStream stream"),
        optional("user", Shape::Text, "the user"),
        PASSWORD,
        optional("token", Shape::Text, "a token: `${env:NAME}` or `${file:PATH}`"),
        ENCRYPTED,
        CA,
        ACCEPTS,
        ESCAPE,
        ON_THE_WAY,
        PER_SECOND,
        TIMEOUT,
        RETRIES,
    ],
};

/// A file of JSON lines.
pub(super) static FILE_DESTINATION: Keys = Keys {
    what: "a file destination",
    keys: &[
        required("file", Shape::Text, "the file, one line of JSON a delivery"),
        optional("rotate_bytes", Shape::Whole, "size at which the file is set aside, in bytes; left out: 104857600"),
        optional("keep_files", Shape::Whole, "files set aside that are kept; left out: 10"),
        optional("mode", Shape::Text, "who may read it: \"600\", left out, its user alone, \"640\" its group too"),
        ACCEPTS,
        ESCAPE,
        ON_THE_WAY,
        PER_SECOND,
        TIMEOUT,
        RETRIES,
    ],
};

/// `retry`.
pub(super) static RETRY: Keys = Keys {
    what: "`retry`",
    keys: &[
        optional("first_ms", Shape::Whole, "the wait after the first failure, in milliseconds; left out: 1000"),
        optional("factor_percent", Shape::Whole, "each wait in percent of the one before; left out: 200"),
        optional("most_ms", Shape::Whole, "the longest wait, in milliseconds; left out: 600000"),
        optional(
            "age_ms",
            Shape::Whole,
            "how old a delivery may become, in milliseconds; left out: 259200000 (3 days)",
        ),
    ],
};
