//! `admin` of gateway.yaml: the admin listener, and where its token stands, never the token itself.

use super::origin::put_origin;
use super::peers::{PEER, peers};
use super::{login, tls};
use crate::config::declare::section;
use crate::config::value::put;
use crate::diagnostic::{Diagnostic, code};
use crate::server::AdminSettings;
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
        "peers" own(Shape::ListOf(&Shape::Mapping(&PEER))) => {
            let mut rows = Rows::new(&written.file, value.reader.report, &code::BAD_SETTING);
            draft.settings.server.admin.peers = peers(value.node, &mut rows);
        }, "admin listeners of other gateways, which the console shows beside this one";
        "unready_ms" whole(0..=600_000) => draft.settings.server.unready_ms,
            "time between a stop and the last new connection, in milliseconds";
        "console" switch => draft.settings.server.admin.console,
            "whether the admin listener has the console, which people see in a browser";
        "external_url" own(Shape::Text) => put_origin(&mut draft.settings.server.admin.external_url, value),
            "the address by which browsers reach the admin listener, where it is another than `admin.listen`";
        "tls" section(tls::TLS, tls::take) => (), "how connections of the admin listener are encrypted";
        "login" section(login::LOGIN, login::take) => (), "who may look at the console";
    }
}

/// What is wrong with all of it together.
pub fn contradictions(admin: &AdminSettings) -> Vec<Diagnostic> {
    let is_without_return = admin.login.oidc.is_some() && admin.external_url.is_none();
    let no_return = || {
        let message = "`admin.login.oidc` does not know to which address the provider sends people back";
        let help = "set `admin.external_url` to the address by which browsers reach the console, and register it with `/console/oidc/return` behind it at the provider";
        Diagnostic::nowhere(&code::BAD_SETTING, message.to_owned()).help(help.to_owned())
    };
    tls::contradiction(&admin.tls).into_iter().chain(is_without_return.then(no_return)).collect()
}
