//! `decide(rules, event, facts)`, a pure function, and `explain`, the same decision with a trace of every rule.

use crate::event::{Event, Kind};
use crate::rule::{Candidates, Entry, Mode, Rule, RuleSet};

use super::act::Flow;
use super::decision::{Audit, Decision, Failure, Refusal, Skipped, Verdict};
use super::draft::Draft;
use super::facts::{Asks, Facts};
use super::interrupted::{Evaluation, Interrupted};
use super::rule_run::RuleRun;
use super::trace::{Outcome, RuleTrace};

/// The verdict that ends an event, and the rule it comes from.
type End<'e> = Option<(Verdict, &'e Rule)>;

/// Decides an event by the rules of its hook, from top to bottom.
///
/// # Errors
/// When facts are missing: then it says which, and can be asked again with them.
pub fn decide<'e>(set: &'e RuleSet, event: &'e Event, facts: &'e dyn Facts) -> Result<Decision<'e>, Asks> {
    if event.has_secrets() && !facts.knows_secrets() {
        // What is not there has no key in an index.
        return in_turn(set, event, facts, false);
    }
    let mut draft = Draft::new(set, event, facts, false);
    let mut run = EventRun::new(&draft);
    let end = set.program(event.hook).and_then(|program| {
        let mut candidates = program.index.candidates(&mut draft);
        run.indexed(&mut draft, &program.entries, &mut candidates)
    });
    run.finish(draft, end, Vec::new())
}

/// The same decision, looking at every rule in turn and noting what each did and why.
///
/// # Errors
/// When facts are missing, as [`decide`].
pub fn explain<'e>(set: &'e RuleSet, event: &'e Event, facts: &'e dyn Facts) -> Result<Decision<'e>, Asks> {
    in_turn(set, event, facts, true)
}

/// Looks at every rule of the hook from top to bottom.
fn in_turn<'e>(
    set: &'e RuleSet,
    event: &'e Event,
    facts: &'e dyn Facts,
    is_tracing: bool,
) -> Result<Decision<'e>, Asks> {
    let mut draft = Draft::new(set, event, facts, is_tracing);
    let mut run = EventRun::new(&draft);
    let mut trace = Vec::new();
    let mut end: End<'e> = None;
    for rule in set.rules.iter().filter(|rule| rule.hooks.contains(&event.hook)) {
        if end.is_some() || rule.mode == Mode::Off {
            if is_tracing {
                let outcome = if rule.mode == Mode::Off { Outcome::Off } else { Outcome::NotReached };
                trace.push(RuleTrace::unevaluated(rule, outcome));
            }
            continue;
        }
        let mut rule_run = RuleRun::new(&mut draft, rule);
        let applied = run.try_out(&mut rule_run, rule.table.iter().flat_map(|table| 0..table.rows.len()));
        if is_tracing {
            trace.push(run.traced(&mut rule_run, &applied));
        }
        end = run.end(rule_run, applied);
    }
    run.finish(draft, end, trace)
}

/// One event going through its rules: what came of those that were evaluated.
struct EventRun<'e> {
    audits: Vec<Audit<'e>>,
    skipped: Vec<Skipped<'e>>,
    /// The rules that refuse, and whether later ones are asked all the same.
    refusals: Vec<Refusal<'e>>,
    collects: bool,
    last_change: Option<&'e Rule>,
}

impl<'e> EventRun<'e> {
    fn new(draft: &Draft<'e>) -> Self {
        let hook = draft.set.hooks.rows.get(draft.event.hook);
        Self {
            audits: Vec::new(),
            skipped: Vec::new(),
            refusals: Vec::new(),
            collects: hook.is_some_and(|hook| hook.collects_refusals),
            last_change: None,
        }
    }

