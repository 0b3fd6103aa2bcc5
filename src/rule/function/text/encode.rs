//! Functions that write a text in another alphabet, or make an id of it.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use sha2::{Digest as _, Sha256};
use uuid::{Builder, Uuid};

use crate::event::{Value, nfc};
use crate::rule::condition::At;
use crate::rule::function::answers::{Answering, is_hex_digit, is_made_of};
use crate::rule::function::clock::Clock;
use crate::rule::function::literal::Argument;
use crate::rule::function::table::{Answer, Function};
use crate::rule::function::value::text;

pub static FUNCTIONS: &[&Function] = &[&BASE64, &BASE64_DECODE, &GUID_BASE64, &HEX, &UUID];

static BASE64: Function =
    Function::new("base64(text)", "base64", (1, 1), "the text in UTF-8 as Base64 (RFC 4648, with `=`)", base64)
        .taking(&[Argument::Text])
        .examples(&[("base64(\"asha.rao\")", "YXNoYS5yYW8=")]);

fn base64(values: &[Value<'_>], _: &Clock) -> Answer {
    Ok(Value::text(STANDARD.encode(text("base64", values, 0)?.as_bytes())))
}

static BASE64_DECODE: Function = Function::new(
    "base64_decode(text)",
    "base64_decode",
    (1, 1),
    "the text that Base64 stands for, in the alphabet of files or of URLs, with or without `=`; absent when it is not Base64 of a text in UTF-8",
    base64_decode,
)
.taking(&[Argument::Text])
.examples(&[("base64_decode(\"YXNoYS5yYW8=\")", "asha.rao")]);

fn base64_decode(values: &[Value<'_>], _: &Clock) -> Answer {
    let written = text("base64_decode", values, 0)?;
    let letter = |letter: char| match letter {
        '-' => '+',
        '_' => '/',
        other => other,
    };
    let plain: String = written.chars().filter(|c| !c.is_whitespace()).map(letter).collect();
    let bytes = STANDARD_NO_PAD.decode(plain.trim_end_matches('=')).ok();
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    Ok(text.map_or(Value::Null, |text| Value::text(nfc(&text))))
}

static GUID_BASE64: Function = Function::new(
    "guid_base64(guid)",
    "guid_base64",
    (1, 1),
    "the sixteen bytes of a GUID as Base64, in the order in which Active Directory keeps them: the immutable id of a cloud account. Braces and capital letters do not matter; absent when it is not a GUID",
    guid_base64,
)
.taking(&[Argument::Text])
.examples(&[("guid_base64(\"620231fe-e789-224e-c1ce-c3dd00112233\")", "/jECYonnTiLBzsPdABEiMw==")]);

fn guid_base64(values: &[Value<'_>], _: &Clock) -> Answer {
    let guid = Uuid::try_parse(text("guid_base64", values, 0)?.trim()).ok();
    Ok(guid.map_or(Value::Null, |guid| Value::text(STANDARD.encode(guid.to_bytes_le()))))
}

static HEX: Function =
    Function::new("hex(text)", "hex", (1, 1), "the bytes of the text in UTF-8, as two hexadecimal digits each", hex)
        .taking(&[Argument::Text])
        .answering(Answering::Texts("digits, `0` to `9` and `a` to `f`", of_hex))
        .examples(&[("hex(\"Zoë\")", "5a6fc3ab")]);

fn hex(values: &[Value<'_>], _: &Clock) -> Answer {
    let text = text("hex", values, 0)?;
    let digit = |half: u8| char::from_digit(half.into(), 16).unwrap_or('0');
    Ok(Value::text(text.bytes().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect::<String>()))
}

fn of_hex(at: Option<At>, text: &str) -> bool {
    is_made_of(text, None, is_hex_digit) && (at.is_some() || text.len().is_multiple_of(2))
}

static UUID: Function = Function::new(
    "uuid(text)",
    "uuid",
    (1, 1),
    "a UUID made of the text, the same whenever and wherever it is made: version 8 by SHA-256 as appendix B.2 of RFC 9562 has it, in the name space of DNS",
    uuid,
)
.taking(&[Argument::Text])
.answering(Answering::Texts("a UUID in small letters", of_uuid))
.examples(&[("uuid(\"www.example.com\")", "5c146b14-3c52-8afd-938a-375d0df1fbf6")]);

fn uuid(values: &[Value<'_>], _: &Clock) -> Answer {
    let name = text("uuid", values, 0)?;
    let digest = Sha256::new().chain_update(Uuid::NAMESPACE_DNS.as_bytes()).chain_update(name.as_bytes()).finalize();
    let first: Option<[u8; 16]> = digest.as_slice().first_chunk().copied();
    Ok(first.map_or(Value::Null, |bytes| Value::text(Builder::from_custom_bytes(bytes).into_uuid().to_string())))
}

fn of_uuid(at: Option<At>, text: &str) -> bool {
    is_made_of(text, at.is_none().then_some(36), |letter| is_hex_digit(letter) || letter == '-')
}
