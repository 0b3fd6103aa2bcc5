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
use crate::rule::{Operator, ReadFrom, RuleSet};

codes! {
    LIST_FOR_VALUE = "H818", "a list and a single value compared with each other", r"
A warning: one side is a list and the other a single value, so that they are never equal. `contains: [a, b]` looks for
an element that is itself the list `[a, b]`.
```yaml
when:
  user.assignedGroups: { contains: [sales, finance] }
```
Write `{ any: { in: [sales, finance] } }` where one of them is enough, and a line for each under `all:` where all must
be there. A field that is a list is tested by `contains: sales`.
";
    UNSEEN_SIGN = "H820", "a value with signs that fields do not have", r"
A warning: the value that is compared has quotes of its own, most often curly ones that a text program made, or
characters that nobody sees: zero width spaces, soft hyphens, marks of direction, no-break spaces.
```yaml
when:
  user.userType: “Vendor”
```
Type the value anew, with plain quotes or none: `Vendor`.
";
    NEVER_HELD = "H822", "a value that the field never has", r#"
A warning: the platform, or `fields:` of gateway.yaml, says what stands in this field, and this value is none of it. It
may be misspelt, or several values in one text.
```yaml
when:
  user.userType: "Vendor, Consultant"
```
Write one of the values as it is sent; capital and small letters count. Several are a list: `[Vendor, Consultant]`. A
value that is right is added under `fields:` of gateway.yaml.
"#;
    OTHER_OPERATOR = "H823", "an operator of another tool, taken as a text", r#"
A warning: the cell of a decision table, or the value of a test, looks like a range, a comparison or a list of another
tool, and is compared letter by letter.
```yaml
table:
  inputs: [user.grade, user.userType]
  outputs: [mappedValue]
  rows:
    - ["≥ 7", "Vendor|Consultant", "OU=Seniors"]
```
Write `">= 7"`, `[Vendor, Consultant]`, `{ gte: 7, lte: 9 }`, `"!= India"`, `"-"` for anything. Where a cell means these
letters, put double quotes within it: `'"7-9"'`.
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
        let path = match site.test.subject.from {
            ReadFrom::Slot(_) => Some(&site.test.subject.path),
            ReadFrom::Binding(_) => None,
        };
        let known = path.filter(|_| !part.is_of_element).and_then(|path| known::of(self.set, path));
        if let Some(Known::Kind(FieldKind::List)) = &known
            && let Some(wrong) = of_a_list(operator, constant, &site.test.subject.path)
        {
            return self.tell(site, part, wrong);
        }
        let values = match (operator, constant) {
            (Operator::In(_) | Operator::NotIn(_), Some(Value::List(items))) => items.as_slice(),
            (Operator::Matches(_), _) | (_, None) => &[],
            (_, Some(one)) => std::slice::from_ref(one),
        };
        // In CSV what reads as a number, true or false stands for that and for the text.
        let as_text = |value: &Value<'static>| value.view().as_text().into_owned();
        let is_twin = |value: &Value<'static>| {
            let is_text = |other: &Value<'static>| matches!(other, Value::Text(text) if **text == as_text(value));
            !matches!(value, Value::Text(_))
                && site.cell.is_some_and(|(table, _)| table.is_csv)
                && values.iter().any(is_text)
        };
        for value in values.iter().filter(|value| !is_twin(value)) {
            let wrong = wrong(site, part, value.view(), known.as_ref());
            wrong.into_iter().for_each(|wrong| self.tell(site, part, wrong));
        }
        let is_part = matches!(
            operator,
            Operator::StartsWith(_) | Operator::EndsWith(_) | Operator::Contains(_) | Operator::Matches(_)
        );
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
    let is_equality = matches!(operator, Operator::Is(_) | Operator::IsNot(_) | Operator::In(_) | Operator::NotIn(_));
    let name = site.test.subject.path.to_string();
    let text = match value.shape() {
        Shape::List(_) => return list_for_value(operator, value, part.is_of_element, &site.test.subject.path),
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
        return Some((&UNSEEN_SIGN, format!("this value has {}", odd.what), format!("write `{}`", odd.meant)));
    }
    if !is_equality {
        return None;
    }
    if let Some(wrong) = nothing(&text, &site.test.subject.path, known, operator) {
        return Some(wrong);
    }
    if let Some((message, help)) = known.and_then(|known| known::never(known, &name, value, part.ignore_case)) {
        return Some((&NEVER_HELD, message, help));
    }
    operator_of_others(site, part, &text)
}

