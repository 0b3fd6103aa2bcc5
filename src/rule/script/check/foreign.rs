//! Functions and words of other languages, each with what does the same here.
//!
//! For people who know Okta, Entra, Kyverno, Rego, VRL, DMN or spreadsheets.

use std::collections::BTreeSet;

use rhai::{Expr, FnCallExpr, Position};

use super::mistake::Mistake;
use crate::diagnostic::{code, did_you_mean};

/// Names in small letters without `_`, each group with what to write.
const FUNCTIONS: &[(&[&str], &str)] = &[
    (&["tolowercase", "tolower", "lcase", "lowercase", "downcase"], "lower(text)"),
    (&["touppercase", "toupper", "ucase", "uppercase", "upcase"], "upper(text)"),
    (&["substring", "substr", "mid", "slice"], "middle(text, from, count)"),
    (&["left", "take", "truncate"], "cut(text, count)"),
    (&["right"], "last(text, count)"),
    (&["substringbefore", "before"], "before(text, separator)"),
    (&["substringafter", "after"], "after(text, separator)"),
    (&["equals", "eq", "equal", "isequal", "stringequals", "strcmp", "exact"], "a == b"),
    (&["notequals", "ne", "neq"], "a != b"),
    (&["equalsignorecase", "iequals"], "lower(a) == lower(b)"),
    (&["gt", "greaterthan"], "a > b"),
    (&["lt", "lessthan"], "a < b"),
    (
        &["includes", "has", "stringcontains", "instr", "search", "member", "containsany", "any", "anyof"],
        "x.contains(value)",
    ),
    (&["indexof", "strpos", "charindex"], "text.index_of(value)"),
    (&["startswith", "hasprefix", "beginswith"], "text.starts_with(value)"),
    (&["endswith", "hassuffix"], "text.ends_with(value)"),
    (&["isempty", "isblank", "isnullorempty", "isnullorwhitespace", "isnullish", "blank"], "first_filled(x) == ()"),
    (&["isnull", "isabsent", "isundefined", "isnone", "isnothing"], "!present(x)"),
    (&["ispresent", "exists", "isdefined", "defined", "isset", "notnull", "isnotnull", "isnotempty"], "present(x)"),
    (&["concat", "concatenate", "stringjoin", "strcat", "textjoin"], "a + b` or the template `${a}${b}"),
    (
        &["if", "iif", "ifelse", "ternary", "switch", "case", "choose", "decode", "cond", "ifs", "when"],
        "if condition { a } else { b }",
    ),
    (&["and", "allof"], "a && b"),
    (&["or"], "a || b"),
    (&["not", "isfalse"], "!a"),
    (
        &["tostring", "str", "string", "cstr", "text", "format", "sprintf", "printf"],
        "a template: `${a}-${b}`, or `x.to_string()",
    ),
    (&["length", "size", "strlen", "stringlength", "strlength"], "length(x)"),
    (
        &["toint", "tointeger", "parseint", "int", "integer", "tonumber", "val", "cint", "parsefloat", "float"],
        "number(x)",
    ),
    (
        &["match", "test", "ismatch", "regex", "regexmatch", "regexp", "rlike", "like", "remtch"],
        "matches(text, \"pattern\")",
    ),
    (
        &["replaceall", "substitute", "translate"],
        "replace(text, from, to)` or, of a pattern, `replace_all(text, \"regex\", to)",
    ),
    (&["gsub", "sub", "regexreplace", "regexpreplace", "regexsubstitute"], "replace_all(text, \"regex\", to)"),
    (&["regexextract", "regexpextract", "regexfind", "regexcapture", "group", "submatch"], "capture(text, \"regex\")"),
    (&["now", "getdate", "today", "currentdate", "sysdate", "utcnow", "currenttime"], "date(now)"),
    (
        &["dateadd", "adddays", "addmonths", "addyears", "plusdays", "addhours", "addtime", "datesub", "edate"],
        "add_time(date, \"7d\")",
    ),
    (&["workday", "addworkdays", "addworkingdays", "addbusinessdays"], "add_time(date, \"3wd\")"),
    (&["networkdays", "businessdays", "workdays", "businessdaysbetween"], "working_days(a, b)"),
    (
        &["formatdate", "formatdatetime", "dateformat", "tochar", "strftime", "datetostring", "formattime"],
        "format_date(date, \"dd.MM.yyyy\")",
    ),
    (
        &["todate", "parsedate", "strptime", "datevalue", "stringtodate", "parsedatetime"],
        "read_date(text, \"yyyyMMdd\")",
    ),
    (&["dayofweek", "datename", "dow", "dayname"], "weekday(date)"),
    (&["hour", "gethour", "hours", "timeofday"], "time_of_day(date)"),
    (&["year", "month", "day", "datepart"], "format_date(date, \"yyyy\")"),
    (&["numfromdate", "tofiletime", "filetime", "dateto100ns"], "format_date(date, \"ticks\")"),
    (&["datediff", "daysbetween", "datedif", "days"], "days_between(a, b)"),
    (
        &["normalizediacritics", "removediacritics", "unaccent", "transliterate", "toascii", "stripaccents", "deburr"],
        "ascii(text)",
    ),
    (&["propercase", "titlecase", "capitalize", "proper", "initcap", "pcase"], "name_case(text)"),
    (&["strip", "ltrim", "rtrim", "trimleft", "trimright", "trimstart", "trimend", "stripwhitespace"], "trim(text)"),
    (&["stripspaces", "removespaces", "removewhitespace"], "strip_chars(text, \" \")"),
    (
        &["ifnull", "nvl", "ifempty", "ifabsent", "orelse", "getordefault", "firstnonnull", "firstnonempty", "iferror"],
        "a ?? b",
    ),
    (&["hasattribute", "getattribute", "attribute", "attributevalue", "getproperty"], "attr(\"NAME\")` or `attr.NAME"),
    (&["md5", "sha1", "hash", "digest"], "sha256(text)"),
    (&["padleft", "padstart", "lpad", "zfill", "leftpad"], "pad(text, count, \"0\")"),
    (&["vlookup", "xlookup", "hlookup", "lookupvalue", "index"], "lookup(\"NAME\", key)"),
    (&["isemail", "validemail", "isvalidemail"], "is_email(x)"),
    (&["word", "item", "nth", "element"], "part(text, separator, n)"),
    (&["getdomain", "emaildomain", "domainof"], "domain(email)"),
    (
        &["ismemberofgroup", "ismemberofanygroup", "memberof", "ismemberofgroupname", "getfilteredgroups", "ingroup"],
        "user.assignedGroups.some(|group| group == \"NAME\")",
    ),
    (&["forall", "allmatch"], "list.all(|x| …)"),
    (&["exist", "anymatch"], "list.some(|x| …)"),
    (&["collect", "foreach", "transform"], "each(list, \"function\")` or `list.map(|x| …)"),
    (&["unique", "uniq", "removeduplicates", "dedupe"], "distinct(list)"),
    (&["sortby", "orderby", "arraysort", "sortarray"], "sorted(list)"),
    (&["pluck", "project", "select"], "column(list, \"field\")"),
    (&["exclude", "difference", "except", "minus", "removeall"], "without(list, value)"),
    (&["intersection", "overlap", "common"], "intersect(a, b)"),
    (&["head", "firstelement", "firstordefault"], "first(list)"),
    (&["counta", "countif", "cardinality"], "count(list)"),
    (&["converttobase64", "base64encode", "tobase64", "encodebase64", "btoa", "b64encode"], "base64(text)"),
    (&["base64decode", "frombase64", "decodebase64", "atob", "convertfrombase64", "b64decode"], "base64_decode(text)"),
    (&["tohex", "hexencode", "encodehex", "bin2hex"], "hex(text)"),
    (&["newguid", "guid", "uuidv5", "uuid5", "nameuuidfrombytes", "newuuid"], "uuid(text)"),
    (&["slugify", "urlize", "kebabcase"], "slug(text)"),
    (
        &["print", "println", "log", "debug"],
        "`hookgate dry-run --explain`, which shows what a rule does; there is no `log",
    ),
];

