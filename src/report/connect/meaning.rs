//! Explains what a status means to whoever sets up the gateway, and what to do.

/// In words; `code` is what the gateway says beside a status that is no decision.
#[must_use]
pub fn meaning(status: u16, code: Option<&str>, has_token: bool) -> &'static str {
    match (status, code) {
        (200, _) => "the gateway took the call and answered it",
        (400, Some("TlsExpected")) => "this port speaks https: let `--to` begin with `https://`",
        (400, _) => "this hook does not accept the request: see the code, and the log under the request id",
        (401, _) if has_token => {
            "the token is not accepted: a wrong secret, one in Base64 (`--base64`), another algorithm, or a token that has \
             expired; the log says which under the request id"
        }
        (401, _) => {
            "the gateway wants to know who calls: sign a token with `--secret-file`, or send one with `--bearer`"
        }
        (403, _) => {
            "the gateway knows who calls and does not let them in: another tenant or claim (`--claim`), address or \
             certificate; the log says which under the request id"
        }
        (404, _) => {
            "no hook has this path: `--to` names the server with its context path, for example `https://host:8443/webhook`; \
             see `prefixes` and `hooks` of gateway.yaml; an answer without a request id is that of another program"
        }
        (408, _) => "the body took too long: see `limits.body_time_ms`",
        (413, _) => "the body is larger than `limits.body_bytes`",
        (429, _) => "this caller calls too often: see `limits` of gateway.yaml",
        (500, _) => "a fault of the gateway: the log has it under the request id",
        (503, Some("Overloaded")) => {
            "more calls at once than `limits.requests_at_once`; the platform would have to call again"
        }
        (503, Some("DeliveriesNotStored")) => "what the event sends cannot be stored: the log says what to do",
        (503, Some("RulesFailed")) => {
            "a rule failed, and the hook's `on_failure` is `unavailable`: the log has the rule"
        }
        (502..=504, _) => {
            "something between here and the gateway answers that it cannot reach it, or the gateway cannot answer now"
        }
        (300..=399, _) => "the gateway never redirects: something else answers at this address",
        _ => "this is not an answer of a hook: check what runs at this address",
    }
}

#[cfg(test)]
mod tests {
    use super::meaning;

    #[test]
    fn what_is_missing_and_what_is_wrong_are_told_apart() {
        assert!(meaning(401, None, false).contains("--secret-file"));
        assert!(meaning(401, None, true).contains("expired"));
        assert!(meaning(503, Some("Overloaded"), true).contains("requests_at_once"));
        assert!(meaning(503, None, true).contains("between here and the gateway"));
        assert!(meaning(302, None, true).contains("never redirects"));
    }
}