/// A text that looks like an operator of another tool.
fn operator_of_others(site: Site<'_>, part: Part<'_>, text: &str) -> Option<Wrong> {
    let is_negated = matches!(part.check.operator, Operator::IsNot(_) | Operator::NotIn(_));
    // What names something of the event is told where rules are read.
    if template::meant(text).is_some() {
        return None;
    }
    let (stands, letters) = match site.cell {
        // In double quotes of its own it is meant as it stands.
        Some((_, cell)) if cell.contains('"') => return None,
        Some(_) => (
            Stands::InCell,
            Some(format!("for these letters themselves, put double quotes within the cell: `'\"{text}\"'`")),
        ),
        None => (Stands::BehindPath { commas: takes_commas(&site.test.subject.path) }, None),
    };
    let meant = text::meant(text, stands)?;
    let message = format!("`{text}` is compared letter by letter");
    let meant = match text::listed(text, stands) {
        Some(list) if is_negated && site.cell.is_some() => format!("`\"not in {list}\"`"),
        Some(list) if is_negated => format!("`{{ not_in: {list} }}`"),
        _ => meant,
    };
    let help = [Some(format!("write {meant}")), letters].into_iter().flatten().collect::<Vec<_>>().join("; ");
    Some((&OTHER_OPERATOR, message, help))
}

/// A field that is a list beside a single value.
fn of_a_list(operator: &Operator, constant: Option<&Value<'static>>, path: &Path) -> Option<Wrong> {
    let shown = |value: &Value<'static>| value.view().as_text().into_owned();
    let help = match (operator, constant) {
        (Operator::Is(_), Some(value @ (Value::Text(_) | Value::Number(_) | Value::Bool(_)))) => {
            format!("write `{{ contains: {} }}`", shown(value))
        }
        (Operator::IsNot(_), Some(value @ (Value::Text(_) | Value::Number(_) | Value::Bool(_)))) => {
            format!("write `{{ not: {{ contains: {} }} }}`", shown(value))
        }
        (Operator::In(_), Some(Value::List(items))) => format!("write `{{ any: {{ in: [{}] }} }}`", all(items)),
        (Operator::NotIn(_), Some(Value::List(items))) => {
            format!("write `{{ every: {{ not_in: [{}] }} }}`", all(items))
        }
        (Operator::StartsWith(_), Some(value)) => format!("write `{{ any: {{ starts_with: {} }} }}`", shown(value)),
        (Operator::EndsWith(_), Some(value)) => format!("write `{{ any: {{ ends_with: {} }} }}`", shown(value)),
        (Operator::Matches(pattern), _) => format!("write `{{ any: {{ matches: '{}' }} }}`", pattern.text()),
        (Operator::Compare(..), _) => "write `{ length: { gt: 2 } }` for how many there are".to_owned(),
        _ => return None,
    };
    Some((&LIST_FOR_VALUE, format!("`{path}` is a list, and this is asked of a single value"), help))
}

fn all(items: &[Value<'static>]) -> String {
    items.iter().map(|item| item.view().as_text()).collect::<Vec<_>>().join(", ")
}

/// A list where the operator takes one value.
fn list_for_value(operator: &Operator, value: View<'_>, is_of_element: bool, path: &Path) -> Option<Wrong> {
    let Shape::List(list) = value.shape() else { return None };
    let items: Vec<String> = list.iter().map(|item| item.as_text().into_owned()).collect();
    let listed = items.join(", ");
    let lines = |word: &str| {
        items.iter().map(|item| format!("`{path}: {{ {word}: {item} }}`")).collect::<Vec<_>>().join(" and ")
    };
    let (word, help) = match operator {
        Operator::Contains(_) => {
            let several = format!("for all of them, under `all:` {}", lines("contains"));
            ("contains", format!("write `{{ any: {{ in: [{listed}] }} }}` for one of them; {several}"))
        }
        Operator::StartsWith(_) => {
            ("starts_with", format!("write, under `any:`, {}", lines("starts_with").replace(" and ", " or ")))
        }
        Operator::EndsWith(_) => {
            ("ends_with", format!("write, under `any:`, {}", lines("ends_with").replace(" and ", " or ")))
        }
        Operator::Is(_) if is_of_element || is_text(path) => ("is", format!("write `{{ in: [{listed}] }}`")),
        Operator::IsNot(_) if is_of_element || is_text(path) => ("is_not", format!("write `{{ not_in: [{listed}] }}`")),
        Operator::In(_) | Operator::NotIn(_) => {
            ("in", "write the values in one list, without brackets within it".to_owned())
        }
        _ => return None,
    };
    Some((&LIST_FOR_VALUE, format!("`{word}` compares with one value, and this is a list"), help))
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
    let is_negated = matches!(operator, Operator::IsNot(_) | Operator::NotIn(_));
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
            format!("`{text}` is compared as these letters, not as nothing"),
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
