//! The source for LDAP directories: a question is one search, over a pool of connections that are logged in.

use std::time::Duration;

use futures_util::future::BoxFuture;
use ldap3::{LdapError, Scope as Reach, SearchOptions};
use secrecy::SecretString;

use super::dial::Dialer;
use super::filter::fill;
use super::link::Link;
use super::pool::Pool;
use super::row::Columns;
use super::settings::LdapTarget;
use super::trouble::{of_code, of_error};
use crate::event::Value;
use crate::lookup::source::{Caller, Fault, ROW_LIMIT, Rows, Source, Trouble};
use crate::rule::{Ask, Attribute, Remote, Scope, Search};

/// Largest value of an attribute, in bytes: a certificate or a small picture fits.
const VALUE_LIMIT_BYTES: usize = 256 << 10;
/// Largest answer, in bytes of all its values.
const ANSWER_LIMIT_BYTES: usize = 4 << 20;
/// How long each step of a probe may take, in milliseconds; who probes waits less.
const PROBE_STEP_MS: u64 = 60_000;
/// The attribute of a server's own entry that names the trees it holds (RFC 4512, 5.1).
const NAMING_CONTEXTS: &str = "namingContexts";

/// A directory.
#[derive(Debug)]
pub struct Directory {
    pool: Pool,
    /// Connections at once.
    at_once: usize,
    base: String,
}

/// A search that came to nothing.
struct Failed {
    trouble: Trouble,
    /// Whether the connection broke before anything of the answer came.
    is_untouched: bool,
}

impl Directory {
    /// Makes ready to ask a directory; nothing is sent yet.
    ///
    /// # Errors
    /// Credentials that are not there, an address or certificates that cannot be read.
    pub fn open(target: &LdapTarget) -> Result<Self, Trouble> {
        let dialer = Dialer::new(target)?;
        let at_once = usize::try_from(target.at_once).unwrap_or(1);
        Ok(Self { pool: Pool::new(dialer), at_once, base: target.base.clone() })
    }

    async fn answer(&self, remote: &Remote, key: &Value<'static>) -> Result<Rows, Trouble> {
        let Ask::Ldap(search) = &remote.ask else {
            return Err(Trouble::new(Fault::Question, "this connection is one for `ldap`"));
        };
        let base = search.base.as_deref().unwrap_or(&self.base);
        if base.is_empty() {
            let help = "give the lookup or its connection a `base`: `base: \"DC=corp,DC=example\"`";
            return Err(Trouble::new(Fault::Question, "nothing says where in the directory to search").help(help));
        }
        let filter = fill(&search.filter, key.view())?;
        let mut lease = self.pool.lease(remote.timeout).await?;
        let mut outcome = ask(lease.link(), search, base, &filter, remote.timeout).await;
        if let Err(Failed { is_untouched: true, .. }) = outcome
            && lease.is_reused()
        {
            lease.renew(remote.timeout).await?;
            outcome = ask(lease.link(), search, base, &filter, remote.timeout).await;
        }
        let (rows, is_well) = match outcome {
            Ok((rows, is_well)) => (rows, is_well),
            // Dropped with the lease: half of an answer may still be on its way over this connection.
            Err(failed) => return Err(lease.link().cause().unwrap_or(failed.trouble)),
        };
        if is_well {
            lease.give_back();
        }
        rows
    }

    async fn found(&self) -> Result<String, Trouble> {
        let limit = Duration::from_millis(PROBE_STEP_MS);
        let mut link = self.pool.dial(limit).await?;
        let manner = self.pool.manner();
        let (base, attributes) = match self.base.as_str() {
            "" => ("", vec![NAMING_CONTEXTS.to_owned()]),
            base => (base, vec!["1.1".to_owned()]),
        };
        let handle = link.handle().with_timeout(limit);
        let (entries, _) = handle
            .search(base, Reach::Base, "(objectClass=*)", attributes)
            .await
            .and_then(ldap3::SearchResult::success)
            .map_err(|error| of_error(&error, limit))?;
        match (self.base.as_str(), entries.into_iter().next()) {
            ("", None) => Ok(manner),
            ("", Some(root)) => Ok(format!("{manner}; it holds {}", contexts(root))),
            (base, Some(_)) => Ok(format!("{manner}; the base `{base}` is there")),
            (base, None) => Err(Trouble::new(Fault::Access, format!("the base `{base}` is not shown to us"))
                .help("give the account of `bind` the right to read it")),
        }
    }
}

