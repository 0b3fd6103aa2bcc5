//! The outbox: its name, the database that several gateways share, the keys that encrypt what waits.

use crate::config::keys::POSTGRES_OUTBOX;
use crate::config::layer::Written;
use crate::config::value::Value;
use crate::diagnostic::{Report, code};
use crate::outbox::{PostgresStore, StoreAt};
use crate::outside::Credential;
use crate::setting::Rows;
use crate::yaml::Content;

/// Longest name of an outbox, in bytes.
const NAME_LIMIT_BYTES: usize = 64;

/// The name of the outbox.
pub fn outbox_name(value: &mut Value<'_, '_>) -> Option<String> {
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
pub fn postgres(written: &Written, report: &mut Report) -> Option<StoreAt> {
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
pub fn encryption_keys(written: &Written, report: &mut Report) -> Option<Vec<Credential>> {
    let mut rows = Rows::new(&written.file, report, &code::BAD_DESTINATION);
    let node = &written.node;
    if matches!(&node.content, Content::List(items) if items.is_empty()) {
        rows.refuse(&node.span, "a list without a key encrypts nothing", "write a key, or `encryption_key: null`");
        return None;
    }
    Some(rows.credentials(node))
}
