//! Values, templates, scripts.

use super::catalogue::codes;

codes! {
    BAD_TEMPLATE = "H401", "a template that cannot be read", "";
    BAD_SCRIPT = "H402", "a script that cannot be read", "";
    UNKNOWN_FUNCTION = "H403", "an unknown function", "";
    BAD_REGEX = "H404", "a pattern that cannot be used", "";
    BAD_DATE = "H405", "a date that cannot be read", "";
    SCRIPT_TOO_LARGE = "H406", "a script beyond its limits", "";
    PATH_AS_TEXT = "H407", "a path written as a text", "";
}
