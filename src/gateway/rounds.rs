//! Decides an event that asks outside: asks all open questions at once, decides again, until nothing is open.

use std::time::Duration;

use tokio::time::Instant;

pub use crate::engine::Deciding;
use crate::engine::{Asks, Decision, Notes, Recording, asks_too_often};
use crate::event::Event;
use crate::lookup::{Answers, Asker, Known, Remotes, Tables};
use crate::rule::RuleSet;
use crate::telemetry::traces::{Kind, Span};

/// How much an event may ask.
#[derive(Clone, Copy, Debug)]
pub struct Allowance {
    /// Time for everything it asks, from now on. What is not answered by then has the lookup's `on_error`.
    pub budget: Duration,
    /// How often it may ask.
    pub rounds: usize,
}

/// Asks what an event wants to know and decides it; `finish` is given the decision, what was asked for it, and how long
/// evaluating it took in all rounds together. Takes the allowance's time at most.
pub async fn settle<R>(
    (rules, tables, remotes): (&RuleSet, &Tables, &Remotes),
    event: &Event,
    deciding: Deciding,
    (asks, span): (Asks, &Span),
    allowance: Allowance,
    finish: impl FnOnce(Decision<'_>, Notes, Duration) -> R,
) -> R {
    let Allowance { budget, rounds } = allowance;
    let context = &event.context;
    let (id, bearer, deadline) = (context.id.as_str(), context.bearer.as_ref(), Instant::now() + budget);
    let asker = Asker { id, bearer, span, deadline, budget };
    let mut answers = Answers::default();
    let Asks(mut questions) = asks;
    let (mut round, mut took) = (1, Duration::ZERO);
    loop {
        remotes.ask(questions, &asker, &mut answers).await;
        if round >= rounds {
            answers.close(asks_too_often(rounds));
        }
        round += 1;
        let known = Known { tables, answers: &answers };
        let (recording, began) = (Recording::new(&known), std::time::Instant::now());
        let part = span.child(Kind::Internal, format_args!("decide"));
        let decided = deciding(rules, event, &recording);
        drop(part);
        took += began.elapsed();
        match decided {
            Ok(decision) => return finish(decision, recording.taken(), took),
            Err(Asks(further)) => questions = further,
        }
    }
}
