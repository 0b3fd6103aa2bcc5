//! Finds queries that can be seen to write, lock, or change their session.
//!
//! A read-only transaction does not stop all of them: files, large objects of PostgreSQL before 16, what runs in
//! another session. What cannot be seen here, such as a function of the database that writes, must be forbidden to
//! the account.

use super::acting::acts;
use super::sql_text::{Dialect, Kind, NoStatement, Token};

/// Functions in whose brackets `for` says how many letters.
const FUNCTIONS_WITH_FOR: [&str; 2] = ["substring", "overlay"];
/// Words that begin a statement which changes rows.
const CHANGING: [&str; 5] = ["delete", "update", "insert", "merge", "replace"];

/// What is found, and what to do about it.
type Found = (&'static str, &'static str);

/// A token among the others.
struct Around<'a, 't> {
    tokens: &'a [Token<'t>],
    number: usize,
    dialect: Dialect,
    /// What stands before the brackets around it.
    within: Option<&'a Token<'t>>,
    /// Whether it stands in no brackets, and before the `select` of a query that begins with `with`.
    is_head: bool,
}

/// The first place at which a query would change something.
pub(super) fn writing(tokens: &[Token<'_>], dialect: Dialect) -> Option<NoStatement> {
    let mut opened: Vec<usize> = Vec::new();
    let mut is_head = tokens.first().is_some_and(|first| first.is("with"));
    for (number, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Sign('(') => opened.push(number),
            Kind::Sign(')') => drop(opened.pop()),
            Kind::Word(_) if opened.is_empty() && token.is("select") => is_head = false,
            Kind::Word(_)
            | Kind::Name(_)
            | Kind::Parameter(_)
            | Kind::Text
            | Kind::Number
            | Kind::Cast
            | Kind::Sign(_) => {}
        }
        let within = opened.last().and_then(|bracket| bracket.checked_sub(1)).and_then(|before| tokens.get(before));
        let here = Around { tokens, number, dialect, within, is_head: is_head && opened.is_empty() };
        if let Some((message, help)) = here.found() {
            return Some(NoStatement { message: message.to_owned(), help, at: token.at..token.end, writes: true });
        }
    }
    None
}

