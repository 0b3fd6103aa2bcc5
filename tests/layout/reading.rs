//! A test of the test: each way to write an import is seen.

use super::references::{Crate, circles};

/// A small crate: `b` is referred to by `a` in one way, in a room `r` of its own or from another room.
fn refers(writing: &str) -> bool {
    refers_from("r/a.rs", writing)
}

fn refers_from(file: &str, writing: &str) -> bool {
    let others = [
        ("lib.rs", "pub mod r; pub mod other;"),
        ("other/mod.rs", "mod c;"),
        (
            "r/mod.rs",
            "mod a; mod b; mod deep; pub use b::{Thing, work as labour}; pub use deep::*; pub use deep::leaf;",
        ),
        ("r/b.rs", "pub struct Thing; impl Thing { pub const ONE: u8 = 1; } pub fn work() {} pub struct Own;"),
        ("r/deep/mod.rs", "pub mod leaf; pub use leaf::Leaf; pub use super::b::Own;"),
        ("r/deep/leaf.rs", "pub struct Leaf;"),
    ];
    let files: Vec<(&str, &str)> = others.into_iter().chain([(file, writing)]).collect();
    let read = Crate::read(files);
    read.references()[file].contains("r/b.rs")
}

#[test]
fn every_way_to_write_an_import_is_seen() {
    for writing in [
        "use super::b;",
        "use super::b::Thing;",
        "use super::{b::Thing, deep};",
        "use super::{deep::{leaf, Leaf}, b::{self, work}};",
        "use super::b as other;",
        "use super::b::*;",
        "use crate::r::b::Thing;",
        "use crate::{r::{b}};",
        "use self::super::b;",
        // Through a face, by another name, and through two.
        "use super::Thing;",
        "use super::labour;",
        "use super::deep::Own;",
        "use crate::r::Own;",
        // Without `use`.
        "fn f() { super::b::work(); }",
        "fn f(of: super::b::Thing) {}",
        "fn f() -> Option<crate::r::b::Thing> { None }",
        "impl super::b::Thing {}",
        "const ONE: u8 = super::b::Thing::ONE;",
        "fn f() { let crate::r::b::Thing = g(); }",
        "#[derive(Debug)] struct S { of: Vec<super::b::Thing> }",
        "mod inner { fn f() { super::super::b::work(); } }",
        "mod inner { use crate::r::b; }",
        "fn f() { use super::b::work; work(); }",
        // In a macro that nobody parses.
        "fn f() { format!(\"{}\", super::b::Thing::ONE); }",
        "fn f() { vec![Some(crate::r::b::Thing)]; }",
        "macro_rules! m { () => { $crate::r::b::work() }; }",
    ] {
        assert!(refers(writing), "{writing}");
    }
    // From another room only the face is open, and through it the file is still the one that is meant.
    for writing in ["use crate::r::Thing;", "fn f() { crate::r::labour(); }", "use crate::r; fn f() { r::labour(); }"] {
        assert!(refers_from("other/c.rs", writing), "{writing}");
    }
}

#[test]
fn what_is_no_import_is_none() {
    for writing in [
        "//! Speaks of super::b::Thing.",
        "const TEXT: &str = \"super::b::Thing\";",
        "#[cfg(test)] mod tests { use super::super::b::Thing; }",
        "#[cfg(test)] use super::b::Thing;",
        "use std::b::Thing;",
        "fn b() {} fn f() { b(); }",
        "use super::deep::leaf::Leaf;",
    ] {
        assert!(!refers(writing), "{writing}");
    }
}

#[test]
fn a_circle_is_told_with_its_way() {
    let files = [
        ("lib.rs", "mod r;"),
        ("r/mod.rs", "mod a; mod b; mod c; mod d; pub use c::Name;"),
        ("r/a.rs", "use super::b::x;"),
        ("r/b.rs", "pub fn x() { crate::r::Name; }"),
        ("r/c.rs", "pub struct Name; fn f() { super::a::y(); }"),
        ("r/d.rs", "use super::a;"),
    ];
    let read = Crate::read(files);
    assert_eq!(circles(&read.references()), ["r/a.rs → r/b.rs → r/c.rs → r/a.rs"]);
}
