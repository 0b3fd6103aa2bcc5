//! Tests connections: opens them, logs in, asks something small; and says how many lookups use them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use secrecy::SecretString;

use super::tried::{Kind, Tried, Wrong};
use crate::lookup::{Connection, Connections, Fault, OpenedConnection, Settings, Trouble, probe};
use crate::rule::Lookup;

/// All connections, at once. `lookups` are those of the rules; `None` where these do not compile.
pub async fn tried(
    settings: &Settings,
    opened: &(Connections, BTreeMap<String, Trouble>),
    bearer: Option<&SecretString>,
    limit: Duration,
    lookups: Option<&[Lookup]>,
) -> Vec<Tried> {
    let (connections, unusable) = opened;
    let attempt = async |connection: &Connection| {
        let began = Instant::now();
        let outcome = match (connections.line(&connection.name), unusable.get(&connection.name)) {
            (_, Some(trouble)) => Err(trouble.clone()),
            (line, None) => probed(line, bearer, limit).await,
        };
        Tried {
            kind: Kind::Connection(connection.kind.word()),
            name: connection.name.clone(),
            address: connection.target.address().to_owned(),
            outcome: outcome.map_err(|Trouble { message, help, .. }| Wrong { message, help }),
            millis: began.elapsed().as_millis(),
            lookups: lookups.map(|lookups| asking(lookups, &connection.name)),
        }
    };
    join_all(settings.connections.iter().map(attempt)).await
}

async fn probed(
    line: Option<Arc<OpenedConnection>>,
    bearer: Option<&SecretString>,
    limit: Duration,
) -> Result<String, Trouble> {
    let line = line.ok_or_else(|| Trouble::new(Fault::Question, "it is not open"))?;
    let caller = bearer.filter(|_| line.source.depends_on_caller()).cloned();
    probe(line, caller, limit).await
}

/// How many lookups ask a connection.
fn asking(lookups: &[Lookup], connection: &str) -> usize {
    let is_asked = |lookup: &&Lookup| lookup.remote().is_some_and(|remote| remote.connection == connection);
    lookups.iter().filter(is_asked).count()
}
