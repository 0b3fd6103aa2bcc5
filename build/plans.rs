//! The numbering plans of the countries, written down for the program.
//!
//! They are taken from a library here and not where the program runs: reading its data takes a second of processor time at
//! every start, and of its own reading of numbers nothing is used (see docs/decisions.md).

use std::collections::BTreeSet;
use std::env;
use std::fmt::Write as _;
use std::path::Path;

use phonenumber::metadata::{DATABASE, Descriptor, Metadata};

/// Writes them where `src/rule/function/plan.rs` takes them from.
pub fn write() {
    let file = Path::new(&env::var_os("OUT_DIR").unwrap_or_default()).join("numbering_plans.txt");
    if let Err(error) = std::fs::write(&file, numbering_plans()) {
        println!("cargo::error={} cannot be written: {error}", file.display());
    }
}

/// A line for each country: its code of two letters (`001` of numbers that belong to none), its calling code, the lengths of
/// its numbers and of those that are dialled within a town alone, and as patterns what is dialled before a foreign number, what
/// before one of the country, what the latter becomes, and what numbers look like. Of several countries with one calling
/// code the main one stands first.
fn numbering_plans() -> String {
    let mut out = String::new();
    for plan in (1_u16..1000).filter_map(|code| DATABASE.by_code(&code)).flatten() {
        let pattern = |text: &str| text.split_whitespace().collect::<String>();
        let possible = lengths(plan, |kind| kind.possible_length());
        let local = &lengths(plan, |kind| kind.possible_local_length()) - &possible;
        let prefix = plan.national_prefix_for_parsing().map(ToString::to_string);
        let prefix = prefix.or_else(|| plan.national_prefix().map(str::to_owned));
        let fields = [
            plan.id().to_owned(),
            plan.country_code().to_string(),
            listed(&possible),
            listed(&local),
            plan.international_prefix().map_or_else(String::new, |prefix| pattern(prefix.as_str())),
            prefix.map_or_else(String::new, |prefix| pattern(&prefix)),
            plan.national_prefix_transform_rule().unwrap_or_default().to_owned(),
            pattern(plan.descriptors().general().national_number().as_str()),
        ];
        let _ = writeln!(out, "{}", fields.join("\t"));
    }
    out
}

fn lengths(plan: &Metadata, of: impl Fn(&Descriptor) -> &[u16]) -> BTreeSet<u16> {
    let kinds = plan.descriptors();
    let all = [
        Some(kinds.general()),
        kinds.fixed_line(),
        kinds.mobile(),
        kinds.toll_free(),
        kinds.premium_rate(),
        kinds.shared_cost(),
        kinds.personal_number(),
        kinds.voip(),
        kinds.pager(),
        kinds.uan(),
        kinds.voicemail(),
    ];
    all.into_iter().flatten().flat_map(of).copied().collect()
}

fn listed(lengths: &BTreeSet<u16>) -> String {
    lengths.iter().map(u16::to_string).collect::<Vec<_>>().join(",")
}
