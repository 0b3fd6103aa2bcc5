//! What rules mean, said a second time and as plainly as possible: on JSON trees, each rule and row in its turn.
//! Shares nothing with the program, so that both are wrong alike only where both read the language wrongly.

use regex::Regex;
use serde_json::{Map, Value as Json, json};

/// Why a rule could not be evaluated; the program says it in words, here it is enough that it is so.
pub struct Failed;

#[derive(Clone, Debug)]
pub enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Test(&'static str, Checks),
}

/// Operators with what stands behind them, all of which must hold.
#[derive(Clone, Debug)]
pub struct Checks {
    pub operators: Vec<(&'static str, Operand)>,
    pub ignore_case: bool,
}

#[derive(Clone, Debug)]
pub enum Operand {
    Value(Json),
    /// The value of another field; that it is absent is a failure.
    Field(&'static str),
    Checks(Checks),
    /// Numbers from one to another, both included.
    Range(Option<i32>, Option<i32>),
    /// `count`: of how many elements this holds, compared with a number.
    Count(Option<Checks>, &'static str, usize),
}

#[derive(Clone, Debug)]
pub struct Rule {
    pub name: String,
    /// `auditing` is an audit whose last day is still to come, `audited` one whose last day has passed.
    pub mode: &'static str,
    /// `on_failure: skip`.
    pub skips: bool,
    pub when: Option<Condition>,
    pub table: Option<Table>,
    pub verbs: Vec<(&'static str, Verb)>,
}

#[derive(Clone, Debug)]
pub struct Table {
    pub hit: &'static str,
    pub inputs: Vec<&'static str>,
    pub outputs: Vec<(&'static str, &'static str)>,
    pub rows: Vec<Row>,
}

/// Cells of inputs, cells of outputs.
pub type Row = (Vec<Option<Checks>>, Vec<Option<Json>>);

#[derive(Clone, Debug)]
pub enum Verb {
    Write(&'static str, Operand),
    /// A field of the first element of a list whose other field is so: list, field, its value, the field that is written.
    WriteElement(&'static str, (&'static str, &'static str, &'static str), Json),
    Remove(&'static str),
    Reject(&'static str),
    Stop,
}

/// What became of each rule, and of the event.
pub struct Outcome {
    pub verdict: String,
    pub decided_by: Option<String>,
    pub user: Json,
    /// By rule: how far it came, and the rows that held.
    pub trace: Vec<(&'static str, Vec<usize>)>,
}

/// The user while a rule does what it says.
struct Draft<'u> {
    user: &'u mut Json,
    is_audit: bool,
    is_touched: bool,
}

enum Flow {
    Continue,
    Stop,
    Rejected(&'static str),
}

pub fn decide(rules: &[Rule], user: &Json) -> Outcome {
    let mut outcome =
        Outcome { verdict: "undecided".to_owned(), decided_by: None, user: user.clone(), trace: Vec::new() };
    let mut is_over = false;
    for rule in rules {
        if rule.mode == "off" || is_over {
            outcome.trace.push((if rule.mode == "off" { "off" } else { "not reached" }, Vec::new()));
            continue;
        }
        let mut rows = Vec::new();
        let user_before = rule.skips.then(|| outcome.user.clone());
        let mut draft = Draft { user: &mut outcome.user, is_audit: rule.is_audit(), is_touched: false };
        let applied = apply(rule, &mut draft, &mut rows);
        let is_touched = draft.is_touched;
        if let (Some(user), Err(Failed)) = (user_before, &applied) {
            outcome.user = user;
            outcome.trace.push(("skipped", Vec::new()));
            continue;
        }
        let word = match &applied {
            Ok(Some(_)) => "held",
            Ok(None) => "not held",
            Err(Failed) => "failed",
        };
        outcome.trace.push((word, rows));
        if rule.is_audit() {
            continue;
        }
        let name = Some(rule.name.clone());
        if is_touched {
            outcome.decided_by.clone_from(&name);
        }
        is_over = true;
        match applied {
            Ok(None | Some(Flow::Continue)) => is_over = false,
            Ok(Some(Flow::Stop)) => outcome.decided_by = outcome.decided_by.or(name),
            Ok(Some(Flow::Rejected(code))) => (outcome.verdict, outcome.decided_by) = (code.to_owned(), name),
            Err(Failed) => (outcome.verdict, outcome.decided_by) = ("failed".to_owned(), name),
        }
    }
    outcome
}

fn apply(rule: &Rule, draft: &mut Draft<'_>, hits: &mut Vec<usize>) -> Result<Option<Flow>, Failed> {
    if let Some(when) = &rule.when
        && !holds(when, draft.user)?
    {
        return Ok(None);
    }
    let mut flow = Flow::Continue;
    if let Some(table) = &rule.table {
        *hits = table.hits(draft.user)?;
        if hits.is_empty() {
            return Ok(None);
        }
        for row in hits {
            match act_on(&table.verbs(*row), draft)? {
                Flow::Continue => {}
                Flow::Stop => flow = Flow::Stop,
                rejected @ Flow::Rejected(_) => return Ok(Some(rejected)),
            }
        }
    }
    Ok(Some(match act_on(&rule.verbs, draft)? {
        Flow::Continue => flow,
        other => other,
    }))
}

impl Table {
    fn hits(&self, user: &Json) -> Result<Vec<usize>, Failed> {
        let mut hits = Vec::new();
        for (n, (cells, _)) in self.rows.iter().enumerate() {
            let mut row_holds = true;
            for (input, checks) in self.inputs.iter().zip(cells) {
                if let Some(checks) = checks
                    && !all_hold(checks, read(user, input), user)?
                {
                    row_holds = false;
                    break;
                }
            }
            hits.extend(row_holds.then_some(n));
            if self.hit == "unique" && hits.len() > 1 {
                return Err(Failed);
            }
            if self.hit == "first" && !hits.is_empty() {
                break;
            }
        }
        Ok(hits)
    }

    fn verbs(&self, row: usize) -> Vec<(&'static str, Verb)> {
        let cells = self.outputs.iter().zip(&self.rows[row].1);
        let verb = |((verb, field), cell): (&(&'static str, &'static str), &Option<Json>)| {
            Some((*verb, Verb::Write(field, Operand::Value(cell.clone()?))))
        };
        cells.filter_map(verb).collect()
    }
}

fn holds(condition: &Condition, user: &Json) -> Result<bool, Failed> {
    match condition {
        Condition::All(all) => {
            for condition in all {
                if !holds(condition, user)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        Condition::Any(any) => {
            for condition in any {
                if holds(condition, user)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        Condition::Not(inner) => holds(inner, user).map(|held| !held),
        Condition::Test(field, checks) => all_hold(checks, read(user, field), user),
    }
}

fn all_hold(checks: &Checks, value: Option<&Json>, user: &Json) -> Result<bool, Failed> {
    for (operator, operand) in &checks.operators {
        if !check(operator, operand, value, checks.ignore_case, user)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn check(
    operator: &str,
    operand: &Operand,
    value: Option<&Json>,
    ignore_case: bool,
    user: &Json,
) -> Result<bool, Failed> {
    let value = match (operator, operand, value) {
        ("present", Operand::Value(wanted), _) => return Ok(wanted.as_bool() == Some(value.is_some())),
        ("empty", Operand::Value(wanted), _) => return Ok(wanted.as_bool() == Some(value.is_none_or(is_blank))),
        ("not", Operand::Checks(inner), _) => return all_hold(inner, value, user).map(|held| !held),
        (field, Operand::Checks(inner), _) if field.starts_with('.') => {
            return all_hold(
                inner,
                value.and_then(|value| value.get(&field[1..])).filter(|field| !field.is_null()),
                user,
            );
        }
        (_, _, None) => return Ok(false),
        (_, _, Some(value)) => value,
    };
    match operand {
        Operand::Value(operand) => Ok(compare(operator, operand, value, ignore_case)),
        Operand::Field(field) => {
            read(user, field).ok_or(Failed).map(|operand| compare(operator, operand, value, ignore_case))
        }
        Operand::Checks(inner) => {
            let held = of_elements(value, |item| all_hold(inner, item, user))?;
            Ok(held.is_some_and(|held| if operator == "any" { held.contains(&true) } else { !held.contains(&false) }))
        }
        Operand::Range(low, high) => {
            let is_in = number(value).is_some_and(|number| {
                low.is_none_or(|low| number >= f64::from(low)) && high.is_none_or(|high| number <= f64::from(high))
            });
            Ok(is_in == (operator == "in"))
        }
        Operand::Count(of, comparison, wanted) => {
            let held = of_elements(value, |item| of.as_ref().map_or(Ok(true), |of| all_hold(of, item, user)))?;
            let Some(counted) = held.map(|held| held.iter().filter(|held| **held).count()) else { return Ok(false) };
            Ok(match *comparison {
                "is" => counted == *wanted,
                "gt" => counted > *wanted,
                "lte" => counted <= *wanted,
                other => panic!("no comparison {other}"),
            })
        }
    }
}

/// What is so of each element, null ones absent; `None` where there is no list.
fn of_elements(
    value: &Json,
    holds: impl Fn(Option<&Json>) -> Result<bool, Failed>,
) -> Result<Option<Vec<bool>>, Failed> {
    let Json::Array(items) = value else { return Ok(None) };
    items.iter().map(|item| holds(Some(item).filter(|item| !item.is_null()))).collect::<Result<_, _>>().map(Some)
}

/// A number, or a text of digits, as the cells of a table are.
fn number(value: &Json) -> Option<f64> {
    value.as_f64().or(value.as_str().and_then(|text| text.trim().parse().ok()))
}

fn compare(operator: &str, operand: &Json, value: &Json, ignore_case: bool) -> bool {
    let fold = |value: &Json| match value {
        Json::String(text) if ignore_case => Json::from(text.to_lowercase()),
        other => other.clone(),
    };
    let (value, operand) = (fold(value), fold(operand));
    let is_among = |item: &Json, list: &Json| {
        list.as_array().is_some_and(|list| list.iter().any(|other| same(&fold(other), item)))
    };
    let texts = value.as_str().zip(operand.as_str());
    let parts = texts.filter(|(_, part)| !part.is_empty());
    let numbers = number(&value).zip(number(&operand));
    match operator {
        "is" => same(&value, &operand),
        "is_not" => !same(&value, &operand),
        "in" => is_among(&value, &operand),
        "not_in" => !is_among(&value, &operand),
        "contains" if value.is_array() => is_among(&operand, &value),
        "contains" => parts.is_some_and(|(text, part)| text.contains(part)),
        "starts_with" => parts.is_some_and(|(text, part)| text.starts_with(part)),
        "ends_with" => parts.is_some_and(|(text, part)| text.ends_with(part)),
        "matches" => texts.is_some_and(|(text, pattern)| Regex::new(pattern).unwrap().is_match(text)),
        "gt" => numbers.is_some_and(|(a, b)| a > b),
        "gte" => numbers.is_some_and(|(a, b)| a >= b),
        "lt" => numbers.is_some_and(|(a, b)| a < b),
        "lte" => numbers.is_some_and(|(a, b)| a <= b),
        "within" | "not_within" => {
            let mut networks = operand.as_array().unwrap().iter().map(|network| network.as_str().unwrap());
            networks.any(|network| is_within(&value, network)) == (operator == "within")
        }
        "length" => {
            let length = value.as_str().map(|text| text.chars().count()).or(value.as_array().map(Vec::len));
            length.is_some_and(|length| json!(length) == operand)
        }
        other => panic!("no operator {other}"),
    }
}

fn is_within(value: &Json, network: &str) -> bool {
    let bits = |text: &str| {
        let parts: Vec<u64> = text.split('.').filter_map(|part| part.parse().ok()).collect();
        (parts.len() == 4).then(|| parts.iter().fold(0_u64, |all, part| all << 8 | part))
    };
    let (network, length) = network.split_once('/').unwrap();
    let shift = 32 - length.parse::<u64>().unwrap();
    value.as_str().and_then(bits).is_some_and(|address| address >> shift == bits(network).unwrap() >> shift)
}

fn is_blank(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::String(text) => hookgate::event::is_blank(text),
        Json::Array(items) => items.is_empty(),
        Json::Object(fields) => fields.is_empty(),
        _ => false,
    }
}

fn same(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::Number(_), Json::Number(_)) => a.as_f64() == b.as_f64(),
        (Json::Object(a), Json::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        (Json::Array(a), Json::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        _ => a == b,
    }
}

/// The keys that a name stands for: custom attributes are an object here.
fn keys(field: &'static str) -> Vec<&'static str> {
    let (root, rest) = field.split_once('.').unwrap();
    let first = (root == "attr").then_some("attributes");
    first.into_iter().chain(rest.split('.')).collect()
}

fn raw<'u>(user: &'u Json, field: &'static str) -> Option<&'u Json> {
    keys(field).into_iter().try_fold(user, |value, key| value.get(key))
}

fn read<'u>(user: &'u Json, field: &'static str) -> Option<&'u Json> {
    raw(user, field).filter(|value| !value.is_null())
}

fn act_on(verbs: &[(&'static str, Verb)], draft: &mut Draft<'_>) -> Result<Flow, Failed> {
    let mut flow = Flow::Continue;
    for (word, verb) in verbs {
        match verb {
            Verb::Stop => flow = Flow::Stop,
            Verb::Reject(code) => return Ok(Flow::Rejected(code)),
            Verb::Remove(field) => draft.remove(field),
            Verb::Write(field, operand) if *word == "take" => draft.take(field, operand)?,
            Verb::Write(field, operand) => draft.write(word, field, operand)?,
            Verb::WriteElement(field, element, value) => draft.write_element(word, field, *element, value)?,
        }
    }
    Ok(flow)
}

impl Draft<'_> {
    fn remove(&mut self, field: &'static str) {
        let mut on_the_way = keys(field);
        let last = on_the_way.pop().unwrap();
        let parent = on_the_way.iter().try_fold(&mut *self.user, |value, key| value.get_mut(key));
        if let Some(Json::Object(fields)) = parent.filter(|_| !self.is_audit) {
            self.is_touched |= fields.shift_remove(last).is_some();
        }
    }

    fn take(&mut self, field: &'static str, operand: &Operand) -> Result<(), Failed> {
        let items = match read(self.user, field) {
            None => return Ok(()),
            Some(Json::Array(items)) => items.clone(),
            Some(_) => return Err(Failed),
        };
        let mut kept = Vec::new();
        for item in &items {
            let goes = match operand {
                Operand::Value(Json::Array(values)) => values.iter().any(|value| same(value, item)),
                Operand::Value(value) => same(value, item),
                Operand::Checks(checks) => all_hold(checks, Some(item).filter(|item| !item.is_null()), self.user)?,
                other => panic!("nothing is taken by {other:?}"),
            };
            kept.extend((!goes).then(|| item.clone()));
        }
        if kept.len() < items.len() { self.put(field, kept.into()) } else { Ok(()) }
    }

    fn write_element(
        &mut self,
        word: &str,
        field: &'static str,
        (by, known, written): (&str, &str, &str),
        value: &Json,
    ) -> Result<(), Failed> {
        let mut items = match read(self.user, field) {
            None => Vec::new(),
            Some(Json::Array(items)) => items.clone(),
            Some(_) => return Err(Failed),
        };
        match items.iter_mut().find(|item| item.get(by).and_then(Json::as_str) == Some(known)) {
            Some(item) => {
                let there = item.get(written);
                let is_filled = there.is_some_and(|there| !is_blank(there));
                if word == "default" && is_filled || there.is_some_and(|there| same(there, value)) {
                    return Ok(());
                }
                item[written] = value.clone();
            }
            None => items.push(json!({ by: known, written: value })),
        }
        self.put(field, items.into())
    }

    fn write(&mut self, word: &str, field: &'static str, operand: &Operand) -> Result<(), Failed> {
        if word == "default" && !read(self.user, field).is_none_or(is_blank) {
            return Ok(());
        }
        let mut value = match operand {
            Operand::Value(value) => value.clone(),
            Operand::Field(other) => read(self.user, other).ok_or(Failed)?.clone(),
            Operand::Checks(_) | Operand::Range(..) | Operand::Count(..) => panic!("no value"),
        };
        if word == "add" {
            let mut items = match read(self.user, field) {
                None => Vec::new(),
                Some(Json::Array(items)) => items.clone(),
                Some(_) => return Err(Failed),
            };
            let before = items.len();
            let wanted = if let Json::Array(wanted) = value { wanted } else { vec![value] };
            for value in wanted {
                if !items.iter().any(|item| same(item, &value)) {
                    items.push(value);
                }
            }
            if items.len() == before {
                return Ok(());
            }
            value = items.into();
        } else if raw(self.user, field).is_some_and(|there| same(there, &value)) {
            return Ok(());
        }
        self.put(field, value)
    }

    fn put(&mut self, field: &'static str, value: Json) -> Result<(), Failed> {
        if self.is_audit {
            return Ok(());
        }
        let mut place = &mut *self.user;
        for key in keys(field) {
            if place.is_null() {
                *place = json!({});
            }
            place = place.as_object_mut().ok_or(Failed)?.entry(key).or_insert(Json::Null);
        }
        *place = value;
        self.is_touched = true;
        Ok(())
    }
}

/// The rules as a rule file: JSON, which YAML contains.
pub fn written(rules: &[Rule]) -> String {
    let rules: Vec<Json> = rules.iter().map(Rule::to_json).collect();
    plain(&json!({ "hook": "validateUser", "codes": { "First": "x", "Second": "x" }, "rules": rules }))
}

/// A rule file as JSON, but for what stands between § signs: that is YAML without quotes.
pub fn plain(file: &Json) -> String {
    format!("{file:#}").replace("\"§", "").replace("§\"", "")
}

impl Rule {
    /// On the first day of 1970, which is that of every event here.
    fn is_audit(&self) -> bool {
        ["audit", "auditing"].contains(&self.mode)
    }

    fn to_json(&self) -> Json {
        let (mode, until) = match self.mode {
            "auditing" => ("audit", Some("1970-01-01")),
            "audited" => ("audit", Some("1969-12-31")),
            mode => (mode, None),
        };
        let mut rule = Map::from_iter([("name".to_owned(), json!(self.name)), ("mode".to_owned(), json!(mode))]);
        rule.extend(until.map(|last| ("until".to_owned(), json!(last))));
        rule.extend(self.skips.then(|| ("on_failure".to_owned(), json!("skip"))));
        rule.extend(self.when.as_ref().map(|when| ("when".to_owned(), json!({ "all": [when.to_json()] }))));
        rule.extend(self.table.as_ref().map(|table| ("table".to_owned(), table.to_json())));
        for (word, verb) in &self.verbs {
            let value = match verb {
                Verb::Write(field, operand) => json!({ (*field): operand.to_json() }),
                Verb::WriteElement(field, (by, known, written), value) => {
                    json!({ format!("{field}[.{by}={known}].{written}"): value })
                }
                Verb::Remove(field) => json!([field]),
                Verb::Reject(code) => json!(code),
                Verb::Stop => json!(true),
            };
            rule.insert((*word).to_owned(), value);
        }
        rule.into()
    }
}

impl Table {
    fn to_json(&self) -> Json {
        let row = |(inputs, outputs): &Row| {
            let inputs = inputs.iter().map(|cell| cell.as_ref().map_or(json!("-"), Checks::to_json));
            let outputs = outputs.iter().map(|cell| cell.clone().unwrap_or(json!("-")));
            inputs.chain(outputs).collect::<Json>()
        };
        let outputs: Vec<String> = self.outputs.iter().map(|(verb, field)| format!("{verb} {field}")).collect();
        let rows: Vec<Json> = self.rows.iter().map(row).collect();
        json!({ "hit": self.hit, "inputs": self.inputs, "outputs": outputs, "rows": rows })
    }
}

impl Condition {
    fn to_json(&self) -> Json {
        let all = |several: &[Condition]| several.iter().map(Condition::to_json).collect::<Vec<_>>();
        match self {
            Condition::All(several) => json!({ "all": all(several) }),
            Condition::Any(several) => json!({ "any": all(several) }),
            Condition::Not(inner) => json!({ "not": inner.to_json() }),
            Condition::Test(field, checks) => json!({ (*field): checks.to_json() }),
        }
    }
}

impl Checks {
    fn to_json(&self) -> Json {
        let mut json: Map<String, Json> =
            self.operators.iter().map(|(operator, operand)| ((*operator).to_owned(), operand.to_json())).collect();
        if self.ignore_case {
            json.insert("ignore_case".to_owned(), true.into());
        }
        json.into()
    }
}

impl Operand {
    fn to_json(&self) -> Json {
        match self {
            Operand::Value(value) => value.clone(),
            Operand::Field(field) => json!(format!("${{{field}}}")),
            Operand::Checks(checks) => checks.to_json(),
            Operand::Range(low, high) => {
                let end = |end: &Option<i32>| end.map(|end| end.to_string()).unwrap_or_default();
                json!(format!("§{}..{}§", end(low), end(high)))
            }
            Operand::Count(of, comparison, number) => {
                let mut count = json!({ (*comparison): number });
                if let Some(of) = of {
                    count["of"] = of.to_json();
                }
                count
            }
        }
    }
}
