//! Warns of compared values that no value is ever equal to.

use std::collections::BTreeSet;

use crate::diagnostic::code::{WORD_FOR_NOTHING, codes};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::event::{Path, Root, Segment, Shape, Value, View};
use crate::lint::finding::Finding;
use crate::lint::known::Known;
use crate::lint::rule_model::{RuleModel, with_rule};
use crate::lint::walk::{Part, Site};
use crate::lint::{known, signs, walk};
use crate::rule::field::FieldKind;
use crate::rule::foreign::text::Stands;
use crate::rule::foreign::{template, text};
use crate::rule::{Comparator, Networks, Operator, ReadFrom, Relation, RuleSet, Takes};
use crate::yaml;

codes! {
    LIST_FOR_VALUE = "H818", "a list and a single value compared with each other", r"
A warning: one side is a list and the other a single value, so they are never equal. `contains: [a, b]` looks for an
element that is itself the list `[a, b]`.
```yaml
when:
  user.assignedGroups: { contains: [sales, finance] }
```
For a list, write `{ any: { in: [sales, finance] } }` if one of them is enough, or one line for each under `all:` if
all must be there. For a text, write one line for each under `any:`, or `{ matches: 'sales|finance' }`. A field that
is a list is tested by `contains: sales`.
";
    UNSEEN_SIGN = "H820", "a value with characters that fields do not have", r"
A warning: the compared value contains quotes, most often curly ones from a word processor, or invisible characters
such as zero width spaces, soft hyphens and no-break spaces.
```yaml
when:
  user.userType: “Vendor”
```
Type the value again, with plain quotes or none: `Vendor`.
";
    NEVER_HELD = "H822", "a value that the field never has", r#"
A warning: the platform, or `fields:` of gateway.yaml, says which values this field has, and this value is not one of
them. It may be misspelt, or be several values in one text. The answers of functions are known too: `lower` never
answers a capital letter, and `phone` answers numbers that begin with `+`.
```yaml
when:
  user.userType: "Vendor, Consultant"
```
Write one of the values exactly as the platform sends it; capital and small letters matter. Write several as a list:
`[Vendor, Consultant]`. If the value is right, add it under `fields:` of gateway.yaml.
"#;
    OTHER_OPERATOR = "H823", "an operator of another tool, taken as text", r#"
A warning: the cell of a decision table, or the value of a test, looks like a range, a comparison or a list of another
tool. hookgate compares it letter by letter.
```yaml
table:
  inputs: [user.grade, user.userType]
  outputs: [mappedValue]
  rows:
    - ["≥ 7", "Vendor|Consultant", "OU=Seniors"]
```
Write `">= 7"`, `[Vendor, Consultant]` (a list has no quotes around it), `7..9`, `"!= India"`, `"-"` for anything, and
`{ within: [10.20.0.0/14] }` for the addresses of a network. If the cell really means this text, put double quotes
within it: `'"7-9"'`.
"#;
}

/// Texts by which other tools say that there is nothing.
const NOTHING: [&str; 12] =
    ["null", "none", "nil", "undefined", "n/a", "#n/a", "<null>", "(null)", "<empty>", "(empty)", "<blank>", "(blank)"];
/// Fields in which people write with commas.
const WITH_COMMAS: [&str; 6] = ["displayName", "address1", "address2", "location", "title", "designation"];

/// Tells of each such value, once where several rules share it.
pub fn look(survey: &mut RuleModel<'_>) {
    let set = survey.set;
    let mut look = Look { set, told: BTreeSet::new(), found: Vec::new() };
    for rule in survey.places().filter_map(|place| set.rules.get(place)) {
        walk::tests(rule, &mut |site| {
            walk::parts(&site.test.checks, false, &mut |part| look.part(site, part));
        });
    }
    survey.found.append(&mut look.found);
}

/// What is wrong with a value: its code, what is so, and what to write.
type Wrong = (&'static Code, String, String);

struct Look<'r> {
    set: &'r RuleSet,
    told: BTreeSet<(String, usize, String)>,
    found: Vec<Finding>,
}