/// What no function does, in the same way, each group with what there is.
const NONE: &[(&[&str], &str)] = &[
    (
        &[
            "random",
            "rand",
            "randomint",
            "randomtext",
            "randomstring",
            "randompassword",
            "randbetween",
            "shuffle",
            "password",
            "generatepassword",
            "newpassword",
        ],
        "nothing answers by chance, for the same event must always be decided alike: passwords are made by the platform; a \
         text that differs from person to person is `uuid(user.login)` or `cut(sha256(user.login), 8)`",
    ),
    (
        &[
            "sum",
            "plus",
            "subtract",
            "multiply",
            "times",
            "product",
            "divide",
            "quotient",
            "mod",
            "modulo",
            "average",
            "avg",
            "percent",
            "percentage",
            "increment",
            "decrement",
        ],
        "no function calculates; with signs an expression does, as a script: `number(user.grade) * 2`, and `+`, `-`, `/`, `%` \
         (the rest of a division)",
    ),
    (
        &[
            "endofday",
            "startofday",
            "beginningofday",
            "endofmonth",
            "startofmonth",
            "eomonth",
            "truncdate",
            "datetrunc",
        ],
        "no function answers the end or beginning of a day: as a condition, `over: true` holds when the day has ended; \
         `date(user.endDate)` is the day, and `add_time(user.endDate, \"1d\")` the next",
    ),
];

