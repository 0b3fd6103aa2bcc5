//! What functions say of their answers is so: no answer is one that is told never to be.

use hookgate::event::{Value, same_text};
use hookgate::rule::{Answering, At, Function, find_function};
use proptest::prelude::*;

use crate::support::script::clock;

/// Calls whose answers are said to look so, by the values behind the first.
fn calls() -> Vec<(&'static Function, Vec<Value<'static>>)> {
    let text = |text: &str| Value::text(text.to_owned());
    [
        ("lower", vec![]),
        ("upper", vec![]),
        ("digits", vec![]),
        ("squash", vec![]),
        ("trim", vec![]),
        ("trim", vec![text(".-")]),
        ("cut", vec![Value::integer(3)]),
        ("last", vec![Value::integer(3)]),
        ("strip_chars", vec![text("ab ")]),
        ("pad", vec![Value::integer(6), text("0")]),
        ("slug", vec![]),
        ("ascii", vec![]),
        ("ascii", vec![text("de")]),
        ("name_case", vec![]),
        ("name_case", vec![text("particles")]),
        ("phone", vec![]),
        ("phone", vec![text("IN")]),
        ("phone", vec![text("GB")]),
        ("mobile", vec![]),
        ("mobile", vec![text("IN")]),
        ("mobile", vec![text("GB")]),
        ("domain", vec![]),
        ("sha256", vec![]),
        ("hex", vec![]),
        ("uuid", vec![]),
        ("date", vec![]),
    ]
    .map(|(name, further)| (find_function(name).unwrap(), further))
    .into()
}

/// Texts of the kinds that the functions read: letters of many scripts, numbers, addresses, days.
fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ .'@+a-cA-C0-2ßÉéİıΣσŁǰŉ\u{301}\u{200b}-]{0,12}",
        "\\PC{0,10}",
        "(\\+|00)?[0-9 ()-]{4,16}",
        "[6-9][0-9]{9}",
        "[A-Za-z.]{1,8}@[A-Za-zÉÀ@.]{1,12}",
        "(19|20)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|2[0-8])",
    ]
}

proptest! {
    #![proptest_config(crate::properties::tries(400))]

    #[test]
    fn no_answer_is_what_is_told_never_to_be_one(written in texts()) {
        for (function, further) in calls() {
            let values: Vec<Value<'_>> = std::iter::once(Value::text(written.as_str())).chain(further.iter().cloned()).collect();
            let Ok(Value::Text(answer)) = function.call(&values, &clock()) else { continue };
            let name = function.name;
            let never = |text: &str, at| function.never_answers(text, at, Some(&further), false);
            prop_assert_eq!(never(&answer, None), None, "{} of {:?} is {:?}", name, written, answer);
            let letters: Vec<char> = answer.chars().collect();
            for place in 0..=letters.len() {
                let (start, end): (String, String) = (letters[..place].iter().collect(), letters[place..].iter().collect());
                for (part, at) in [(&start, At::Start), (&end, At::End), (&start, At::Anywhere), (&end, At::Anywhere)] {
                    if !part.is_empty() {
                        prop_assert_eq!(never(part, Some(at)), None, "{} of {:?} has {:?}", name, written, part);
                    }
                }
            }
        }
    }

    /// And what the function would answer in its place is an answer.
    #[test]
    fn what_is_told_in_place_of_a_value_is_an_answer(written in texts()) {
        for (function, further) in calls() {
            if let Some(hookgate::rule::Never::But(answer)) = function.never_answers(&written, None, Some(&further), false) {
                prop_assert!(!same_text(&answer, &written), "{} {}", function.name, written);
                prop_assert_eq!(function.never_answers(&answer, None, Some(&further), false), None, "{}", function.name);
            }
        }
    }
}

/// A function whose examples are looked at by none of the calls above is of another kind.
#[test]
fn each_function_that_says_something_of_its_texts_is_tried() {
    for function in &*hookgate::rule::FUNCTIONS {
        let says = matches!(function.answers(), Answering::Kept | Answering::KeptWhole(..) | Answering::Texts(..));
        assert_eq!(says, calls().iter().any(|(tried, _)| tried.name == function.name), "{}", function.name);
    }
}

/// Of every function the examples answer as it says.
#[test]
fn the_kinds_that_are_declared_are_those_of_the_examples() {
    for function in &*hookgate::rule::FUNCTIONS {
        for (call, answer) in
            function.examples.iter().filter(|(call, answer)| call.starts_with(function.name) && !answer.is_empty())
        {
            let is_fit = match function.answers() {
                Answering::Truths => ["true", "false"].contains(answer),
                Answering::Numbers => answer.parse::<f64>().is_ok(),
                Answering::Lists => answer.starts_with('['),
                Answering::Words(words) => words.contains(answer),
                Answering::Anything | Answering::Kept | Answering::KeptWhole(..) | Answering::Texts(..) => true,
            };
            assert!(is_fit, "{call} is {answer}");
        }
    }
}