impl Look<'_> {
    fn part(&mut self, site: Site<'_>, part: Part<'_>) {
        let operator = &part.check.operator;
        let constant = operator.operand().and_then(|operand| operand.constant());
        let known = match site.test.subject.from {
            _ if part.is_of_element => None,
            ReadFrom::Slot(_) => known::of(self.set, &site.test.subject.path),
            ReadFrom::Binding(place) => known::of_binding(self.set, place, &site.test.subject.path),
        };
        if let Some(Known::Kind(FieldKind::List)) = &known
            && let Some(wrong) = of_a_list(operator, constant, &site.test.subject.path)
        {
            return self.tell(site, part, wrong);
        }
        let values = match (operator.relation(), constant) {
            (Some(Relation::Member), Some(Value::List(items))) => items.as_slice(),
            (_, Some(one)) => std::slice::from_ref(one),
            (_, None) => &[],
        };
        // In CSV what reads as a number, true or false stands for that and for the text.
        let as_text = |value: &Value<'static>| value.view().as_text().into_owned();
        let takes_text = !matches!(&known, Some(Known::Answer(answered)) if !answered.is_text());
        let is_twin = |value: &Value<'static>| {
            let is_text = |value: &Value<'static>| matches!(value, Value::Text(_));
            let is_other = |other: &Value<'static>| is_text(other) == takes_text && as_text(other) == as_text(value);
            is_text(value) != takes_text
                && site.cell.is_some_and(|(table, _)| table.is_csv)
                && values.iter().any(is_other)
        };
        for value in values.iter().filter(|value| !is_twin(value)) {
            let wrong = wrong(site, part, value.view(), known.as_ref());
            wrong.into_iter().for_each(|wrong| self.tell(site, part, wrong));
        }
        let is_part = operator.relation().and_then(Relation::part).is_some()
            || matches!(operator.comparator, Comparator::Pattern(_));
        if let Some(values) =
            known.filter(|_| is_part).and_then(|known| known::no_part(&known, operator, part.ignore_case))
        {
            let message = format!("no value that `{}` has passes this", site.test.subject.path);
            self.tell(site, part, (&NEVER_HELD, message, format!("it is {values}")));
        }
    }

    fn tell(&mut self, site: Site<'_>, part: Part<'_>, (code, message, help): Wrong) {
        let span = part.check.span.clone();
        if !self.told.insert((site.file.name.clone(), span.start, message.clone())) {
            return;
        }
        let finding = Diagnostic::error(code, Place { file: site.file.clone(), span }, message).help(help);
        let finding = site.cell.map_or(finding.clone(), |(table, _)| with_rule(finding, site.rule, table));
        self.found.push(Finding::certain(finding));
    }
}

/// What is wrong with one value that a test compares with.
fn wrong(site: Site<'_>, part: Part<'_>, value: View<'_>, known: Option<&Known>) -> Option<Wrong> {
    let operator = &part.check.operator;
    let is_equality = operator.relation().is_some_and(Relation::is_equality);
    let name = site.test.subject.path.to_string();
    let text = match value.shape() {
        Shape::List(_) => return list_for_value(operator, value, part.is_of_element, &site.test.subject.path, known),
        Shape::Text(text) => text,
        _ => {
            let (message, help) = known::never(known.filter(|_| is_equality)?, &name, value, part.ignore_case)?;
            return Some((&NEVER_HELD, message, help));
        }
    };
    let declared = match known {
        Some(Known::Only(values)) => values.iter().any(|known| *known == text),
        _ => false,
    };
    if declared {
        return None;
    }
    if let Some(odd) = signs::odd(&text, !is_equality) {
        return Some((
            &UNSEEN_SIGN,
            format!("this value has {}", odd.what),
            format!("write `{}`", yaml::scalar(&odd.meant)),
        ));
    }
    if !is_equality {
        return None;
    }
    if let Some(wrong) = nothing(&text, &site.test.subject.path, known, operator) {
        return Some(wrong);
    }
    if let Some(wrong) = network(site, part, &text) {
        return Some(wrong);
    }
    if let Some((message, help)) = known.and_then(|known| known::never(known, &name, value, part.ignore_case)) {
        return Some((&NEVER_HELD, message, help));
    }
    operator_of_others(site, part, &text)
}

/// A network where an address is compared: no address is ever equal to it.
fn network(site: Site<'_>, part: Part<'_>, text: &str) -> Option<Wrong> {
    let path = &site.test.subject.path;
    let last = path.keys().last().unwrap_or_default().to_lowercase();
    let is_address = path.root == Root::Caller || last.contains("address") || last.ends_with("ip");
    let network = meant_network(text).filter(|_| is_address && !part.is_of_element)?;
    let operator = &part.check.operator;
    let word = if operator.is_negated { "not_within" } else { "within" };
    let meant = |item: &Value<'static>| {
        let text = item.view().as_text().into_owned();
        Value::text(meant_network(&text).unwrap_or(text))
    };
    let networks = match operator.operand().and_then(|operand| operand.constant()) {
        Some(Value::List(items)) => yaml::value(Value::List(items.iter().map(meant).collect()).view()),
        _ => yaml::scalar(&network),
    };
    let message = format!("`{text}` is a network, and is compared letter by letter");
    Some((&OTHER_OPERATOR, message, format!("write `{{ {word}: {networks} }}`")))
}