    /// Looks only at the rules and rows that the index proposes.
    fn indexed(&mut self, draft: &mut Draft<'e>, entries: &[Entry], candidates: &mut Candidates<'_>) -> End<'e> {
        let set = draft.set;
        let mut next = 0;
        let mut rows = Vec::new();
        while let Some(position) = candidates.next(next, draft) {
            let entry = entries.get(position)?;
            let rule = set.rules.get(entry.rule)?;
            next = position + 1;
            rows.clear();
            rows.push(entry.row);
            if rule.table.is_some() {
                // The rows of a table stand side by side; those proposed are looked at together.
                let others = entries.get(position..).unwrap_or_default();
                let end = position + others.partition_point(|other| other.rule == entry.rule);
                while let Some(at) = candidates.next(next, draft).filter(|at| *at < end) {
                    rows.push(entry.row + at - position);
                    next = at + 1;
                }
                // What the rule changes makes none of its own rows hold.
                next = end;
            }
            let mut rule_run = RuleRun::new(draft, rule);
            let applied = self.try_out(&mut rule_run, rows.iter().copied());
            if let Some(end) = self.end(rule_run, applied) {
                return Some(end);
            }
            if let Some(changed) = draft.changed_slots() {
                candidates.refresh(&changed, draft);
            }
        }
        None
    }

    /// Evaluates one rule; of one that is skipped where it fails nothing is left then: where it says so itself, and where
    /// the event is refused already.
    fn try_out(&self, run: &mut RuleRun<'_, 'e>, rows: impl Iterator<Item = usize>) -> Evaluation<Option<Flow>> {
        // Only such a rule pays for a way back.
        let before = (run.rule.skips || !self.refusals.is_empty()).then(|| run.draft.before());
        let applied = run.apply(rows);
        if let (Some(before), Err(interrupted)) = (before, &applied)
            && self.skips(run, interrupted)
        {
            run.undo(before);
        }
        applied
    }

    /// What a rule did, and why.
    fn traced(&self, run: &mut RuleRun<'_, 'e>, applied: &Evaluation<Option<Flow>>) -> RuleTrace {
        let outcome = match applied {
            Ok(Some(_)) => Outcome::Held,
            Ok(None) => Outcome::NotHeld(run.noted.why.take()),
            Err(Interrupted::Waiting) => Outcome::NotReached,
            Err(interrupted @ (Interrupted::Failed(failure) | Interrupted::Unreadable(failure))) => {
                match self.skips(run, interrupted) {
                    true => Outcome::Skipped(told(failure)),
                    false => Outcome::Failed(told(failure)),
                }
            }
        };
        let rows = std::mem::take(&mut run.rows);
        let tested = std::mem::take(&mut run.noted.tested);
        let asked = std::mem::take(&mut run.noted.consulted);
        let seen = std::mem::take(&mut run.noted.seen);
        let seen = if matches!(outcome, Outcome::Held) { seen } else { Vec::new() };
        let (is_audit, did) = (run.is_audit, run.noted.did.clone());
        RuleTrace { is_audit, outcome, rows, tested, seen, did, asked, ..RuleTrace::of(run.rule) }
    }

    /// Whether the event ends with this rule. An audit rule ends nothing, whatever came of it; one that waits for an
    /// answer is taken not to hold, so that the questions of later rules are found.
    fn end(&mut self, mut run: RuleRun<'_, 'e>, applied: Evaluation<Option<Flow>>) -> End<'e> {
        let rule = run.rule;
        if let Err(Interrupted::Failed(failure) | Interrupted::Unreadable(failure)) = &applied {
            run.draft.note_undecidable(rule, failure);
        }
        if run.is_audit {
            let did = match applied {
                Ok(None) | Err(Interrupted::Waiting) => return None,
                Ok(Some(_)) => run.noted.did,
                Err(Interrupted::Failed(failure) | Interrupted::Unreadable(failure)) => {
                    vec![format!("failed: {}", failure.message)]
                }
            };
            self.audits.push(Audit { rule, did });
            return None;
        }
        if run.has_changed {
            self.last_change = Some(rule);
        }
        if !self.refusals.is_empty() && !matches!(applied, Ok(Some(Flow::Decided(Verdict::Rejected { .. })))) {
            // Of a refused event rules that do not refuse it tell nobody.
            run.unsend();
        }
        match applied {
            Ok(None | Some(Flow::Continue)) | Err(Interrupted::Waiting) => None,
            Ok(Some(Flow::Decided(verdict))) => self.decided(verdict, rule),
            Ok(Some(Flow::Stop)) => Some((Verdict::Undecided, self.last_change.unwrap_or(rule))),
            Err(ref interrupted @ (Interrupted::Failed(ref failure) | Interrupted::Unreadable(ref failure)))
                if self.skips(&run, interrupted) =>
            {
                self.skipped.push(Skipped { rule, failure: Failure::clone(failure) });
                None
            }
            Err(Interrupted::Failed(failure) | Interrupted::Unreadable(failure)) => {
                // Nothing of a rule that fails counts; what earlier rules send does.
                run.unsend();
                Some((Verdict::Failed(*failure), rule))
            }
        }
    }

    /// What a rule's verdict means to the event: where refusals are collected, later rules are asked after one.
    fn decided(&mut self, verdict: Verdict, rule: &'e Rule) -> End<'e> {
        match verdict {
            Verdict::Rejected { code, attribute } if self.collects => {
                self.refusals.push(Refusal { code, attribute, rule });
                None
            }
            _ if !self.refusals.is_empty() => None,
            verdict => Some((verdict, rule)),
        }
    }

    /// Whether a rule that came to this end is passed over: where it says so, or the event is refused already; and where a
    /// date that decides about it cannot be read, on hooks that answer nothing but the user, or nothing at all, if the rule
    /// refuses nobody.
    fn skips(&self, run: &RuleRun<'_, 'e>, interrupted: &Interrupted) -> bool {
        let is_unreadable = match interrupted {
            Interrupted::Waiting => return false,
            Interrupted::Failed(_) => false,
            Interrupted::Unreadable(_) => true,
        };
        if run.rule.skips || !self.refusals.is_empty() {
            return true;
        }
        if !is_unreadable {
            return false;
        }
        let hook = run.draft.set.hooks.rows.get(run.draft.event.hook);
        hook.is_some_and(|hook| match hook.kind {
            Kind::Transform | Kind::Notify | Kind::Probe => !(hook.refusable && run.rule.may_refuse()),
            Kind::Validate | Kind::Map | Kind::Decide => false,
        })
    }

    fn finish(mut self, draft: Draft<'e>, end: End<'e>, trace: Vec<RuleTrace>) -> Result<Decision<'e>, Asks> {
        let left = draft.end().map_err(Asks)?;
        let end = match self.refusals.first() {
            Some(Refusal { code, attribute, rule }) => {
                Some((Verdict::Rejected { code: code.clone(), attribute: attribute.clone() }, *rule))
            }
            None => end,
        };
        if let (Some((Verdict::Rejected { code, attribute }, rule)), true) = (&end, self.refusals.is_empty()) {
            self.refusals.push(Refusal { code: code.clone(), attribute: attribute.clone(), rule });
        }
        let (verdict, decided_by) = match end {
            Some((verdict, rule)) => (verdict, Some(rule)),
            None => (Verdict::Undecided, self.last_change),
        };
        Ok(Decision {
            verdict,
            refusals: self.refusals,
            collects_refusals: self.collects,
            decided_by,
            user: left.user,
            is_changed: left.is_changed,
            deliveries: left.deliveries,
            audits: self.audits,
            skipped: self.skipped,
            undecidable: left.undecidable,
            trace,
        })
    }
}

