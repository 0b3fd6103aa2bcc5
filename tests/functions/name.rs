//! Names: plain letters, and capitals.

use hookgate::event::Value;
use hookgate::rule::find_function;

use crate::support::script::clock;

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
        ("Ñandú Łukasz Straße Ægir", "Nandu Lukasz Strasse Aegir"),
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
        ("DE", "Übel ÜÄ", "Uebel UEAE"),
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
