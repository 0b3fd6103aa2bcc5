//! Combines the methods of one gate: whether a caller is admitted, and what rules may know of it. `gates.rs`
//! chooses the gate.

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;

use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderName};
use ipnet::IpNet;
use jiff::Timestamp;
use secrecy::SecretString;

use super::jwks::Jwks;
use super::jwt::Jwt;
use super::origin::origin;
use super::reason::Reason;
use super::secret::Secrets;
use super::settings::{AuthSettings, CertificateNames, Guarded, Require};
use super::trouble::Trouble;
use super::verdict::{Found, Refused, Verdict};
use super::{address, authorization, certificate};
use crate::event::Value;
use crate::server::connection::PeerCertificate;

/// Decides who may come in.
#[derive(Debug)]
pub(in crate::server) struct Gate {
    require: Require,
    trusted_proxies: Vec<IpNet>,
    methods: Vec<Method>,
}

#[derive(Debug)]
struct Method {
    name: &'static str,
    observe: bool,
    check: Check,
}

#[derive(Debug)]
enum Check {
    Address(Vec<IpNet>),
    Certificate(CertificateNames),
    Jwt(Box<Jwt>),
    Bearer(Secrets),
    Header(HeaderName, Secrets),
}

/// What is known of a call before its body is read.
#[derive(Clone, Copy)]
pub(in crate::server) struct Head<'h> {
    pub(in crate::server) headers: &'h HeaderMap,
    pub(in crate::server) peer: Option<IpAddr>,
    pub(in crate::server) certificate: Option<&'h PeerCertificate>,
}

/// What rules may know of a caller that was let in.
#[derive(Debug)]
pub(in crate::server) struct Admitted {
    /// Verified claims; null without any.
    pub(in crate::server) token: Value<'static>,
    pub(in crate::server) caller: Value<'static>,
    /// The bearer, for connections that send it on. One that a method reads must have been accepted by it.
    pub(in crate::server) bearer: Option<SecretString>,
}

/// What became of a call, and what each method said.
#[derive(Debug)]
pub(in crate::server) struct Judged {
    pub(in crate::server) outcome: Result<Admitted, Reason>,
    pub(in crate::server) verdicts: Vec<Verdict>,
}

impl Gate {
    /// # Errors
    /// When a secret, a key or a file is not there.
    pub(super) fn open(settings: &AuthSettings, trusted_proxies: &[IpNet]) -> Result<Self, Trouble> {
        Self::with(settings, trusted_proxies, None)
    }

    /// The same with secrets and keys as they are now, and the published keys that this one knows.
    ///
    /// # Errors
    /// As [`Gate::open`].
    pub(super) fn renewed(&self, settings: &AuthSettings) -> Result<Self, Trouble> {
        Self::with(settings, &self.trusted_proxies, self.jwks().cloned())
    }

    fn with(settings: &AuthSettings, trusted_proxies: &[IpNet], published: Option<Arc<Jwks>>) -> Result<Self, Trouble> {
        // What costs least goes first: under `require: all` the rest is not looked at.
        let mut methods = Vec::new();
        add(&mut methods, "address", settings.address.as_ref(), |allow| Ok(Check::Address(allow.clone())))?;
        add(&mut methods, "certificate", settings.certificate.as_ref(), |names| Ok(Check::Certificate(names.clone())))?;
        add(&mut methods, "header", settings.header.as_ref(), |header| {
            let name = HeaderName::try_from(&header.name);
            let name =
                name.map_err(|_| Trouble::new("`auth.header` has no header's name", "write for example X-Api-Key"))?;
            Ok(Check::Header(name, Secrets::open("auth.header", &header.secrets, is_header_value)?))
        })?;
        add(&mut methods, "bearer", settings.bearer.as_ref(), |secrets| {
            Ok(Check::Bearer(Secrets::open("auth.bearer", secrets, authorization::is_token)?))
        })?;
        add(&mut methods, "jwt", settings.jwt.as_ref(), |jwt| Ok(Check::Jwt(Box::new(Jwt::open(jwt, published)?))))?;
        Ok(Self { require: settings.require, trusted_proxies: trusted_proxies.to_vec(), methods })
    }

    /// The issuer's keys that must be fetched while the server runs.
    pub(super) fn keeping(&self) -> Option<impl Future<Output = ()> + use<>> {
        let jwks = Arc::clone(self.jwks()?);
        Some(async move { jwks.keep().await })
    }

    /// Judges a call; where it names a key that is not known yet, the keys are fetched once and it is judged again.
    /// `is_whole` has every method asked, even if one before has refused.
    pub(in crate::server) async fn judge(&self, head: Head<'_>, now: Timestamp, is_whole: bool) -> Judged {
        let judged = self.judge_by_known_keys(head, now, is_whole);
        // A method that only observes has nobody wait, but for "save & test".
        let wants = |verdict: &Verdict| {
            let reason = verdict.found.as_ref().err().map(|refused| refused.reason);
            let is_fetched = matches!(reason, Some(Reason::TokenKeyUnknown | Reason::TokenKeysUnavailable));
            is_fetched && (is_whole || !verdict.observe)
        };
        match self.jwks() {
            Some(jwks) if judged.verdicts.iter().any(wants) => {
                jwks.ask().await;
                self.judge_by_known_keys(head, now, is_whole)
            }
            _ => judged,
        }
    }

