//! Turns rows into request bodies, as the platform would send them.

use std::collections::BTreeMap;

use super::columns::Taken;
use super::export::{Cell, Content};
use crate::event::{Path, Root, write_string};

/// Where in a request the columns go.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// The request without its user.
    request: Spot,
    user: Spot,
}

/// A place in a request: what a column holds, or fields below. Only `user.attributes` may be both: custom attributes that
/// have columns of their own come to those that come together.
#[derive(Debug, Default)]
struct Spot {
    column: Option<usize>,
    fields: BTreeMap<String, Spot>,
}

/// The field of the user that holds custom attributes.
const ATTRIBUTES: &str = "attributes";

impl Plan {
    /// Puts each column at its place.
    ///
    /// # Errors
    /// Names two columns of which one would hide the other.
    pub(super) fn new(taken: &[Taken]) -> Result<Self, String> {
        let mut plan = Self::default();
        for (n, column) in taken.iter().enumerate() {
            let Some(path) = &column.path else { continue };
            let spot = plan.spot(path);
            let is_twofold = path.root == Root::User && path.keys().eq([ATTRIBUTES]);
            let is_free = spot.column.is_none() && (spot.fields.is_empty() || is_twofold);
            if !is_free || plan.is_hidden(path) {
                let is_twofold = |other: &Path| steps(other).eq([ATTRIBUTES]) && steps(path).count() > 1;
                let is_met = |other: &Path| is_at(other, path) && !is_twofold(other);
                let is_other = |other: &&Taken| other.path.as_ref().is_some_and(is_met);
                let other = taken.iter().take(n).find(is_other).map_or("", |other| &other.column);
                return Err(format!("columns `{other}` and `{}` are both taken for `{path}`", column.column));
            }
            plan.spot(path).column = Some(n);
        }
        Ok(plan)
    }

    fn root(&mut self, root: &Root) -> &mut Spot {
        match root {
            Root::User | Root::Attr => &mut self.user,
            Root::Request
            | Root::Token
            | Root::Caller
            | Root::App
            | Root::Hook
            | Root::Now
            | Root::Setting
            | Root::Bound(_) => &mut self.request,
        }
    }

    fn spot(&mut self, path: &Path) -> &mut Spot {
        steps(path).fold(self.root(&path.root), Spot::below)
    }

    /// Whether the path leads through a value that a column holds.
    fn is_hidden(&mut self, path: &Path) -> bool {
        let steps: Vec<&str> = steps(path).collect();
        let mut spot = self.root(&path.root);
        for (n, step) in steps.iter().enumerate() {
            let is_value = spot.column.is_some();
            let is_open = n == 1 && path.root != Root::Request && steps.first() == Some(&ATTRIBUTES);
            if is_value && !is_open {
                return true;
            }
            spot = spot.below(step);
        }
        false
    }

    /// The body of a call about the person in this row.
    ///
    /// # Errors
    /// Says in words why there can be none.
    pub(super) fn body(&self, content: &Content) -> Result<Vec<u8>, &'static str> {
        let cells = match content {
            Content::Request(body) => return Ok(body.clone().into_bytes()),
            Content::Cells(cells) => cells,
        };
        let mut out = String::with_capacity(512);
        out.push_str(r#"{"request":{"user":"#);
        if !self.user.write(cells, &mut out)? {
            out.push_str("{}");
        }
        for (name, spot) in &self.request.fields {
            spot.write_field(name, cells, &mut out)?;
        }
        out.push_str("}}");
        Ok(out.into_bytes())
    }
}

/// The names from the request's or the user's own fields on.
fn steps(path: &Path) -> impl Iterator<Item = &str> {
    let first = (path.root == Root::Attr).then_some(ATTRIBUTES);
    first.into_iter().chain(path.keys())
}

/// Whether one of the paths leads to the other, or through it.
fn is_at(one: &Path, other: &Path) -> bool {
    let is_request = |path: &Path| path.root == Root::Request;
    is_request(one) == is_request(other) && steps(one).zip(steps(other)).all(|(a, b)| a == b)
}

impl Spot {
    fn below(&mut self, name: &str) -> &mut Spot {
        self.fields.entry(name.to_owned()).or_default()
    }

    /// Writes the value; whether there is one.
    fn write(&self, cells: &[Option<Cell>], out: &mut String) -> Result<bool, &'static str> {
        let whole = self.column.and_then(|column| cells.get(column)?.as_ref());
        match whole {
            Some(cell) if self.fields.is_empty() => write_cell(cell, out),
            Some(Cell::Json(json)) if json.trim() != "null" => return self.write_into(json.trim(), cells, out),
            Some(Cell::Text(_)) => return Err(NO_ATTRIBUTES),
            Some(Cell::Json(_)) | None => return self.write_fields(cells, out),
        }
        Ok(true)
    }

    fn write_fields(&self, cells: &[Option<Cell>], out: &mut String) -> Result<bool, &'static str> {
        let start = out.len();
        out.push('{');
        for (name, spot) in &self.fields {
            spot.write_field(name, cells, out)?;
        }
        let is_there = out.len() > start + 1;
        if is_there {
            out.push('}');
        } else {
            out.truncate(start);
        }
        Ok(is_there)
    }

    /// Writes `"name":value` behind what stands there, where there is a value.
    fn write_field(&self, name: &str, cells: &[Option<Cell>], out: &mut String) -> Result<(), &'static str> {
        let start = out.len();
        if !out.ends_with('{') {
            out.push(',');
        }
        write_string(name, out);
        out.push(':');
        if !self.write(cells, out)? {
            out.truncate(start);
        }
        Ok(())
    }

    /// Writes custom attributes that come as one value, and behind them those that have columns, in the same shape.
    fn write_into(&self, json: &str, cells: &[Option<Cell>], out: &mut String) -> Result<bool, &'static str> {
        let (close, is_map) = match json.chars().next() {
            Some('{') => ('}', true),
            Some('[') => (']', false),
            _ => return Err(NO_ATTRIBUTES),
        };
        out.push_str(json.strip_suffix(close).unwrap_or(json).trim_end());
        for (name, spot) in &self.fields {
            if is_map {
                spot.write_field(name, cells, out)?;
                continue;
            }
            let start = out.len();
            out.push_str(if out.ends_with('[') { r#"{"name":"# } else { r#",{"name":"# });
            write_string(name, out);
            out.push_str(r#","value":"#);
            match spot.write(cells, out)? {
                true => out.push('}'),
                false => out.truncate(start),
            }
        }
        out.push(close);
        Ok(true)
    }
}

/// Why a row is not a request.
const NO_ATTRIBUTES: &str =
    "`attributes` is neither an object nor a list, and custom attributes have columns of their own";

fn write_cell(cell: &Cell, out: &mut String) {
    match cell {
        Cell::Text(text) => write_string(text, out),
        Cell::Json(json) => out.push_str(json),
    }
}
