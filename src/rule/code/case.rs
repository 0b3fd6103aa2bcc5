//! Tests.

use super::catalogue::codes;

codes! {
    CASE_WITHOUT_EXPECTATION = "H601", "a test that expects nothing", "";
    BAD_CASE_REQUEST = "H602", "a test request that is no event", "";
    UNKNOWN_RULE = "H603", "a test that names an unknown rule", "";
    EXPECTATION_NOT_FOR_HOOK = "H604", "an expectation the hook cannot meet", "";
    NOT_IDEMPOTENT = "H605", "rules that change their own output", "";
}