    /// The address that a call comes from, behind trusted proxies; none where it is not known.
    pub(in crate::server) fn origin(&self, head: &Head<'_>) -> Option<IpAddr> {
        head.peer.and_then(|peer| origin(peer, head.headers, &self.trusted_proxies))
    }

    fn judge_by_known_keys(&self, head: Head<'_>, now: Timestamp, is_whole: bool) -> Judged {
        let origin = self.origin(&head);
        let mut seen = Seen { head, now, origin, claims: Value::Null, accepted: Vec::new() };
        let mut verdicts = Vec::new();
        // Of two headers nobody knows which one another reader takes.
        if head.headers.get_all(AUTHORIZATION).nth(1).is_some() {
            return Judged { outcome: Err(Reason::AuthorizationRepeated), verdicts };
        }
        for method in &self.methods {
            let found = seen.ask(method);
            let is_end = found.is_err() && !method.observe && self.require == Require::All && !is_whole;
            verdicts.push(Verdict { method: method.name, observe: method.observe, found });
            if is_end {
                break;
            }
        }
        let outcome = match self.refusal(&verdicts) {
            Some(reason) => Err(reason),
            None => Ok(seen.admitted(&self.methods)),
        };
        Judged { outcome, verdicts }
    }

    fn refusal(&self, verdicts: &[Verdict]) -> Option<Reason> {
        let counting = || verdicts.iter().filter(|verdict| !verdict.observe).map(|verdict| &verdict.found);
        let mut refused = counting().filter_map(|found| found.as_ref().err()).map(|refused| refused.reason);
        match self.require {
            Require::All => refused.next(),
            Require::Any if counting().any(Result::is_ok) => None,
            // Other credentials may help, where one of the methods says so.
            Require::Any => {
                let all: Vec<Reason> = refused.collect();
                all.iter().find(|reason| !reason.is_forbidden()).or(all.first()).copied()
            }
        }
    }

    fn jwks(&self) -> Option<&Arc<Jwks>> {
        self.methods.iter().find_map(|method| match &method.check {
            Check::Jwt(jwt) => jwt.jwks(),
            _ => None,
        })
    }
}

fn add<T>(
    methods: &mut Vec<Method>,
    name: &'static str,
    settings: Option<&Guarded<T>>,
    open: impl FnOnce(&T) -> Result<Check, Trouble>,
) -> Result<(), Trouble> {
    if let Some(Guarded { what, observe }) = settings {
        methods.push(Method { name, observe: *observe, check: open(what)? });
    }
    Ok(())
}

fn is_header_value(secret: &str) -> bool {
    !secret.is_empty() && secret.bytes().all(|byte| byte.is_ascii_graphic())
}

/// One call on its way past the methods.
struct Seen<'h> {
    head: Head<'h>,
    now: Timestamp,
    origin: Option<IpAddr>,
    claims: Value<'static>,
    /// Methods whose acceptance counts.
    accepted: Vec<&'static str>,
}

