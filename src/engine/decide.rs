//! `decide(rules, event, facts)`, a pure function, and `explain`, the same decision with a trace of every rule.

use crate::event::{Event, Kind};
use crate::rule::{Candidates, Entry, Mode, Rule, RuleSet};

use super::act::Flow;
use super::decision::{Audit, Decision, Failure, Refusal, Skipped, Verdict};
use super::draft::Draft;
use super::facts::{Asks, Facts};
use super::halt::{self, Halt};
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
    let mut run = Run::new(set, event, facts, false);
    let end = set.program(event.hook).and_then(|program| {
        let mut candidates = program.index.candidates(&mut run.draft);
        run.indexed(&program.entries, &mut candidates)
    });
    run.finish(end, Vec::new())
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
    let mut run = Run::new(set, event, facts, is_tracing);
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
        let applied = run.try_out(rule, rule.table.iter().flat_map(|table| 0..table.rows.len()));
        if is_tracing {
            trace.push(run.traced(rule, &applied));
        }
        end = run.end(rule, applied);
    }
    run.finish(end, trace)
}

/// One event going through its rules.
struct Run<'e> {
    draft: Draft<'e>,
    audits: Vec<Audit<'e>>,
    skipped: Vec<Skipped<'e>>,
    /// The rules that refuse, and whether later ones are asked all the same.
    refusals: Vec<Refusal<'e>>,
    collects: bool,
    /// The rows of its table by which the rule last evaluated held, from 0.
    rows: Vec<usize>,
    /// How many deliveries there were before the rule last evaluated.
    sent_before: usize,
    last_change: Option<&'e Rule>,
}

impl<'e> Run<'e> {
    fn new(set: &'e RuleSet, event: &'e Event, facts: &'e dyn Facts, is_tracing: bool) -> Self {
        Self {
            draft: Draft::new(set, event, facts, is_tracing),
            audits: Vec::new(),
            skipped: Vec::new(),
            refusals: Vec::new(),
            collects: set.hooks.rows.get(event.hook).is_some_and(|hook| hook.collects_refusals),
            rows: Vec::new(),
            sent_before: 0,
            last_change: None,
        }
    }

