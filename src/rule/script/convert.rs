//! Converts values into and out of a script by hand, with limits, since a script's values may nest without end.
//!
//! A whole number of 64 bits is a whole number, one with a fraction or exponent is the nearest double, and a larger
//! whole number is text, so that no digit of an account number is lost. Null and absent are both `()`. Texts are in
//! NFC, as are those of the script, so that `==` compares as conditions do.

use std::borrow::Cow;

use rhai::{Array, Dynamic, Map};

use super::limit::{SCRIPT_LIMIT_ELEMENTS, SCRIPT_LIMIT_TEXT_BYTES, SCRIPT_LIMIT_VALUE_LEVELS};
use super::secret::SecretValue;
use crate::event::{Shape, Value, View, into_nfc};

/// A value for a script.
///
/// # Errors
/// Says which limit the value is beyond.
pub(super) fn to_script(value: View<'_>) -> Result<Dynamic, String> {
    Room { elements: SCRIPT_LIMIT_ELEMENTS, bytes: SCRIPT_LIMIT_TEXT_BYTES }.convert(value, 0)
}

/// What is left of the limits while one value is converted.
struct Room {
    elements: usize,
    bytes: usize,
}

impl Room {
    fn convert(&mut self, value: View<'_>, level: usize) -> Result<Dynamic, String> {
        if level > SCRIPT_LIMIT_VALUE_LEVELS {
            return Err(format!("a value is nested deeper than {SCRIPT_LIMIT_VALUE_LEVELS} levels"));
        }
        Ok(match value.shape() {
            Shape::Null => Dynamic::UNIT,
            Shape::Bool(yes) => yes.into(),
            Shape::Number(number) => to_number(number),
            Shape::Text(text) => self.text(into_nfc(text).into_owned())?.into(),
            Shape::List(list) => {
                let mut out = Array::new();
                for item in list.iter() {
                    self.element()?;
                    out.push(self.convert(item, level + 1)?);
                }
                out.into()
            }
            Shape::Map(map) => {
                let mut out = Map::new();
                for (key, field) in map.iter() {
                    self.element()?;
                    let key = self.text(into_nfc(key).into_owned())?;
                    out.insert(key.into(), self.convert(field, level + 1)?);
                }
                out.into()
            }
            Shape::Secret(secret) => Dynamic::from(SecretValue::of(secret.expose().to_value())),
        })
    }

    fn text(&mut self, text: String) -> Result<String, String> {
        match self.bytes.checked_sub(text.len()) {
            Some(left) => self.bytes = left,
            None => return Err(format!("a value holds more than {} KiB of text", SCRIPT_LIMIT_TEXT_BYTES >> 10)),
        }
        Ok(text)
    }

    fn element(&mut self) -> Result<(), String> {
        match self.elements.checked_sub(1) {
            Some(left) => self.elements = left,
            None => return Err(format!("a value has more than {SCRIPT_LIMIT_ELEMENTS} elements and fields")),
        }
        Ok(())
    }
}

fn to_number(number: &str) -> Dynamic {
    if let Ok(whole) = number.parse::<i64>() {
        return whole.into();
    }
    let is_whole = !number.contains(['.', 'e', 'E']);
    match number.parse::<f64>() {
        Ok(double) if !is_whole && double.is_finite() => double.into(),
        _ => number.into(),
    }
}

/// A value from a script.
///
/// # Errors
/// When it is nothing that JSON knows, or nested too deep.
pub(super) fn from_script(value: &Dynamic) -> Result<Value<'static>, String> {
    convert(value, 0)
}

fn convert(value: &Dynamic, level: usize) -> Result<Value<'static>, String> {
    if level > SCRIPT_LIMIT_VALUE_LEVELS {
        return Err(format!("a value is nested deeper than {SCRIPT_LIMIT_VALUE_LEVELS} levels"));
    }
    if value.is_shared() {
        return convert(&value.flatten_clone(), level + 1);
    }
    if value.is_unit() {
        return Ok(Value::Null);
    }
    if let Ok(text) = value.as_immutable_string_ref() {
        return Ok(Value::text(text.as_str()));
    }
    if let Ok(list) = value.as_array_ref() {
        return Ok(Value::List(list.iter().map(|item| convert(item, level + 1)).collect::<Result<_, _>>()?));
    }
    if let Ok(map) = value.as_map_ref() {
        let field = |(key, value): (&rhai::Identifier, &Dynamic)| {
            Ok::<_, String>((Cow::Owned(key.to_string()), convert(value, level + 1)?))
        };
        return Ok(Value::Map(map.iter().map(field).collect::<Result<_, _>>()?));
    }
    match value.read_lock::<SecretValue>() {
        Some(secret) => Ok(secret.value()),
        None => scalar(value),
    }
}

fn scalar(value: &Dynamic) -> Result<Value<'static>, String> {
    if let Ok(yes) = value.as_bool() {
        return Ok(Value::Bool(yes));
    }
    if let Ok(number) = value.as_int() {
        return Ok(Value::integer(number));
    }
    if let Ok(number) = value.as_float() {
        return match number.is_finite() {
            true => Ok(Value::float(number)),
            false => Err("a number is infinite or none at all, which JSON cannot write".to_owned()),
        };
    }
    if let Ok(letter) = value.as_char() {
        return Ok(Value::text(letter));
    }
    let what = if value.is_fnptr() { "a closure is not a value" } else { "a range or a run of bytes is not a value" };
    Err(format!("{what} that can leave a script"))
}
