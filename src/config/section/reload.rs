//! `reload` of gateway.yaml: how changes in the rules folder are taken over, and what is kept of it.

use std::path::PathBuf;

use crate::config::declare::section;
use crate::config::value::put;
use crate::gateway::StateAt;
use crate::yaml::keys::Shape;

section! {
    RELOAD "`reload`", take(draft, value, written) {
        "quiet_ms" whole(10..=60_000) => draft.settings.gateway.quiet_ms,
            "time without a further change before rules are read again, in milliseconds";
        "poll_ms" whole(100..=3_600_000) => draft.settings.gateway.poll_ms,
            "time between two looks at the folder, in milliseconds";
        "memory_bytes" size(4 << 20..=1 << 40) => draft.settings.tenant.memory_bytes,
            "most memory that loading the rules may hold, in bytes";
        "shrink" own(Shape::Text) => put(&mut draft.settings.gateway.shrink, value.shrink()),
            "how many of its rows a table may lose at once: `20%`, or `any`";
        "state" own(Shape::Text) => match value.node.scalar() {
            _ if value.node.is_null() => draft.settings.gateway.state = StateAt::Beside,
            Some("off") => draft.settings.gateway.state = StateAt::Nowhere,
            _ => put(&mut draft.settings.gateway.state, value.folder().map(|at| StateAt::Folder(PathBuf::from(at)))),
        }, "folder in which rules and the rows of tables survive a restart";
        "keep" size(0..=1_000) => draft.settings.gateway.keep,
            "how many rule sets that were in force are kept there; 0: none";
        "watch" switch => draft.settings.gateway.is_watching,
            "false: changes are taken over on SIGHUP and POST /reload alone";
        "follow" own(Shape::ListOf(&Shape::Text)) => draft.settings.gateway.follow = value.folders(),
            "folders that links in the rules folder may lead to";
    }
}