/// The network that a text names: as it stands, or by stars in the place of its last numbers, `10.20.*`.
fn meant_network(text: &str) -> Option<String> {
    let is_network = |text: &str| text.contains('/') && Networks::read([text]).is_ok();
    if is_network(text) {
        return Some(text.to_owned());
    }
    let numbers: Vec<&str> = text.split('.').take_while(|number| number.parse::<u8>().is_ok()).collect();
    let stars: Vec<&str> = text.split('.').skip(numbers.len()).collect();
    let is_open = matches!(numbers.len(), 1..=3) && stars.len() <= 4 - numbers.len();
    if !is_open || stars.is_empty() || !stars.iter().all(|star| matches!(*star, "*" | "x" | "%" | "")) {
        return None;
    }
    let padded: Vec<&str> = numbers.iter().copied().chain(["0"; 4]).take(4).collect();
    let network = format!("{}/{}", padded.join("."), numbers.len() * 8);
    is_network(&network).then_some(network)
}

/// A text that looks like an operator of another tool.
fn operator_of_others(site: Site<'_>, part: Part<'_>, text: &str) -> Option<Wrong> {
    let is_negated = part.check.operator.is_negated;
    // What names something of the event is told where rules are read.
    if template::meant(text).is_some() {
        return None;
    }
    let (stands, letters) = match site.cell {
        // In double quotes of its own it is meant as it stands.
        Some((_, cell)) if cell.contains('"') => return None,
        Some((table, _)) => (
            Stands::InCell { is_csv: table.is_csv },
            Some(format!("for these letters themselves, put double quotes within the cell: `'\"{text}\"'`")),
        ),
        None => (Stands::BehindPath { commas: takes_commas(&site.test.subject.path) }, None),
    };
    let meant = text::meant(text, stands)?;
    let message = format!("`{text}` is compared letter by letter");
    let meant = match text::listed(text, stands) {
        Some(list) if is_negated && site.cell.is_some() => text::as_cell(&format!("not in {list}")),
        Some(list) if is_negated => format!("`{{ not_in: {list} }}`"),
        Some(list) if list == text.trim() => format!("`{list}` without quotes around it"),
        _ => meant,
    };
    let help = [Some(format!("write {meant}")), letters].into_iter().flatten().collect::<Vec<_>>().join("; ");
    Some((&OTHER_OPERATOR, message, help))
}

/// A field that is a list beside a single value.
fn of_a_list(operator: &Operator, constant: Option<&Value<'static>>, path: &Path) -> Option<Wrong> {
    let shown = |value: &Value<'static>| yaml::value(value.view());
    let is_single = |value: &&Value<'static>| matches!(value, Value::Text(_) | Value::Number(_) | Value::Bool(_));
    let (name, is_negated) = (operator.name(), operator.is_negated);
    let help = match &operator.comparator {
        Comparator::Value(relation, _) if relation.is_equality() => match (constant, relation.takes()) {
            (Some(list @ Value::List(_)), Takes::List) => match is_negated {
                false => format!("write `{{ any: {{ {name}: {} }} }}`", yaml::value(list.view())),
                true => format!("write `{{ every: {{ {name}: {} }} }}`", yaml::value(list.view())),
            },
            (constant, _) => {
                let value = shown(constant.filter(is_single)?);
                match is_negated {
                    false => format!("write `{{ contains: {value} }}`"),
                    true => format!("write `{{ not: {{ contains: {value} }} }}`"),
                }
            }
        },
        Comparator::Value(relation, _) if relation.order().is_some() => {
            "write `{ length: { gt: 2 } }` for how many there are".to_owned()
        }
        Comparator::Value(relation, _) if relation.part().is_some_and(|at| !at.is_of_lists()) => {
            format!("write `{{ any: {{ {name}: {} }} }}`", shown(constant?))
        }
        Comparator::Pattern(pattern) => {
            format!("write `{{ any: {{ {name}: '{}' }} }}`", pattern.text().replace('\'', "''"))
        }
        Comparator::Range(_) => "write `{ count: 4..7 }` for how many there are".to_owned(),
        Comparator::Value(..)
        | Comparator::Date(..)
        | Comparator::Property(..)
        | Comparator::Length(_)
        | Comparator::Within(_)
        | Comparator::Elements(..)
        | Comparator::Count(..)
        | Comparator::Field(..)
        | Comparator::Not(_)
        | Comparator::FoundIn(_) => return None,
    };
    Some((&LIST_FOR_VALUE, format!("`{path}` is a list, and this is asked of a single value"), help))
}

