//! Queries that can be seen to write, lock, or change the session they run in. A read-only transaction does not stop all of
//! them: files, large objects of PostgreSQL before 16, what runs in another session. What cannot be seen, a function of the
//! database's own that writes, its account must not be allowed to do.

use super::sql_text::{NoStatement, skipped};

/// Functions that change something or act on the server: of PostgreSQL
/// (<https://www.postgresql.org/docs/current/functions-admin.html>, <https://www.postgresql.org/docs/current/lo-funcs.html>)
/// with its extensions `dblink` and `adminpack`, and of MariaDB and MySQL.
const FUNCTIONS: &[&str] = &[
    "nextval",
    "setval",
    "lo_creat",
    "lo_create",
    "lo_export",
    "lo_from_bytea",
    "lo_import",
    "lo_open",
    "lo_put",
    "lo_truncate",
    "lo_truncate64",
    "lo_unlink",
    "lowrite",
    "dblink",
    "dblink_exec",
    "dblink_connect",
    "dblink_connect_u",
    "dblink_open",
    "dblink_send_query",
    "pg_advisory_lock",
    "pg_advisory_lock_shared",
    "pg_advisory_xact_lock",
    "pg_advisory_xact_lock_shared",
    "pg_try_advisory_lock",
    "pg_try_advisory_lock_shared",
    "pg_backup_start",
    "pg_backup_stop",
    "pg_start_backup",
    "pg_stop_backup",
    "pg_cancel_backend",
    "pg_terminate_backend",
    "pg_create_logical_replication_slot",
    "pg_create_physical_replication_slot",
    "pg_copy_logical_replication_slot",
    "pg_copy_physical_replication_slot",
    "pg_drop_replication_slot",
    "pg_replication_slot_advance",
    "pg_logical_slot_get_changes",
    "pg_logical_slot_get_binary_changes",
    "pg_logical_emit_message",
    "pg_replication_origin_create",
    "pg_replication_origin_drop",
    "pg_replication_origin_advance",
    "pg_replication_origin_session_setup",
    "pg_create_restore_point",
    "pg_export_snapshot",
    "pg_file_rename",
    "pg_file_sync",
    "pg_file_unlink",
    "pg_file_write",
    "pg_import_system_collations",
    "pg_log_backend_memory_contexts",
    "pg_notify",
    "pg_promote",
    "pg_reload_conf",
    "pg_rotate_logfile",
    "pg_stat_reset",
    "pg_stat_reset_shared",
    "pg_stat_statements_reset",
    "pg_switch_wal",
    "pg_wal_replay_pause",
    "pg_wal_replay_resume",
    "query_to_xml",
    "query_to_xml_and_xmlschema",
    "get_lock",
    "sys_eval",
    "sys_exec",
];
/// Functions in whose brackets `for` says how many letters.
const FUNCTIONS_WITH_FOR: [&str; 2] = ["substring", "overlay"];

/// A part of a query that means something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind<'t> {
    Word(&'t str),
    /// In quotes, as names of columns may be.
    Name(&'t str),
    Text,
    Sign(char),
}

#[derive(Clone, Copy, Debug)]
struct Token<'t> {
    kind: Kind<'t>,
    at: usize,
}

/// What is found, and what to do about it.
type Found = (&'static str, &'static str);

/// The first place at which a query, whose quotes and comments end, would change something.
pub(super) fn writing(text: &str) -> Option<NoStatement> {
    let tokens = tokens(text);
    let mut opened: Vec<usize> = Vec::new();
    for (number, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Sign('(') => opened.push(number),
            Kind::Sign(')') => {
                opened.pop();
            }
            Kind::Word(_) | Kind::Name(_) | Kind::Text | Kind::Sign(_) => {}
        }
        let within = opened.last().and_then(|bracket| bracket.checked_sub(1)).and_then(|before| tokens.get(before));
        let is_within = |names: &[&str]| within.is_some_and(|token| names.iter().any(|name| token.is(name)));
        if let Some((message, help)) = found(&Around { tokens: &tokens, number }, is_within(&FUNCTIONS_WITH_FOR)) {
            let length = match token.kind {
                Kind::Word(word) => word.len(),
                Kind::Name(name) => name.len() + 2,
                Kind::Text | Kind::Sign(_) => 1,
            };
            let at = token.at..token.at + length;
            return Some(NoStatement { message: message.to_owned(), help, at, writes: true });
        }
    }
    None
}

