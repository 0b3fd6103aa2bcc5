//! Collects the rows of a database's answer, within limits of number and size.

use crate::event::Value;
use crate::lookup::source::{Fault, ROW_LIMIT, Rows, Trouble};

/// Longest value of a column, in bytes.
const VALUE_LIMIT_BYTES: usize = 256 << 10;
/// Largest answer, in bytes of its values and their names.
pub const ANSWER_LIMIT_BYTES: usize = 4 << 20;
/// What a number or a word such as `null` is counted as, in bytes.
const SMALL_BYTES: usize = 16;

/// Rows as they come in.
#[derive(Debug, Default)]
pub struct Collected {
    rows: Rows,
    bytes: usize,
}

impl Collected {
    /// One row more.
    ///
    /// # Errors
    /// When it is one too many, a value is too large, or two columns have one name: it could be read either way.
    pub fn push(&mut self, columns: Vec<(String, Value<'static>)>) -> Result<(), Trouble> {
        if self.rows.len() >= ROW_LIMIT {
            let message = format!("more than {ROW_LIMIT} rows");
            return Err(Trouble::new(Fault::Answer, message).help("narrow the query, or write `limit` into it"));
        }
        for (number, (name, value)) in columns.iter().enumerate() {
            if columns.iter().take(number).any(|(earlier, _)| earlier == name) {
                return Err(stands_twice(name));
            }
            let bytes = weight(value);
            if bytes > VALUE_LIMIT_BYTES {
                let message = format!("a value of `{name}` is larger than {} KiB", VALUE_LIMIT_BYTES >> 10);
                return Err(Trouble::new(Fault::Answer, message).help("leave the column out of the query"));
            }
            self.bytes += name.len() + bytes;
        }
        if self.bytes > ANSWER_LIMIT_BYTES {
            return Err(too_large());
        }
        self.rows.push(Value::Map(columns.into_iter().map(|(name, value)| (name.into(), value)).collect()));
        Ok(())
    }

    /// All of them.
    pub fn into_rows(self) -> Rows {
        self.rows
    }
}

/// An answer of more bytes than one may have.
pub fn too_large() -> Trouble {
    let message = format!("the answer is larger than {} MiB", ANSWER_LIMIT_BYTES >> 20);
    Trouble::new(Fault::Answer, message).help("name only the columns that rules read")
}

/// A column that is no value of its kind.
pub(super) fn unreadable() -> Trouble {
    Trouble::new(Fault::Answer, "a column cannot be read").help("cast it to text in the query")
}

fn stands_twice(name: &str) -> Trouble {
    Trouble::new(Fault::Answer, format!("two columns are called `{name}`")).help("give one another name with `as`")
}

/// About how much memory a value takes, in bytes.
fn weight(value: &Value<'static>) -> usize {
    match value {
        Value::Text(text) | Value::Number(text) => text.len(),
        Value::List(items) => items.iter().map(|item| SMALL_BYTES + weight(item)).sum(),
        Value::Map(fields) => fields.iter().map(|(name, value)| name.len() + weight(value)).sum(),
        _ => SMALL_BYTES,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &str, value: Value<'static>) -> Vec<(String, Value<'static>)> {
        vec![(name.to_owned(), value)]
    }

    #[test]
    fn an_answer_has_limits_of_rows_and_bytes() {
        let mut many = Collected::default();
        for n in 0..1_000 {
            many.push(with("n", Value::integer(n))).unwrap();
        }
        assert!(many.push(with("n", Value::Null)).unwrap_err().message.contains("more than 1000 rows"));
        assert_eq!(many.into_rows().len(), 1_000);
        let large = "x".repeat(VALUE_LIMIT_BYTES);
        let told = Collected::default().push(with("photo", Value::text(format!("{large}x")))).unwrap_err();
        assert!(told.message.contains("`photo`"), "{told}");
        let mut heavy = Collected::default();
        let refused = (0..17).find_map(|_| heavy.push(with("photo", Value::text(large.clone()))).err());
        assert!(refused.unwrap().message.contains("4 MiB"));
    }

    #[test]
    fn a_name_stands_once() {
        let mut columns = with("a", Value::Null);
        columns.extend(with("a", Value::Null));
        assert!(Collected::default().push(columns).unwrap_err().message.contains("`a`"));
    }
}
