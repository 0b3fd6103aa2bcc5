//! Checks the claims of a token whose signature is right: expiry, issuer, audience, and what else is required.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use super::reason::Reason;
use super::settings::{Claim, JwtSettings};
use super::token::malformed;
use super::verdict::Refused;

type Claims = Map<String, Value>;

/// Most letters of a claim that are shown.
const SHOWN_LETTERS: usize = 64;

/// Whether all holds at `now`; if so, for how long yet, in words.
pub(super) fn check(claims: &Claims, now: Timestamp, settings: &JwtSettings) -> Result<String, Refused> {
    let left = times(claims, now, settings)?;
    if !settings.issuers.is_empty() && !is(claims.get("iss"), &settings.issuers) {
        return Err(other(Reason::TokenIssuer, claims, "iss", &settings.issuers));
    }
    if !settings.audiences.is_empty() && !is(claims.get("aud"), &settings.audiences) {
        return Err(other(Reason::TokenAudience, claims, "aud", &settings.audiences));
    }
    say(claims, &settings.claims, is)?;
    Ok(left)
}

/// Whether it says what one of the keys wants that it is signed with.
pub(super) fn check_bound(claims: &Claims, bound: &[&[Claim]]) -> Result<(), Refused> {
    let mut first = None;
    for wanted in bound {
        match say(claims, wanted, is_only) {
            Ok(()) => return Ok(()),
            Err(refused) => first = first.or(Some(refused)),
        }
    }
    match first {
        None => Ok(()),
        Some(Refused { reason, why }) => {
            Err(Refused::new(reason, format!("{why}, which the key that it is signed with is bound to")))
        }
    }
}

fn say(claims: &Claims, wanted: &[Claim], says: fn(Option<&Value>, &[String]) -> bool) -> Result<(), Refused> {
    let is_said = |Claim { name, accepted }: &&Claim| says(claims.get(name), accepted);
    match wanted.iter().find(|claim| !is_said(claim)) {
        Some(Claim { name, accepted }) => Err(other(Reason::TokenClaim, claims, name, accepted)),
        None => Ok(()),
    }
}

fn times(claims: &Claims, now: Timestamp, settings: &JwtSettings) -> Result<String, Refused> {
    let leeway = SignedDuration::try_from(settings.leeway).unwrap_or_default();
    let Some(ends) = moment(claims, "exp")? else {
        let why = "the token has no `exp`: it would count for ever";
        return Err(Refused::new(Reason::TokenWithoutExpiry, why));
    };
    let left = ends.duration_since(now);
    if left + leeway <= SignedDuration::ZERO {
        let why = format!("the token expired {} ago", words(left));
        return Err(Refused::new(Reason::TokenExpired, why));
    }
    for (name, what) in [("nbf", "counts only in"), ("iat", "was issued in the future, in")] {
        let ahead = moment(claims, name)?.map_or(SignedDuration::ZERO, |from| from.duration_since(now));
        if ahead > leeway {
            let why = format!(
                "the token {what} {}: the clock of this machine or of the one that signs is wrong",
                words(ahead)
            );
            return Err(Refused::new(Reason::TokenNotYetValid, why));
        }
    }
    Ok(match left.is_positive() {
        true => format!("it counts for {} yet", words(left)),
        false => format!("it expired {} ago, within the leeway", words(left)),
    })
}

/// A moment in seconds since 1970, with a fraction or without.
fn moment(claims: &Claims, name: &str) -> Result<Option<Timestamp>, Refused> {
    let Some(value) = claims.get(name) else { return Ok(None) };
    let duration = value.as_f64().and_then(|seconds| SignedDuration::try_from_secs_f64(seconds).ok());
    match duration.and_then(|duration| Timestamp::from_duration(duration).ok()) {
        Some(moment) => Ok(Some(moment)),
        None => Err(malformed(&format!("the token's `{name}` is not a moment in seconds since 1970"))),
    }
}

/// Whether a claim is one of these texts, or a list that has one.
fn is(claim: Option<&Value>, accepted: &[String]) -> bool {
    match claim {
        Some(Value::Array(items)) => items.iter().any(|item| is_one_of(item, accepted)),
        claim => claim.is_some_and(|claim| is_one_of(claim, accepted)),
    }
}

