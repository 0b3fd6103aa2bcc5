//! Resolves `setting.NAME` to what gateway.yaml says, and reads the values that a test gives instead.

use std::collections::BTreeMap;
use std::ops::Range;

use super::compiler::Compiler;
use crate::diagnostic::{code, did_you_mean};
use crate::event::{Path, Segment, Value};
use crate::yaml::{Node, Purpose, listed};

impl Compiler<'_> {
    /// Whether there is such a setting; where there is none, that is a mistake.
    pub(super) fn check_setting(&mut self, path: &Path, span: &Range<usize>) -> Option<()> {
        match path.segments.first() {
            Some(Segment::Key(name)) => self.setting_named(name, span),
            Some(Segment::Index(_)) | None => {
                let message = format!("`{path}` names no setting");
                let finding = self.reader.mistake(&code::UNKNOWN_NAME, span, message);
                self.reader.push(finding.help("write `setting.NAME`, of what gateway.yaml has under `settings:`"));
                None
            }
        }
    }

    fn setting_named(&mut self, name: &str, span: &Range<usize>) -> Option<()> {
        let known = &self.tenant.settings;
        if known.contains_key(name) {
            return Some(());
        }
        let names = || known.keys().map(String::as_str);
        let help = match did_you_mean(name, names()) {
            Some(meant) => format!("did you mean `setting.{meant}`?"),
            None if known.is_empty() => format!(
                "write `settings: {{ {name}: … }}` in gateway.yaml; where it has another name or stands elsewhere, name it \
                 with `--config FILE`"
            ),
            None => format!("the settings are {}; more stand under `settings:` of gateway.yaml", listed(names())),
        };
        let message = match known.is_empty() {
            true => format!("there is no setting `{name}`: no gateway.yaml that was read has `settings`"),
            false => format!("there is no setting `{name}`"),
        };
        let finding = self.reader.mistake(&code::UNKNOWN_NAME, span, message);
        self.reader.push(finding.help(help));
        None
    }

    /// The values that a test gives.
    pub(super) fn given_settings(&mut self, node: &Node) -> BTreeMap<String, Value<'static>> {
        let mut given = BTreeMap::new();
        for entry in self.reader.entries(node, "`settings`").unwrap_or_default() {
            if self.setting_named(&entry.key, &entry.key_span).is_some() {
                given.insert(entry.key.clone(), self.reader.literal(&entry.value, Purpose::Body));
            }
        }
        given
    }
}
