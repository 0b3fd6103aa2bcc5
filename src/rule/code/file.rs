//! Files and YAML.

use super::catalogue::codes;

codes! {
    FILE_UNREADABLE = "H101", "a file or folder cannot be read", "";
    FILE_TOO_LARGE = "H102", "a file or folder is too large", "";
    NOT_YAML = "H103", "the file is not YAML", "";
    EMPTY_FILE = "H104", "the file is empty", "";
    SEVERAL_DOCUMENTS = "H105", "the file holds more than one YAML document", "";
    DUPLICATE_KEY = "H106", "a key stands twice", "";
    MERGE_KEY = "H107", "merge keys are not read", "";
    YAML_TAG = "H108", "tags are not read", "";
    KEY_NOT_TEXT = "H109", "a key is no text", "";
    NO_RULES = "H110", "the folder holds no rules", "";
    UNQUOTED_NUMBER = "H120", "a number that is meant as text", "";
    NUMBER_TOO_LONG = "H121", "a number too long to be kept exactly", "";
    AMBIGUOUS_WORD = "H122", "a word that YAML readers take for true or false", "";
    ODD_NUMBER = "H123", "a number in a form that readers disagree about", "";
}
