//! The functions for identities, each by what it answers.

use hookgate::event::Value;
use hookgate::rule::find_function;
use serde_json::json;

use crate::support::script::clock;

#[test]
fn functions_answer_as_the_table_says() {
    let call = |name: &str, values: serde_json::Value| {
        let Value::List(values) = Value::from(values) else { panic!("no list") };
        find_function(name).unwrap().call(&values, &clock()).map(|value| value.to_json())
    };
    let table = [
        ("present", json!([null]), "false"),
        ("present", json!([""]), "true"),
        ("coalesce", json!([null, "", "a"]), "\"\""),
        ("first_filled", json!([null, "", " \u{a0}", "\u{200b}", [], {}, "a", "b"]), "\"a\""),
        ("first_filled", json!([null, 0]), "0"),
        ("first_filled", json!([null, " "]), "null"),
        ("trim", json!([" \u{a0}Asha Rao\u{3000}"]), "\"Asha Rao\""),
        ("trim", json!([" \u{200b} "]), "\"\""),
        ("trim", json!(["ramakrishnan-venkat.", "."]), "\"ramakrishnan-venkat\""),
        ("trim", json!([". .a.b. .-", ".-"]), "\"a.b\""),
        ("trim", json!([" .. ", "."]), "\"\""),
        ("matches", json!(["9820012345", "^[6-9]\\d{9}$"]), "true"),
        ("matches", json!([null, "x"]), "false"),
        ("last", json!(["9820012345", 4]), "\"2345\""),
        ("cut", json!(["Zoë", 3]), "\"Zoë\""),
        ("squash", json!(["  a \t b\n"]), "\"a b\""),
        ("squash", json!([" \u{200b} \u{feff}"]), "\"\""),
        ("name_case", json!(["o'brien-SMITH DE LA"]), "\"O'Brien-Smith De La\""),
        ("ascii", json!(["Łukasz Straße Ñandú Þór 李"]), "\"Lukasz Strasse Nandu Thor \""),
        ("strip_chars", json!(["a.b-c", ".-"]), "\"abc\""),
        ("domain", json!(["A@Example.COM"]), "\"example.com\""),
        ("domain", json!(["nobody"]), "null"),
        ("mobile", json!([9_820_012_345_u64, "IN"]), "\"9820012345\""),
        ("mobile", json!(["098200 12345", "IN"]), "\"9820012345\""),
        ("mobile", json!(["1234567890", "IN"]), "null"),
        ("mobile", json!(["98200123456", "IN"]), "null"),
        ("mobile", json!(["+44 7700 900123"]), "\"447700900123\""),
        ("mobile", json!(["call me", "IN"]), "null"),
        ("date", json!(["10/01/2026"]), "\"2026-01-10\""),
        ("date", json!([[2026, 1, 10, 0, 0]]), "\"2026-01-10\""),
        ("date", json!(["now-7d"]), "\"2026-04-27\""),
        ("date", json!(["soon"]), "null"),
        ("days_between", json!(["2026-02-27", "2026-03-01"]), "2"),
        ("days_until", json!(["2026-05-01"]), "-3"),
        ("age", json!(["2000-05-05"]), "25"),
        ("age", json!(["2000-05-04"]), "26"),
        ("join", json!([["a", null, "", 7], " "]), "\"a 7\""),
        ("is_email", json!(["zoe@example.com"]), "true"),
        ("is_email", json!(["Zoe <zoe@example.com>"]), "false"),
        ("is_email", json!(["zoe@localhost"]), "false"),
        ("is_email", json!([null]), "false"),
        ("sha256", json!(["abc"]), "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\""),
        ("upper", json!(["straße"]), "\"STRASSE\""),
    ];
    for (name, values, expected) in table {
        assert_eq!(call(name, values.clone()).as_deref(), Ok(expected), "{name}{values}");
    }
    for name in ["digits", "upper", "ascii", "squash", "age", "days_until"] {
        assert_eq!(call(name, json!([null])).as_deref(), Ok("null"), "{name} of nothing is nothing");
    }
    assert!(call("upper", json!([["a"]])).unwrap_err().contains("`upper` takes text, not a list"));
}

