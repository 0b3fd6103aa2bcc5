//! A destination: its address, what it accepts, and its retry schedule.

use std::sync::Arc;
use std::time::Duration;

use super::kind::Target;
use crate::diagnostic::Place;
use crate::outbox::receiver::Receiver;
use crate::outbox::retry::Schedule;
use crate::outbox::store::Trouble;
use crate::rule::Markup;

/// A destination by its name.
#[derive(Clone, Debug)]
pub struct Destination {
    pub name: String,
    /// The name in gateway.yaml.
    pub place: Place,
    /// Where it leads.
    pub target: Arc<dyn Target>,
    pub accepts_secrets: bool,
    /// For which markup what templates bring into its texts is escaped.
    pub markup: Option<Markup>,
    /// Whether that follows from the host of its address, and is not said.
    pub is_markup_guessed: bool,
    /// Deliveries on their way at once.
    pub at_once: usize,
    /// Most deliveries a second; 0 for no limit.
    pub per_second: u32,
    /// How long one attempt may take.
    pub timeout: Duration,
    pub schedule: Schedule,
}

impl Destination {
    /// Its receiver, ready to be sent to: credentials and certificates are read, nothing is called.
    ///
    /// # Errors
    /// What is not there, and what this build does not speak.
    pub fn open(&self) -> Result<Arc<dyn Receiver>, Trouble> {
        self.target.open(self.timeout)
    }
}
