//! Rows of `admin.login`: users, the provider of OpenID Connect, and the rights of both.

use crate::server::{LoginUser, OidcSettings, Rights};
use crate::setting::Rows;
use crate::yaml::Node;
use crate::yaml::keys::{Keys, Shape, TEXT_OR_TEXTS, optional, required};

/// Most users, and most values of the claim.
const LIST_LIMIT: usize = 200;
/// Longest name of a user, in bytes.
const NAME_LIMIT_BYTES: usize = 128;

const RIGHTS_ABOUT: &str = "what they may do: look, people, act";

pub static USER: Keys = Keys {
    what: "a user of the console",
    keys: &[
        required("name", Shape::Text, "the name that is typed at the login"),
        required("password_hash", Shape::Text, "what `hookgate console hash` prints for the password"),
        required("rights", TEXT_OR_TEXTS, RIGHTS_ABOUT),
    ],
};

pub const NULL_OR_OIDC: Shape = Shape::Either(&[Shape::Text, Shape::Mapping(&OIDC)]);

static OIDC: Keys = Keys {
    what: "`admin.login.oidc`",
    keys: &[
        required("issuer", Shape::Text, "the provider's address, as its metadata has it: `https://…`"),
        required("client_id", Shape::Text, "the name that the provider has for hookgate"),
        required("client_secret", Shape::Text, "its secret: `${env:NAME}` or `${file:PATH}`"),
        required("claim", Shape::Text, "the claim of the token by whose values rights are given: groups"),
        required("rights", Shape::MapOf(&TEXT_OR_TEXTS), "what who has a value of the claim may do: look, people, act"),
        optional("allow", Shape::ListOf(&Shape::Text), "private networks that the provider's names may lead to"),
        optional("ca", Shape::Text, "a PEM file with certificate authorities in addition to those of the system"),
    ],
};

/// The users, with what is wrong with them told.
pub fn users(node: &Node, rows: &mut Rows<'_>) -> Vec<LoginUser> {
    let items = node.rows();
    if items.len() > LIST_LIMIT {
        let message = format!("`admin.login.users` has more than {LIST_LIMIT} rows");
        rows.refuse(&node.span, message, "let so many people log in at a provider: `admin.login.oidc`");
    }
    let mut users: Vec<LoginUser> = Vec::new();
    for item in items.iter().take(LIST_LIMIT) {
        let Some(user) = user(item, rows) else { continue };
        if users.iter().any(|known| known.name == user.name) {
            rows.refuse(&item.span, format!("there are two users `{}`", user.name), "give each a name of their own");
        } else {
            users.push(user);
        }
    }
    users
}

fn user(node: &Node, rows: &mut Rows<'_>) -> Option<LoginUser> {
    rows.reader.fields(node, &USER)?;
    let (at, hash) = (node.get("name")?, node.get("password_hash")?);
    let name = rows.reader.text(at, "the name of a user")?;
    let is_name = !name.trim().is_empty() && name.len() <= NAME_LIMIT_BYTES && !name.chars().any(char::is_control);
    if name.trim() != name || !is_name {
        let help = format!("write a name of 1 to {NAME_LIMIT_BYTES} letters, without a space at either end");
        rows.refuse(&at.span, "this cannot be the name of a user", &help);
        return None;
    }
    let (password_hash, rights) = (rows.credential(hash), rights(node.get("rights")?, rows));
    Some(LoginUser { name: name.to_owned(), password_hash: password_hash?, rights: rights? })
}

/// The provider, with what is wrong with it told.
pub fn oidc(node: &Node, rows: &mut Rows<'_>) -> Option<OidcSettings> {
    if node.is_null() {
        return None;
    }
    rows.reader.fields(node, &OIDC)?;
    let issuer = node.get("issuer")?;
    rows.address(issuer, "issuer", &[("https://", true), ("http://", false)], true)?;
    // A slash at its end belongs to its name.
    let issuer = rows.reader.text(issuer, "`issuer`")?.to_owned();
    let mut text = |key: &str| Some(rows.reader.text(node.get(key)?, format!("`{key}`"))?.to_owned());
    let (client_id, claim) = (text("client_id"), text("claim"));
    let client_secret = rows.credential(node.get("client_secret")?);
    let at = node.get("rights")?;
    let entries = rows.reader.entries(at, "`rights`")?;
    if entries.is_empty() || entries.len() > LIST_LIMIT {
        let message = format!("`rights` has 1 to {LIST_LIMIT} values of the claim, not {}", entries.len());
        rows.refuse(&at.span, message, "write for example `rights: { hookgate-admins: [look, people, act] }`");
    }
    let mut given = Vec::new();
    for entry in entries.iter().take(LIST_LIMIT) {
        given.extend(rights(&entry.value, rows).map(|rights| (entry.key.clone(), rights)));
    }
    let (allow, ca) = (rows.networks(node), rows.path(node, "ca"));
    Some(OidcSettings {
        issuer,
        client_id: client_id?,
        client_secret: client_secret?,
        claim: claim?,
        rights: given,
        allow,
        ca,
    })
}

/// A list of rights. Nobody has one that is not written: an empty list, and one without `look`, is a mistake.
fn rights(node: &Node, rows: &mut Rows<'_>) -> Option<Rights> {
    let mut rights = Rights::default();
    let words: Vec<(String, _)> =
        rows.reader.texts(node, "a right").into_iter().map(|(word, span)| (word.to_owned(), span.clone())).collect();
    for (word, span) in words {
        match word.as_str() {
            "look" => rights.look = true,
            "people" => rights.people = true,
            "act" => rights.act = true,
            other => {
                rows.refuse(&span, format!("`{other}` is no right"), "write one or several of look, people and act");
                return None;
            }
        }
    }
    if !rights.look {
        rows.refuse(&node.span, "without `look` nothing of the console can be seen", "write `[look]` at least");
        return None;
    }
    Some(rights)
}
