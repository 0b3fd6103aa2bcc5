//! Our own queue: questions that wait for a place cost their events time, and say nothing of the source. Time is paused: what is
//! counted is what was waited for.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use hookgate::engine::{Answer, Facts as _, Question};
use hookgate::event::Value;
use hookgate::gateway::Live;
use hookgate::lookup::{Answers, Asker, Connections, Fault, Known, Source};
use hookgate::telemetry::traces::Span;
use tokio::runtime::Handle;
use tokio::time::{Instant, sleep};

use crate::support::source::{Does, Played, live};

/// Places of the connection, and the time of an answer: 160 answers a second.
const PLACES: usize = 8;
const ANSWER_MS: u64 = 50;
const PER_SECOND: f64 = 160.0;

/// A source with these places, and a lookup that asks it.
struct Busy {
    live: Live,
    connections: Connections,
    source: Arc<Played>,
}

impl Busy {
    fn new(at_once: Option<usize>, mut source: Played) -> Arc<Self> {
        source.at_once = at_once;
        let source = Arc::new(source);
        let shared: Arc<dyn Source> = Arc::clone(&source) as _;
        let connections = Connections::of([("api".to_owned(), shared)], Handle::current());
        // Over HTTP the lookup's own places are the only ones.
        let own = if at_once.is_some() { 100 } else { PLACES };
        let rules = format!(
            "hook: test\nlookups: {{ it: {{ http: api, get: \"/${{key}}\", at_once: {own}, timeout: 200ms, on_error: fail }} }}\n\
             rules: [{{ name: any, stop: true }}]\n"
        );
        Arc::new(Self { live: live(&rules).connect(&connections), connections, source })
    }

    /// What comes of a question of an event that has this much time.
    async fn ask(&self, key: &str, budget_ms: u64) -> Result<(), String> {
        let (key, budget) = (Value::text(key), Duration::from_millis(budget_ms));
        let mut answers = Answers::default();
        let asker = Asker { id: "id", bearer: None, span: &Span::default(), deadline: Instant::now() + budget, budget };
        let question = Question { lookup: 0, key: key.clone().into_static() };
        self.live.remotes.ask(vec![question], &asker, &mut answers).await;
        match (Known { tables: &self.live.tables, answers: &answers }).answer(0, key.view()) {
            Answer::Rows(_) => Ok(()),
            Answer::Failed(why) => Err(why),
            other => panic!("{other:?}"),
        }
    }

    fn breaker(&self) -> &'static str {
        self.connections.line("api").unwrap().breaker.word()
    }
}

/// Whether nothing failed but for want of the event's own time.
#[track_caller]
fn only_late(failed: &[String]) {
    let is_late = |why: &&String| why.contains("the event") && !why.contains("no answer");
    assert_eq!(failed.iter().find(|why| !is_late(why)), None);
}

#[tokio::test(start_paused = true)]
async fn a_burst_waits_for_its_places_and_opens_no_breaker() {
    for at_once in [Some(PLACES), None] {
        let busy = Busy::new(at_once, Played::echo(ANSWER_MS));
        let began = Instant::now();
        let told = join_all((0..300).map(|n| {
            let busy = Arc::clone(&busy);
            async move { busy.ask(&format!("u{n}"), 60_000).await }
        }))
        .await;
        assert_eq!(told.iter().filter(|told| told.is_ok()).count(), 300, "{told:?}");
        let per_second = 300.0 / began.elapsed().as_secs_f64();
        assert!(per_second >= 0.9 * PER_SECOND, "{per_second}");
        assert_eq!((busy.breaker(), busy.source.most.load(std::sync::atomic::Ordering::SeqCst)), ("closed", PLACES));
    }
}

#[tokio::test(start_paused = true)]
async fn a_steady_load_is_answered_as_far_as_places_go_below_and_beyond_them() {
    for (offered_per_second, seconds) in [(120_u32, 10_u32), (160, 10), (320, 10), (1_600, 10)] {
        let busy = Busy::new(Some(PLACES), Played::echo(ANSWER_MS));
        let events = (0..offered_per_second * seconds).map(|n| {
            let busy = Arc::clone(&busy);
            async move {
                sleep(Duration::from_secs(1) * n / offered_per_second).await;
                busy.ask(&format!("u{n}"), 2_000).await
            }
        });
        let told = join_all(events).await;
        let failed: Vec<String> = told.into_iter().filter_map(Result::err).collect();
        only_late(&failed);
        let answered = offered_per_second * seconds - u32::try_from(failed.len()).unwrap();
        let possible = PER_SECOND.min(f64::from(offered_per_second)) * f64::from(seconds);
        println!("offered {offered_per_second} a second: {answered} answered of {possible}");
        assert!(f64::from(answered) >= 0.9 * possible, "{offered_per_second}: {answered} of {possible}");
        assert_eq!(busy.breaker(), "closed");
    }
}

#[tokio::test(start_paused = true)]
async fn a_source_that_is_really_sick_opens_the_breaker_and_nobody_waits_for_it() {
    let sick: [fn() -> Played; 3] =
        [|| Played::echo(1_000), || Played::new(|_| Does::Fails(Fault::Source)), || Played::new(|_| Does::Hangs)];
    for source in sick {
        let busy = Busy::new(Some(PLACES), source());
        let began = Instant::now();
        let told = join_all((0..300).map(|n| {
            let busy = Arc::clone(&busy);
            async move { busy.ask(&format!("u{n}"), 60_000).await }
        }))
        .await;
        assert!(told.iter().all(Result::is_err));
        assert_eq!(busy.breaker(), "open");
        assert!(busy.source.count() <= 3 * PLACES, "{} were asked", busy.source.count());
        assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
        let began = Instant::now();
        assert!(busy.ask("later", 60_000).await.unwrap_err().contains("is left alone"));
        assert_eq!(began.elapsed(), Duration::ZERO);
    }
}

#[tokio::test(start_paused = true)]
async fn who_asks_the_same_as_somebody_with_less_time_is_answered_all_the_same() {
    let busy = Busy::new(Some(1), Played::echo(ANSWER_MS));
    let ask = |key: &'static str, budget_ms| {
        let busy = Arc::clone(&busy);
        async move { busy.ask(key, budget_ms).await }
    };
    // The place is taken for 50 ms: the second has no time for it, and the third has asked the same.
    let (first, hasty, patient) = tokio::join!(ask("a", 1_000), ask("b", 20), async {
        sleep(Duration::from_millis(1)).await;
        ask("b", 1_000).await
    });
    assert!(first.is_ok() && hasty.is_err() && patient.is_ok(), "{first:?} {hasty:?} {patient:?}");
    assert_eq!(busy.source.count(), 2, "what nobody waits for is not asked");
}
