//! What each file of a crate refers to, read from its syntax tree: `use` in every form, paths written inline, in macros too, and
//! names that another file shows to the outside (`pub use`), followed to the file that defines them.
//!
//! Not seen: calls of methods, which need no import, and names that a macro of the crate makes.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, File, Item, ItemMod, ItemUse, Macro, Path, UseTree, Visibility};

/// The segments of a path below the crate: `["rule", "script", "Scripts"]`.
type Segments = Vec<String>;

/// A crate, read.
pub(crate) struct Crate {
    modules: BTreeMap<Segments, Module>,
}

/// A file.
struct Module {
    /// Below src: `rule/script/mod.rs`.
    file: String,
    /// What its own `use` lines bring into it, by the name that it has there.
    imported: BTreeMap<String, Segments>,
    /// What it shows to others, by the name that they see.
    shown: BTreeMap<String, Segments>,
    /// Modules of which it shows everything.
    shown_whole: Vec<Segments>,
    /// Names that it defines.
    items: BTreeSet<String>,
    /// Paths as they are written, tests left out.
    written: Vec<Segments>,
}

impl Crate {
    /// Reads files, each with its path below src.
    pub(crate) fn read<'f>(files: impl IntoIterator<Item = (&'f str, &'f str)>) -> Self {
        let mut modules = BTreeMap::new();
        for (file, text) in files {
            let tree = syn::parse_file(text).unwrap_or_else(|error| panic!("{file}: {error}"));
            modules.insert(module_of(file), Module::read(file, &tree));
        }
        let mut read = Self { modules };
        read.resolve_imports();
        read
    }

    /// Files by the files that they refer to. A face, which has no code of its own, is passed through.
    pub(crate) fn references(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        let of = |(name, module): (&Segments, &Module)| {
            let files = module.written.iter().filter_map(|path| self.absolute(name, path));
            let files = files.filter_map(|path| self.file_defining(path));
            files.filter(|file| *file != module.file).collect::<BTreeSet<_>>()
        };
        self.modules.iter().map(|entry| (entry.1.file.as_str(), of(entry))).collect()
    }

    /// Imports are kept as they are written at first: what they mean is known once all modules are.
    fn resolve_imports(&mut self) {
        let names: BTreeSet<Segments> = self.modules.keys().cloned().collect();
        for (name, module) in &mut self.modules {
            let resolved = |path: &Segments| from_root(name, path, &names);
            for (_, path) in module.imported.iter_mut().chain(&mut module.shown) {
                *path = resolved(path).unwrap_or_default();
            }
            module.imported.retain(|_, path| !path.is_empty());
            module.shown.retain(|_, path| !path.is_empty());
            module.shown_whole = module.shown_whole.iter().filter_map(resolved).collect();
        }
    }

    /// A path as it is written in a module, from the crate's root; nothing for paths into other crates.
    fn absolute(&self, module: &Segments, path: &Segments) -> Option<Segments> {
        if let Some(imported) = self.modules[module].imported.get(path.first()?) {
            return Some(imported.iter().chain(&path[1..]).cloned().collect());
        }
        let first_is_module = |first: &str| self.modules.contains_key(&joined(module, first));
        match path.first()?.as_str() {
            "crate" | "super" | "self" => from_root(module, path, &BTreeSet::new()),
            first if first_is_module(first) => Some(module.iter().chain(path).cloned().collect()),
            _ => None,
        }
    }

    /// The file that defines what a path names.
    fn file_defining(&self, mut path: Segments) -> Option<&str> {
        // A face may show what another face shows.
        for _ in 0..16 {
            let depth = (0..=path.len()).rev().find(|depth| self.modules.contains_key(&path[..*depth]))?;
            let module = &self.modules[&path[..depth]];
            let Some(name) = path.get(depth) else {
                return (!module.is_face()).then_some(&module.file);
            };
            let shows = |of: &&Segments| {
                let of = self.modules.get(*of);
                of.is_some_and(|of| of.items.contains(name) || of.shown.contains_key(name))
            };
            let shown_whole = || module.shown_whole.iter().find(shows).map(|of| joined(of, name));
            let Some(target) = module.shown.get(name).cloned().or_else(shown_whole) else {
                return (!module.is_face()).then_some(&module.file);
            };
            path = target.into_iter().chain(path[depth + 1..].iter().cloned()).collect();
        }
        None
    }
}

impl Module {
    fn read(file: &str, tree: &File) -> Self {
        let mut module = Self {
            file: file.to_owned(),
            imported: BTreeMap::new(),
            shown: BTreeMap::new(),
            shown_whole: Vec::new(),
            items: tree.items.iter().filter_map(name_of).collect(),
            written: Vec::new(),
        };
        Reading { module: &mut module, depth: 0 }.visit_file(tree);
        module
    }

    fn is_face(&self) -> bool {
        self.file.ends_with("mod.rs") || self.file == "lib.rs"
    }
}

/// Walks one file.
struct Reading<'m> {
    module: &'m mut Module,
    /// How many modules written in the file itself it is in.
    depth: usize,
}

impl Reading<'_> {
    fn write(&mut self, mut path: Segments) {
        // `super` of a module that stands in the file is the file itself.
        for _ in 0..self.depth {
            match path.first().map(String::as_str) {
                Some("super") => path.remove(0),
                _ => break,
            };
        }
        if !path.is_empty() {
            self.module.written.push(path);
        }
    }
}

