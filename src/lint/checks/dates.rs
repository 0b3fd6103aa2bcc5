//! Warns of date comparisons that are seldom meant: a day with a moment, months written as minutes.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::diagnostic::code::codes;
use crate::diagnostic::{Code, Diagnostic, File, Place};
use crate::event::date::{DateStyle, Start, Unit};
use crate::event::{Path, Root, Segment, Shape, View, date};
use crate::lint::finding::Finding;
use crate::lint::rule_model::RuleModel;
use crate::lint::walk;
use crate::rule::field::FieldKind;
use crate::rule::{Base, Check, Comparator, DateOperand, Expression, RuleSet, Side, field, is_own_time};

codes! {
    DATE_AS_TEXT = "H815", "a date compared letter by letter", r#"
A warning: the field holds dates. The same date can be written in many ways, and `is` and `in` compare it letter by
letter.
```yaml
when:
  user.endDate: 2026-01-10
```
It does not hold for `2026-01-10T00:00`, which is how the platform writes that day. Compare the day, with `let: { day:
"${date(user.endDate)}" }` and `day: "2026-01-10"`; or write `before`, `after` or `over`.
"#;
    DAY_BEFORE_NOW = "H816", "a day compared with the time of now", r"
A warning: the field holds days, and a day begins at midnight. So `before: now` already holds on the day itself: with
an `endDate`, people lose their access on the morning of their last day of work.
```yaml
when:
  user.endDate: { before: now }
```
Write `over: true`, which holds once the day has ended. `before: today` holds for earlier days, `before: today+1d`
also for today.
";
    MINUTES = "H817", "an offset in minutes", r"
A warning: `m` means minutes, and the author of `now-6m` probably meant months.
```yaml
when:
  user.endDate: { before: now-6m }
```
Write `mo` for months, or `min` for minutes.
";
}

/// Tells of each such comparison, once where several rules share it.
pub fn look(survey: &mut RuleModel<'_>) {
    let set = survey.set;
    let mut looked = Looked { set, found: Vec::new(), told: BTreeSet::new() };
    for rule in survey.places().filter_map(|place| set.rules.get(place)) {
        walk::tests(rule, &mut |site| {
            walk::parts(&site.test.checks, false, &mut |part| {
                let path = &site.test.subject.path;
                match &part.check.operator.comparator {
                    Comparator::Date(side, moment) => looked.date(site.file, path, part.check, *side, moment),
                    Comparator::Value(relation, value) if relation.is_equality() => {
                        looked.letters(site.file, path, part.check, value);
                    }
                    Comparator::Value(..)
                    | Comparator::Pattern(_)
                    | Comparator::Property(..)
                    | Comparator::Length(_)
                    | Comparator::Range(_)
                    | Comparator::Within(_)
                    | Comparator::Elements(..)
                    | Comparator::Count(..)
                    | Comparator::Field(..)
                    | Comparator::Not(_)
                    | Comparator::FoundIn(_) => {}
                }
            });
        });
    }
    survey.found.extend(looked.found);
}

struct Looked<'s> {
    set: &'s RuleSet,
    found: Vec<Finding>,
    told: BTreeSet<(String, usize)>,
}

impl Looked<'_> {
    fn date(&mut self, file: &Arc<File>, path: &Path, check: &Check, side: Side, moment: &DateOperand) {
        let is_now = matches!(moment.base, Base::Start(Start::Now))
            && moment.offset.is_none_or(|offset| offset.amount == 0)
            && self.holds_days(path);
        if is_now && side == Side::Before {
            let message = format!("`{path}` holds days, and a day counts as before `now` from midnight on");
            let help = "`over: true` holds once the day has ended, `before: today` for earlier days, `before: today+1d` for \
                        today too";
            self.tell(&DAY_BEFORE_NOW, file, check, message, "this holds already on the day itself", help);
        }
        if is_now && side == Side::After && path.to_string() == "user.endDate" {
            let message = format!("`{path}` holds days, and a day counts as after `now` only until midnight");
            let help = "`over: false` holds until the day has ended, `after: today` for later days";
            self.tell(&DAY_BEFORE_NOW, file, check, message, "this no longer holds on the day itself", help);
        }
        let written = file.text.get(check.span.clone()).unwrap_or_default();
        let is_short = written.trim_end_matches(['"', '\'', '}', ' ']).ends_with('m');
        if let Some(offset) = moment.offset.filter(|offset| offset.unit == Unit::Minute && is_short) {
            let amount = offset.amount.abs();
            let message = format!("`{amount}m` is {amount} minutes");
            let help = format!("write `{amount}mo` for months, or `{amount}min` where minutes are meant");
            self.tell(&MINUTES, file, check, message, "`m` is minutes", &help);
        }
    }

    /// A date that is compared letter by letter: `2026-01-10` is not `2026-01-10T00:00`.
    fn letters(&mut self, file: &Arc<File>, path: &Path, check: &Check, value: &Expression) {
        let Some(constant) = value.constant().filter(|_| self.holds_days(path)) else { return };
        let is_date = |value: View<'_>| match value.shape() {
            Shape::Text(text) => {
                is_own_time(&text) || matches!(date::written(&text, DateStyle::default()), Ok(Some(_)))
            }
            _ => false,
        };
        let is_meant = match constant.view().shape() {
            Shape::List(list) => list.iter().any(is_date),
            _ => is_date(constant.view()),
        };
        if is_meant {
            let message =
                format!("`{path}` is compared letter by letter, and the same date can be written in many ways");
            let help = format!(
                "compare the day: `let: {{ day: \"${{date({path})}}\" }}` and `day: \"2026-01-10\"`; or write `before`, \
                 `after`, `over`"
            );
            self.tell(&DATE_AS_TEXT, file, check, message, "matches only this exact text", &help);
        }
    }

    fn tell(&mut self, code: &'static Code, file: &Arc<File>, check: &Check, message: String, label: &str, help: &str) {
        if self.told.insert((format!("{} {}", file.name, code.id), check.span.start)) {
            let place = Place { file: Arc::clone(file), span: check.span.clone() };
            let finding = Diagnostic::error(code, place, message).label(label).help(help);
            self.found.push(Finding::certain(finding));
        }
    }

    /// Whether the platform sends days there, or gateway.yaml says that dates stand there.
    fn holds_days(&self, path: &Path) -> bool {
        let [Segment::Key(key)] = path.segments.as_slice() else { return false };
        let is_declared = matches!(path.root, Root::User | Root::Attr)
            && self.set.fields.get(&**key).is_some_and(|kind| *kind == FieldKind::Date);
        is_declared || path.root == Root::User && field::holds_days(key)
    }
}
