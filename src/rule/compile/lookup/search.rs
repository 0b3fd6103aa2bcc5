//! Reads lookups in a directory: the filter, and which attributes become columns.

use crate::diagnostic::{Diagnostic, code};
use crate::rule::compile::compiler::Compiler;
use crate::rule::lookup::{Ask, Attribute, NoFilter, Remote, Scope, Search, check_filter};
use crate::yaml::{Node, listed};

impl Compiler<'_> {
    /// The search of a lookup.
    pub fn search(&mut self, node: &Node) -> Option<Search> {
        let filter_node = node.get("filter")?;
        let filter = self.filling(filter_node, "`filter`")?;
        if let Err(NoFilter { message, help }) = check_filter(&filter) {
            let finding = self.reader.mistake(&code::BAD_QUERY, &filter_node.span, message);
            self.reader.push(finding.help(help));
            return None;
        }
        let attributes = self.attributes(node.get("attributes")?);
        let base = node.get("base").and_then(|node| self.reader.text(node, "`base`")).map(str::to_owned);
        let scope = node.get("scope").and_then(|node| self.reader.one_of(node, "`scope`", &Scope::ALL));
        Some(Search { base, scope: scope.unwrap_or(Scope::Subtree), filter, attributes })
    }

    /// Attributes by their names; `*` and `+`, which mean many, would become no column.
    fn attributes(&mut self, node: &Node) -> Vec<Attribute> {
        let mut attributes = Vec::new();
        for (text, span) in self.reader.texts(node, "an attribute") {
            let name = text.strip_suffix("[]").unwrap_or(text);
            let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-;.".contains(c));
            if !is_name {
                let finding =
                    self.reader.mistake(&code::BAD_QUERY, span, format!("`{text}` is not an attribute of a directory"));
                self.reader.push(finding.help("write each by its name: `mail`, or `proxyAddresses[]` for a list"));
            }
            attributes.push(Attribute { name: name.to_owned(), is_list: text.ends_with("[]") });
        }
        attributes
    }

    /// A column that rules read of a directory's rows must be among the attributes that are asked for.
    pub fn check_attributes(&mut self) {
        for lookup in &self.lookups {
            let Some(Remote { ask: Ask::Ldap(search), .. }) = lookup.remote() else { continue };
            for (column, place) in &lookup.columns_read {
                let is_asked = column == "dn" || search.attributes.iter().any(|known| known.name == *column);
                if !is_asked {
                    let message = format!("lookup `{}` does not ask for attribute `{column}`", lookup.name);
                    let finding = Diagnostic::error(&code::UNKNOWN_COLUMN, place.clone(), message);
                    let names = search.attributes.iter().map(|known| known.name.as_str()).chain(["dn"]);
                    self.reader.report.push(finding.help(format!("its columns are {}", listed(names))));
                }
            }
        }
    }
}
