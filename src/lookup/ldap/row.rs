//! Turns an entry of a directory into a row: the requested attributes, under the names the lookup gives them.

use std::fmt::Write as _;

use ldap3::ResultEntry;

use crate::event::Value;
use crate::lookup::source::{Fault, Trouble};
use crate::rule::Attribute;

/// Attributes of Active Directory whose values are bytes, even where they happen to read as text; in lower case.
/// From its schema: <https://learn.microsoft.com/windows/win32/adschema/attributes-all>.
const BYTES: [&str; 6] =
    ["objectguid", "objectsid", "sidhistory", "ms-ds-consistencyguid", "msexchmailboxguid", "thumbnailphoto"];
/// What servers put behind the name of an attribute of which they gave only some values.
/// From <https://learn.microsoft.com/openspecs/windows_protocols/ms-adts/> ("Range Retrieval of Attribute Values").
const RANGE: &str = ";range=";

/// The columns of a lookup.
#[derive(Debug)]
pub struct Columns<'l> {
    attributes: &'l [Attribute],
}

/// An attribute of an entry with its values.
struct Given {
    name: String,
    values: Vec<Vec<u8>>,
}

impl<'l> Columns<'l> {
    pub fn new(attributes: &'l [Attribute]) -> Self {
        Self { attributes }
    }

    /// What the server is asked for. `dn` comes with every entry; `1.1` asks for no attribute (RFC 4511, 4.5.1.8).
    pub fn names(&self) -> Vec<String> {
        let names: Vec<String> =
            self.attributes.iter().map(|attribute| attribute.name.clone()).filter(|name| name != "dn").collect();
        if names.is_empty() { vec!["1.1".to_owned()] } else { names }
    }

    /// The row of an entry, and the bytes of its values.
    ///
    /// # Errors
    /// An entry that cannot be read, a value larger than `value_limit` bytes, an attribute that comes in part or under
    /// another name than it was asked for: a rule would take it for absent.
    pub fn row(&self, entry: ResultEntry, value_limit: usize) -> Result<(Value<'static>, usize), Trouble> {
        let unreadable = || Trouble::new(Fault::Answer, "an entry of the answer cannot be read");
        let (dn, given) = read(entry).ok_or_else(unreadable)?;
        let mut bytes = dn.len();
        for attribute in &given {
            self.check(attribute, value_limit)?;
            bytes += attribute.values.iter().map(Vec::len).sum::<usize>();
        }
        let mut row = vec![("dn".into(), Value::text(dn))];
        for wanted in self.attributes.iter().filter(|wanted| wanted.name != "dn") {
            let found = given.iter().find(|given| given.name.eq_ignore_ascii_case(&wanted.name));
            if let Some(value) = found.and_then(|given| given.value(wanted.is_list)) {
                row.push((wanted.name.clone().into(), value));
            }
        }
        Ok((Value::Map(row), bytes))
    }

    fn check(&self, given: &Given, value_limit: usize) -> Result<(), Trouble> {
        let name = given.name.as_str();
        let (plain, options) = name.split_once(';').unwrap_or((name, ""));
        let asked = |name: &str| self.attributes.iter().any(|wanted| wanted.name.eq_ignore_ascii_case(name));
        if name.to_ascii_lowercase().contains(RANGE) {
            let message = format!("attribute `{plain}` has more values than the directory gives at once");
            let help = "let the filter test for the one value that matters: `(&(cn=…)(member=${key}))`";
            return Err(Trouble::new(Fault::Answer, message).help(help));
        }
        // A variant (`cn;lang-de`) of what was asked for is another attribute, which was not.
        if !asked(name) && (options.is_empty() || !asked(plain)) {
            let message = format!("the directory answers attribute `{name}`, which is not asked for by this name");
            return Err(Trouble::new(Fault::Answer, message).help("write attributes by the names the directory has"));
        }
        match given.values.iter().any(|value| value.len() > value_limit) {
            true => Err(Trouble::new(
                Fault::Answer,
                format!("a value of attribute `{name}` is larger than {value_limit} bytes"),
            )),
            false => Ok(()),
        }
    }
}

impl Given {
    /// One value by itself, several as a list; none is absent.
    fn value(&self, is_list: bool) -> Option<Value<'static>> {
        let one = |bytes: &Vec<u8>| Value::text(self.text(bytes));
        match self.values.as_slice() {
            [] => None,
            [value] if !is_list => Some(one(value)),
            values => Some(Value::List(values.iter().map(one).collect())),
        }
    }

    /// Text as it is; bytes in lower-case hexadecimal digits.
    fn text(&self, bytes: &[u8]) -> String {
        let name = self.name.to_ascii_lowercase();
        match str::from_utf8(bytes) {
            Ok(text) if !BYTES.contains(&name.as_str()) && !name.ends_with(";binary") => text.to_owned(),
            _ => bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
                let _ = write!(out, "{byte:02x}");
                out
            }),
        }
    }
}

