//! The flags that choose decisions, shared by all commands about them.

use clap::Args as ClapArgs;
use jiff::Timestamp;

use super::super::exit::{Failure, Reason, note};
use super::super::request;
use crate::config::Settings;
use crate::journal::Query;
use crate::report::records::{ACCEPTED, OUTCOMES, UNDECIDED, period};

/// What decisions are found by; all of it must hold.
#[derive(ClapArgs, Clone, Debug, Default)]
pub struct Sought {
    /// Id, employee id, login or e-mail address of the person, in any case
    #[arg(long, value_name = "NAME")]
    pub person: Option<String>,
    /// The hook, such as validateUser
    #[arg(long, value_name = "HOOK")]
    pub hook: Option<String>,
    /// The rule that decided
    #[arg(long, value_name = "RULE")]
    pub rule: Option<String>,
    /// The code of a refusal, such as `MobileAlreadyExist`
    #[arg(long, value_name = "CODE")]
    pub code: Option<String>,
    /// The outcome; accepted means undecided
    #[arg(long, value_name = "OUTCOME", value_parser = OUTCOMES)]
    pub outcome: Option<String>,
    /// The application
    #[arg(long, value_name = "APPLICATION")]
    pub app: Option<String>,
    /// From when on: `2026-01-31`, `2026-01-31T09:30:00+05:30`, `today`, `yesterday`, or so long ago: `90m`, `2h`, `3d`
    #[arg(long, value_name = "MOMENT")]
    pub since: Option<String>,
    /// Until when, in the same forms; a day counts to its end
    #[arg(long, value_name = "MOMENT")]
    pub until: Option<String>,
}

impl Sought {
    /// The same for the journal; days are those of the zone of gateway.yaml.
    ///
    /// # Errors
    /// When a moment is none.
    pub(in crate::cli) fn query(&self, settings: &Settings) -> Result<Query, Failure> {
        let (now, zone) = (Timestamp::now(), &settings.server.calendar.zone);
        let read = |flag: &str, text: &Option<String>, read: fn(&str, Timestamp, &_) -> Result<Timestamp, String>| {
            let moment = text.as_deref().map(|text| read(text, now, zone)).transpose();
            moment.map_err(|why| Failure::message(format!("`{flag}`: {why}")))
        };
        self.tell_unknown_hook(settings);
        Ok(Query {
            id: None,
            person: self.person.clone(),
            hook: self.hook.clone(),
            app: self.app.clone(),
            rule: self.rule.clone(),
            code: self.code.clone(),
            outcome: self.outcome.clone().map(|word| if word == ACCEPTED { UNDECIDED.to_owned() } else { word }),
            since: read("--since", &self.since, period::moment)?,
            until: read("--until", &self.until, period::end)?,
        })
    }

    /// Whether the hook is one of these settings, in any case; so too where none is said. Other settings may have had others.
    pub(super) fn has_known_hook(&self, settings: &Settings) -> bool {
        let is_known = |hook: &String| settings.tenant.hooks.names().any(|name| name.eq_ignore_ascii_case(hook));
        self.hook.as_ref().is_none_or(is_known)
    }

    fn tell_unknown_hook(&self, settings: &Settings) {
        let Some(hook) = self.hook.as_ref().filter(|_| !self.has_known_hook(settings)) else { return };
        if let Err(Failure { reason: Reason::Message { help, .. }, .. }) = request::hook(&settings.tenant.hooks, hook) {
            note(&format!("`--hook {hook}`: these settings have no such hook; {}", help.unwrap_or_default()));
        }
    }

    /// Whether anything is said.
    pub(in crate::cli) fn is_any(&self) -> bool {
        let Self { person, hook, rule, code, outcome, app, since, until } = self;
        [person, hook, rule, code, outcome, app, since, until].iter().any(|flag| flag.is_some())
    }
}