#[test]
fn patterns_are_bounded() {
    let matches = |text: &str, pattern: &str| {
        find_function("matches").unwrap().call(&[Value::text(text), Value::text(pattern)], &clock())
    };
    for pattern in [
        "((a{100}){100}){100}",
        &"(".repeat(5000),
        &format!("{}a{}", "(".repeat(100), ")".repeat(100)),
        "a{1000000}",
        "(",
    ] {
        assert!(matches("a", pattern).is_err(), "{}", &pattern[..pattern.len().min(30)]);
    }
    let long = "a".repeat(1 << 20) + "!";
    for pattern in ["^(a+)+$", "^(a|aa)*$", "^(a|a?)+$", "(x+x+)+y"] {
        assert!(matches!(matches(&long, pattern), Ok(Value::Bool(false))), "{pattern}");
    }
    // More patterns than a thread keeps.
    for n in 0..300 {
        assert!(matches!(matches(&n.to_string(), &format!("^{n}$")), Ok(Value::Bool(true))));
    }
}

/// Calls a function with one text, and perhaps a second value.
fn of_text(name: &str, text: &str, more: &[&str]) -> serde_json::Value {
    let values: Vec<Value<'_>> = std::iter::once(&text).chain(more).map(|text| Value::text(*text)).collect();
    serde_json::from_str(&find_function(name).unwrap().call(&values, &clock()).unwrap().to_json()).unwrap()
}

/// The text with each letter taken apart from its accents.
fn apart(text: &str) -> String {
    use icu_normalizer::DecomposingNormalizerBorrowed;
    DecomposingNormalizerBorrowed::new_nfd().normalize(text).into_owned()
}

#[test]
fn every_accented_latin_letter_becomes_letters_in_both_forms() {
    let mut count = 0;
    for letter in '\u{80}'..='\u{ffff}' {
        let (whole, apart) = (letter.to_string(), apart(&letter.to_string()));
        if !(letter.is_alphabetic() && apart.len() > 1 && apart.starts_with(|c: char| c.is_ascii_alphabetic())) {
            continue;
        }
        let plain = of_text("ascii", &whole, &[]);
        let plain = plain.as_str().unwrap_or_else(|| panic!("nothing is left of {letter}"));
        assert!(!plain.is_empty() && plain.chars().all(|c| c.is_ascii_alphabetic()), "{letter} is `{plain}`");
        assert!(plain.to_lowercase().starts_with(&apart[..1].to_lowercase()), "{letter} is `{plain}`");
        assert_eq!(of_text("ascii", &apart, &[]), plain, "{letter} in two forms");
        count += 1;
    }
    assert!(count >= 488, "{count} letters");
}

#[test]
fn names_in_many_scripts_have_plain_letters() {
    let names = [
        ("Aṅgad Ðorđe Ŵyn Əliyev Þór", "Angad Dorde Wyn Eliyev Thor"),
        ("Ñandú Łukasz Straße Ægir", "Nandu Lukasz Strasse AEgir"),
        ("Γιώργος", "Giorgos"),
        ("Юлия Жукова", "Yuliya Zhukova"),
        ("प्रिया", "priya"),
        ("محمد", "mhmd"),
        ("דוד", "dvd"),
        ("გიორგი", "giorgi"),
        ("张伟", "ZhangWei"),
        ("김민준", "GimMinJun"),
        ("さくら", "sakura"),
        ("สมชาย", "smchay"),
        ("Հայկ", "Hayk"),
        ("O’Brien–Smith", "O'Brien-Smith"),
        ("९८२० ①", "9820 1"),
        ("Zoë 😀", "Zoe "),
        ("ﬁona Ⅳ", "fiona IV"),
    ];
    for (name, plain) in names {
        assert_eq!(of_text("ascii", name, &[]), plain, "{name}");
        assert_eq!(of_text("ascii", &apart(name), &[]), plain, "{name}, taken apart");
    }
    for nothing in ["", " ", "\u{301}", "\u{200d}", "😀", " 😀 "] {
        assert_eq!(of_text("ascii", nothing, &[]), serde_json::Value::Null, "{nothing:?} is no login");
    }
}

