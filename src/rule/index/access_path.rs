//! Access paths: the leading tests by which an entry can be proposed; the one that proposes least is chosen.

use ipnet::IpNet;

use super::key::{Facet, Of, in_network, of_field, scalar};
use super::leading::{Literal, Required};
use super::patterns;
use super::ranges::Range;
use crate::event::{Shape, folded, nfc};
use crate::rule::condition::{At, Check, Checks, Comparator, Operator, Quantifier, fits};

/// What proposes an entry; any one of the keys does.
#[derive(Clone, Debug)]
pub(super) struct AccessPath {
    pub keys: Vec<Key>,
    /// The demand that need not be looked at again, because the way stands for all of it.
    pub covers: Option<usize>,
}

/// One thing that a value can show.
#[derive(Clone, Debug)]
pub(super) enum Key {
    Value { slot: usize, facet: Facet, key: u64 },
    Pattern { slot: usize, pattern: String },
    Range { slot: usize, range: Range },
    Test(Literal),
}

/// The ways that a demand offers; none where it is none.
pub(super) fn ways(number: usize, demand: &Required) -> Vec<AccessPath> {
    match demand {
        Required::One(literal) => of_literal(number, literal),
        Required::Either(alternatives) => {
            let keys: Option<Vec<Vec<Key>>> = alternatives.iter().map(|demands| plainest(demands)).collect();
            keys.map(|keys| AccessPath { keys: keys.concat(), covers: None }).into_iter().collect()
        }
    }
}

/// The way into one of several alternatives, chosen without knowing how many others go there.
fn plainest(demands: &[Required]) -> Option<Vec<Key>> {
    let all = demands.iter().flat_map(|demand| ways(0, demand));
    all.min_by_key(|way| way.keys.iter().map(Key::rank).max()).map(|way| way.keys)
}

impl Key {
    /// From what is asked at once for all values to what is tried one by one.
    fn rank(&self) -> u8 {
        match self {
            Key::Value { .. } => 0,
            Key::Pattern { .. } => 1,
            Key::Range { .. } => 2,
            Key::Test(_) => 3,
        }
    }
}

fn of_literal(number: usize, literal: &Literal) -> Vec<AccessPath> {
    let Literal { slot, checks, is_negated } = literal;
    let mut found: Vec<Vec<Key>> = Vec::new();
    if !is_negated {
        found.extend(checks.checks.iter().flat_map(|check| of_check(*slot, check, checks)));
        found.extend(Range::of(checks).map(|range| vec![Key::Range { slot: *slot, range }]));
    }
    let covers = (checks.checks.len() == 1).then_some(number);
    if found.is_empty() {
        return vec![AccessPath { keys: vec![Key::Test(literal.clone())], covers: Some(number) }];
    }
    found.into_iter().map(|keys| AccessPath { keys, covers }).collect()
}

/// The ways that one operator offers.
fn of_check(slot: usize, check: &Check, checks: &Checks) -> Vec<Vec<Key>> {
    let is_folded = checks.ignore_case;
    if check.operator.is_negated {
        return Vec::new();
    }
    match &check.operator.comparator {
        Comparator::Elements(Quantifier::Any, inner) => of_elements(slot, inner),
        // Where none may hold, no element shows anything.
        Comparator::Count(wanted, inner) if !fits(wanted, 0) => of_elements(slot, inner),
        _ => of_value(slot, check, is_folded).into_iter().collect(),
    }
}

/// The ways of what must hold of one element at least: one for each of its tests on equality.
fn of_elements(slot: usize, inner: &Checks) -> Vec<Vec<Key>> {
    let of_one = |check: &Check| {
        let (of, is_folded, keys) = match &check.operator.comparator {
            Comparator::Field(steps, field) => {
                let values = field.checks.iter().find_map(|check| equals(&check.operator, field.ignore_case))?;
                (of_field(steps)?, field.ignore_case, values)
            }
            _ => (Of::Elements, inner.ignore_case, equals(&check.operator, inner.ignore_case)?),
        };
        let facet = Facet { of, is_folded };
        Some(keys.into_iter().map(|key| Key::Value { slot, facet: facet.clone(), key }).collect())
    };
    inner.checks.iter().filter_map(of_one).collect()
}

fn of_value(slot: usize, check: &Check, is_folded: bool) -> Option<Vec<Key>> {
    let value = |of: Of, key: u64| Key::Value { slot, facet: Facet { of, is_folded }, key };
    let affix = |of: fn(usize) -> Of| {
        let operand = check.operator.operand()?.constant()?.view();
        let Shape::Text(text) = operand.shape() else { return None };
        let length = if is_folded { folded(&text).len() } else { nfc(&text).len() };
        let facet = Facet { of: of(length), is_folded };
        let mut keys = Vec::new();
        facet.keys(operand, |key| keys.push(Key::Value { slot, facet: facet.clone(), key }));
        Some(keys)
    };
    match &check.operator.comparator {
        Comparator::Value(relation, operand) => match relation.part() {
            Some(At::Start) => affix(Of::Beginning),
            Some(At::End) => affix(Of::End),
            Some(At::Anywhere) => {
                let operand = operand.constant()?.view();
                let element = value(Of::Elements, scalar(operand, is_folded)?);
                match operand.shape() {
                    // Both cases of a letter are not what patterns take for them in every script.
                    Shape::Text(_) if is_folded => None,
                    Shape::Text(text) => {
                        Some(vec![element, Key::Pattern { slot, pattern: patterns::escaped(&nfc(&text)) }])
                    }
                    _ => Some(vec![element]),
                }
            }
            None => Some(equals(&check.operator, is_folded)?.into_iter().map(|key| value(Of::Whole, key)).collect()),
        },
        Comparator::Pattern(pattern) => {
            Some(vec![Key::Pattern { slot, pattern: patterns::spelled(pattern.text(), is_folded) }])
        }
        Comparator::Within(networks) => {
            let key = |network: &IpNet| {
                let of = Of::Network { is_v6: network.addr().is_ipv6(), bits: network.prefix_len() };
                Some(Key::Value {
                    slot,
                    facet: Facet { of, is_folded: false },
                    key: in_network(network.addr(), network.prefix_len())?,
                })
            };
            networks.iter().map(key).collect()
        }
        // A range is one of `Range`.
        Comparator::Range(_)
        | Comparator::Elements(..)
        | Comparator::Count(..)
        | Comparator::Field(..)
        | Comparator::Date(..)
        | Comparator::Property(..)
        | Comparator::Length(_)
        | Comparator::Not(_)
        | Comparator::FoundIn(_) => None,
    }
}

/// The keys of which a value must have one to be equal to what is compared with.
fn equals(operator: &Operator, is_folded: bool) -> Option<Vec<u64>> {
    let values = operator.equal_to().filter(|_| !operator.is_negated)?;
    values.into_iter().map(|value| scalar(value, is_folded)).collect()
}
