//! Settings of gateway.yaml, the environment and flags.

use super::catalogue::codes;

codes! {
    UNKNOWN_SETTING = "H701", "an unknown setting", "";
    BAD_SETTING = "H702", "a setting of the wrong kind", "";
    SETTING_OUT_OF_RANGE = "H703", "a setting outside its range", "";
    BAD_HOOK_ROW = "H704", "a hook that cannot be declared so", "";
}
