//! The reasons for refusing a caller: a fixed set, so that each has a counter.

/// Why a caller is turned away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    AuthorizationMissing,
    AuthorizationRepeated,
    AuthorizationMalformed,
    TokenTooLong,
    TokenMalformed,
    TokenAlgorithm,
    TokenKeyUnknown,
    TokenKeysUnavailable,
    TokenSignature,
    TokenWithoutExpiry,
    TokenExpired,
    TokenNotYetValid,
    TokenIssuer,
    TokenAudience,
    TokenClaim,
    BearerWrong,
    HeaderMissing,
    HeaderWrong,
    CertificateMissing,
    CertificateForeign,
    AddressForeign,
    AddressUnknown,
}

impl Reason {
    /// Each with the name under which it is counted.
    pub const ALL: [(&'static str, Reason); 22] = [
        ("authorization_missing", Reason::AuthorizationMissing),
        ("authorization_repeated", Reason::AuthorizationRepeated),
        ("authorization_malformed", Reason::AuthorizationMalformed),
        ("token_too_long", Reason::TokenTooLong),
        ("token_malformed", Reason::TokenMalformed),
        ("token_algorithm", Reason::TokenAlgorithm),
        ("token_key_unknown", Reason::TokenKeyUnknown),
        ("token_keys_unavailable", Reason::TokenKeysUnavailable),
        ("token_signature", Reason::TokenSignature),
        ("token_without_expiry", Reason::TokenWithoutExpiry),
        ("token_expired", Reason::TokenExpired),
        ("token_not_yet_valid", Reason::TokenNotYetValid),
        ("token_issuer", Reason::TokenIssuer),
        ("token_audience", Reason::TokenAudience),
        ("token_claim", Reason::TokenClaim),
        ("bearer_wrong", Reason::BearerWrong),
        ("header_missing", Reason::HeaderMissing),
        ("header_wrong", Reason::HeaderWrong),
        ("certificate_missing", Reason::CertificateMissing),
        ("certificate_foreign", Reason::CertificateForeign),
        ("address_foreign", Reason::AddressForeign),
        ("address_unknown", Reason::AddressUnknown),
    ];

    /// The name under which it is counted and logged.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, reason)| *reason == self).map_or("", |(name, _)| name)
    }

    /// Whether it is known who calls, and that it may not: other credentials would help nothing, or must be another's.
    pub(in crate::server) fn is_forbidden(self) -> bool {
        matches!(
            self,
            Reason::TokenClaim | Reason::CertificateForeign | Reason::AddressForeign | Reason::AddressUnknown
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_reasons_so_that_a_reason_is_its_place() {
        for (place, (name, reason)) in Reason::ALL.iter().enumerate() {
            assert_eq!((*reason as usize, reason.name()), (place, *name));
        }
    }
}
