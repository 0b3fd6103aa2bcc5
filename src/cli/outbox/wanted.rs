//! Parses `--where`: which deliveries are meant.

use clap::Args as ClapArgs;

use crate::diagnostic::did_you_mean;
use crate::outbox::Wanted;

use super::super::exit::Failure;

/// What a delivery can be known by.
const NAMES: [&str; 5] = ["to", "hook", "person", "key", "state"];
/// The states, and whether they are that of dead letters.
const STATES: [(&str, bool); 2] = [("waiting", false), ("dead", true)];

/// One delivery, or those that a condition holds of.
#[derive(ClapArgs, Clone, Debug)]
pub struct Which {
    /// The delivery's key, as `list` shows it
    #[arg(value_name = "KEY", required_unless_present = "conditions", conflicts_with = "conditions")]
    pub key: Option<String>,
    /// Deliveries that match all of this: `to=itsm,hook=postCreateUser,person=asha.rao,state=dead`; may be repeated
    #[arg(long = "where", value_name = "NAME=VALUE")]
    pub conditions: Vec<String>,
}

impl Which {
    /// The deliveries that are meant.
    ///
    /// # Errors
    /// When a condition cannot be understood.
    pub(super) fn wanted(&self) -> Result<Wanted, Failure> {
        match &self.key {
            Some(key) => Ok(Wanted { key: Some(key.clone()), ..Wanted::default() }),
            None => wanted(&self.conditions),
        }
    }

    /// The dead letters among them.
    ///
    /// # Errors
    /// When a condition cannot be understood, or means deliveries that wait.
    pub(super) fn dead(&self) -> Result<Wanted, Failure> {
        let wanted = self.wanted()?;
        if wanted.is_dead == Some(false) {
            let message = "`redrive` is for dead letters, and `state=waiting` means what is none";
            return Err(Failure::message(message).help("leave the state out, or use `hookgate outbox retry`"));
        }
        Ok(Wanted { is_dead: Some(true), ..wanted })
    }
}

/// The deliveries of which all conditions hold; without one, all.
///
/// # Errors
/// When a condition cannot be understood.
pub(super) fn wanted(conditions: &[String]) -> Result<Wanted, Failure> {
    let mut wanted = Wanted::default();
    for condition in conditions.iter().flat_map(|text| text.split(',')) {
        let Some((name, value)) = condition.split_once('=').map(|(name, value)| (name.trim(), value.trim())) else {
            return Err(unknown(condition.trim()));
        };
        if value.is_empty() {
            let message = format!("`--where {name}=` says no value");
            return Err(Failure::message(message).help("write one, or leave the condition out"));
        }
        let text = value.to_owned();
        let is_twice = match name {
            "to" => wanted.to.replace(text).is_some(),
            "hook" => wanted.hook.replace(text).is_some(),
            "person" => wanted.person.replace(text).is_some(),
            "key" => wanted.key.replace(text).is_some(),
            "state" => wanted.is_dead.replace(state(value)?).is_some(),
            _ => return Err(unknown(name)),
        };
        if is_twice {
            let message = format!("`--where` says `{name}` twice, and nothing can be both");
            return Err(Failure::message(message).help("run the command once for each"));
        }
    }
    Ok(wanted)
}

/// Whether the state is that of dead letters.
fn state(word: &str) -> Result<bool, Failure> {
    let Some((_, is_dead)) = STATES.iter().find(|(state, _)| *state == word) else {
        let help = match did_you_mean(word, STATES.iter().map(|(state, _)| *state)) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "a delivery is `waiting` or `dead`; one that arrived is forgotten".to_owned(),
        };
        return Err(Failure::message(format!("there is no state `{word}`")).help(help));
    };
    Ok(*is_dead)
}

fn unknown(name: &str) -> Failure {
    let help = match did_you_mean(name, NAMES) {
        Some(meant) => format!("did you mean `{meant}=…`?"),
        None => "write `to=`, `hook=`, `person=`, `key=` or `state=` with a value, separated by commas".to_owned(),
    };
    Failure::message(format!("`--where {name}` means nothing")).help(help)
}
