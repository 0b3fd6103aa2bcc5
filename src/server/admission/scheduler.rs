//! Per-worker scheduler: decides requests in short slices, and refuses at once those that would wait too long.
//!
//! A worker is one thread. If it decided everything that has arrived before it looks at its connections again, a
//! request beyond all limits would be refused only after all requests before it, and the queue would have no known
//! end. So requests are decided for [`SLICE`] between two looks, and the others wait in a queue. The expected wait
//! follows from what each hook took so far.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::rc::Rc;
use std::time::{Duration, Instant};

use futures_util::future::LocalBoxFuture;
use tokio::sync::oneshot;

/// Time of deciding between two looks at the connections; one request is always decided.
const SLICE: Duration = Duration::from_micros(500);

/// It would wait longer than the limit.
#[derive(Debug, PartialEq, Eq)]
pub struct TooLong;

/// The line of one worker.
#[derive(Debug)]
pub struct Scheduler {
    wait_limit: Duration,
    /// What one request of each hook takes, a moving average.
    costs: Box<[Cell<Duration>]>,
    line: RefCell<VecDeque<Waiting>>,
    /// What all that wait will take.
    backlog: Cell<Duration>,
    /// Time spent on decisions since the last look at the connections.
    spent: Cell<Duration>,
    is_pacing: Cell<bool>,
}

#[derive(Debug)]
struct Waiting {
    cost: Duration,
    call: oneshot::Sender<()>,
}

impl Scheduler {
    pub fn new(hooks: usize, wait_limit: Duration) -> Self {
        Self {
            wait_limit,
            costs: (0..hooks).map(|_| Cell::default()).collect(),
            line: RefCell::default(),
            backlog: Cell::default(),
            spent: Cell::default(),
            is_pacing: Cell::new(false),
        }
    }

    /// Waits until it is this request's turn, or says at once that this would take too long.
    pub async fn wait(&self, hook: usize) -> Result<(), TooLong> {
        if self.spent.get() < SLICE && self.backlog.get().is_zero() {
            return Ok(());
        }
        // One nanosecond, so that a line of hooks that have not been decided yet is a line.
        let cost = self.costs.get(hook).map(Cell::get).unwrap_or_default().max(Duration::from_nanos(1));
        if self.backlog.get() + cost > self.wait_limit {
            return Err(TooLong);
        }
        let began = Instant::now();
        let (call, called) = oneshot::channel();
        self.line.borrow_mut().push_back(Waiting { cost, call });
        self.backlog.set(self.backlog.get() + cost);
        let _ = called.await;
        // What those before it took was not foreseen.
        if began.elapsed() > self.wait_limit * 2 { Err(TooLong) } else { Ok(()) }
    }

    /// Does what a turn is for, and learns what one of this hook takes.
    pub fn spend<T>(self: &Rc<Self>, hook: usize, work: impl FnOnce() -> T) -> T {
        let (result, took) = self.charge(work);
        if let Some(cost) = self.costs.get(hook) {
            let known = cost.get();
            cost.set(if known.is_zero() { took } else { (known * 7 + took) / 8 });
        }
        result
    }

    /// The rest of an answer that had to wait for something outside: each step of it takes time from the others.
    pub async fn spend_later<T>(self: &Rc<Self>, mut work: LocalBoxFuture<'static, T>) -> T {
        poll_fn(|cx| self.charge(|| work.as_mut().poll(cx)).0).await
    }

    fn charge<T>(self: &Rc<Self>, work: impl FnOnce() -> T) -> (T, Duration) {
        let began = Instant::now();
        let result = work();
        let took = began.elapsed();
        self.spent.set(self.spent.get() + took);
        if !self.is_pacing.replace(true) {
            actix_web::rt::spawn(pace(Rc::clone(self)));
        }
        (result, took)
    }

