//! Functions over telephone numbers: each way of writing a number gives the same number, or none.
//!
//! The rules are those of libphonenumber, the library that telephones read numbers with (`phonenumbers` of `PyPI`
//! agrees, see tests/functions/phone.rs), with these differences: letters are no digits, and a zero in brackets, a
//! country's code after a zero, and a country's code that appears twice are understood.

use std::borrow::Cow;

use super::plan::{Length, Plan};
use crate::event::number::{Worth, worth};
use crate::event::{Shape, Value, into_nfc};
use crate::rule::condition::At;
use crate::rule::function::answers::{Answering, is_made_of};
use crate::rule::function::clock::Clock;
use crate::rule::function::literal::{self, UnknownValue, Written};
use crate::rule::function::table::{Answer, Function};
use crate::rule::function::text::letter::{digit, is_bracket, is_dash, is_invisible};
use crate::rule::function::value::{at, text, wrong};

pub static FUNCTIONS: &[&Function] = &[&PHONE, &MOBILE];

/// How links to numbers begin.
const SCHEMES: [&str; 2] = ["tel:", "callto:"];
/// The parameter of such a link that says in which country the number is.
const CONTEXT: &str = ";phone-context=";
/// Shortest and longest number of a country that is not named, in digits.
const SHORTEST: usize = 4;
const LONGEST: usize = 15;
/// The calling code of India, of whose mobile numbers the ten digits are answered.
const INDIA: &str = "+91";

static PHONE: Function = Function::new(
        "phone(x, \"IN\")",
        "phone",
        (1, 2),
        "the telephone number in E.164 (`+919820012345`), however written: with `+` or `00`, or as it is dialled within the country. Digits of any script, spaces, dashes, brackets, `(0)` and `tel:` are read; a value with letters is not a number. Absent when no number of the country has this length. The country is a code of ISO 3166, an English name or a calling code (`\"India\"`, `\"91\"`); left out, only numbers with `+` or `00` are read",
        phone,
    ).looking_at_values(unknown_country)
    .answering(Answering::KeptWhole("`+` and the digits with the code of the country", of_phone))
.examples(&[("phone(\"020 7946 0958\", \"GB\")", "+442079460958")]);

