//! Keys of gateway.yaml that rows of several kinds have, each declared once.

use crate::yaml::keys::{Key, Shape, optional};

pub const BEARER: Key = optional("bearer", Shape::Text, "a bearer: `${env:NAME}` or `${file:PATH}`");
pub const HEADERS: Key = optional("headers", Shape::MapOf(&Shape::Text), "headers of every call");
/// The user of basic authorization.
pub const BASIC_USER: Key = optional("user", Shape::Text, "the user of basic authorization");
/// The user of a database, or of another server that knows users.
pub const USER: Key = optional("user", Shape::Text, "the user");
pub const PASSWORD: Key = optional("password", Shape::Text, "its password: `${env:NAME}` or `${file:PATH}`");
pub const ENCRYPTED: Key = optional("tls", Shape::OneOf(&["on", "off"]), "off: the connection need not be encrypted");
pub const CLEARTEXT: Key = optional(
    "cleartext_password",
    Shape::OneOf(&["allow"]),
    "allow: beside `tls: off`, the database may ask for the password in clear text",
);
pub const CA: Key =
    optional("ca", Shape::Text, "a PEM file with certificate authorities in addition to those of the system");
/// Networks beside the public ones.
pub const ALLOW: Key =
    optional("allow", Shape::ListOf(&Shape::Text), "private networks that the host's name may lead to");