impl Source for Directory {
    fn ask<'s>(
        &'s self,
        remote: &'s Remote,
        key: &'s Value<'static>,
        _: &'s Caller,
    ) -> BoxFuture<'s, Result<Rows, Trouble>> {
        Box::pin(self.answer(remote, key))
    }

    fn probe<'s>(&'s self, _: Option<&'s SecretString>) -> BoxFuture<'s, Result<String, Trouble>> {
        Box::pin(self.found())
    }

    fn at_once(&self) -> Option<usize> {
        Some(self.at_once)
    }

    fn is_refused(&self) -> bool {
        self.pool.is_refused()
    }
}

/// One search over one connection: the answer, and whether the connection is good for further questions.
async fn ask(
    link: &mut Link,
    search: &Search,
    base: &str,
    filter: &str,
    timeout: Duration,
) -> Result<(Result<Rows, Trouble>, bool), Failed> {
    let columns = Columns::new(&search.attributes);
    let reach = match search.scope {
        Scope::Base => Reach::Base,
        Scope::One => Reach::OneLevel,
        Scope::Subtree => Reach::Subtree,
    };
    let failed = |error: LdapError, is_untouched| Failed { trouble: of_error(&error, timeout), is_untouched };
    let handle = link.handle().with_timeout(timeout).with_search_options(options(timeout));
    let started = handle.streaming_search(base, reach, filter, columns.names());
    let mut stream = started.await.map_err(|error| {
        let is_untouched = is_broken(&error);
        failed(error, is_untouched)
    })?;
    let (mut rows, mut bytes) = (Vec::new(), 0);
    loop {
        let entry = match stream.next().await {
            Ok(Some(entry)) => entry,
            Ok(None) => break,
            Err(error) => {
                let is_untouched = rows.is_empty() && is_broken(&error);
                return Err(failed(error, is_untouched));
            }
        };
        // Where other servers hold parts of the tree, and messages that are no entries.
        if entry.is_ref() || entry.is_intermediate() {
            continue;
        }
        let outcome = columns.row(entry, VALUE_LIMIT_BYTES).and_then(|(row, size)| {
            bytes += size;
            rows.push(row);
            within_limits(rows.len(), bytes)
        });
        outcome.map_err(|trouble| Failed { trouble, is_untouched: false })?;
    }
    let end = stream.finish().await;
    Ok(match end.rc {
        0 => (Ok(rows), true),
        code => of_code(code, rows.len()),
    })
}

/// What the server is asked to keep to as well: one row more than is taken, and the lookup's time in whole seconds.
fn options(timeout: Duration) -> SearchOptions {
    let seconds = timeout.as_secs() + u64::from(timeout.subsec_nanos() > 0);
    SearchOptions::new()
        .sizelimit(i32::try_from(ROW_LIMIT + 1).unwrap_or(i32::MAX))
        .timelimit(i32::try_from(seconds).unwrap_or(i32::MAX))
}

fn within_limits(rows: usize, bytes: usize) -> Result<(), Trouble> {
    let message = if rows > ROW_LIMIT {
        format!("the filter fits more than {ROW_LIMIT} entries")
    } else if bytes > ANSWER_LIMIT_BYTES {
        format!("the answer is larger than {ANSWER_LIMIT_BYTES} bytes")
    } else {
        return Ok(());
    };
    Err(Trouble::new(Fault::Answer, message).help("let the filter test more, or ask for fewer attributes"))
}

/// Whether the connection was gone: the question was not answered because nobody heard it.
fn is_broken(error: &LdapError) -> bool {
    use LdapError::{EndOfStream, IdScrubSend, Io, OpSend, ResultRecv};
    matches!(error, EndOfStream | IdScrubSend { .. } | Io { .. } | OpSend { .. } | ResultRecv { .. })
}

/// The trees that a server says it holds.
fn contexts(root: ldap3::ResultEntry) -> String {
    let wanted = [Attribute { name: NAMING_CONTEXTS.to_owned(), is_list: true }];
    let row = Columns::new(&wanted).row(root, VALUE_LIMIT_BYTES).map(|(row, _)| row);
    let contexts = row.ok().and_then(|row| Some(row.view().field(NAMING_CONTEXTS)?.to_value().into_static()));
    let names: Vec<String> = contexts.map(Value::into_items).unwrap_or_default().iter().map(name).collect();
    if names.is_empty() { "no tree that it names".to_owned() } else { names.join(", ") }
}

fn name(context: &Value<'_>) -> String {
    format!("`{}`", context.view().as_text())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_limited_in_rows_and_bytes() {
        assert_eq!(within_limits(ROW_LIMIT, ANSWER_LIMIT_BYTES), Ok(()));
        assert_eq!(within_limits(ROW_LIMIT + 1, 0).unwrap_err().fault, Fault::Answer);
        assert_eq!(within_limits(1, ANSWER_LIMIT_BYTES + 1).unwrap_err().fault, Fault::Answer);
    }
}
