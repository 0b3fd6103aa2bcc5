//! Changes a value at a path; everything beside the path stays as it came.

use std::borrow::Cow;

use super::value::Value;
use crate::event::nfc::same_text;
use crate::event::path::Segment;

/// Why a value cannot be changed at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotThere {
    /// The step that could not be taken.
    pub segment: Segment,
    /// What stands there instead of an object or list: `text`, `a number`, …
    pub found: &'static str,
}

impl<'d> Value<'d> {
    /// Puts `value` at the path; objects on the way are made where nothing (or null) stands.
    ///
    /// # Errors
    /// When the way leads through something that has no fields, or past the end of a list.
    pub fn set(&mut self, path: &[Segment], value: Value<'d>) -> Result<(), NotThere> {
        let Some((segment, rest)) = path.split_first() else {
            *self = value;
            return Ok(());
        };
        self.open();
        match (self, segment) {
            (nothing @ Value::Null, Segment::Key(key)) => {
                let mut made = Value::Null;
                made.set(rest, value)?;
                *nothing = Value::Map(vec![(Cow::Owned(key.to_string()), made)]);
                Ok(())
            }
            (Value::Map(fields), Segment::Key(key)) => {
                if let Some((_, there)) = fields.iter_mut().find(|(name, _)| same_text(name, key)) {
                    return there.set(rest, value);
                }
                let mut made = Value::Null;
                made.set(rest, value)?;
                fields.push((Cow::Owned(key.to_string()), made));
                Ok(())
            }
            (Value::List(items), Segment::Index(index)) if *index == items.len() => {
                let mut made = Value::Null;
                made.set(rest, value)?;
                items.push(made);
                Ok(())
            }
            (Value::List(items), Segment::Index(index)) if *index < items.len() => match items.get_mut(*index) {
                Some(item) => item.set(rest, value),
                None => Ok(()),
            },
            (other, segment) => Err(NotThere { segment: segment.clone(), found: other.view().kind_name() }),
        }
    }

    /// Takes out what stands at the path; whether anything did.
    pub fn remove(&mut self, path: &[Segment]) -> bool {
        let Some((segment, rest)) = path.split_first() else { return false };
        if self.view().walk(path).is_none() {
            return false;
        }
        self.open();
        match (self, segment) {
            (Value::Map(fields), Segment::Key(key)) => {
                let Some(at) = fields.iter().position(|(name, _)| same_text(name, key)) else { return false };
                if rest.is_empty() {
                    fields.remove(at);
                    return true;
                }
                fields.get_mut(at).is_some_and(|(_, value)| value.remove(rest))
            }
            (Value::List(items), Segment::Index(index)) if rest.is_empty() => {
                items.remove(*index);
                true
            }
            (Value::List(items), Segment::Index(index)) => items.get_mut(*index).is_some_and(|item| item.remove(rest)),
            _ => false,
        }
    }
}
