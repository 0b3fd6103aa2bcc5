//! Opens the store that gateway.yaml names, for an operator.

use std::sync::Arc;

use crate::outbox::{Settings, Store, StoreAt, Trouble, store};

use super::super::exit::Failure;

/// The store as it is: a file that is not there is not made.
///
/// # Errors
/// When it is not there, or this build does not speak it.
pub(super) fn opened(settings: &Settings) -> Result<Arc<dyn Store>, Failure> {
    if let StoreAt::File(file) = &settings.store
        && !file.exists()
    {
        let help = "`outbox.file` of gateway.yaml names it, relative to the folder in which hookgate is started; `hookgate \
                    serve` makes it when gateway.yaml has destinations";
        return Err(Failure::message(format!("there is no outbox `{}`", file.display())).help(help));
    }
    store(settings).map_err(trouble)
}

/// Why the store cannot be used, and what to do.
pub(super) fn trouble(trouble: Trouble) -> Failure {
    Failure::message(trouble.message).help(trouble.help)
}