impl<'ast> Visit<'ast> for Reading<'_> {
    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        if is_for_tests(&item.attrs) {
            return;
        }
        self.depth += 1;
        visit::visit_item_mod(self, item);
        self.depth -= 1;
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        if is_for_tests(&item.attrs) {
            return;
        }
        let mut leaves = Vec::new();
        flatten(&item.tree, &mut Vec::new(), &mut leaves);
        for (path, name) in leaves {
            let is_glob = path.last().is_some_and(|last| last == "*");
            let path: Segments = path.into_iter().filter(|segment| segment != "*").collect();
            let is_shown = !matches!(item.vis, Visibility::Inherited);
            if self.depth == 0 && is_glob && is_shown {
                self.module.shown_whole.push(path.clone());
            } else if self.depth == 0 && !is_glob {
                let names = if is_shown { &mut self.module.shown } else { &mut self.module.imported };
                names.insert(name, path.clone());
            }
            self.write(path);
        }
    }

    fn visit_path(&mut self, path: &'ast Path) {
        if path.leading_colon.is_none() {
            self.write(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, of: &'ast Macro) {
        visit::visit_macro(self, of);
        paths_in(of.tokens.clone(), &mut |path| self.write(path));
    }
}

/// Paths among tokens that nobody has parsed: names with `::` between them.
fn paths_in(tokens: TokenStream, each: &mut impl FnMut(Segments)) {
    let mut path: Segments = Vec::new();
    let mut colons = 0;
    for token in tokens {
        match token {
            TokenTree::Ident(name) => {
                if colons != 2 {
                    each(std::mem::take(&mut path));
                }
                path.push(name.to_string());
                colons = 0;
            }
            TokenTree::Punct(sign) if sign.as_char() == ':' => colons += 1,
            other => {
                each(std::mem::take(&mut path));
                colons = 0;
                if let TokenTree::Group(group) = other {
                    paths_in(group.stream(), each);
                }
            }
        }
    }
    each(path);
}

/// The leaves of a `use`, each with the name that it has here.
fn flatten(tree: &UseTree, before: &mut Segments, leaves: &mut Vec<(Segments, String)>) {
    let mut leaf = |last: &str, name: &str| {
        let mut path = before.clone();
        if last != "self" || path.is_empty() {
            path.push(last.to_owned());
        }
        let name = if name == "self" { path.last().cloned().unwrap_or_default() } else { name.to_owned() };
        leaves.push((path, name));
    };
    match tree {
        UseTree::Path(path) => {
            before.push(path.ident.to_string());
            flatten(&path.tree, before, leaves);
            before.pop();
        }
        UseTree::Name(name) => leaf(&name.ident.to_string(), &name.ident.to_string()),
        UseTree::Rename(renamed) => leaf(&renamed.ident.to_string(), &renamed.rename.to_string()),
        UseTree::Glob(_) => leaf("*", "*"),
        UseTree::Group(group) => group.items.iter().for_each(|tree| flatten(tree, before, leaves)),
    }
}

/// `rule/script/mod.rs` is the module `rule::script`.
fn module_of(file: &str) -> Segments {
    let path = file.trim_end_matches(".rs");
    let path = path.strip_suffix("/mod").unwrap_or(path);
    if path == "lib" { Vec::new() } else { path.split('/').map(str::to_owned).collect() }
}

fn from_root(module: &Segments, path: &Segments, modules: &BTreeSet<Segments>) -> Option<Segments> {
    let mut here = module.clone();
    let mut rest = path.as_slice();
    match path.first()?.as_str() {
        "crate" => {
            here.clear();
            rest = &rest[1..];
        }
        "self" | "super" => {
            while let Some(segment) = rest.first().filter(|segment| matches!(segment.as_str(), "self" | "super")) {
                if segment == "super" {
                    here.pop();
                }
                rest = &rest[1..];
            }
        }
        child if modules.contains(&joined(module, child)) => {}
        _ => return None,
    }
    here.extend(rest.iter().cloned());
    Some(here)
}

fn joined(module: &[String], name: &str) -> Segments {
    module.iter().cloned().chain([name.to_owned()]).collect()
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    let is_test = |attribute: &Attribute| {
        attribute.path().is_ident("cfg") && attribute.parse_args::<Path>().is_ok_and(|path| path.is_ident("test"))
    };
    attributes.iter().any(is_test)
}

fn name_of(item: &Item) -> Option<String> {
    let name = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        _ => return None,
    };
    Some(name.to_string())
}

/// Files that refer to themselves through others, each circle once, as a way round: `a → b → a`.
pub(crate) fn circles(references: &BTreeMap<&str, BTreeSet<&str>>) -> Vec<String> {
    let mut found = Vec::new();
    let mut done: BTreeSet<&str> = BTreeSet::new();
    for start in references.keys() {
        let mut reached_from = BTreeMap::new();
        let mut next = vec![*start];
        while let Some(file) = next.pop() {
            for to in references.get(file).into_iter().flatten() {
                if reached_from.contains_key(to) || done.contains(to) {
                    continue;
                }
                reached_from.insert(*to, file);
                next.push(to);
            }
        }
        if reached_from.contains_key(start) {
            let mut way = vec![*start];
            let mut at = reached_from[start];
            while at != *start {
                way.push(at);
                at = reached_from[at];
            }
            way.push(start);
            way.reverse();
            done.extend(&way);
            found.push(way.join(" → "));
        }
    }
    found
}
