//! Names and paths.

use super::catalogue::codes;

codes! {
    BAD_PATH = "H301", "a path that cannot be read", "";
    UNKNOWN_NAME = "H302", "an unknown name", "";
    NAME_NOT_ON_HOOK = "H303", "a name that no hook of the rule has", "";
    MISSPELT_FIELD = "H304", "a field that is probably misspelt", "";
    LET_CIRCLE = "H305", "names that are defined through each other", "";
    LET_SHADOWS = "H306", "a name that already means something", "";
    UNKNOWN_COLUMN = "H307", "a column the table does not have", "";
}
