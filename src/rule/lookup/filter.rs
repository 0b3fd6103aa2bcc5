//! Checks that a text is an LDAP filter (RFC 4515) in which the key stands only as a value, where escaping works.

use std::iter::Peekable;
use std::str::Chars;

use super::filling::{Filling, Part};

/// Deepest nesting of brackets in a filter, in levels.
const DEPTH_LIMIT_LEVELS: usize = 32;
/// Stands for the key in the text that is read; YAML has no such character.
const KEY: char = '\0';

/// Why a text is no filter that can be asked with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoFilter {
    pub message: &'static str,
    pub help: &'static str,
}

/// Reads a filter.
///
/// # Errors
/// When brackets are not closed, a test is none, the key stands elsewhere than in a value, or the nesting is too deep.
pub fn check_filter(filling: &Filling) -> Result<(), NoFilter> {
    let text: String = filling.parts.iter().map(plain).collect();
    let mut reader = Reader { rest: text.trim().chars().peekable() };
    reader.filter(0)?;
    match reader.rest.next() {
        None => Ok(()),
        Some(_) => Err(BRACKETS),
    }
}

fn plain(part: &Part) -> &str {
    match part {
        Part::Text(text) => text,
        Part::Key | Part::Named(_) => "\0",
    }
}

const BRACKETS: NoFilter = NoFilter {
    message: "an LDAP filter needs brackets around it, and each one must be closed",
    help: "write `(mail=${key})` or `(|(mail=${key})(cn=${key}))`, without spaces between the brackets",
};
const TEST: NoFilter = NoFilter {
    message: "a test of an LDAP filter is an attribute, `=`, `>=` or `<=`, and a value",
    help: "write `(mail=${key})`; `(mail=*)` is true of every entry with this attribute",
};
const KEY_IN_NAME: NoFilter = NoFilter {
    message: "in an LDAP filter the key can only be a value",
    help: "write `(mail=${key})`, and a lookup of its own for each attribute",
};
const ESCAPE: NoFilter = NoFilter {
    message: "a `\\` in an LDAP filter stands before two hexadecimal digits",
    help: "write `\\5c` for a backslash, `\\2a` for `*`, `\\28` and `\\29` for brackets; the key is escaped by itself",
};
const STARS: NoFilter = NoFilter {
    message: "this `*` cannot stand here in an LDAP filter",
    help: "write one `*` at a time, behind `=` only: `(cn=${key}*)`",
};
const DEPTH: NoFilter =
    NoFilter { message: "this LDAP filter is nested deeper than 32 levels", help: "write it with fewer brackets" };

struct Reader<'t> {
    rest: Peekable<Chars<'t>>,
}

impl Reader<'_> {
    /// `(…)`, whole.
    fn filter(&mut self, depth: usize) -> Result<(), NoFilter> {
        if depth >= DEPTH_LIMIT_LEVELS {
            return Err(DEPTH);
        }
        self.take('(')?;
        match self.rest.peek() {
            Some('&' | '|') => {
                self.rest.next();
                self.filter(depth + 1)?;
                while self.rest.peek() == Some(&'(') {
                    self.filter(depth + 1)?;
                }
            }
            Some('!') => {
                self.rest.next();
                self.filter(depth + 1)?;
            }
            _ => self.test()?,
        }
        self.take(')')
    }

    fn take(&mut self, wanted: char) -> Result<(), NoFilter> {
        if self.rest.next_if_eq(&wanted).is_some() { Ok(()) } else { Err(BRACKETS) }
    }

    /// `mail=…`, `age>=…`, `cn:caseExactMatch:=…`.
    fn test(&mut self) -> Result<(), NoFilter> {
        let mut name = String::new();
        while let Some(c) = self.rest.next_if(|c| c.is_ascii_alphanumeric() || "-;.:".contains(*c)) {
            name.push(c);
        }
        let is_ordered = self.rest.next_if(|c| "><~".contains(*c)).is_some();
        match self.rest.next() {
            Some('=') if !name.is_empty() => self.value(is_ordered || name.ends_with(':')),
            Some(KEY) => Err(KEY_IN_NAME),
            _ => Err(TEST),
        }
    }

    /// Up to the bracket that closes the test.
    fn value(&mut self, is_whole: bool) -> Result<(), NoFilter> {
        let mut is_behind_star = false;
        while let Some(c) = self.rest.next_if(|c| !"()".contains(*c)) {
            if c == '*' && (is_whole || is_behind_star) {
                return Err(STARS);
            }
            is_behind_star = c == '*';
            if c == '\\' {
                let digits = [self.rest.next(), self.rest.next()];
                if !digits.iter().all(|digit| digit.is_some_and(|digit| digit.is_ascii_hexdigit())) {
                    return Err(ESCAPE);
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A filter in which `$` stands for the key.
    fn check(text: &str) -> Result<(), NoFilter> {
        let mut parts = Vec::new();
        for (n, text) in text.split('$').enumerate() {
            parts.extend((n > 0).then_some(Part::Key));
            parts.push(Part::Text(text.to_owned()));
        }
        check_filter(&Filling { parts })
    }

    #[test]
    fn filters_of_the_standard_are_read() {
        for text in [
            "(mail=$)",
            "(&(objectClass=person)(|(mail=$)(proxyAddresses=smtp:$)))",
            "(!(cn=$))",
            "(cn=$*)",
            "(cn=*$*x*)",
            "(&(age>=$)(mail=*))",
            "(cn:caseExactMatch:=$)",
            "(userAccountControl:1.2.840.113556.1.4.803:=2)",
            "(cn;lang-de=a\\2a b $)",
        ] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn anything_else_is_told() {
        for (text, wrong) in [
            ("mail=$", BRACKETS),
            ("(mail=$", BRACKETS),
            ("(mail=$))", BRACKETS),
            ("(&(a=$) (b=c))", BRACKETS),
            ("(&)", BRACKETS),
            ("(!(a=$)(b=c))", BRACKETS),
            ("(mail)", TEST),
            ("(=$)", TEST),
            ("(mail>5)", TEST),
            ("($=x)", KEY_IN_NAME),
            ("(&($)(a=b))", KEY_IN_NAME),
            ("(ma$il=x)", KEY_IN_NAME),
            ("(mail=\\5)", ESCAPE),
            ("(mail=\\$)", ESCAPE),
            ("(mail=a**$)", STARS),
            ("(age>=$*)", STARS),
        ] {
            assert_eq!(check(text), Err(wrong), "{text}");
        }
        assert_eq!(check(&("(!".repeat(40) + "(a=$)" + &")".repeat(40))), Err(DEPTH));
        assert_eq!(check(&"(".repeat(100_000)), Err(TEST));
    }
}
