//! What gateway.yaml says that rules depend on: hooks, what lookups may ask, where rules may send.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::field::FieldKind;
use super::function::Markup;
use super::lookup::{ConnectionKind, Dialect};
use super::script::ScriptBudget;
use crate::event::{DateStyle, Hooks, Value};
use crate::yaml::MEMORY_BYTES;

/// What gateway.yaml says that rules depend on.
#[derive(Clone, Debug)]
pub struct Tenant {
    pub hooks: Hooks,
    /// Fields of the user and custom attributes that are there beside the platform's own.
    pub fields: BTreeMap<String, FieldKind>,
    /// What rules read as `setting.NAME`: texts, numbers, truths, and lists of these.
    pub settings: BTreeMap<String, Value<'static>>,
    /// The kind of each connection, by its name.
    pub connections: BTreeMap<String, ConnectionKind>,
    /// How the databases among them read a query.
    pub dialects: BTreeMap<String, Dialect>,
    /// What rules may send to, by name.
    pub destinations: BTreeMap<String, Accepts>,
    /// How dates in rules are written.
    pub dates: DateStyle,
    /// What one run of a script may take.
    pub script_budget: ScriptBudget,
    /// What loading the rules may hold in memory, in bytes.
    pub memory_bytes: usize,
    /// What one event may take of them.
    pub effort: Effort,
}

/// What one event may take of rules that are only tried. In service it is what the rules say, and nothing is counted.
#[derive(Clone, Debug, Default)]
pub struct Effort {
    /// Most bytes of the values that rules make and write, together.
    bytes: Option<usize>,
    is_over: Arc<AtomicBool>,
}

impl Effort {
    /// So many bytes, until `is_over` says that there is no more time.
    #[must_use]
    pub fn new(bytes: usize, is_over: Arc<AtomicBool>) -> Self {
        Self { bytes: Some(bytes), is_over }
    }

    /// Whether anything is counted.
    #[must_use]
    pub fn is_counted(&self) -> bool {
        self.bytes.is_some()
    }

    /// Why an event that made values of so many bytes goes on no further; `None` where it does.
    #[must_use]
    pub fn ended(&self, made_bytes: usize) -> Option<String> {
        let limit = self.bytes?;
        if self.is_over.load(Ordering::Relaxed) {
            return Some("the time for trying rules is over".to_owned());
        }
        let is_beyond = made_bytes > limit;
        is_beyond.then(|| format!("the rules make values of more than {} MiB, the most that is tried", limit >> 20))
    }
}

/// What a destination takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accepts {
    /// Whether what is sent may hold a secret.
    pub secrets: bool,
    /// Whether such a delivery can wait for it: encrypted, or in memory because gateway.yaml says that it may be lost there.
    pub keeps_secrets: bool,
    /// For which markup what templates bring in is escaped.
    pub markup: Option<Markup>,
    /// Whether gateway.yaml does not say so, and the host of its address does.
    pub is_markup_guessed: bool,
}

impl Tenant {
    /// The platform's twelve hooks, no connection and no destination.
    #[must_use]
    pub fn standard() -> Self {
        Self::of(Hooks::standard())
    }

    /// These hooks, no connection and no destination.
    #[must_use]
    pub fn of(hooks: Hooks) -> Self {
        Self {
            hooks,
            fields: BTreeMap::new(),
            settings: BTreeMap::new(),
            connections: BTreeMap::new(),
            dialects: BTreeMap::new(),
            destinations: BTreeMap::new(),
            dates: DateStyle::default(),
            script_budget: ScriptBudget::default(),
            memory_bytes: MEMORY_BYTES,
            effort: Effort::default(),
        }
    }
}
