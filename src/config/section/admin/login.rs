//! `admin.login` of gateway.yaml: who may look at the console, and for how long.

use super::users::{NULL_OR_OIDC, USER, oidc, users};
use crate::config::declare::section;
use crate::diagnostic::code;
use crate::setting::Rows;
use crate::yaml::keys::Shape;

section! {
    LOGIN "`admin.login`", take(draft, value, written) {
        "users" own(Shape::ListOf(&Shape::Mapping(&USER))) => {
            let mut rows = Rows::new(&written.file, value.reader.report, &code::BAD_SETTING);
            draft.settings.server.admin.login.users = users(value.node, &mut rows);
        }, "people with a password of their own, each with what they may do";
        "oidc" own(NULL_OR_OIDC) => {
            let mut rows = Rows::new(&written.file, value.reader.report, &code::BAD_SETTING);
            draft.settings.server.admin.login.oidc = oidc(value.node, &mut rows);
        }, "a provider of OpenID Connect at which people log in, and what they may do";
        "session_minutes" whole(1..=10_080) => draft.settings.server.admin.login.session_minutes,
            "how long a login lasts, in minutes";
        "idle_minutes" whole(1..=10_080) => draft.settings.server.admin.login.idle_minutes,
            "how long a login lasts without a request, in minutes";
    }
}