impl Seen<'_> {
    fn ask(&mut self, method: &Method) -> Found {
        let found = match &method.check {
            Check::Address(allow) => address::judge(allow, self.origin),
            Check::Certificate(names) => certificate::judge(names, self.head.certificate),
            Check::Header(name, secrets) => self.header(name, secrets),
            Check::Bearer(secrets) => self.bearer(secrets),
            Check::Jwt(jwt) => self.jwt(jwt, method.observe),
        };
        if found.is_ok() && !method.observe {
            self.accepted.push(method.name);
        }
        found
    }

    fn header(&self, name: &HeaderName, secrets: &Secrets) -> Found {
        let mut all = self.head.headers.get_all(name);
        match (all.next(), all.next()) {
            (None, _) => Err(Refused::new(Reason::HeaderMissing, format!("the call has no header `{name}`"))),
            (Some(value), None) if secrets.hold(value.as_bytes()) => Ok(format!("the header `{name}` is right")),
            _ => Err(Refused::new(Reason::HeaderWrong, format!("the header `{name}` has another value, or several"))),
        }
    }

    fn bearer(&self, secrets: &Secrets) -> Found {
        match secrets.hold(authorization::bearer(self.head.headers)?.as_bytes()) {
            true => Ok("the bearer is right".to_owned()),
            false => Err(Refused::new(Reason::BearerWrong, "the bearer is another one")),
        }
    }

    fn jwt(&mut self, jwt: &Jwt, observe: bool) -> Found {
        let verified = jwt.judge(authorization::bearer(self.head.headers)?, self.now)?;
        if !observe {
            self.claims = Value::from(serde_json::Value::Object(verified.claims));
        }
        Ok(verified.why)
    }

    fn admitted(self, methods: &[Method]) -> Admitted {
        let reads_bearer =
            |method: &&Method| matches!(method.check, Check::Bearer(_) | Check::Jwt(_)) && !method.observe;
        let mut readers = methods.iter().filter(reads_bearer).peekable();
        let is_sent_on = readers.peek().is_none() || readers.any(|method| self.accepted.contains(&method.name));
        let bearer = authorization::bearer(self.head.headers).ok().filter(|_| is_sent_on).map(SecretString::from);
        Admitted { caller: Value::Map(self.caller()), token: self.claims, bearer }
    }

    /// Where the call came from, which methods let it in, and the name of the certificate that it showed.
    fn caller(&self) -> Vec<(Cow<'static, str>, Value<'static>)> {
        let origin = self.origin.map_or(Value::Null, |origin| Value::text(origin.to_string()));
        let mut caller = vec![(Cow::Borrowed("address"), origin)];
        if !self.accepted.is_empty() {
            let names = self.accepted.iter().map(|name| Value::text(*name)).collect();
            caller.push((Cow::Borrowed("accepted_by"), Value::List(names)));
        }
        if let Some(certificate) = self.head.certificate {
            caller.push((Cow::Borrowed("certificate"), Value::text(&*certificate.subject)));
        }
        caller
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use actix_web::http::header::HeaderValue;
    use futures_util::FutureExt as _;

    use super::*;
    use crate::server::auth::settings::{JwksSettings, JwtSettings};

    fn judging(settings: &AuthSettings) -> Gate {
        Gate::open(settings, &[]).unwrap()
    }

    fn head(headers: &HeaderMap, peer: [u8; 4]) -> Head<'_> {
        Head { headers, peer: Some(peer.into()), certificate: None }
    }

    /// Of keys that nobody fetches: who waits for them is not answered at once.
    #[tokio::test]
    async fn a_call_waits_for_keys_where_the_verdict_on_them_counts_or_all_is_asked() {
        let jwks = JwksSettings {
            address: "http://127.0.0.1:1/".to_owned(),
            allow: vec!["127.0.0.1/32".parse().unwrap()],
            ca: None,
            refresh: Duration::from_mins(10),
            stale: Duration::from_mins(10),
        };
        let what = JwtSettings {
            secrets: Vec::new(),
            keys: Vec::new(),
            jwks: Some(jwks),
            algorithms: Vec::new(),
            leeway: Duration::ZERO,
            issuers: Vec::new(),
            audiences: Vec::new(),
            claims: Vec::new(),
        };
        let (rs256, hs256) = ("Bearer eyJhbGciOiJSUzI1NiJ9.e30.AAAA", "Bearer eyJhbGciOiJIUzI1NiJ9.e30.AAAA");
        for (token, observe, is_whole, waits) in [
            (rs256, false, false, true),
            (rs256, false, true, true),
            (rs256, true, false, false),
            (rs256, true, true, true),
            (hs256, false, false, false),
            (hs256, true, true, false),
            ("Bearer x", false, true, false),
        ] {
            let jwt = Some(Guarded { what: what.clone(), observe });
            let gate = judging(&AuthSettings { jwt, ..AuthSettings::default() });
            let headers = HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_static(token))]);
            let judged = gate.judge(head(&headers, [127, 0, 0, 1]), Timestamp::UNIX_EPOCH, is_whole).now_or_never();
            assert_eq!(judged.is_none(), waits, "{token} {observe} {is_whole}");
        }
    }

    #[tokio::test]
    async fn who_is_refused_already_is_asked_nothing_more_unless_all_is_to_be_known() {
        let (all, first) = (&["address", "certificate"][..], &["address"][..]);
        for (require, observe, is_whole, peer, asked) in [
            (Require::All, false, false, [192, 0, 2, 1], first),
            (Require::All, true, false, [192, 0, 2, 1], all),
            (Require::All, false, true, [192, 0, 2, 1], all),
            (Require::Any, false, false, [192, 0, 2, 1], all),
            (Require::All, false, false, [10, 0, 0, 1], all),
        ] {
            let gate = judging(&AuthSettings {
                require,
                address: Some(Guarded { what: vec!["10.0.0.0/8".parse().unwrap()], observe }),
                certificate: Some(Guarded { what: CertificateNames::default(), observe: false }),
                ..AuthSettings::default()
            });
            let judged = gate.judge(head(&HeaderMap::new(), peer), Timestamp::UNIX_EPOCH, is_whole).await;
            let found: Vec<&str> = judged.verdicts.iter().map(|verdict| verdict.method).collect();
            assert_eq!(found, asked, "{require:?} {observe} {is_whole} {peer:?}");
            assert!(judged.outcome.is_err());
        }
    }
}