    /// Calls those whose turn it is now; whether there was anybody.
    fn call(&self) -> bool {
        self.spent.set(Duration::ZERO);
        let mut called = Duration::ZERO;
        while called < SLICE {
            let Some(Waiting { cost, call }) = self.line.borrow_mut().pop_front() else { break };
            self.backlog.set(self.backlog.get().saturating_sub(cost));
            // One that went away meanwhile takes no time.
            if call.send(()).is_ok() {
                called += cost;
            }
        }
        !called.is_zero()
    }
}

/// Calls one slice after the other until nobody waits. Yielding lets the worker look at its connections first: the
/// runtime takes up a task that yielded after it has asked the operating system for news.
async fn pace(turns: Rc<Scheduler>) {
    loop {
        tokio::task::yield_now().await;
        if !turns.call() {
            break;
        }
    }
    turns.is_pacing.set(false);
}

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;
    use tokio::task::LocalSet;

    use super::*;

    const WORK: Duration = Duration::from_millis(2);

    fn work() {
        let end = Instant::now() + WORK;
        while Instant::now() < end {}
    }

    fn run<T>(test: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        LocalSet::new().block_on(&runtime, test)
    }

    #[test]
    fn each_has_its_turn_in_the_order_in_which_they_came() {
        run(async {
            let turns = Rc::new(Scheduler::new(1, Duration::from_mins(1)));
            let order = RefCell::new(Vec::new());
            let each = (0..20).map(|number| {
                let (turns, order) = (&turns, &order);
                async move {
                    turns.wait(0).await.unwrap();
                    turns.spend(0, work);
                    order.borrow_mut().push(number);
                }
            });
            join_all(each).await;
            assert_eq!(order.into_inner(), (0..20).collect::<Vec<_>>());
            assert_eq!(turns.backlog.get(), Duration::ZERO);
        });
    }

    #[test]
    fn who_would_wait_too_long_is_told_so_before_anybody_else_is_decided() {
        run(async {
            let turns = Rc::new(Scheduler::new(1, WORK * 10));
            turns.spend(0, work);
            let decided = Cell::new(0);
            let each = (0..100).map(|_| {
                let (turns, decided) = (&turns, &decided);
                async move {
                    let waited = turns.wait(0).await;
                    if waited.is_ok() {
                        turns.spend(0, work);
                        decided.set(decided.get() + 1);
                    }
                    (waited, decided.get())
                }
            });
            let ends = join_all(each).await;
            let refused: Vec<_> = ends.iter().filter(|(waited, _)| waited.is_err()).collect();
            assert!(refused.len() >= 80, "{}", refused.len());
            assert!(refused.iter().any(|(_, decided)| *decided == 0));
            assert!(decided.get() > 0);
        });
    }

    #[test]
    fn between_two_turns_the_worker_sees_to_its_connections() {
        run(async {
            let turns = Rc::new(Scheduler::new(1, Duration::from_mins(1)));
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            let decided = Cell::new(0);
            let each = join_all((0..50).map(|_| {
                let (turns, decided) = (&turns, &decided);
                async move {
                    turns.wait(0).await.unwrap();
                    turns.spend(0, work);
                    decided.set(decided.get() + 1);
                }
            }));
            let connected = async {
                while decided.get() < 10 {
                    tokio::task::yield_now().await;
                }
                let (peer, _) = tokio::join!(tokio::net::TcpStream::connect(address), listener.accept());
                peer.unwrap();
                decided.get()
            };
            let (_, decided_before) = tokio::join!(each, connected);
            assert!(decided_before < 40, "{decided_before} were decided before a connection was seen to");
        });
    }

    #[test]
    fn one_that_goes_away_leaves_nothing_behind() {
        run(async {
            let turns = Rc::new(Scheduler::new(1, Duration::from_mins(1)));
            turns.spend(0, work);
            {
                let mut gone = Box::pin(turns.wait(0));
                assert!(futures_util::poll!(&mut gone).is_pending());
            }
            turns.wait(0).await.unwrap();
            assert_eq!((turns.backlog.get(), turns.line.borrow().len()), (Duration::ZERO, 0));
        });
    }
}