#[test]
fn languages_spell_their_own_letters() {
    let table = [
        ("de", "Jürgen Groß", "Juergen Gross"),
        ("de", "JÜRGEN ÖZIL", "JUERGEN OEZIL"),
        ("DE", "Übel Ä", "Uebel AE"),
        ("de", "José", "Jose"),
        ("da", "Søren Åge Æble", "Soeren Aage Aeble"),
        ("no", "Bjørn", "Bjoern"),
        ("nb", "Håkon", "Haakon"),
        ("sv", "Åsa Sjöberg Ängel", "Aasa Sjoeberg Aengel"),
        ("fi", "Väinö", "Vaeinoe"),
    ];
    for (language, name, plain) in table {
        assert_eq!(of_text("ascii", name, &[language]), plain);
        assert_eq!(of_text("ascii", &apart(name), &[language]), plain, "{name}, taken apart");
    }
    let unknown = find_function("ascii").unwrap().call(&[Value::text("a"), Value::text("xx")], &clock());
    assert!(unknown.unwrap_err().contains("a language it does not know"));
}

#[test]
fn names_get_their_capitals() {
    let table = [
        ("MCDONALD", "McDonald"),
        ("mcgee o'brien", "McGee O'Brien"),
        ("McDonald DeVito", "McDonald DeVito"),
        ("MACHADO mack", "Machado Mack"),
        ("MC", "Mc"),
        ("de la Cruz", "de la Cruz"),
        ("DE LA CRUZ", "De La Cruz"),
        ("van der BERG", "van der Berg"),
        ("asha Rao", "Asha Rao"),
        ("asha VAN", "Asha Van"),
        ("Rao III", "Rao III"),
        ("rao iii", "Rao III"),
        ("RAO IV", "Rao IV"),
        ("IV RAO", "Iv Rao"),
        ("RAO VI", "Rao Vi"),
        ("II", "Ii"),
        ("D'SOUZA", "D'Souza"),
        ("o’brien", "O’Brien"),
        ("smith's", "Smith's"),
        ("ST JOHN’S HOSPITAL", "St John’s Hospital"),
        ("JEAN-LUC", "Jean-Luc"),
        ("JOSE\u{301} RAO", "José Rao"),
        ("m\u{310}aya", "M\u{310}aya"),
        ("A\u{310}B", "A\u{310}b"),
        ("प्रिया", "प्रिया"),
        ("გიორგი", "გიორგი"),
        ("ǆemal", "ǅemal"),
        ("ALİ", "Ali"),
        ("ΓΙΩΡΓΟΣ", "Γιωργος"),
        ("a. p. j. KALAM", "A. P. J. Kalam"),
    ];
    for (name, cased) in table {
        assert_eq!(of_text("name_case", name, &[]), cased, "{name}");
        assert_eq!(of_text("name_case", &apart(name), &[]), cased, "{name}, taken apart");
        assert_eq!(of_text("name_case", cased, &[]), cased, "once more");
    }
    for (name, cased) in [
        ("DE LA CRUZ", "de la Cruz"),
        ("ludwig VAN beethoven", "Ludwig van Beethoven"),
        ("AHMED BIN SALMAN", "Ahmed bin Salman"),
        ("kim van", "Kim Van"),
        ("AL-HASSAN", "al-Hassan"),
        ("De La Cruz", "De La Cruz"),
    ] {
        assert_eq!(of_text("name_case", name, &["particles"]), cased, "{name}");
    }
}
