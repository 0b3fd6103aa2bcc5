//! `let`: names for values and for rows of lookups, evaluated at first use and at most once an event.

use super::expression::Expression;
use crate::diagnostic::Place;

/// A bound name.
#[derive(Debug)]
pub struct Binding {
    pub name: String,
    pub value: Bound,
    /// The name where it is bound.
    pub place: Place,
}

/// What a name is bound to.
#[derive(Debug)]
pub enum Bound {
    Value(Expression),
    Rows {
        /// Place among the rule set's lookups.
        lookup: usize,
        key: Expression,
        /// The list of all rows instead of the first.
        all: bool,
        /// Of a table whose rows have days: the day on which they must be valid; `None`: the day of the event.
        on: Option<Expression>,
    },
    Free(Free),
}

impl Bound {
    /// What it is computed from.
    pub fn values(&self) -> impl Iterator<Item = &Expression> {
        let (first, second) = match self {
            Bound::Value(value) => (std::slice::from_ref(value), None),
            Bound::Rows { key, on, .. } => (std::slice::from_ref(key), on.as_ref()),
            Bound::Free(free) => (free.forms.as_slice(), None),
        };
        first.iter().chain(second)
    }

    /// The place of the lookup that it asks.
    #[must_use]
    pub fn lookup(&self) -> Option<usize> {
        match self {
            Bound::Value(_) => None,
            Bound::Rows { lookup, .. } | Bound::Free(Free { lookup, .. }) => Some(*lookup),
        }
    }
}

/// The first of several forms of a name that no row of a lookup has.
#[derive(Debug)]
pub struct Free {
    /// Place among the rule set's lookups.
    pub lookup: usize,
    /// In the order in which they are tried.
    pub forms: Vec<Expression>,
    /// With which numbers the last form is tried when all are taken.
    pub numbers: Option<Numbers>,
    /// The most characters that the name may have.
    pub longest: Option<usize>,
}

/// Numbers behind a name, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numbers {
    pub first: u32,
    pub last: u32,
    /// How many digits each has at least.
    pub digits: usize,
}

impl Numbers {
    /// Most numbers that are tried.
    pub const LIMIT: u32 = 1_000;

    /// Reads `2..99`; `001..999` has three digits in each. `None` where it is none, or too many.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let (first, last) = text.split_once("..")?;
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number(first) || !is_number(last) {
            return None;
        }
        let numbers = Self { first: first.parse().ok()?, last: last.parse().ok()?, digits: first.len() };
        let count = numbers.last.checked_sub(numbers.first)?;
        (count < Self::LIMIT).then_some(numbers)
    }

    pub fn iter(self) -> impl Iterator<Item = String> {
        (self.first..=self.last).map(move |number| format!("{number:0width$}", width = self.digits))
    }
}

impl Free {
    /// A form with a number behind its name, which is what stands before an `@`. Where it would be too long the name is cut, and
    /// loses dots, dashes and the like at its end; `None` where nothing is left of it.
    #[must_use]
    pub fn candidate(&self, form: &str, number: &str) -> Option<String> {
        let (name, domain) = form.split_at(form.find('@').unwrap_or(form.len()));
        let name = match self.longest {
            Some(longest) if form.chars().count() + number.chars().count() > longest => {
                let room = longest.checked_sub(number.chars().count() + domain.chars().count())?;
                let end = name.char_indices().nth(room).map_or(name.len(), |(end, _)| end);
                name.get(..end)?.trim_end_matches(|letter: char| !letter.is_alphanumeric())
            }
            _ => name,
        };
        (!name.is_empty()).then(|| format!("{name}{number}{domain}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_with_both_ends_and_their_digits() {
        let read = |text| Numbers::read(text).map(|numbers| numbers.iter().collect::<Vec<_>>());
        assert_eq!(read("2..4"), Some(vec!["2".to_owned(), "3".to_owned(), "4".to_owned()]));
        assert_eq!(read("08..10"), Some(vec!["08".to_owned(), "09".to_owned(), "10".to_owned()]));
        assert_eq!(read("1..1000").map(|all| all.len()), Some(1_000));
        for wrong in ["", "2", "2..", "..9", "4..2", "0..1000", "a..b", "2...9", "+1..3", "1..99999999999"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_number_stands_behind_the_name_and_a_long_name_is_cut() {
        let free = |longest| Free { lookup: 0, forms: Vec::new(), numbers: None, longest };
        let candidate = |longest, form, number| free(longest).candidate(form, number);
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(candidate(None, "asha.rao", ""), some("asha.rao"));
        assert_eq!(candidate(None, "asha.rao", "2"), some("asha.rao2"));
        assert_eq!(candidate(None, "asha.rao@corp.example", "2"), some("asha.rao2@corp.example"));
        assert_eq!(candidate(Some(8), "asha.rao", ""), some("asha.rao"));
        assert_eq!(candidate(Some(8), "asha.rao", "2"), some("asha.ra2"));
        assert_eq!(candidate(Some(6), "asha.rao", "2"), some("asha2"), "no dot before the number");
        assert_eq!(candidate(Some(5), "asha.rao", ""), some("asha"));
        assert_eq!(candidate(Some(15), "zoë.x@a.example", "10"), some("zoë10@a.example"));
        assert_eq!(candidate(Some(13), "zoë.x@a.example", "10"), some("z10@a.example"));
        assert_eq!(candidate(Some(12), "zoë.x@a.example", "10"), None, "no room for a name");
        assert_eq!(candidate(Some(9), "zoë.x@a.example", ""), None);
        assert_eq!(candidate(Some(1), "asha", "10"), None);
        assert_eq!(candidate(Some(3), "...", ""), some("..."));
        assert_eq!(candidate(Some(2), "...", ""), None, "nothing is left of it");
    }
}
