//! The numbering plans of the countries: how long telephone numbers are and what is dialled before them.

use std::cmp::Ordering;
use std::sync::{LazyLock, OnceLock};

use regex::Regex;

use super::latin;

/// What `tests/phones/generate` wrote, of libphonenumber's data: see there for its columns.
const PLANS_TEXT: &str = include_str!("plans.txt");
/// Countries by their codes of two and three letters (`-` where they have none), with their English names.
const COUNTRIES_TEXT: &str = include_str!("countries.txt");
/// What has this in place of a country's code are numbers that belong to none, such as those of satellites.
const NO_COUNTRY: &str = "001";

static PLANS: LazyLock<Vec<Plan>> = LazyLock::new(|| PLANS_TEXT.lines().filter_map(Plan::read).collect());
static COUNTRIES: LazyLock<Vec<Country>> = LazyLock::new(|| COUNTRIES_TEXT.lines().filter_map(Country::read).collect());

/// How a country numbers its telephones.
#[derive(Debug)]
pub struct Plan {
    /// ISO 3166, two letters.
    country: &'static str,
    /// The calling code.
    pub code: &'static str,
    lengths: Vec<usize>,
    local_lengths: Vec<usize>,
    dialled_abroad: Pattern,
    trunk_prefix: Pattern,
    /// What a number with the prefix becomes, where that is more than leaving it out.
    becomes: &'static str,
    looks: Pattern,
}

/// How long a number is beside what the plan knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    Possible,
    TooShort,
    TooLong,
    /// Of a number without its town's, or between lengths that there are.
    None,
}

/// A pattern that is compiled when it is first asked.
#[derive(Debug)]
struct Pattern {
    text: &'static str,
    is_whole: bool,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    fn new(text: &'static str, is_whole: bool) -> Self {
        Self { text, is_whole, compiled: OnceLock::new() }
    }

    /// Anchored at the beginning of a number, or at both its ends.
    fn regex(&self) -> Option<&Regex> {
        let end = if self.is_whole { "$" } else { "" };
        let compile = || Regex::new(&format!("^(?:{}){end}", self.text)).ok().filter(|_| !self.text.is_empty());
        self.compiled.get_or_init(compile).as_ref()
    }
}

impl Plan {
    fn read(line: &'static str) -> Option<Self> {
        let mut fields = line.split('\t');
        let mut next = || fields.next();
        let lengths = |text: &str| text.split(',').filter_map(|length| length.parse().ok()).collect();
        Some(Self {
            country: next()?,
            code: next()?,
            lengths: lengths(next()?),
            local_lengths: lengths(next()?),
            dialled_abroad: Pattern::new(next()?, false),
            trunk_prefix: Pattern::new(next()?, false),
            becomes: next()?,
            looks: Pattern::new(next()?, true),
        })
    }

    /// The main plan under a calling code.
    pub fn of_code(code: &str) -> Option<&'static Plan> {
        PLANS.iter().find(|plan| plan.code == code)
    }

    /// The plan of a country by its code of two or three letters in any case, its English name, or its calling code.
    pub fn of_country(written: &str) -> Option<&'static Plan> {
        let written = written.trim();
        let digits = written.strip_prefix('+').unwrap_or(written);
        if digits.chars().all(|c| c.is_ascii_digit()) {
            return Self::of_code(digits).filter(|plan| plan.country != NO_COUNTRY);
        }
        let country = Country::named(written)?;
        PLANS.iter().find(|plan| plan.country == country.code)
    }

    /// Takes a calling code off the beginning of digits.
    pub fn split(digits: &str) -> Option<(&'static Plan, &str)> {
        (1..=3).find_map(|length| {
            let (code, rest) = digits.split_at_checked(length)?;
            Some((Self::of_code(code)?, rest))
        })
    }

    /// What stands behind the digits by which one dials abroad from this country.
    pub fn abroad<'n>(&self, digits: &'n str) -> Option<&'n str> {
        let found = self.dialled_abroad.regex()?.find(digits)?;
        digits.get(found.end()..).filter(|rest| !rest.starts_with('0'))
    }

    /// Whether numbers of the country look so, as far as its ranges are known.
    pub fn looks_like(&self, number: &str) -> bool {
        self.looks.regex().is_some_and(|looks| looks.is_match(number))
    }

    /// How long the number is.
    pub fn length(&self, number: &str) -> Length {
        let length = number.len();
        if self.lengths.contains(&length) {
            return Length::Possible;
        }
        let shortest = self.lengths.iter().min().map_or(Ordering::Less, |shortest| length.cmp(shortest));
        let longest = self.lengths.iter().max().map_or(Ordering::Greater, |longest| length.cmp(longest));
        match (shortest, longest) {
            _ if self.local_lengths.contains(&length) => Length::None,
            (Ordering::Less, _) => Length::TooShort,
            (_, Ordering::Greater) => Length::TooLong,
            _ => Length::None,
        }
    }

    /// The number without what is dialled before it within the country, where it has that.
    pub fn without_prefix(&self, number: &str) -> String {
        let stripped = self.stripped(number).filter(|_| !number.is_empty());
        let stripped = stripped.filter(|stripped| !self.looks_like(number) || self.looks_like(stripped));
        stripped.unwrap_or_else(|| number.to_owned())
    }

    fn stripped(&self, number: &str) -> Option<String> {
        let found = self.trunk_prefix.regex()?.captures(number)?;
        let rest = number.get(found.get(0)?.end()..)?;
        let last = found.get(found.len() - 1).filter(|_| found.len() > 1);
        if self.becomes.is_empty() || last.is_none() {
            return Some(rest.to_owned());
        }
        let mut changed = String::new();
        found.expand(self.becomes, &mut changed);
        Some(changed + rest)
    }
}