    /// Looks only at the rules and rows that the index proposes.
    fn indexed(&mut self, entries: &[Entry], candidates: &mut Candidates<'_>) -> End<'e> {
        let set = self.draft.set;
        let mut next = 0;
        let mut rows = Vec::new();
        while let Some(position) = candidates.next(next, &mut self.draft) {
            let entry = entries.get(position)?;
            let rule = set.rules.get(entry.rule)?;
            next = position + 1;
            rows.clear();
            rows.push(entry.row);
            if rule.table.is_some() {
                // The rows of a table stand side by side; those proposed are looked at together.
                let others = entries.get(position..).unwrap_or_default();
                let end = position + others.partition_point(|other| other.rule == entry.rule);
                while let Some(at) = candidates.next(next, &mut self.draft).filter(|at| *at < end) {
                    rows.push(entry.row + at - position);
                    next = at + 1;
                }
                // What the rule changes makes none of its own rows hold.
                next = end;
            }
            let applied = self.try_out(rule, rows.iter().copied());
            if let Some(end) = self.end(rule, applied) {
                return Some(end);
            }
            if !self.draft.touched.is_empty() {
                let touched = std::mem::take(&mut self.draft.touched);
                candidates.refresh(&touched, &mut self.draft);
            }
        }
        None
    }

    /// Evaluates one rule; of one that is skipped where it fails nothing is left then: where it says so itself, and where
    /// the event is refused already.
    fn try_out(&mut self, rule: &'e Rule, rows: impl Iterator<Item = usize>) -> halt::Evaluation<Option<Flow>> {
        // Only such a rule pays for a way back.
        let before = (rule.skips || !self.refusals.is_empty()).then(|| self.draft.before());
        let applied = self.apply(rule, rows);
        if let (Some(before), Err(halt)) = (before, &applied)
            && self.skips(rule, halt)
        {
            self.draft.undo(before);
            self.draft.did.clear();
            self.rows.clear();
        }
        applied
    }

    /// Evaluates one rule, of its table the rows at `rows`, and does what it says; `None` when it does not hold.
    fn apply(&mut self, rule: &'e Rule, rows: impl Iterator<Item = usize>) -> halt::Evaluation<Option<Flow>> {
        let draft = &mut self.draft;
        draft.rule = Some(rule);
        draft.file = Some(&rule.file);
        draft.is_audit = rule.mode_at(&draft.clock) == Mode::Audit;
        draft.is_touched = false;
        draft.make(|| 0)?;
        draft.why = None;
        draft.did.clear();
        self.sent_before = draft.deliveries.len();
        self.rows.clear();
        let unreadable = match draft.holds(&rule.when) {
            Ok(true) => None,
            Ok(false) => return Ok(None),
            Err(Halt::Unreadable(failure)) => Some(Halt::Unreadable(failure)),
            Err(halt) => return Err(halt),
        };
        let Some(table) = &rule.table else {
            return match unreadable {
                None => draft.act_on(&rule.actions).map(Some),
                Some(halt) => Err(halt),
            };
        };
        // Where no row holds, an unreadable date in `when` does not matter.
        match (draft.hits(table, rows), unreadable) {
            (Ok(hits), _) if hits.is_empty() => return Ok(None),
            (Err(Halt::Waiting), _) => return Err(Halt::Waiting),
            (_, Some(halt)) => return Err(halt),
            (hits, None) => self.rows = hits?,
        }
        let flow = draft.act_on_rows(table, &self.rows)?;
        draft.file = Some(&rule.file);
        if let Flow::Decided(_) = flow {
            draft.deliver_all(&rule.actions).map_err(Halt::failed)?;
            return Ok(Some(flow));
        }
        match draft.act_on(&rule.actions).map_err(Halt::failed)? {
            Flow::Continue => Ok(Some(flow)),
            stopped_or_decided => Ok(Some(stopped_or_decided)),
        }
    }

    /// What the rule last evaluated did, and why.
    fn traced(&mut self, rule: &Rule, applied: &halt::Evaluation<Option<Flow>>) -> RuleTrace {
        let outcome = match applied {
            Ok(Some(_)) => Outcome::Held,
            Ok(None) => Outcome::NotHeld(self.draft.why.take()),
            Err(Halt::Waiting) => Outcome::NotReached,
            Err(halt @ (Halt::Failed(failure) | Halt::Unreadable(failure))) => match self.skips(rule, halt) {
                true => Outcome::Skipped(told(failure)),
                false => Outcome::Failed(told(failure)),
            },
        };
        let rows = std::mem::take(&mut self.rows);
        let tested = std::mem::take(&mut self.draft.tested);
        let asked = std::mem::take(&mut self.draft.consulted);
        let seen = std::mem::take(&mut self.draft.seen);
        let seen = if matches!(outcome, Outcome::Held) { seen } else { Vec::new() };
        let is_audit = self.draft.is_audit;
        RuleTrace { outcome, is_audit, rows, tested, seen, asked, did: self.draft.did.clone(), ..RuleTrace::of(rule) }
    }

    /// Whether the event ends with this rule. An audit rule ends nothing, whatever came of it; one that waits for an
    /// answer is taken not to hold, so that the questions of later rules are found.
    fn end(&mut self, rule: &'e Rule, applied: halt::Evaluation<Option<Flow>>) -> End<'e> {
        if let Err(halt) = &applied {
            self.draft.note_undecidable(rule, halt);
        }
        if self.draft.is_audit {
            let did = match applied {
                Ok(None) | Err(Halt::Waiting) => return None,
                Ok(Some(_)) => std::mem::take(&mut self.draft.did),
                Err(Halt::Failed(failure) | Halt::Unreadable(failure)) => vec![format!("failed: {}", failure.message)],
            };
            self.audits.push(Audit { rule, did });
            return None;
        }
        if self.draft.is_touched {
            self.last_change = Some(rule);
        }
        if !self.refusals.is_empty() && !matches!(applied, Ok(Some(Flow::Decided(Verdict::Rejected { .. })))) {
            // Of a refused event rules that do not refuse it tell nobody.
            self.draft.deliveries.truncate(self.sent_before);
        }
        match applied {
            Ok(None | Some(Flow::Continue)) | Err(Halt::Waiting) => None,
            Ok(Some(Flow::Decided(verdict))) => self.decided(verdict, rule),
            Ok(Some(Flow::Stop)) => Some((Verdict::Undecided, self.last_change.unwrap_or(rule))),
            Err(ref halt @ (Halt::Failed(ref failure) | Halt::Unreadable(ref failure))) if self.skips(rule, halt) => {
                self.skipped.push(Skipped { rule, failure: Failure::clone(failure) });
                None
            }
            Err(Halt::Failed(failure) | Halt::Unreadable(failure)) => {
                // Nothing of a rule that fails counts; what earlier rules send does.
                self.draft.deliveries.truncate(self.sent_before);
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

    /// Whether a rule that came to this end is passed over: where it says so, or the event is refused already; and where a date that decides about it
    /// cannot be read, on hooks that answer nothing but the user, or nothing at all, if the rule refuses nobody.
    fn skips(&self, rule: &Rule, halt: &Halt) -> bool {
        let is_unreadable = match halt {
            Halt::Waiting => return false,
            Halt::Failed(_) => false,
            Halt::Unreadable(_) => true,
        };
        if rule.skips || !self.refusals.is_empty() {
            return true;
        }
        if !is_unreadable {
            return false;
        }
        let hook = self.draft.set.hooks.rows.get(self.draft.event.hook);
        hook.is_some_and(|hook| match hook.kind {
            Kind::Transform | Kind::Notify | Kind::Probe => !(hook.refusable && rule.may_refuse()),
            Kind::Validate | Kind::Map | Kind::Decide => false,
        })
    }

    fn finish(mut self, end: End<'e>, trace: Vec<RuleTrace>) -> Result<Decision<'e>, Asks> {
        if !self.draft.asked.is_empty() {
            return Err(Asks(self.draft.asked));
        }
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
        let Draft { user, is_changed, deliveries, undecidable, .. } = self.draft;
        Ok(Decision {
            verdict,
            refusals: self.refusals,
            collects_refusals: self.collects,
            decided_by,
            user,
            is_changed,
            deliveries,
            audits: self.audits,
            skipped: self.skipped,
            undecidable,
            trace,
        })
    }
}

/// A failure with its place.
fn told(failure: &Failure) -> String {
    format!("{}  {}", failure.message, failure.place.file_line())
}