impl RuleRun<'_, '_> {
    /// Evaluates the rule, of its table the rows at `rows`, and does what it says; `None` when it does not hold.
    fn apply(&mut self, rows: impl Iterator<Item = usize>) -> Evaluation<Option<Flow>> {
        let rule = self.rule;
        self.make(|| 0)?;
        let unreadable = match self.holds(&rule.when) {
            Ok(true) => None,
            Ok(false) => return Ok(None),
            Err(Interrupted::Unreadable(failure)) => Some(Interrupted::Unreadable(failure)),
            Err(interrupted) => return Err(interrupted),
        };
        let Some(table) = &rule.table else {
            return match unreadable {
                None => self.act_on(&rule.actions).map(Some),
                Some(interrupted) => Err(interrupted),
            };
        };
        // Where no row holds, an unreadable date in `when` does not matter.
        let hits = match (self.hits(table, rows), unreadable) {
            (Ok(hits), _) if hits.is_empty() => return Ok(None),
            (Err(Interrupted::Waiting), _) => return Err(Interrupted::Waiting),
            (_, Some(interrupted)) => return Err(interrupted),
            (hits, None) => hits?,
        };
        let flow = self.act_on_rows(table, &hits);
        self.rows = hits;
        let flow = flow?;
        self.file = &rule.file;
        if let Flow::Decided(_) = flow {
            self.deliver_all(&rule.actions).map_err(Interrupted::failed)?;
            return Ok(Some(flow));
        }
        match self.act_on(&rule.actions).map_err(Interrupted::failed)? {
            Flow::Continue => Ok(Some(flow)),
            stopped_or_decided => Ok(Some(stopped_or_decided)),
        }
    }
}

/// A failure with its place.
fn told(failure: &Failure) -> String {
    format!("{}  {}", failure.message, failure.place.file_line())
}