/// Whether a claim is one of these texts, or a list that has nothing else: whoever may speak for one tenant does not speak
/// for another beside it.
fn is_only(claim: Option<&Value>, accepted: &[String]) -> bool {
    match claim {
        Some(Value::Array(items)) => !items.is_empty() && items.iter().all(|item| is_one_of(item, accepted)),
        claim => is(claim, accepted),
    }
}

fn is_one_of(value: &Value, accepted: &[String]) -> bool {
    accepted.iter().any(|text| is_text(value, text))
}

fn is_text(value: &Value, text: &str) -> bool {
    match value {
        Value::String(value) => value == text,
        Value::Number(_) | Value::Bool(_) => {
            let written = value.to_string();
            written == text
        }
        Value::Null | Value::Array(_) | Value::Object(_) => false,
    }
}

fn other(reason: Reason, claims: &Claims, name: &str, accepted: &[String]) -> Refused {
    let found = match claims.get(name) {
        None => "is not there".to_owned(),
        Some(Value::String(value)) => format!("is `{}`", shown(value)),
        Some(value) => format!("is {}", shown(&value.to_string())),
    };
    let wanted: Vec<String> = accepted.iter().map(|value| format!("`{value}`")).collect();
    Refused::new(reason, format!("the token's `{name}` {found}, not {}", wanted.join(" or ")))
}

fn shown(text: &str) -> String {
    let mut letters = text.chars();
    let mut shown: String = letters.by_ref().take(SHOWN_LETTERS).collect();
    if letters.next().is_some() {
        shown.push('…');
    }
    shown
}

/// A length of time as people say it; before or after makes no difference.
fn words(span: SignedDuration) -> String {
    let seconds = span.unsigned_abs().as_secs();
    let (number, unit) = match seconds {
        0..120 => (seconds, "second"),
        120..7_200 => (seconds / 60, "minute"),
        7_200..172_800 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;

    const NOW: &str = "2022-03-04T10:40:00Z";

    fn settings(leeway_ms: u64) -> JwtSettings {
        JwtSettings {
            secrets: Vec::new(),
            keys: Vec::new(),
            jwks: None,
            algorithms: Vec::new(),
            leeway: Duration::from_millis(leeway_ms),
            issuers: Vec::new(),
            audiences: Vec::new(),
            claims: vec![Claim { name: "tenantId".to_owned(), accepted: vec!["as100".to_owned()] }],
        }
    }

    /// What is said of these claims, beside or in place of those of the platform's published token.
    fn said(other: &Value, leeway_ms: u64) -> Result<String, (Reason, String)> {
        let mut claims = json!({ "tenantId": "as100", "iat": 1_646_390_308, "exp": 1_646_396_308 });
        for (name, value) in other.as_object().unwrap() {
            claims[name] = value.clone();
        }
        let found = check(claims.as_object().unwrap(), NOW.parse().unwrap(), &settings(leeway_ms));
        found.map_err(|refused| (refused.reason, refused.why))
    }

    #[test]
    fn the_published_token_counts_at_the_moment_it_was_made() {
        assert_eq!(said(&json!({}), 0).unwrap(), "it counts for 98 minutes yet");
    }

    #[test]
    fn the_leeway_ends_at_its_last_millisecond() {
        let now = 1_646_390_400.0;
        for (name, leeway_ms, good, bad) in [
            ("exp", 0, 0.001, 0.0),
            ("exp", 30_000, -29.999, -30.0),
            ("exp", 600_000, -599.999, -600.0),
            ("nbf", 0, 0.0, 0.001),
            ("nbf", 30_000, 30.0, 30.001),
            ("iat", 0, 0.0, 0.001),
            ("iat", 30_000, 30.0, 30.001),
        ] {
            assert!(said(&json!({ name: now + good }), leeway_ms).is_ok(), "{name} {good}");
            let reason = if name == "exp" { Reason::TokenExpired } else { Reason::TokenNotYetValid };
            let (found, why) = said(&json!({ name: now + bad }), leeway_ms).unwrap_err();
            assert_eq!(found, reason, "{name} {bad}: {why}");
        }
    }

    #[test]
    fn times_are_said_as_people_say_them() {
        for (seconds, words) in
            [(1, "1 second"), (119, "119 seconds"), (180, "3 minutes"), (7_300, "2 hours"), (400_000, "4 days")]
        {
            let (_, why) = said(&json!({ "exp": 1_646_390_400 - seconds }), 0).unwrap_err();
            assert_eq!(why, format!("the token expired {words} ago"));
        }
    }
}
