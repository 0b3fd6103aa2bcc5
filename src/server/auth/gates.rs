//! Chooses the gate of a call: that of its hook, else that of its prefix, else the common one.

use super::gate::Gate;
use super::settings::{AuthSettings, OwnMethods, Whose};
use super::trouble::Trouble;
use crate::event::{Hooks, Route};

/// All gates of a server.
#[derive(Debug)]
pub(in crate::server) struct Gates {
    for_all: Gate,
    own: Vec<Gate>,
    /// In the table's order: which of the own gates a hook has.
    of_hooks: Box<[Option<usize>]>,
    /// In the setting's order: which of them a prefix has.
    of_prefixes: Box<[Option<usize>]>,
}

impl Gates {
    /// # Errors
    /// When a secret, a key or a file is not there.
    pub(in crate::server) fn open(auth: &AuthSettings, hooks: &Hooks, prefixes: &[String]) -> Result<Self, Trouble> {
        let gate = |settings| Gate::open(settings, &auth.trusted_proxies);
        let own: Vec<Gate> = auth.own.iter().map(|own| gate(&own.auth)).collect::<Result<_, _>>()?;
        auth.own.iter().filter(|own| own.is_open).for_each(warn);
        let place = |is_whose: &dyn Fn(&Whose) -> bool| auth.own.iter().position(|own| is_whose(&own.whose));
        let of_hook = |name: &str| {
            place(&|whose| matches!(whose, Whose::Hooks(all) if all.iter().any(|one| one.eq_ignore_ascii_case(name))))
        };
        let of_prefix = |prefix: &String| place(&|whose| matches!(whose, Whose::Prefixes(all) if all.contains(prefix)));
        Ok(Self {
            for_all: gate(auth)?,
            own,
            of_hooks: hooks.names().map(of_hook).collect(),
            of_prefixes: prefixes.iter().map(of_prefix).collect(),
        })
    }

    /// The same with secrets and keys as they are now, and the published keys that these know.
    ///
    /// # Errors
    /// As [`Gates::open`].
    pub(super) fn renewed(&self, auth: &AuthSettings) -> Result<Self, Trouble> {
        let own = self.own.iter().zip(&auth.own).map(|(gate, own)| gate.renewed(&own.auth));
        Ok(Self {
            for_all: self.for_all.renewed(auth)?,
            own: own.collect::<Result<_, _>>()?,
            of_hooks: self.of_hooks.clone(),
            of_prefixes: self.of_prefixes.clone(),
        })
    }

    /// The gate that every call comes to which has none of its own.
    pub(in crate::server) fn for_all(&self) -> &Gate {
        &self.for_all
    }

    /// The gate of a call.
    pub(in crate::server) fn of(&self, route: &Route) -> &Gate {
        let listed = |places: &[Option<usize>], at: usize| places.get(at).copied().flatten();
        let own = listed(&self.of_hooks, route.hook).or_else(|| listed(&self.of_prefixes, route.prefix));
        own.and_then(|own| self.own.get(own)).unwrap_or(&self.for_all)
    }

    /// The issuers' keys that must be fetched while the server runs.
    pub(in crate::server) fn keeping(&self) -> impl Iterator<Item = impl Future<Output = ()> + use<>> {
        std::iter::once(&self.for_all).chain(&self.own).filter_map(Gate::keeping)
    }
}

/// Whoever reads the log learns what nobody guards, at each start.
fn warn(own: &OwnMethods) {
    let (what, names) = match &own.whose {
        Whose::Hooks(names) => ("hooks", names),
        Whose::Prefixes(names) => ("hooks under the prefixes", names),
    };
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    tracing::warn!(
        help = "take `open: true` away and write a method, such as `address: { allow: [10.0.0.0/8] }`, if that is not meant",
        "everybody is admitted to the {what} {}, as `auth.for` says",
        names.join(", ")
    );
}