impl Token<'_> {
    fn is(&self, word: &str) -> bool {
        matches!(self.kind, Kind::Word(written) if written.eq_ignore_ascii_case(word))
    }

    fn is_sign(&self, sign: char) -> bool {
        self.kind == Kind::Sign(sign)
    }

    fn is_name(&self) -> bool {
        matches!(self.kind, Kind::Word(_) | Kind::Name(_))
    }
}

/// A token among the others.
struct Around<'a, 't> {
    tokens: &'a [Token<'t>],
    number: usize,
}

impl<'t> Around<'_, 't> {
    fn next(&self, further: usize) -> Option<&Token<'t>> {
        self.tokens.get(self.number + further)
    }

    fn before(&self) -> Option<&Token<'t>> {
        self.number.checked_sub(1).and_then(|before| self.tokens.get(before))
    }

    /// Whether these words stand here, one after the other.
    fn are(&self, words: &[&str]) -> bool {
        words.iter().enumerate().all(|(further, word)| self.next(further).is_some_and(|token| token.is(word)))
    }

    /// Whether the word can only be a column's or a table's name: behind `.` or `as`.
    fn is_called(&self) -> bool {
        self.before().is_some_and(|before| before.is_sign('.') || before.is("as"))
    }

    /// Whether a statement can begin here: in brackets, or behind those of `with`.
    fn is_beginning(&self) -> bool {
        self.before().is_some_and(|before| before.is_sign('(') || before.is_sign(')'))
            && self.next(1).is_some_and(Token::is_name)
    }

    fn has_later(&self, word: &str) -> bool {
        self.tokens.iter().skip(self.number).any(|token| token.is(word))
    }
}

fn found(here: &Around<'_, '_>, is_within_for: bool) -> Option<Found> {
    const READ: &str = "write one `select` that only reads";
    let token = here.next(0)?;
    if here.next(1).is_some_and(|next| next.is_sign('(')) && is_function(token) {
        return Some(("this function changes something, or acts on the server", "leave it out: a lookup reads only"));
    }
    if token.is_sign('@')
        && here.next(1).is_some_and(Token::is_name)
        && here.next(2).is_some_and(|sign| sign.is_sign(':'))
    {
        return Some((
            "`:=` sets a variable of the session, which other questions share",
            "write the value in its place",
        ));
    }
    if here.is_called() {
        return None;
    }
    if token.is("into") {
        return Some(("`into` writes: a table, a file or a variable", READ));
    }
    if here.is_beginning()
        && (token.is("delete") && here.has_later("from") || token.is("update") && here.has_later("set"))
    {
        return Some(("this part of the query changes rows", READ));
    }
    let locks: [&[&str]; 5] = [
        &["for", "update"],
        &["for", "share"],
        &["for", "no", "key", "update"],
        &["for", "key", "share"],
        &["lock", "in", "share", "mode"],
    ];
    if !is_within_for && locks.iter().any(|words| here.are(words)) {
        return Some(("this locks the rows that it reads", "leave it out: nothing is changed afterwards"));
    }
    if here.are(&["next", "value", "for"]) {
        return Some(("this takes the next number of a sequence", READ));
    }
    None
}

/// Whether it is one of the functions; in quotes letters count as they are.
fn is_function(token: &Token<'_>) -> bool {
    match token.kind {
        Kind::Word(word) => FUNCTIONS.iter().any(|name| word.eq_ignore_ascii_case(name)),
        Kind::Name(name) => FUNCTIONS.contains(&name),
        Kind::Text | Kind::Sign(_) => false,
    }
}

