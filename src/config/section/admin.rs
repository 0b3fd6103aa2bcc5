//! `admin` of gateway.yaml: the admin listener, and where its token stands, never the token itself.

use crate::config::declare::section;
use crate::config::value::put;
use crate::diagnostic::code;
use crate::setting::Rows;
use crate::yaml::keys::Shape;

section! {
    ADMIN "`admin`", take(draft, value, written) {
        // A variable of the environment is text, so that nothing has a word.
        "listen" own(Shape::Text) => if value.node.is_null() || value.node.scalar() == Some("off") {
            draft.settings.server.admin.listen = None;
        } else {
            put(&mut draft.settings.server.admin.listen, value.address().map(Some));
        }, "address and port of the admin listener; null or off: none";
        "token" own(Shape::Text) => {
            let mut rows = Rows::new(&written.file, value.reader.report, &code::BAD_SETTING);
            draft.settings.server.admin.token =
                if value.node.is_null() { None } else { rows.credential(value.node) };
        }, "what has to be known to ask: `${env:NAME}` or `${file:PATH}`";
        "unready_ms" whole(0..=600_000) => draft.settings.server.unready_ms,
            "time between a stop and the last new connection, in milliseconds";
    }
}