/// Functions of lists that take a closure, by names under which others take a value.
const WITH_CLOSURE: [&str; 7] = ["filter", "map", "some", "all", "find", "reduce", "for_each"];

/// `filter(list, \"value\")`: what takes a closure, and is handed a text that is no function's name.
pub fn text_for_closure(call: &FnCallExpr, names: &BTreeSet<String>, position: Position) -> Option<Mistake> {
    let Some(Expr::StringConstant(text, _)) = call.args.get(1) else { return None };
    let name = call.name.as_str();
    if !WITH_CLOSURE.contains(&name) || call.args.len() == 2 && names.contains(text.as_str()) {
        return None;
    }
    let message = format!("`{name}` takes a closure, and `\"{text}\"` is a text");
    let help = "a list without the others is `where(list, \"starts_with\", \"a\")`, without some of them `without(list, \
                value)`, changed one by one `each(list, \"lower\")`; a closure is a script: `list.filter(|x| x != \"a\")`";
    Some(Mistake::new(&code::UNKNOWN_VALUE, position, message).help(help))
}

/// Words that are no names, with what to write.
const WORDS: [(&[&str], &str); 4] = [
    (&["none", "None", "NONE", "undefined", "NULL", "Null", "nothing", "Nothing", "NIL", "empty", "missing"], "null"),
    (&["True", "TRUE", "T"], "true"),
    (&["False", "FALSE", "F"], "false"),
    (
        &[
            "String",
            "Strings",
            "Arrays",
            "Array",
            "Math",
            "Convert",
            "Objects",
            "Object",
            "StringUtils",
            "Iterables",
            "Time",
        ],
        "",
    ),
];

/// What is told of a function that is not there, where these are.
pub fn no_function<'n>(name: &str, names: impl Iterator<Item = &'n str> + Clone, position: Position) -> Mistake {
    let mistake = Mistake::new(&code::UNKNOWN_FUNCTION, position, format!("there is no function `{name}`"));
    let same = names.clone().find(|known| known.eq_ignore_ascii_case(name));
    match (same, function(name)) {
        (None, Some(cure)) => mistake.help(cure),
        (same, _) => match same.or_else(|| did_you_mean(name, names)) {
            Some(meant) => mistake.help(format!("did you mean `{meant}`?")),
            None => mistake.help("docs/language/functions.md lists all functions"),
        },
    }
}

/// What to write in place of a function of another language.
fn function(name: &str) -> Option<String> {
    let small: String = name.chars().filter(|letter| *letter != '_').flat_map(char::to_lowercase).collect();
    let find = |table: &[(&[&str], &'static str)]| {
        table.iter().find(|(names, _)| names.contains(&small.as_str())).map(|(_, cure)| *cure)
    };
    find(FUNCTIONS).map(|cure| format!("write `{cure}`")).or_else(|| find(NONE).map(str::to_owned))
}

/// What to write in place of a name that is a word of other languages.
#[must_use]
pub fn word(name: &str) -> Option<String> {
    let (_, cure) = WORDS.iter().find(|(words, _)| words.contains(&name))?;
    Some(match *cure {
        "" => "functions stand alone here, without a class before them: `lower(x)`".to_owned(),
        "null" => "what is absent is `null`: `x == null`; or ask `present(x)`".to_owned(),
        cure => format!("write `{cure}`"),
    })
}