fn phone(values: &[Value<'_>], _: &Clock) -> Answer {
    let country = country("phone", values)?;
    let written = written("phone", values)?;
    let number = written.and_then(|written| Digits::read(&written)).and_then(|digits| digits.international(country));
    Ok(number.map_or(Value::Null, Value::text))
}

fn of_phone(at: Option<At>, text: &str) -> bool {
    let digits = text.strip_prefix('+');
    (digits.is_some() || at != Some(At::Start))
        && is_made_of(digits.unwrap_or(text), None, |letter| letter.is_ascii_digit())
}

static MOBILE: Function = Function::new(
        "mobile(x, \"IN\")",
        "mobile",
        (1, 2),
        "the ten digits of an Indian mobile number; any other number in E.164, as `phone` answers it. Absent when it is no such number. Without a country the digits, 4 to 15 of them",
        mobile,
    ).looking_at_values(unknown_country)
    .answering(Answering::KeptWhole("a number without spaces", of_mobile))
.examples(&[("mobile(\"+91 098200 12345\", \"IN\")", "9820012345")]);

fn mobile(values: &[Value<'_>], _: &Clock) -> Answer {
    let country = country("mobile", values)?;
    let digits = written("mobile", values)?.and_then(|written| Digits::read(&written));
    let number = digits.and_then(|digits| match country {
        Some(_) => digits.international(country).and_then(of_india),
        None if digits.is_international => Some(digits.international(None)?.trim_start_matches('+').to_owned()),
        None => Some(digits.all).filter(|all| (SHORTEST..=LONGEST).contains(&all.len())),
    });
    Ok(number.map_or(Value::Null, Value::text))
}

fn of_mobile(_: Option<At>, text: &str) -> bool {
    is_made_of(text.strip_prefix('+').unwrap_or(text), None, |letter| letter.is_ascii_digit())
}

/// Of Indian numbers the ten digits, if they are a mobile's, which begin with 6 to 9. Of others all.
fn of_india(number: String) -> Option<String> {
    match number.strip_prefix(INDIA) {
        None => Some(number),
        Some(ten) => Some(ten.to_owned()).filter(|ten| ten.len() == 10 && ten.starts_with(['6', '7', '8', '9'])),
    }
}

/// A country that is written out and that nobody knows.
fn unknown_country(name: &str, values: &[Written<'_>]) -> Option<UnknownValue> {
    let written = match literal::written(values, 1) {
        Written::Text(country) => country.to_owned(),
        Written::Whole(code) => code.to_string(),
        Written::Other(kind) => kind.to_owned(),
        Written::Computed => return None,
    };
    let help = "write its code (\"IN\"), its English name (\"India\") or its calling code (\"91\")";
    let is_unknown = Plan::of_country(&written).is_none();
    is_unknown.then(|| (format!("`{name}` does not know the country `{written}`"), help.into()))
}

fn country(name: &str, values: &[Value<'_>]) -> Result<Option<&'static Plan>, String> {
    if values.len() < 2 {
        return Ok(None);
    }
    let plan = Plan::of_country(&text(name, values, 1)?);
    plan.map(Some).ok_or_else(|| format!("`{name}` was given a country it does not know: write its code, such as `IN`"))
}

fn written<'v>(name: &str, values: &'v [Value<'_>]) -> Result<Option<Cow<'v, str>>, String> {
    match at(values, 0).shape() {
        Shape::Text(text) => Ok(Some(into_nfc(text))),
        Shape::Number(number) => Ok(match worth(number) {
            Worth::Whole(whole) => Some(Cow::Owned(whole.to_string())),
            Worth::Other(_) => None,
        }),
        _ => Err(wrong(name, "text or a number", at(values, 0))),
    }
}

/// The digits of a number as it is written.
#[derive(Debug, Default)]
struct Digits {
    /// Those behind the `+`, or the `00` that stands for it; else all.
    all: String,
    is_international: bool,
    /// The place of a zero that stands in brackets by itself.
    bracketed_zero: Option<usize>,
}

impl Digits {
    /// Reads what may stand in a number: digits of any script, spaces, dashes, dots, slashes, brackets, a `+` before it, and
    /// what nobody sees. Anything else is no number, letters too.
    fn read(text: &str) -> Option<Self> {
        let seen: String = text.chars().filter(|c| !is_invisible(*c) && !c.is_whitespace()).collect();
        let scheme = SCHEMES
            .iter()
            .find(|scheme| seen.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)));
        let number = seen.get(scheme.map_or(0, |scheme| scheme.len())..)?;
        let (number, context) = number.split_once(CONTEXT).unwrap_or((number, ""));
        let mut found = Self::default();
        let letters: Vec<char> = context.chars().chain(number.chars()).collect();
        for (n, letter) in letters.iter().enumerate() {
            if let Some(digit) = digit(*letter) {
                let is_alone = n > 0 && [n - 1, n + 1].iter().all(|n| letters.get(*n).is_some_and(|c| is_bracket(*c)));
                if digit == 0 && is_alone {
                    found.bracketed_zero = Some(found.all.len());
                }
                found.all.push(char::from(b'0' + digit));
            } else if is_plus(*letter) && found.all.is_empty() && !found.is_international {
                found.is_international = true;
            } else if !is_punctuation(*letter) {
                return None;
            }
        }
        if let Some(rest) = found.all.strip_prefix("00") {
            found.bracketed_zero = found.bracketed_zero.and_then(|at| at.checked_sub(2));
            (found.all, found.is_international) = (rest.to_owned(), true);
        }
        Some(found)
    }

    /// The number in E.164: `+`, the country's code, the number. Without a country only where it says its own.
    fn international(&self, country: Option<&'static Plan>) -> Option<String> {
        if self.is_international {
            let (plan, number) = Plan::split(&self.all)?;
            let zero = self.bracketed_zero.and_then(|at| at.checked_sub(plan.code.len()));
            return without_the_zero(plan, number, zero).or_else(|| as_written(plan, number));
        }
        let plan = country?;
        plan.abroad(&self.all)
            .and_then(Plan::split)
            .and_then(|(plan, number)| as_written(plan, number))
            .or_else(|| as_written(plan, behind_the_code(plan, &self.all).as_deref().unwrap_or(&self.all)))
    }
}

fn is_plus(letter: char) -> bool {
    matches!(letter, '+' | '＋' | '﹢')
}

fn is_punctuation(letter: char) -> bool {
    is_dash(letter)
        || is_bracket(letter)
        || matches!(letter, '.' | '．' | '·' | '‧' | '•' | '/' | '／' | '⁄' | '−' | 'ー' | '~' | '～' | '∼' | '⁓')
}

/// What stands behind the country's code in digits without a `+`, where they are only with it a number of the country.
fn behind_the_code(plan: &Plan, digits: &str) -> Option<String> {
    let number = plan.without_prefix(digits.strip_prefix(plan.code)?);
    let is_better = !plan.looks_like(digits) && plan.looks_like(&number);
    (is_better || plan.length(digits) == Length::TooLong).then_some(number)
}

/// `+34 (0)912 345 678`: the zero is dialled within the country alone, where numbers do not begin with it.
fn without_the_zero(plan: &Plan, number: &str, zero: Option<usize>) -> Option<String> {
    let at = zero?;
    let rest = format!("{}{}", number.get(..at)?, number.get(at + 1..)?);
    let is_better = plan.looks_like(&rest) && !plan.looks_like(number);
    if is_better || plan.length(&plan.without_prefix(number)) != Length::Possible {
        as_written(plan, &rest)
    } else {
        None
    }
}

/// A number of the plan's country in E.164, without what is dialled before it within the country.
fn as_written(plan: &Plan, written: &str) -> Option<String> {
    let stripped = plan.without_prefix(written);
    let mut number = match plan.length(&stripped) {
        Length::TooShort | Length::None => written,
        Length::Possible | Length::TooLong => &stripped,
    };
    // The country's code behind a zero, or behind itself. Ranges change: what can be a number without that stays so.
    let may_be_again =
        number == stripped.as_str() && stripped.len() < written.len() || plan.length(number) != Length::Possible;
    let again = number.strip_prefix(plan.code).map(|rest| plan.without_prefix(rest));
    let is_better = |again: &&String| may_be_again && !plan.looks_like(number) && plan.looks_like(again);
    if let Some(again) = again.as_ref().filter(is_better) {
        number = again;
    }
    // The main plan of the code knows all lengths that numbers under it have.
    let main = Plan::of_code(plan.code)?;
    (main.length(number) == Length::Possible).then(|| format!("+{}{number}", plan.code))
}