/// A list where the operator takes one value.
fn list_for_value(
    operator: &Operator,
    value: View<'_>,
    is_of_element: bool,
    path: &Path,
    known: Option<&Known>,
) -> Option<Wrong> {
    let Shape::List(list) = value.shape() else { return None };
    let texts: Vec<String> = list.iter().map(|item| item.as_text().into_owned()).collect();
    let items: Vec<String> = list.iter().map(yaml::value).collect();
    let listed = items.join(", ");
    let (name, relation) = (operator.name(), operator.relation()?);
    let lines = |between: &str| {
        items.iter().map(|item| format!("`{path}: {{ {name}: {item} }}`")).collect::<Vec<_>>().join(between)
    };
    let (word, help) = match (relation.part(), relation.takes()) {
        (Some(_), _) if operator.is_negated => (name, format!("write, under `all:`, {}", lines(" and "))),
        (Some(at), _) if at.is_of_lists() => {
            let several = format!("for all of them, under `all:` {}", lines(" and "));
            let of_list = format!("`{{ any: {{ in: [{listed}] }} }}`");
            let of_text = format!("under `any:` {}", lines(" or "));
            let one = match (is_of_element, known, is_text(path)) {
                (false, Some(Known::Kind(FieldKind::List)), _) => format!("write {of_list}"),
                (true, ..) | (false, _, true) => {
                    format!("write, {of_text}, or `{{ matches: '{}' }}`", pattern_of(&texts))
                }
                (false, _, false) => format!("of a list write {of_list}, of a text, {of_text},"),
            };
            (name, format!("{one} for one of them; {several}"))
        }
        (Some(_), _) => (name, format!("write, under `any:`, {}", lines(" or "))),
        (None, Takes::List) => ("in", "write the values in one list, without brackets within it".to_owned()),
        (None, Takes::Value) if relation.is_equality() && (is_of_element || is_text(path)) => {
            let word = if operator.is_negated { "not_in" } else { "in" };
            (name, format!("write `{{ {word}: [{listed}] }}`"))
        }
        (None, Takes::Value | Takes::Part | Takes::Number) => return None,
    };
    Some((&LIST_FOR_VALUE, format!("`{word}` compares with one value, and this is a list"), help))
}

/// One of the texts, letter by letter, as a pattern in single quotes.
fn pattern_of(items: &[String]) -> String {
    let signs = |letter: char| r"\.+*?()|[]{}^$".contains(letter);
    let escaped = |item: &String| -> String {
        item.chars().flat_map(|letter| signs(letter).then_some('\\').into_iter().chain([letter])).collect()
    };
    items.iter().map(escaped).collect::<Vec<_>>().join("|").replace('\'', "''")
}

/// Whether the platform sends a single value there.
fn is_text(path: &Path) -> bool {
    let other = ["assignedGroups", "rbacRoles", "provisionedApps", "attributes", "manager", "securityQuestion"];
    matches!((&path.root, path.segments.as_slice()), (Root::User, [Segment::Key(field)]) if !other.contains(&&**field))
}

fn takes_commas(path: &Path) -> bool {
    is_text(path) && path.keys().next().is_some_and(|field| !WITH_COMMAS.contains(&field))
}

/// A word for nothing, or for a truth.
fn nothing(text: &str, path: &Path, known: Option<&Known>, operator: &Operator) -> Option<Wrong> {
    let word = text.trim().to_lowercase();
    let is_negated = operator.is_negated;
    if NOTHING.contains(&word.as_str()) {
        let help = match is_negated {
            false => {
                "write `{ empty: true }` for a field that is not filled in, `{ present: false }` for one that is absent or null"
            }
            true => {
                "write `{ empty: false }` for a field that is filled in, `{ present: true }` for one that is there and not null"
            }
        };
        return Some((
            &WORD_FOR_NOTHING,
            format!("`{text}` is compared as text, not as an empty value"),
            help.to_owned(),
        ));
    }
    let is_truth = matches!(text.trim(), "Y" | "N" | "y" | "n");
    let may_be_text = !is_text(path) && !matches!(known, Some(Known::Kind(FieldKind::TrueFalse)));
    if !is_truth || may_be_text {
        return None;
    }
    let help =
        "write `true` or `false`, without quotes, for a truth, `{ empty: true }` for a field that is not filled in";
    Some((&WORD_FOR_NOTHING, format!("`{text}` is compared as this letter, not as true or false"), help.to_owned()))
}
