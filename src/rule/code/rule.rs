//! Rules and what stands in them.

use super::catalogue::codes;

codes! {
    UNKNOWN_KEY = "H201", "an unknown key", "";
    WRONG_SHAPE = "H202", "a value of the wrong kind", "";
    MISSING_KEY = "H203", "a key is missing", "";
    UNKNOWN_HOOK = "H204", "an unknown hook", "";
    NO_HOOK = "H205", "a rule without a hook", "";
    DUPLICATE_RULE = "H206", "two rules with one name", "";
    NO_VERB = "H207", "a rule that does nothing", "";
    VERB_NOT_FOR_HOOK = "H208", "a verb the hook cannot take", "";
    BAD_REFUSAL_CODE = "H209", "a refusal code that is no code", "";
    CODE_NOT_DECLARED = "H210", "a refusal code outside `codes`", "";
    UNKNOWN_OPERATOR = "H211", "an unknown operator", "";
    BAD_OPERATOR_VALUE = "H212", "a value the operator cannot take", "";
    NOT_YET = "H213", "a part of the language this version does not have yet", "";
    CANNOT_CHANGE = "H214", "a rule changes what it may only read", "";
    NOT_ONE_OF = "H215", "a word that is none of those allowed", "";
    EMPTY_CONDITION = "H216", "an empty condition", "";
    BAD_NAME = "H217", "a name that cannot be used", "";
    DUPLICATE_DECLARATION = "H218", "a name that is declared twice", "";
}
