//! Finds variables that closures use and that change: a closure shares them, and could come to hold itself.
//!
//! That would be a circle that never ends for whoever prints, compares or frees it.

use std::collections::BTreeMap;

use rhai::Position;

/// Where something happens to a variable.
#[derive(Clone, Copy)]
struct Place {
    /// The script itself, or one of its functions and closures.
    body: usize,
    order: usize,
    /// The outermost loop around it; 0 where there is none.
    in_loop: usize,
    position: Position,
}

/// What happens to variables, in the order of a walk.
#[derive(Default)]
pub struct Captures {
    body: usize,
    order: usize,
    /// The outermost loop at hand, and how many are around.
    in_loop: usize,
    loops: usize,
    depth: usize,
    captured: BTreeMap<String, Vec<Place>>,
    changed: BTreeMap<String, Vec<Place>>,
}

impl Captures {
    pub fn begin_body(&mut self) {
        self.body += 1;
    }

    pub fn begin_loop(&mut self) {
        if self.depth == 0 {
            self.loops += 1;
            self.in_loop = self.loops;
        }
        self.depth += 1;
    }

    pub fn end_loop(&mut self) {
        self.depth -= 1;
        if self.depth == 0 {
            self.in_loop = 0;
        }
    }

    pub fn captured(&mut self, variable: &str) {
        let place = self.place(Position::NONE);
        self.captured.entry(variable.to_owned()).or_default().push(place);
    }

    pub fn changed(&mut self, variable: &str, position: Position) {
        let place = self.place(position);
        self.changed.entry(variable.to_owned()).or_default().push(place);
    }

    fn place(&mut self, position: Position) -> Place {
        self.order += 1;
        Place { body: self.body, order: self.order, in_loop: self.in_loop, position }
    }

    /// The variables that may change when a closure has them already, and where they do.
    pub fn conflicts(&self) -> Vec<(&str, Position)> {
        let late = |(variable, changes): (&'_ String, &'_ Vec<Place>)| {
            let captures = self.captured.get(variable)?;
            changes.iter().find(|change| captures.iter().any(|capture| !is_over(change, capture))).copied()
        };
        let names = self.changed.iter();
        names.filter_map(|entry| Some((entry.0.as_str(), late(entry)?.position))).collect()
    }
}

/// Whether the change is certainly over when the closure is made.
fn is_over(change: &Place, capture: &Place) -> bool {
    let in_one_loop = change.in_loop != 0 && change.in_loop == capture.in_loop;
    change.body == capture.body && change.order < capture.order && !in_one_loop
}