/// The name and the attributes of an entry (`SearchResultEntry` of RFC 4511, 4.5.2).
fn read(entry: ResultEntry) -> Option<(String, Vec<Given>)> {
    /// The tag of an entry among messages.
    const ENTRY: u64 = 4;
    let mut parts = entry.0.match_id(ENTRY)?.expect_constructed()?.into_iter();
    let dn = String::from_utf8(parts.next()?.expect_primitive()?).ok()?;
    let mut given = Vec::new();
    for attribute in parts.next()?.expect_constructed()? {
        let mut halves = attribute.expect_constructed()?.into_iter();
        let name = String::from_utf8(halves.next()?.expect_primitive()?).ok()?;
        let mut values = Vec::new();
        for value in halves.next()?.expect_constructed()? {
            values.push(value.expect_primitive()?);
        }
        given.push(Given { name, values });
    }
    Some((dn, given))
}

#[cfg(test)]
mod tests {
    use ldap3::asn1::{PL, StructureTag, TagClass};

    use super::*;

    fn tag(payload: PL) -> StructureTag {
        StructureTag { class: TagClass::Universal, id: 4, payload }
    }

    fn bytes(bytes: &[u8]) -> StructureTag {
        tag(PL::P(bytes.to_vec()))
    }

    fn entry(attributes: &[(&str, &[&[u8]])]) -> ResultEntry {
        let attribute = |(name, values): &(&str, &[&[u8]])| {
            let values = values.iter().map(|value| bytes(value)).collect();
            tag(PL::C(vec![bytes(name.as_bytes()), tag(PL::C(values))]))
        };
        let attributes = attributes.iter().map(attribute).collect();
        ResultEntry::new(tag(PL::C(vec![bytes(b"cn=asha,dc=corp"), tag(PL::C(attributes))])))
    }

    fn asked(names: &[&str]) -> Vec<Attribute> {
        let attribute =
            |name: &&str| Attribute { name: name.trim_end_matches("[]").to_owned(), is_list: name.ends_with("[]") };
        names.iter().map(attribute).collect()
    }

    fn row(names: &[&str], attributes: &[(&str, &[&[u8]])]) -> Result<String, Trouble> {
        Columns::new(&asked(names)).row(entry(attributes), 16).map(|(row, _)| row.to_json())
    }

    #[test]
    fn attributes_come_under_the_names_that_the_lookup_gives_them() {
        assert_eq!(
            row(
                &["Mail", "cn[]", "memberOf", "sn[]", "title"],
                &[("mail", &[b"a@x"]), ("CN", &[b"Asha"]), ("memberof", &[b"g1", b"g2"]), ("title", &[])]
            ),
            Ok(r#"{"dn":"cn=asha,dc=corp","Mail":"a@x","cn":["Asha"],"memberOf":["g1","g2"]}"#.to_owned())
        );
        assert_eq!(row(&["dn"], &[]), Ok(r#"{"dn":"cn=asha,dc=corp"}"#.to_owned()));
        assert_eq!(Columns::new(&asked(&["dn"])).names(), ["1.1"]);
        assert_eq!(Columns::new(&asked(&["dn", "cn"])).names(), ["cn"]);
    }

    #[test]
    fn bytes_are_hexadecimal_always_where_they_are_known_to_be_bytes() {
        assert_eq!(
            row(
                &["objectGUID", "userCertificate;binary", "photo", "cn"],
                &[
                    ("objectGUID", &[b"ab"]),
                    ("userCertificate;binary", &[b"c"]),
                    ("photo", &[&[0xff, 0x0a]]),
                    ("cn", &["Zo\u{eb}".as_bytes()])
                ]
            ),
            Ok("{\"dn\":\"cn=asha,dc=corp\",\"objectGUID\":\"6162\",\"userCertificate;binary\":\"63\",\"photo\":\"ff0a\",\
                \"cn\":\"Zo\u{eb}\"}"
                .to_owned())
        );
    }

    #[test]
    fn what_a_rule_would_take_for_absent_is_trouble() {
        for (names, attributes, wrong) in [
            (["member"], [("member;range=0-1499", &[b"x".as_slice()] as &[&[u8]])], "more values"),
            (["surname"], [("sn", &[b"Rao"])], "not asked for"),
            (["cn"], [("cn", &[b"0123456789abcdefg"])], "larger than 16 bytes"),
        ] {
            let trouble = row(&names, &attributes).unwrap_err();
            assert!(trouble.fault == Fault::Answer && trouble.message.contains(wrong), "{trouble}");
        }
        let variant = row(&["cn"], &[("cn;lang-de", &[b"x"]), ("cn", &[b"y"])]);
        assert_eq!(variant, Ok(r#"{"dn":"cn=asha,dc=corp","cn":"y"}"#.to_owned()));
        let broken = ResultEntry::new(tag(PL::C(vec![bytes(b"\xff")])));
        assert!(Columns::new(&[]).row(broken, 16).unwrap_err().message.contains("cannot be read"));
    }
}
