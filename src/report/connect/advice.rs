//! What to do when a method of `auth` does not accept the platform's call.

use crate::server::Reason;

/// In words, for whoever has the platform's screen in front of them.
#[must_use]
pub fn advice(reason: Reason) -> &'static str {
    match reason {
        Reason::AuthorizationMissing => {
            "enter a Secret on the screen; if one is there, a proxy takes the header `Authorization` out"
        }
        Reason::AuthorizationRepeated => "a proxy adds a header `Authorization` of its own: take it out there",
        Reason::AuthorizationMalformed => "a proxy changes the header `Authorization`: let it pass as it comes",
        Reason::TokenTooLong | Reason::TokenMalformed => {
            "this is not a token of the platform: check who calls, and which proxy is between"
        }
        Reason::TokenAlgorithm | Reason::TokenKeyUnknown => {
            "the platform signs with another kind of key: give hookgate its public key under `auth.jwt.keys` or `auth.jwt.jwks`"
        }
        Reason::TokenKeysUnavailable => "hookgate cannot fetch the keys of `auth.jwt.jwks`: `hookgate doctor` says why",
        Reason::TokenSignature => {
            "type the same Secret on the screen as hookgate has; a blank at an end counts. If the platform takes it for \
             Base64, write `{ base64: \"${env:NAME}\" }` under `auth.jwt.secrets`"
        }
        Reason::TokenWithoutExpiry => "set Token expiry Minutes on the screen",
        Reason::TokenExpired => "compare both clocks (NTP); then raise Token expiry Minutes",
        Reason::TokenNotYetValid => "compare both clocks (NTP): one of them is wrong",
        Reason::TokenIssuer => "correct `auth.jwt.issuer`, or leave it out: the platform's tokens name no issuer",
        Reason::TokenAudience => "correct `auth.jwt.audience`, or leave it out: the platform's tokens name no audience",
        Reason::TokenClaim => "another tenant calls, or `auth.jwt.claims` has its id misspelt",
        Reason::BearerWrong => "the platform sends a signed token: write `auth.jwt` in place of `auth.bearer`",
        Reason::HeaderMissing | Reason::HeaderWrong => {
            "the platform sends no such header: let a proxy add it, or take `auth.header` away"
        }
        Reason::CertificateMissing => {
            "the caller shows no client certificate: take `auth.certificate` away, or let a proxy show one"
        }
        Reason::CertificateForeign => "the certificate has another name: correct `auth.certificate`",
        Reason::AddressForeign => "add the address to `auth.address`, if it is the platform's",
        Reason::AddressUnknown => "name the proxies in front of hookgate under `auth.trusted_proxies`",
    }
}
