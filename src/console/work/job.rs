//! Runs heavy work on a thread of its own, one job at a time, with progress and a way to end it; keeps what came of it
//! for whoever asked for it.

use std::any::Any;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::Builder;
use std::time::Instant;

use crate::console::asked::Asked;
use crate::gateway::STACK_BYTES;
use crate::server::Visitor;

/// Results that are kept; the oldest are forgotten first.
const RESULTS_LIMIT: usize = 16;
/// What came of a job: what it made, or why nothing.
pub(in crate::console) type Result<T> = std::result::Result<T, String>;
type Made = Arc<dyn Any + Send + Sync>;

/// The jobs of the console.
#[derive(Clone, Default)]
pub(in crate::console) struct Jobs {
    shared: Arc<Mutex<State>>,
}

impl std::fmt::Debug for Jobs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Jobs").finish_non_exhaustive()
    }
}

#[derive(Default)]
struct State {
    running: Option<Running>,
    /// The newest first.
    done: VecDeque<Done>,
}

struct Running {
    owner: Owner,
    title: String,
    began: Instant,
    progress: Arc<Progress>,
}

struct Done {
    owner: Owner,
    made: Result<Made>,
}

/// The session of whoever asked; nobody's where there are none.
#[derive(Clone)]
struct Owner(Option<Visitor>);

impl Owner {
    fn of(asked: &Asked) -> Self {
        Self(asked.visitor.clone())
    }

    fn is(&self, other: &Self) -> bool {
        let session = |owner: &Self| owner.0.as_ref().map(|visitor| (visitor.name.clone(), visitor.csrf().to_owned()));
        session(self) == session(other)
    }

    fn name(&self) -> String {
        self.0.as_ref().map_or_else(|| "somebody".to_owned(), |visitor| visitor.name.clone())
    }

    fn is_live(&self) -> bool {
        self.0.as_ref().is_none_or(Visitor::is_live)
    }
}

/// How far a job is, and whether it is to go on.
#[derive(Debug, Default)]
pub(in crate::console) struct Progress {
    done: AtomicU64,
    all: AtomicU64,
    is_cancelled: AtomicBool,
}

impl Progress {
    /// There are so many steps.
    pub fn steps(&self, all: usize) {
        self.all.store(all as u64, Ordering::Relaxed);
    }

    /// So many of them are done; whether the job goes on.
    pub fn goes_on(&self, done: usize) -> bool {
        self.done.store(done as u64, Ordering::Relaxed);
        !self.is_cancelled.load(Ordering::Relaxed)
    }

    /// Whether somebody ended it.
    pub fn is_cancelled(&self) -> bool {
        self.is_cancelled.load(Ordering::Relaxed)
    }
}

/// What there is to see of jobs for whoever asks.
pub(in crate::console) enum Seen<T> {
    Nothing,
    /// A job runs.
    Running {
        title: String,
        /// Who began it; none where whoever asks did.
        of: Option<String>,
        done: u64,
        all: u64,
        seconds: u64,
    },
    Done(Arc<T>),
    Failed(String),
}

impl Jobs {
    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a job. What this session's last one made is forgotten.
    ///
    /// # Errors
    /// Says who runs one already, or that there is no thread.
    pub fn begin<T: Send + Sync + 'static>(
        &self,
        asked: &Asked,
        title: &str,
        work: impl FnOnce(&Progress) -> Result<T> + Send + 'static,
    ) -> Result<()> {
        let (owner, progress) = (Owner::of(asked), Arc::new(Progress::default()));
        let mut state = self.state();
        if let Some(running) = &state.running {
            let whose = if running.owner.is(&owner) { "you run".to_owned() } else { running.owner.name() + " runs" };
            return Err(format!("{whose} a job now, “{}”, and only one runs at a time", running.title));
        }
        state.done.retain(|done| !done.owner.is(&owner) && done.owner.is_live());
        let (jobs, of, told) = (self.clone(), owner.clone(), Arc::clone(&progress));
        let run = move || {
            let made = catch_unwind(AssertUnwindSafe(|| work(&told)));
            let broke_off = || "it broke off; this is a mistake of hookgate, not of the rules".to_owned();
            let made = made.unwrap_or_else(|_| Err(broke_off())).map(|made| Arc::new(made) as Made);
            let mut state = jobs.state();
            state.running = None;
            if !told.is_cancelled() {
                state.done.push_front(Done { owner: of, made });
                state.done.truncate(RESULTS_LIMIT);
            }
        };
        let thread = Builder::new().name("console job".to_owned()).stack_size(STACK_BYTES).spawn(run);
        thread.map_err(|error| format!("no thread can be started for it: {error}"))?;
        state.running = Some(Running { owner, title: title.to_owned(), began: Instant::now(), progress });
        Ok(())
    }

    /// What there is to see: this session's own result before what others run.
    pub fn seen<T: Send + Sync + 'static>(&self, asked: &Asked) -> Seen<T> {
        let (state, owner) = (self.state(), Owner::of(asked));
        let own = state.running.as_ref().filter(|running| running.owner.is(&owner));
        let done = state.done.iter().find(|done| done.owner.is(&owner));
        match (own, done, &state.running) {
            (Some(running), ..) | (None, None, Some(running)) => Seen::Running {
                title: running.title.clone(),
                of: own.is_none().then(|| running.owner.name()),
                done: running.progress.done.load(Ordering::Relaxed),
                all: running.progress.all.load(Ordering::Relaxed),
                seconds: running.began.elapsed().as_secs(),
            },
            (None, Some(Done { made: Err(why), .. }), _) => Seen::Failed(why.clone()),
            (None, Some(Done { made: Ok(made), .. }), _) => {
                Arc::clone(made).downcast().map_or(Seen::Nothing, |made| Seen::Done(made))
            }
            (None, None, None) => Seen::Nothing,
        }
    }

    /// Ends this session's job; false where it has none.
    pub fn cancel(&self, asked: &Asked) -> bool {
        let (state, owner) = (self.state(), Owner::of(asked));
        let own = state.running.as_ref().filter(|running| running.owner.is(&owner));
        own.inspect(|running| running.progress.is_cancelled.store(true, Ordering::Relaxed)).is_some()
    }
}
