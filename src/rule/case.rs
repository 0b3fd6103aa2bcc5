//! A test of a rule file: a request, what is given, what is expected.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use jiff::Timestamp;

use crate::diagnostic::{File, Place};
use crate::event::{Path, Value};

/// A test case, ready to run.
#[derive(Clone, Debug)]
pub struct Case {
    pub name: String,
    /// Place of the hook in the table.
    pub hook: usize,
    /// The body that is sent, as JSON.
    pub body: String,
    pub given: Given,
    pub expect: Expect,
    pub file: Arc<File>,
    /// The case's name in the file.
    pub span: Range<usize>,
}

/// What a case is given beside its request.
#[derive(Clone, Debug, Default)]
pub struct Given {
    pub now: Option<Timestamp>,
    pub token: Option<Value<'static>>,
    pub app: Option<String>,
    /// Who calls, as rules read it.
    pub caller: Option<Value<'static>>,
    /// Values of settings in place of those of gateway.yaml.
    pub settings: BTreeMap<String, Value<'static>>,
    /// Answers by lookup and key.
    pub lookups: Vec<GivenLookup>,
}

/// The answers of one lookup.
#[derive(Clone, Debug)]
pub struct GivenLookup {
    pub lookup: String,
    pub answers: Vec<(String, GivenAnswer)>,
}

/// What a lookup answers for a key.
#[derive(Clone, Debug)]
pub enum GivenAnswer {
    Rows(Vec<Value<'static>>),
    /// `{ error: timeout }`
    Error(String),
}

/// What must come out. What is not written is not looked at.
#[derive(Clone, Debug, Default)]
pub struct Expect {
    /// The code on the wire.
    pub reject: Option<String>,
    /// The codes of all rules that refuse, in their order.
    pub refusals: Option<Vec<String>>,
    pub accept: Option<bool>,
    pub user: Vec<(Path, Value<'static>)>,
    pub reply: Option<Value<'static>>,
    pub mapped_value: Option<String>,
    pub deprovision: Option<bool>,
    pub by: Option<String>,
    pub failed: Option<bool>,
    /// The rules that are skipped, in their order.
    pub skipped: Option<Vec<String>>,
    /// All that is sent, in its order.
    pub deliveries: Option<Vec<ExpectedDelivery>>,
}

/// A delivery that must come out.
#[derive(Clone, Debug)]
pub struct ExpectedDelivery {
    pub to: String,
    pub body: Option<Value<'static>>,
    pub key: Option<String>,
}

impl Case {
    /// Where the case stands.
    #[must_use]
    pub fn place(&self) -> Place {
        Place { file: Arc::clone(&self.file), span: self.span.clone() }
    }
}
