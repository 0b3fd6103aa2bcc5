//! Every link of every page leads somewhere.

use std::path::Path;

use regex::Regex;

use super::blocks::{headings, page, pages, prose};
use crate::support::program::root;

/// What a page links to, without blocks and code in its lines.
fn links(page: &str) -> Vec<String> {
    let text: String = prose(page).iter().map(|(_, line)| format!("{line}\n")).collect();
    let code = Regex::new(r"``.*?``|`[^`]*`").unwrap();
    let link = Regex::new(r"\[[^\]]*\]\(([^)\s]+)\)").unwrap();
    link.captures_iter(&code.replace_all(&text, "")).map(|found| found[1].to_owned()).collect()
}

/// What is wrong with a link of the page `from`, if anything is.
fn wrong(from: &str, link: &str) -> Option<String> {
    if link.starts_with("https://") {
        return None;
    }
    let (path, anchor) = link.split_once('#').map_or((link, None), |(path, anchor)| (path, Some(anchor)));
    let folder = Path::new(from).parent().unwrap();
    let target = if path.is_empty() { from.into() } else { folder.join(path) };
    if !root().join(&target).exists() {
        return Some(format!("{from}: {link} is not there"));
    }
    let anchor = anchor?;
    let known = headings(&page(target.to_str().unwrap()));
    (!known.iter().any(|(_, heading)| heading == anchor)).then(|| format!("{from}: {link} is no heading there"))
}

#[test]
fn every_link_leads_to_a_file_and_a_heading() {
    let (mut seen, mut broken) = (0, Vec::new());
    for name in pages() {
        let links = links(&page(&name));
        seen += links.len();
        broken.extend(links.iter().filter_map(|link| wrong(&name, link)));
    }
    assert!(seen > 100, "only {seen} links");
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn a_link_that_leads_nowhere_is_seen() {
    assert!(wrong("README.md", "docs/operating.md#commands").is_none());
    assert!(wrong("docs/operating.md", "operating/secure.md#tls").is_none());
    assert!(wrong("docs/operating.md", "operating/secure.md#ssl").is_some());
    assert!(wrong("docs/operating.md", "secure.md").is_some());
    assert_eq!(links("[a\nb](c.md#d) `[e](f)`\n```\n[g](h)\n```\n![i](j.svg)"), ["c.md#d", "j.svg"]);
}

/// The entry to the documentation leads to every page of docs, itself or by the entries of its parts.
#[test]
fn every_page_of_the_documentation_is_found_from_its_entries() {
    let entries = ["docs/README.md", "docs/operating.md", "docs/language.md"];
    let linked: Vec<String> = entries.iter().flat_map(|entry| links(&page(entry))).collect();
    let is_linked = |name: &str| linked.iter().any(|link| link.split('#').next() == name.strip_prefix("docs/"));
    let lost: Vec<String> = pages().into_iter().filter(|name| name.starts_with("docs/")).collect();
    let lost: Vec<&String> = lost.iter().filter(|name| *name != "docs/README.md" && !is_linked(name)).collect();
    assert!(lost.is_empty(), "no entry leads to {lost:?}");
}
