//! The admin listener: where it is, and what has to be known to ask it.

use super::credentials::Rows;
use super::decode::put;
use super::layer::Written;
use super::value::Value;
use crate::rule::code;
use crate::rule::keys::{Keys, Shape, optional};
use crate::server;

/// The keys of `admin`.
pub(super) static ADMIN: Keys = Keys {
    what: "`admin`",
    keys: &[
        optional("listen", Shape::Text, "address and port of the admin listener; null or off: none"),
        optional("token", Shape::Text, "what has to be known to ask: `${env:NAME}` or `${file:PATH}`"),
        optional("unready_ms", Shape::Whole, "time between a stop and the last new connection, in milliseconds"),
    ],
};

/// Takes in one setting of `admin`.
pub(super) fn admin(server: &mut server::Settings, key: &str, written: &Written, value: &mut Value<'_, '_>) {
    match key {
        // A variable of the environment is text, so that nothing has a word.
        "listen" if written.node.is_null() || written.node.scalar() == Some("off") => server.admin.listen = None,
        "listen" => put(&mut server.admin.listen, value.address().map(Some)),
        "token" if written.node.is_null() => server.admin.token = None,
        "token" => {
            let mut rows = Rows::new(&written.file, value.reader.report, &code::BAD_SETTING);
            put(&mut server.admin.token, rows.credential(&written.node).map(Some));
        }
        "unready_ms" => put(&mut server.unready_ms, value.whole(0..=600_000)),
        _ => {}
    }
}