impl<'t> Around<'_, 't> {
    fn next(&self, further: usize) -> Option<&Token<'t>> {
        self.tokens.get(self.number + further)
    }

    fn before(&self, further: usize) -> Option<&Token<'t>> {
        self.number.checked_sub(further).and_then(|before| self.tokens.get(before))
    }

    /// Whether these words stand here, one after the other.
    fn are(&self, words: &[&str]) -> bool {
        words.iter().enumerate().all(|(further, word)| self.next(further).is_some_and(|token| token.is(word)))
    }

    fn is_next_sign(&self, further: usize, sign: char) -> bool {
        self.next(further).is_some_and(|token| token.is_sign(sign))
    }

    fn is_behind(&self, further: usize, words: &[&str]) -> bool {
        self.before(further).is_some_and(|token| words.iter().any(|word| token.is(word)))
    }

    /// Whether the word can only be a column's or a table's name: behind `.` or `as`.
    fn is_called(&self) -> bool {
        self.before(1).is_some_and(|before| before.is_sign('.')) || self.is_behind(1, &["as"])
    }

    /// Whether a name is given here to a part of the query, with its columns in brackets: `with name(a) as (…)`.
    fn is_part_named(&self) -> bool {
        let is_listed = self.before(1).is_some_and(|before| before.is_sign(','));
        self.is_head && (is_listed || self.is_behind(1, &["with", "recursive"]))
    }

    /// Whether a statement begins here: that of a named part, `as (…`, or the one behind those parts.
    fn is_beginning(&self) -> bool {
        let is_opened = self.before(1).is_some_and(|before| before.is_sign('('));
        let is_of_part = is_opened && self.is_behind(2, &["as", "materialized"]);
        let is_behind_parts = self.is_head && self.before(1).is_some_and(|before| before.is_sign(')'));
        (is_of_part || is_behind_parts) && self.next(1).is_some_and(Token::is_name)
    }

    /// Whether a function is called here that changes something or acts on the server.
    fn is_acting(&self) -> bool {
        let Some(Kind::Word(name) | Kind::Name(name)) = self.next(0).map(|token| token.kind) else { return false };
        let has_value = !self.is_next_sign(2, ')');
        self.is_next_sign(1, '(') && !self.is_part_named() && acts(name, has_value, self.dialect)
    }

    fn found(&self) -> Option<Found> {
        const READ: &str = "write one `select` that only reads";
        let token = self.next(0)?;
        if self.is_acting() {
            return Some((
                "this function changes something, or acts on the server",
                "leave it out: a lookup reads only",
            ));
        }
        // In PostgreSQL it names a function's argument.
        if self.dialect != Dialect::Postgres && token.is_sign(':') && self.is_next_sign(1, '=') {
            let what = "`:=` sets a variable of the session, which other questions share";
            return Some((what, "write the value in its place"));
        }
        if self.is_called() {
            return None;
        }
        if token.is("into") {
            return Some(("`into` writes: a table, a file or a variable", READ));
        }
        if CHANGING.iter().any(|word| token.is(word)) && self.is_beginning() {
            return Some(("this part of the query changes rows", READ));
        }
        let locks: [&[&str]; 5] = [
            &["for", "update"],
            &["for", "share"],
            &["for", "no", "key", "update"],
            &["for", "key", "share"],
            &["lock", "in", "share", "mode"],
        ];
        let is_within_for = self.within.is_some_and(|token| FUNCTIONS_WITH_FOR.iter().any(|name| token.is(name)));
        if !is_within_for && locks.iter().any(|words| self.are(words)) {
            return Some(("this locks the rows that it reads", "leave it out: nothing is changed afterwards"));
        }
        if self.are(&["next", "value", "for"]) {
            return Some(("this takes the next number of a sequence", READ));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::sql_tokens::tokens;
    use super::*;

    use Dialect::{MySql, Postgres, Sqlite};

    const ALL: [Dialect; 3] = [Postgres, MySql, Sqlite];

    fn found(text: &str, dialect: Dialect) -> Option<NoStatement> {
        writing(&tokens(text, dialect).unwrap_or_else(|why| panic!("{text}: {why:?}")), dialect)
    }

    #[test]
    fn what_changes_something_is_seen_however_it_is_written() {
        for text in [
            "with gone as (delete from t where a = :key returning a) select a from gone",
            "with x as (select 1) delete from t where a = :key",
            "with x as (select 1), y(a) as (select 2) delete from t where a = :key",
            "with x as (DELETE\n t FROM t) select 1",
            "with n as (update t set a = :key returning a) select a from n",
            "with n as materialized (update only hr.\"t\" set a = :key returning a) select a from n",
            "with n as not materialized (update t set a = 1 returning a) select a from n",
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
            "select next value for s",
        ] {
            for dialect in ALL {
                assert!(found(text, dialect).is_some_and(|found| found.writes), "{dialect:?}: {text}");
            }
        }
        for (dialect, text) in [
            (MySql, "select @seen := a from t where a = :key"),
            (MySql, "select @'v' := a, 1"),
            (MySql, "select @a.b := a"),
            (MySql, "select @`a` := a"),
            (MySql, "select a from t where b > 0 --1 into outfile '/tmp/x'"),
            (MySql, "select a from t # it's\ninto outfile \"/tmp/x\" # it's"),
            (MySql, "select 'O\\'Brien' into outfile '/tmp/x'"),
            (MySql, "select 'a\\\\' into outfile '/tmp/x' -- '"),
            (MySql, "select $$ into outfile '/tmp/x' -- $$"),
            (Postgres, "select E'a\\\\' into t -- '"),
            (Postgres, "select E'a' 'b\\' into t -- '"),
            (Postgres, "select 'a\\' into t -- '"),
            (Postgres, "select 1 -- a\r into t"),
            (Sqlite, "select [a'] from t into t2 -- '"),
        ] {
            assert!(found(text, dialect).is_some_and(|found| found.writes), "{dialect:?}: {text}");
        }
    }

    /// Numbers end where a database ends them: what stands behind them hides nothing.
    #[test]
    fn whatever_number_stands_before_it_is_seen() {
        for number in ["0", "0.", ".5", "1.5", "1e5", "1.e5", "1e+5", "0x1f ", "1_000", "1e", "12."] {
            for writes in ["into outfile '/tmp/x'", "for update", "lock in share mode"] {
                for blank in ["", " ", "/**/"] {
                    let text = format!("select a from t where b > {number}{blank}{writes}");
                    // Behind an exponent without digits, letters are a part of the word that the `e` begins.
                    let is_word = number == "1e" && blank.is_empty();
                    for dialect in ALL {
                        assert_eq!(found(&text, dialect).is_some(), !is_word, "{dialect:?}: {text}");
                    }
                }
            }
        }
    }

    #[test]
    fn functions_that_act_are_seen_whatever_stands_around_their_names() {
        for (dialect, names) in [
            (
                Postgres,
                "nextval lo_create lo_import pg_notify dblink dblink_exec query_to_xml query_to_xmlschema set_config \
                 pg_terminate_backend pg_try_advisory_xact_lock pg_try_advisory_xact_lock_shared \
                 pg_advisory_unlock_all pg_stat_reset_single_table_counters pg_stat_reset_slru pg_stat_reset_replication_slot \
                 heap_force_kill pg_truncate_visibility_map gin_clean_pending_list brin_summarize_new_values ts_stat ts_rewrite \
                 crosstab pg_read_file",
            ),
            (MySql, "get_lock release_lock release_all_locks load_file last_insert_id sys_exec"),
            (Sqlite, "load_extension writefile"),
        ] {
            for name in names.split(' ').filter(|name| !name.is_empty()) {
                let upper = name.to_uppercase();
                for call in [
                    format!("{name}('x', 1)"),
                    format!("{upper} ('x')"),
                    format!("hr . {name}/* x */('x')"),
                    format!("\"{name}\"(1)"),
                    format!("{name}\n-- x\n(1)"),
                ] {
                    let text = format!("select a, {call} from t where a = :key");
                    assert!(found(&text, dialect).is_some_and(|found| found.writes), "{dialect:?}: {text}");
                    let text = format!("with x(a) as (select 1) select {call} from x");
                    assert!(found(&text, dialect).is_some(), "{dialect:?}: {text}");
                }
                let text = format!("select {name}, t.{name}, '{name}(1)' from {name} where a = :key -- {name}(1)");
                assert_eq!(found(&text, dialect), None, "{dialect:?}: {text}");
                let text = format!("with {name}(a) as (select 1), {name}(b) as (select 2) select a from {name}");
                assert_eq!(found(&text, dialect), None, "{dialect:?}: {text}");
            }
        }
        assert!(found("select get_lock#\n('x',1)", MySql).is_some());
        assert_eq!(found("select last_insert_id()", MySql), None);
    }

    #[test]
    fn what_only_looks_like_it_is_left_alone() {
        for text in [
            "select update_date, deleted, inserted_by, into_date, for_update, lock_mode from t where a = :key",
            "select t.update, t.into, t.delete, a as into, b as update from t where a = :key",
            "select \"into\", \"update\", \"for update\" from t where a = :key",
            "select 'delete from t', ' into outfile ', ' for update ' from t where a = :key -- for update",
            "select a from t /* insert into t */ where a = :key -- nextval('s')",
            "select insert(a, 1, 2, 'x'), replace(a, '(', ')'), count(delete) from t where a = :key",
            "select coalesce(update, 0), (update) from t where a = :key",
            "select (delete is null) as gone from t where a = :key",
            "select sum(case when (delete is true) then 1 end) as n from t where a = :key",
            "select a from t where (update is not null) and set is null and a = :key",
            "with x as (select 1) select a from t where (delete is null) and (merge in (1))",
            "select substring(a from 2 for 3), substring(a for share), overlay(a placing b from 1 for update) from t",
            "select value from next where value = :key for json path",
            "select /*+ index(t) */ a from t where a = :key",
            "select lo_get(a), currval('s'), pg_size_pretty(1) from t",
            "select 1e5, 0x1f, 1.5, größe from t where a = :key limit 1 for xml",
        ] {
            for dialect in ALL {
                assert_eq!(found(text, dialect), None, "{dialect:?}: {text}");
            }
        }
        for (dialect, text) in [
            (Postgres, "select make_interval(days := 3), a::text, $$ for update $$ from t where a = :key"),
            (Postgres, "select E'it\\'s into', 'C:\\' from t where a = :key"),
            (MySql, "select 'O\\'Brien into', `update` from t where a = :key # for update"),
            (Sqlite, "select [into], `for update` from t where a = :key"),
        ] {
            assert_eq!(found(text, dialect), None, "{dialect:?}: {text}");
        }
    }
}
