//! JSON texts by chance: whole ones in any writing, broken ones, and users with fields that rules read.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// A key: mostly one that comes again, sometimes an odd one.
pub fn key() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => select(&["a", "b", "login", "mobile", "attributes", "name", "value"][..]).prop_map(str::to_owned),
        1 => Just(String::new()),
        1 => "\\PC{1,4}",
    ]
}

/// A text as it stands in JSON, between its quotes, with escapes and without.
fn string() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-zA-Z0-9 ]{0,6}",
        2 => "[^\\x00-\\x1f\"\\\\]{0,4}",
        2 => select(&[r"\n", r#"\""#, r"\\", r"\/", r"\b", r"\f", r"\r", r"\t", r"\u0041", r"\u00e9", r"\ud83d\ude00", r"\u0000"][..])
            .prop_map(str::to_owned),
    ];
    vec(piece, 0..4).prop_map(|pieces| pieces.concat())
}

/// A number as it stands in JSON.
fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "-?(0|[1-9][0-9]{0,4})",
        2 => "-?(0|[1-9][0-9]{0,40})(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?",
        1 => select(&["-0", "-0.0", "1e400", "-1e400", "1e308", "5e-324", "18446744073709551616", "9223372036854775808", "1e-999"][..])
            .prop_map(str::to_owned),
        1 => (300_usize..330).prop_map(|digits| "9".repeat(digits)),
    ]
}

fn space() -> impl Strategy<Value = String> {
    prop_oneof![6 => Just(String::new()), 2 => "[ \n\r\t]{1,3}"]
}

fn scalar() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => select(&["null", "true", "false"][..]).prop_map(str::to_owned),
        3 => number(),
        4 => string().prop_map(|text| format!("\"{text}\"")),
    ]
}

/// A JSON text. A key may appear twice in an object; numbers may be larger than can be compared.
pub fn text() -> impl Strategy<Value = String> {
    nested(scalar())
}

/// A JSON text in which every key stands once and every number can be compared.
pub fn sound_text() -> impl Strategy<Value = String> {
    let scalar = prop_oneof![
        2 => select(&["null", "true", "false"][..]).prop_map(str::to_owned),
        2 => "-?(0|[1-9][0-9]{0,25})(\\.[0-9]{1,9})?",
        3 => string().prop_map(|text| format!("\"{text}\"")),
    ];
    nested(scalar)
        .prop_filter("a key appears twice", |text| !super::document::oracle(text.as_bytes()).unwrap().has_twice)
}

fn nested(scalar: impl Strategy<Value = String> + 'static) -> impl Strategy<Value = String> {
    let spaced = (space(), scalar, space()).prop_map(|(before, scalar, after)| before + &scalar + &after);
    spaced.prop_recursive(5, 40, 6, |inner| {
        let field = (space(), key(), space(), inner.clone())
            .prop_map(|(before, key, after, value)| format!("{before}{}{after}:{value}", serde_json::json!(key)));
        prop_oneof![
            (vec(inner, 0..5), space()).prop_map(|(items, after)| format!("[{}]{after}", items.join(","))),
            (vec(field, 0..6), space()).prop_map(|(fields, after)| format!("{{{}}}{after}", fields.join(","))),
        ]
    })
}

/// Bytes that are almost a JSON text: something taken out, put in or doubled.
pub fn broken() -> impl Strategy<Value = Vec<u8>> {
    let put = prop_oneof![
        6 => select(&b"{}[]\",:\\ \n0123456789.eE+-tfnu\0\x1f"[..]).prop_map(|byte| vec![byte]),
        1 => any::<u8>().prop_map(|byte| vec![byte]),
        1 => select(&["\\ud800", "\\udc00", "\\u12", "\u{feff}", "NaN", "//", "'"][..]).prop_map(|text| text.as_bytes().to_vec()),
    ];
    (text(), any::<prop::sample::Index>(), 0_usize..3, put).prop_map(|(text, at, taken, put)| {
        let mut bytes = text.into_bytes();
        let at = at.index(bytes.len() + 1);
        let end = (at + taken).min(bytes.len());
        bytes.splice(at..end, put);
        bytes
    })
}
