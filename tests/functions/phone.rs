//! Telephone numbers, however written: against what `phonenumbers` of `PyPI` says of the same (tests/phones/generate).

use hookgate::event::Value;
use hookgate::rule::find_function;

use crate::support::script::clock;

const NUMBERS: &str = include_str!("../phones/numbers.tsv");

fn call(name: &str, values: &[&str]) -> Option<String> {
    let values: Vec<Value<'_>> = values.iter().map(|text| Value::text(*text)).collect();
    match find_function(name).unwrap().call(&values, &clock()).unwrap() {
        Value::Text(text) => Some(text.into_owned()),
        Value::Null => None,
        other => panic!("{other:?}"),
    }
}

/// A text as Python writes it in ASCII.
fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        let digits = match (letter, letter == '\\') {
            (_, false) => 0,
            _ if letters.as_str().starts_with('x') => 2,
            _ if letters.as_str().starts_with('u') => 4,
            _ => panic!("{text}"),
        };
        if digits == 0 {
            out.push(letter);
            continue;
        }
        letters.next();
        let code: String = letters.by_ref().take(digits).collect();
        out.push(char::from_u32(u32::from_str_radix(&code, 16).unwrap()).unwrap());
    }
    out
}

#[test]
fn numbers_of_forty_countries_in_twelve_ways_are_read_as_phonenumbers_reads_them() {
    let mut countries = std::collections::BTreeSet::new();
    for line in NUMBERS.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let [written, country, number] = fields[..] else { panic!("{line}") };
        let written = unescaped(written);
        let expected = Some(number).filter(|number| *number != "-").map(str::to_owned);
        assert_eq!(call("phone", &[&written, country]), expected, "{line}");
        let mobile = expected.as_ref().map(|number| match number.strip_prefix("+91") {
            Some(ten) => ten,
            None => number,
        });
        if country != "IN" || mobile.is_some_and(|mobile| mobile.starts_with(['6', '7', '8', '9'])) {
            assert_eq!(call("mobile", &[&written, country]).as_deref(), mobile, "{line}");
        }
        countries.insert(country.to_owned());
    }
    assert!(countries.len() >= 40 && NUMBERS.lines().count() >= 40 * 12 * 2);
}

#[test]
fn one_indian_mobile_however_it_is_written_is_its_ten_digits() {
    for written in [
        "9820012345",
        "09820012345",
        "919820012345",
        "+919820012345",
        "+91 098200 12345",
        "+91 (0) 98200 12345",
        "+91-(0)98200-12345",
        "(+91) 98200 12345",
        "91098200 12345",
        "091 98200 12345",
        "00919820012345",
        "0091 (0) 98200 12345",
        "+0091 98200 12345",
        "+91\u{2013}98200\u{2013}12345",
        "+91\u{2212}98200\u{2212}12345",
        "\u{202a}+91 98200 12345\u{202c}",
        "\u{feff}+91\u{200b}98200\u{a0}12345",
        "\u{2068}098200 12345\u{2069}",
        "tel:+91-98200-12345",
        "TEL: 98200 12345",
        "callto:+919820012345",
        "tel:98200-12345;phone-context=+91",
        "९८२००१२३४५",
        "+९१ ९८२०० १२३४५",
        "٩٨٢٠٠١٢٣٤٥",
        "＋９１　９８２００　１２３４５",
        "98200.12345",
        "98200/12345",
        "[98200] 12345",
        "98200 12345\n",
    ] {
        for country in ["IN", "in", "India", "INDIA", "IND", "91", "+91"] {
            assert_eq!(call("mobile", &[written, country]).as_deref(), Some("9820012345"), "{written:?} {country}");
            assert_eq!(call("phone", &[written, country]).as_deref(), Some("+919820012345"), "{written:?} {country}");
        }
    }
}

#[test]
fn what_is_no_number_is_absent_and_what_is_none_of_the_country_keeps_its_own() {
    for written in
        ["", " ", "call me", "98200ABCDE", "9820012345 x5", "98200 12345;ext=5", "9820012345, 9811100022", "+", "00"]
    {
        assert_eq!(call("mobile", &[written, "IN"]), None, "{written}");
        assert_eq!(call("phone", &[written, "IN"]), None, "{written}");
    }
    for written in ["1234567890", "98200123456", "2223456789", "+91 22 2345 6789", "982001234"] {
        assert_eq!(call("mobile", &[written, "IN"]), None, "{written} is no Indian mobile");
    }
    for (written, country, number) in [
        ("+44 7700 900123", "IN", Some("+447700900123")),
        ("0044 (0)7700 900123", "US", Some("+447700900123")),
        ("011 44 7700 900123", "US", Some("+447700900123")),
        ("+1 982 001 2345", "IN", Some("+19820012345")),
        ("+999 123456", "IN", None),
        ("+800 1234 5678", "IN", Some("+80012345678")),
        ("12", "IN", None),
        ("+39 (0)6 1234 5678", "IN", Some("+390612345678")),
        ("+34 (0)912 345 678", "IN", Some("+34912345678")),
        ("06 12345678", "IT", Some("+390612345678")),
        ("9820012345", "91", Some("+919820012345")),
    ] {
        assert_eq!(call("phone", &[written, country]).as_deref(), number, "{written} {country}");
        assert_eq!(
            call("mobile", &[written, country])
                .as_deref()
                .map(|n| n.replace("9820012345", "+919820012345").replace("+1+91", "+1")),
            number.map(str::to_owned),
            "{written} {country}"
        );
    }
    assert_eq!(call("phone", &["9820012345"]), None, "without a country and without its own");
    assert_eq!(call("phone", &["+919820012345"]).as_deref(), Some("+919820012345"));
    assert_eq!(call("mobile", &["+44 7700 900123"]).as_deref(), Some("447700900123"));
    assert_eq!(call("mobile", &["0044 7700 900123"]).as_deref(), Some("447700900123"));
    assert_eq!(call("mobile", &["98200 12345"]).as_deref(), Some("9820012345"));
    for name in ["phone", "mobile"] {
        let unknown = find_function(name).unwrap().call(&[Value::text("1"), Value::text("Indien")], &clock());
        assert!(unknown.unwrap_err().contains("a country it does not know"), "{name}");
    }
}