/// The query without comments, but for those that MySQL and MariaDB run: `/*! … */`, `/*M! … */`.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let (mut tokens, mut at) = (Vec::new(), 0);
    while let Some((rest, first)) = text.get(at..).and_then(|rest| Some((rest, rest.chars().next()?))) {
        let run = ["/*!", "/*M!"].into_iter().find(|begin| rest.starts_with(begin));
        let (length, kind) = if let Some(begin) = run {
            (begin.len() + span(rest.get(begin.len()..), |c| c.is_ascii_digit()), None)
        } else if let Ok(Some(length)) = skipped(rest, at) {
            (length, quoted(rest.get(..length).unwrap_or_default()))
        } else if is_of_word(first) {
            let length = span(Some(rest), |c| is_of_word(c) || c == '$');
            let is_number = first.is_ascii_digit();
            (length, Some(if is_number { Kind::Text } else { Kind::Word(rest.get(..length).unwrap_or_default()) }))
        } else {
            (first.len_utf8(), (!first.is_whitespace()).then_some(Kind::Sign(first)))
        };
        tokens.extend(kind.map(|kind| Token { kind, at }));
        at += length;
    }
    tokens
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn span(text: Option<&str>, is_of_it: impl Fn(char) -> bool) -> usize {
    let text = text.unwrap_or_default();
    text.find(|c| !is_of_it(c)).unwrap_or(text.len())
}

/// What a quoted text is; nothing for comments and casts.
fn quoted(text: &str) -> Option<Kind<'_>> {
    match text.chars().next()? {
        '\'' | '$' => Some(Kind::Text),
        '"' | '`' => Some(Kind::Name(text.get(1..text.len() - 1).unwrap_or_default())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_something_is_seen_however_it_is_written() {
        for text in [
            "with gone as (delete from t where a = :key returning a) select a from gone",
            "with x as (select 1) delete from t where a = :key",
            "with x as (DELETE\n t FROM t) select 1",
            "with n as (update t set a = :key returning a) select a from n",
            "with n as materialized (update only hr.\"t\" set a = :key returning a) select a from n",
            "with n as (insert into t values (:key) returning a) select a from n",
            "with n as (merge into t using s on true when matched then delete) select 1",
            "with x as (select 1) replace into t select :key",
            "select a into t2 from t where a = :key",
            "select a from t where a = :key into outfile '/tmp/x'",
            "select a from t where a = :key INTO DUMPFILE '/tmp/x'",
            "select a from t where a = :key into @seen",
            "select a from t where a = :key for update",
            "select a from t where a = :key for no key update of t skip locked",
            "select a from t where a = :key for/**/share",
            "select a from t where a = :key For Key Share",
            "select a from t where a = :key lock in share mode",
            "select nextval('s') from t where a = :key",
            "select pg_catalog . setval ('s', 1) where a = :key",
            "select \"lo_create\"(0), pg_catalog.\"lo_unlink\" (1)",
            "select LO_IMPORT('/etc/passwd')",
            "select * from dblink('host=elsewhere', 'delete from t') as t(a int)",
            "select hr.dblink_exec('x', 'drop table t')",
            "select pg_terminate_backend(1)",
            "select query_to_xml('select nextval(''s'')', true, true, '')",
            "select next value for s",
            "select @seen := a from t where a = :key",
            "select a from t /*! into outfile '/tmp/x' */",
            "select a from t /*!50000 into outfile '/tmp/x' */",
            "select a from t /*M!100000 for update */",
        ] {
            assert!(writing(text).is_some_and(|found| found.writes), "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_it_is_left_alone() {
        for text in [
            "select update_date, deleted, inserted_by, into_date, for_update, lock_mode from t where a = :key",
            "select t.update, t.into, t.delete, a as into, b as update from t where a = :key",
            "select \"into\", `update`, \"for update\" from t where a = :key",
            "select 'delete from t', ' into outfile ', $$ for update $$ from t where a = :key -- for update",
            "select a from t /* insert into t */ where a = :key -- nextval('s')",
            "select insert(a, 1, 2, 'x'), replace(a, '(', ')'), count(delete) from t where a = :key",
            "select coalesce(update, 0), (update) from t where a = :key",
            "select substring(a from 2 for 3), substring(a for share), overlay(a placing b from 1 for update) from t",
            "select nextval, setval, pg_notify from dblink where lo_create = :key",
            "select value from next where value = :key for json path",
            "select make_interval(days := 3), a::text from t where a = :key",
            "select /*+ index(t) */ a from t where a = :key",
            "select lo_get(a), currval('s'), pg_size_pretty(1) from t",
            "select 1e5, 0x1f, größe from t where a = :key limit 1 for xml",
        ] {
            assert_eq!(writing(text), None, "{text}");
        }
    }
}