/// A country by its names.
#[derive(Debug)]
struct Country {
    code: &'static str,
    three_letters: &'static str,
    /// In the form in which names are compared.
    names: Vec<String>,
}

impl Country {
    fn read(line: &'static str) -> Option<Self> {
        let mut fields = line.splitn(3, ' ');
        let (code, three_letters, names) = (fields.next()?, fields.next()?, fields.next()?);
        Some(Self { code, three_letters, names: names.split('|').map(comparable).collect() })
    }

    fn named(written: &str) -> Option<&'static Self> {
        let is_code = |country: &&Self| {
            let codes = [country.code, country.three_letters].into_iter().filter(|code| *code != NO_CODE);
            codes.into_iter().any(|code| code.eq_ignore_ascii_case(written))
        };
        let by_code = COUNTRIES.iter().find(is_code).filter(|_| written.starts_with(|c: char| c.is_ascii_alphabetic()));
        by_code.or_else(|| {
            let name = comparable(written);
            COUNTRIES.iter().find(|country| country.names.contains(&name))
        })
    }
}

/// What stands in the list in place of a code of three letters that a country does not have.
const NO_CODE: &str = "-";

/// The letters of a name in small, `&` as `and` and `St.` as `Saint`, without articles.
fn comparable(name: &str) -> String {
    let plain = latin::plain(&name.replace('&', " and "), None).to_ascii_lowercase();
    let words = plain.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !matches!(*word, "" | "the"));
    words.map(|word| if word == "st" { "saint" } else { word }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_plan_is_read_and_its_patterns_can_be_used() {
        assert_eq!(PLANS.len(), PLANS_TEXT.lines().count());
        assert!(PLANS.len() > 240);
        for plan in &*PLANS {
            assert!(plan.looks.regex().is_some() && !plan.lengths.is_empty(), "{plan:?}");
            for pattern in [&plan.dialled_abroad, &plan.trunk_prefix] {
                assert_eq!(pattern.regex().is_none(), pattern.text.is_empty(), "{pattern:?}");
            }
        }
    }

    #[test]
    fn every_country_is_found_by_each_of_its_names() {
        assert_eq!(COUNTRIES.len(), COUNTRIES_TEXT.lines().count());
        for country in &*COUNTRIES {
            let names = country.names.iter().map(String::as_str);
            for name in names.chain([country.code]) {
                assert_eq!(Plan::of_country(name).unwrap().country, country.code, "{name}");
            }
        }
        for plan in PLANS.iter().filter(|plan| plan.country != NO_COUNTRY) {
            assert!(Plan::of_country(plan.country).is_some(), "{} has no name", plan.country);
        }
        for (written, code) in [
            ("India", "IN"),
            ("in", "IN"),
            ("IND", "IN"),
            ("91", "IN"),
            ("+91", "IN"),
            ("united states", "US"),
            ("USA", "US"),
            ("1", "US"),
            ("uk", "GB"),
            ("Cote d'Ivoire", "CI"),
            ("CÔTE D’IVOIRE", "CI"),
            ("Saint Lucia", "LC"),
            ("The Netherlands", "NL"),
            ("Trinidad and Tobago", "TT"),
        ] {
            assert_eq!(Plan::of_country(written).unwrap().country, code, "{written}");
        }
        for unknown in ["", "XX", "Indien", "0", "999", "800", "+", "-"] {
            assert!(Plan::of_country(unknown).is_none(), "{unknown}");
        }
    }
}
