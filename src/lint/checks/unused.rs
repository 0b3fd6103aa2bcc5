//! Warns of names that `let` binds and nothing reads, and of lookups that nothing asks.

use std::collections::HashSet;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::codes;
use crate::lint::finding::Finding;
use crate::lint::rule_model::RuleModel;
use crate::lint::write::actions;
use crate::rule::{Checks, Comparator, Condition, Expression, Read, ReadFrom, Rule, RuleSet, reads};

codes! {
    UNUSED_LET = "H807", "a name that nothing reads", r#"
A warning: `let` binds a name, and neither a rule nor another name reads it.
```yaml
let:
  owner: { lookup: people_by_mobile, key: "${user.mobile}" }
when:
  user.mobile: { empty: false }
```
Remove the line, or read the name in the place where you need it: here `owner.login: { present: true }`.
"#;
    UNUSED_LOOKUP = "H808", "a lookup that nothing asks", r"
A warning: the lookup is declared, and no rule asks it.
```yaml
lookups:
  reserved_logins: { table: reserved.csv, key: login }
```
Remove it, or ask it: `user.login: { found_in: reserved_logins }`.
";
}

/// Tells of each such name and lookup. A rule that is off uses what it names.
pub fn look(survey: &mut RuleModel<'_>) {
    let set = survey.set;
    let mut used = Used::default();
    set.rules.iter().for_each(|rule| used.rule(rule));
    for binding in &set.bindings {
        used.lookups.extend(binding.value.lookup());
        binding.value.values().for_each(|value| used.expression(value));
    }
    for (number, binding) in set.bindings.iter().enumerate() {
        if !used.bindings.contains(&number) {
            let message = format!("nothing reads `{}`", binding.name);
            let finding = Diagnostic::error(&UNUSED_LET, binding.place.clone(), message)
                .help("remove the line, or read the name where it was meant to be read");
            survey.found.push(Finding::certain(finding));
        }
    }
    lookups(survey, set, &used);
}

fn lookups(survey: &mut RuleModel<'_>, set: &RuleSet, used: &Used) {
    for (number, lookup) in set.lookups.iter().enumerate() {
        let is_named = used.asks_any || used.names.contains(&lookup.name);
        if !used.lookups.contains(&number) && !is_named {
            let message = format!("nothing asks lookup `{}`", lookup.name);
            let finding = Diagnostic::error(&UNUSED_LOOKUP, lookup.place.clone(), message)
                .help("remove it, or ask it: `let: { NAME: { lookup: …, key: … } }` or `found_in: …`");
            survey.found.push(Finding::certain(finding));
        }
    }
}

#[derive(Default)]
struct Used {
    bindings: HashSet<usize>,
    lookups: HashSet<usize>,
    /// Lookups by the names that scripts give.
    names: HashSet<String>,
    /// Whether a script asks lookups by names that are only known when it runs.
    asks_any: bool,
}

impl Used {
    fn rule(&mut self, rule: &Rule) {
        let mut reads = Vec::new();
        reads::of_condition(&rule.when, &mut reads);
        self.condition(&rule.when);
        for test in rule.table.iter().flat_map(|table| &table.rows).flat_map(|row| row.tests.iter().flatten()) {
            reads::of_test(test, &mut reads);
            self.checks(&test.checks);
        }
        for input in rule.table.iter().flat_map(|table| &table.inputs) {
            reads.push(input.read.clone());
        }
        self.reads(reads);
        for action in actions(rule) {
            action.values().for_each(|value| self.expression(value));
            if let Some(checks) = action.checks() {
                let mut found = Vec::new();
                reads::of_checks(checks, &mut found);
                self.reads(found);
                self.checks(checks);
            }
        }
    }

    fn reads(&mut self, reads: Vec<Read>) {
        self.bindings.extend(reads.into_iter().filter_map(|read| match read.from {
            ReadFrom::Binding(binding) => Some(binding),
            ReadFrom::Slot(_) => None,
        }));
    }

    fn expression(&mut self, expression: &Expression) {
        self.reads(reads::of_expression(expression));
        self.scripts(expression);
    }

    /// The lookups that scripts in a value ask.
    fn scripts(&mut self, expression: &Expression) {
        match expression {
            Expression::Script(script) => {
                self.asks_any |= script.script.asks_any();
                self.names.extend(script.script.lookups().iter().cloned());
            }
            Expression::Template(parts) | Expression::Call(_, parts) | Expression::List(parts) => {
                parts.iter().for_each(|part| self.scripts(part));
            }
            Expression::Coalesce(first, second) => {
                self.scripts(first);
                self.scripts(second);
            }
            Expression::Map(fields) => fields.iter().for_each(|(_, field)| self.scripts(field)),
            Expression::Constant(_) | Expression::Read(_) => {}
        }
    }

    fn condition(&mut self, condition: &Condition) {
        match condition {
            Condition::Always => {}
            Condition::All(parts) | Condition::Any(parts) => parts.iter().for_each(|part| self.condition(part)),
            Condition::Not(inner) => self.condition(inner),
            Condition::Test(test) => self.checks(&test.checks),
            Condition::Script(script) => self.scripts(&script.value),
        }
    }

    fn checks(&mut self, checks: &Checks) {
        for check in &checks.checks {
            if let Comparator::FoundIn(lookup) = &check.operator.comparator {
                self.lookups.insert(*lookup);
            }
            check.operator.inner().into_iter().for_each(|inner| self.checks(inner));
            check.operator.compares_with().into_iter().for_each(|operand| self.scripts(operand));
        }
    }
}
