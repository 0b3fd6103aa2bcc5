//! Who may look at the console: passwords, OpenID Connect, one-time keys, sessions, rights.

mod attempts;
mod clock;
mod cookies;
mod form;
mod headers;
mod link_key;
#[expect(clippy::module_inception, reason = "the folder is called as what it is about, and so is the value")]
mod login;
mod oidc;
mod password;
mod random;
mod reply;
mod rights;
mod sessions;
mod settings;
mod visitor;

pub use headers::guard;
pub use login::{Login, NoConsole, Ways};
pub use password::hash_password;
pub use rights::Rights;
pub use settings::{LoginSettings, LoginUser, OidcSettings};
pub use visitor::Visitor;
