//! `outbox` of gateway.yaml: where deliveries wait until they have arrived.

use std::path::PathBuf;

use crate::config::declare::section;
use crate::config::keys::POSTGRES_OUTBOX;
use crate::config::value::{Value, Written, put};
use crate::diagnostic::{Report, code};
use crate::outbox::{PostgresStore, StoreAt};
use crate::outside::Credential;
use crate::setting::Rows;
use crate::yaml::Content;
use crate::yaml::keys::{Shape, TEXT_OR_TEXTS};

/// Longest name of an outbox, in bytes.
const NAME_LIMIT_BYTES: usize = 64;
/// The keys of the database are read where it is; a variable of the environment has them as one text.
const NULL_OR_POSTGRES: Shape = Shape::Either(&[Shape::Text, Shape::MapOf(&Shape::Any)]);

section! {
    OUTBOX "`outbox`", take(draft, value, written) {
        "name" own(Shape::Text) => put(&mut draft.settings.outbox.name, outbox_name(value)),
            "what gateways that bring each other's deliveries have in common";
        "file" own(Shape::Text) =>
            put(&mut draft.settings.outbox.store, value.folder().map(|file| StoreAt::File(PathBuf::from(file)))),
            "the file in which deliveries wait";
        "mode" own(Shape::Text) => put(&mut draft.settings.outbox.mode, value.mode()),
            "who may read it: \"600\" its user alone, \"640\" its group too";
        "postgres" own(NULL_OR_POSTGRES) => if !value.node.is_null() {
            put(&mut draft.settings.outbox.store, postgres(written, value.reader.report));
        }, "a database in its place, that several gateways share";
        "window_ms" whole(0..=86_400_000) => draft.settings.outbox.window_ms,
            "how long the same event is known again and sends nothing, in milliseconds";
        "stop_ms" whole(0..=600_000) => draft.settings.outbox.stop_limit_ms,
            "how long deliveries on their way may take when hookgate stops, in milliseconds";
        "encryption_key" own(TEXT_OR_TEXTS) => if !value.node.is_null() {
            put(&mut draft.settings.outbox.encryption_keys, encryption_keys(written, value.reader.report));
        }, "32 bytes in Base64 that encrypt bodies with secrets: `${env:NAME}`; in a list the first encrypts, all decrypt";
        "memory_for_secrets" switch => draft.settings.outbox.memory_for_secrets,
            "true: without a key bodies with secrets wait in memory, and are lost when hookgate stops";
    }
}

/// The name of the outbox.
fn outbox_name(value: &mut Value<'_, '_>) -> Option<String> {
    let text = value.text()?;
    let is_name = (1..=NAME_LIMIT_BYTES).contains(&text.len())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    if !is_name {
        let message = format!("`{text}` cannot be the name of an outbox");
        let finding = value.reader.mistake(&code::BAD_DESTINATION, &value.node.span, message);
        let help =
            format!("a name has 1 to {NAME_LIMIT_BYTES} letters, digits, `-`, `_` and `.`: the tenant's id does");
        value.reader.push(finding.help(help));
    }
    is_name.then(|| text.to_owned())
}

/// The shared outbox that `outbox.postgres` names.
fn postgres(written: &Written, report: &mut Report) -> Option<StoreAt> {
    let mut rows = Rows::new(&written.file, report, &code::BAD_DESTINATION);
    let node = &written.node;
    rows.reader.fields(node, &POSTGRES_OUTBOX)?;
    let address = rows.address(node.get("address")?, "address", &[("postgres://", true)], true)?;
    let login = rows.login(node, "user");
    let (user, password) = login.map_or((None, None), |(user, password)| (Some(user), Some(password)));
    let (is_encrypted, ca) = (rows.is_encrypted(node), rows.path(node, "ca"));
    rows.guard_password(node, &address, is_encrypted);
    Some(StoreAt::Postgres(PostgresStore { address, user, password, is_encrypted, ca }))
}

/// The keys by which bodies with secrets are encrypted: one, or a list with the one that encrypts in front.
fn encryption_keys(written: &Written, report: &mut Report) -> Option<Vec<Credential>> {
    let mut rows = Rows::new(&written.file, report, &code::BAD_DESTINATION);
    let node = &written.node;
    if matches!(&node.content, Content::List(items) if items.is_empty()) {
        rows.refuse(&node.span, "a list without a key encrypts nothing", "write a key, or `encryption_key: null`");
        return None;
    }
    Some(rows.credentials(node))
}
