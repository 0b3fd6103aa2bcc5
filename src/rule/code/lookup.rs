//! Lookups and tables.

use super::catalogue::codes;

codes! {
    UNKNOWN_LOOKUP = "H501", "an unknown lookup", "";
    TABLE_NOT_FOUND = "H502", "a table file that is not there", "";
    KEY_COLUMN_MISSING = "H503", "a key column that is not in the table", "";
    BAD_TABLE = "H504", "a table that cannot be read", "";
    UNUSED_TABLE = "H505", "a table no lookup uses", "";
}
