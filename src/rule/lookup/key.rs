//! The key of a table's rows: columns, or functions of columns.

use crate::diagnostic::Place;
use crate::event::{Path, Segment, Value, View};
use crate::rule::function::{Clock, Function};
use crate::rule::script::Lowered;

/// Functions that change nothing in their own answers: what one of them would change, it never answers.
const SETTLED: [&str; 11] =
    ["ascii", "cut", "digits", "last", "lower", "mobile", "phone", "squash", "strip_chars", "trim", "upper"];

/// One value by which rows are found.
#[derive(Clone, Debug)]
pub struct KeyPart {
    /// By which a key of several values names it: its column, or the first that is computed with.
    pub name: String,
    /// As it is written: `mobile`, `mobile(mobile, "IN")`.
    pub written: String,
    /// What is computed of a row; `None` for the column of this name.
    pub computed: Option<Lowered>,
    /// Why what is written like a function is none.
    pub no_function: Option<String>,
    pub place: Place,
}

/// A key that rules ask a lookup with, as far as its outermost function can be told.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Which value of a key of several; `None` for the whole key.
    pub part: Option<String>,
    pub function: &'static Function,
    /// What the function takes beside its first value.
    pub rest: Vec<Value<'static>>,
    pub place: Place,
}

impl KeyPart {
    /// The columns it needs, each once.
    #[must_use]
    pub fn columns(&self) -> Vec<&str> {
        let Some(computed) = &self.computed else { return vec![&self.written] };
        let mut columns: Vec<&str> = Vec::new();
        for path in computed.paths() {
            let column = column(path).0;
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
        columns
    }

    /// Its value in a row; `None` where there is none. What the clock would change is no key: see `depends_on_clock`.
    #[must_use]
    pub fn value<'r>(&self, row: View<'r>, clock: &Clock) -> Option<Value<'r>> {
        let value = match &self.computed {
            None => row.field(&self.written)?.to_value(),
            Some(computed) => {
                let read = |path: &Path| {
                    let (first, rest) = column(path);
                    let value = row.field(first)?.walk(rest)?;
                    (!value.is_empty()).then(|| value.to_value())
                };
                computed.evaluate(&read, clock).ok()?
            }
        };
        (!value.view().is_empty()).then_some(value)
    }
}

impl Asked {
    /// Whether of a function's answers it can be told what they never are.
    #[must_use]
    pub fn is_telling(function: &Function) -> bool {
        SETTLED.contains(&function.name)
    }

    /// Whether this text can be what the function answers.
    #[must_use]
    pub fn can_answer(&self, text: &str, clock: &Clock, same: impl Fn(&str, &str) -> bool) -> bool {
        let values: Vec<Value<'_>> = std::iter::once(Value::text(text)).chain(self.rest.iter().cloned()).collect();
        match self.function.call(&values, clock) {
            Ok(answer) => same(&answer.view().as_text(), text),
            Err(_) => false,
        }
    }

    /// The call as a person writes it, with `inside` for its first value.
    #[must_use]
    pub fn call_of(&self, inside: &str) -> String {
        let rest = self.rest.iter().fold(String::new(), |all, value| all + ", " + &value.to_json());
        format!("{}({inside}{rest})", self.function.name)
    }
}

/// The column a path begins with, and the way on. `row["Mobile No."]` is the column of that name.
fn column(path: &Path) -> (&str, &[Segment]) {
    match (path.root.name(), path.segments.split_first()) {
        ("row", Some((Segment::Key(column), rest))) => (column, rest),
        (name, _) => (name, &path.segments),
    }
}

#[cfg(test)]
mod tests {
    use super::SETTLED;
    use crate::event::Value;
    use crate::rule::function::{Clock, find};

    #[test]
    fn what_settled_functions_answer_they_do_not_change() {
        let clock = Clock { now: jiff::Timestamp::UNIX_EPOCH, calendar: crate::event::Calendar::utc() };
        let texts = ["", " Asha  Rao ", "+91 98200-12345", "José Weiß", "ǅ İstanbul ﬁ", "00042", "a@B.example", "१२३"];
        for name in SETTLED {
            let function = find(name).unwrap();
            let rest: &[Value<'static>] = match name {
                "cut" | "last" => &[Value::integer(4)],
                "strip_chars" => &[Value::text("-@")],
                "mobile" | "phone" => &[Value::text("IN")],
                _ => &[],
            };
            for text in texts {
                let call = |value: Value<'static>| {
                    let values: Vec<_> = std::iter::once(value).chain(rest.iter().cloned()).collect();
                    function.call(&values, &clock).unwrap()
                };
                let once = call(Value::text(text));
                assert_eq!(call(once.clone()).to_json(), once.to_json(), "{name} of {text:?}");
            }
        }
    }
}
