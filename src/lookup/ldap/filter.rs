//! Builds an LDAP filter with the key in it, every value escaped.

use std::borrow::Cow;

use ldap3::ldap_escape;

use crate::event::{View, is_blank};
use crate::lookup::source::{Fault, Trouble};
use crate::rule::{Filling, Part};

/// Fills the key into a filter (RFC 4515). Where a test has a `*`, its value may not be blank: `(cn=*)` is true of everybody.
///
/// # Errors
/// Such a blank value.
pub fn fill(filter: &Filling, key: View<'_>) -> Result<String, Trouble> {
    let mut out = String::new();
    let mut test = Test::default();
    for part in &filter.parts {
        match part {
            Part::Text(text) => {
                for c in text.chars() {
                    match c {
                        '(' | ')' => std::mem::take(&mut test).end()?,
                        '*' => test.has_star = true,
                        _ => {}
                    }
                }
                out.push_str(text);
            }
            part => {
                let value = part.value(key).map_or(Cow::Borrowed(""), View::as_text);
                test.is_blank |= is_blank(&value);
                out.push_str(&ldap_escape(value));
            }
        }
    }
    Ok(out.trim().to_owned())
}

/// What is known of the test that is being filled.
#[derive(Default)]
struct Test {
    has_star: bool,
    is_blank: bool,
}

impl Test {
    fn end(self) -> Result<(), Trouble> {
        if !(self.has_star && self.is_blank) {
            return Ok(());
        }
        let help = "ask only where the value is there, or take the `*` out of the filter";
        Err(Trouble::new(Fault::Question, "a blank value beside `*` would find everybody").help(help))
    }
}

#[cfg(test)]
mod tests {
    use ldap3::parse_filter;
    use proptest::prelude::*;

    use super::*;
    use crate::event::Value;

    /// A filter in which `$` stands for the key.
    fn filter(text: &str) -> Filling {
        let mut parts = Vec::new();
        for (n, text) in text.split('$').enumerate() {
            parts.extend((n > 0).then_some(Part::Key));
            parts.push(Part::Text(text.to_owned()));
        }
        Filling { parts }
    }

    fn filled(text: &str, key: &str) -> String {
        fill(&filter(text), Value::text(key).view()).unwrap()
    }

    #[test]
    fn what_means_something_in_a_filter_is_escaped() {
        assert_eq!(filled("(mail=$)", "a@corp.example"), "(mail=a@corp.example)");
        assert_eq!(filled("(cn=$)", "*()\\\0"), r"(cn=\2a\28\29\5c\00)");
        assert_eq!(filled("(cn=$*)", "a*"), r"(cn=a\2a*)");
        assert_eq!(filled("(|(cn=$)(sn=$))", "x)(uid=*"), r"(|(cn=x\29\28uid=\2a)(sn=x\29\28uid=\2a))");
        assert_eq!(filled("(cn=$)", "Zoë Ångström 李"), "(cn=Zoë Ångström 李)");
    }

    #[test]
    fn parts_of_a_key_stand_where_they_are_named() {
        let parts = ["(&(sn=", "sn", ")(o=", "o", "))"];
        let parts = parts.iter().map(|text| match *text {
            "sn" | "o" => Part::Named((*text).to_owned()),
            text => Part::Text(text.to_owned()),
        });
        let key = Value::Map(vec![("sn".into(), Value::text("Rao")), ("o".into(), Value::text("R&D (IN)"))]);
        let filled = fill(&Filling { parts: parts.collect() }, key.view()).unwrap();
        assert_eq!(filled, r"(&(sn=Rao)(o=R&D \28IN\29))");
    }

    #[test]
    fn a_blank_value_beside_a_star_is_not_asked() {
        for text in ["(cn=$*)", "(cn=*$*)", "(|(mail=x)(cn=a*$))"] {
            assert_eq!(fill(&filter(text), Value::text(" ").view()).unwrap_err().fault, Fault::Question, "{text}");
            assert!(fill(&filter(text), Value::text("b").view()).is_ok(), "{text}");
        }
        // Without a star it is true of nobody, and other tests of the filter still count.
        assert_eq!(filled("(|(mail=$)(cn=a*))", ""), "(|(mail=)(cn=a*))");
    }

    proptest! {
        /// The tree of the filter has the key as its value, and nothing else has changed.
        #[test]
        fn no_key_leaves_its_place(key in "\\PC*|[()*\\\\&|!=<>~:\0 a-z]{0,40}") {
            let filled = filled("(&(objectClass=person)(cn=$))", &key);
            let tree = format!("{:?}", parse_filter(&filled).unwrap());
            let other = format!("{:?}", parse_filter("(&(objectClass=person)(cn=KEY))").unwrap());
            let bytes = |text: &str| format!("{:?}", text.as_bytes());
            prop_assert_eq!(tree, other.replace(&bytes("KEY"), &bytes(&key)));
        }
    }
}
