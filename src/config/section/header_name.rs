//! Checks which header can hold a secret: one that nobody else writes and that has no meaning of its own.

/// Why a header of this name cannot be one that only callers with a secret have.
pub fn objection(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    let objections: [(&[&str], &str); 4] = [
        (&["host", "content-length", "content-type", "accept", "user-agent", "date"], "every call has it"),
        (&["authorization"], "`jwt` and `bearer` read it"),
        (
            &[
                "connection",
                "keep-alive",
                "upgrade",
                "http2-settings",
                "transfer-encoding",
                "te",
                "trailer",
                "expect",
                "content-encoding",
                "proxy-connection",
            ],
            "HTTP itself gives it a meaning",
        ),
        (
            &[
                "via",
                "forwarded",
                "x-real-ip",
                "x-request-id",
                "x-correlation-id",
                "traceparent",
                "tracestate",
                "cookie",
                "origin",
                "referer",
                "cache-control",
                "pragma",
                "range",
                "max-forwards",
                "true-client-ip",
            ],
            "proxies and clients write it by themselves",
        ),
    ];
    let prefixed = ["accept-", "x-forwarded-", "proxy-", "sec-", "if-", "cf-", "access-control-"];
    let listed = objections.iter().find(|(names, _)| names.contains(&&*name)).map(|(_, why)| *why);
    let is_prefixed = || prefixed.iter().any(|prefix| name.starts_with(prefix));
    listed.or_else(|| is_prefixed().then_some("proxies and clients write it by themselves"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_a_meaning_cannot_be_secrets_in_any_case_and_names_of_ones_own_can() {
        for name in
            ["Host", "HOST", "host", "Content-Length", "connection", "X-Forwarded-For", "Authorization", "Expect"]
        {
            assert!(objection(name).is_some(), "{name}");
        }
        for name in ["X-Api-Key", "x-webhook-secret", "Tenant", "X-Host", "X-Hookgate-Token", "Api-Key"] {
            assert_eq!(objection(name), None, "{name}");
        }
    }
}
