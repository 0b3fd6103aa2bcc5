//! The metrics: after known calls the known numbers, never a label that a caller made up, and names that pages, alerts and dashboards agree on.

mod known;
mod lost;

use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;

use hookgate::lookup::Fault;
use hookgate::telemetry::metrics::{self, render};

use crate::support::Running;
use crate::support::client::{Client, post, request};
use crate::support::generated::is_fresh;
use crate::support::program::{Program, Served, folder, root};
use crate::support::server::settings;
use crate::support::source::{Does, Played, answer, asking};
use crate::support::wait::until;

/// A page: each sample's name with its labels, and its number.
struct Page(Vec<(String, f64)>);

impl Page {
    fn of(served: &Served) -> Self {
        Self::read(&served.ask("GET", "/metrics", "").body)
    }

    fn read(text: &str) -> Self {
        let samples = text.lines().filter(|line| !line.starts_with('#'));
        let sample = |line: &str| {
            let (series, number) = line.rsplit_once(' ').unwrap();
            (series.to_owned(), number.parse().unwrap())
        };
        Self(samples.map(sample).collect())
    }

    fn get(&self, series: &str) -> Option<f64> {
        self.0.iter().find(|(known, _)| known == series).map(|(_, number)| *number)
    }

    #[track_caller]
    fn has(&self, series: &str, number: f64) {
        let found = self.get(series);
        assert!(found.is_some_and(|found| (found - number).abs() < 1e-9), "{series} is {found:?}, not {number}");
    }

    fn series(&self) -> BTreeSet<&str> {
        self.0.iter().map(|(series, _)| series.as_str()).collect()
    }
}

const SETTINGS: &str = "connections: { hr: { sql: \"sqlite:no-such-file.db\" } }
outbox: { memory_for_secrets: true }
destinations: { siem: { file: siem.jsonl, accepts: secrets } }
hooks: { appUpdated: { kind: notify } }
on_failure: { decide: unavailable }
";
const VALIDATE: &str = "hook: validateUser
codes: { NoVendors: Not here. }
rules:
  - { name: no-vendors, when: { user.userType: Vendor }, reject: NoVendors }
  - { name: 'the \"quoted\" \\ one', when: { user.userType: Partner }, set: { user.grade: P } }
  - { name: on-trial, mode: audit, when: { user.country: Nepal }, reject: NoVendors }
";

fn user(fields: &str) -> Vec<u8> {
    format!("{{\"request\":{{\"user\":{{{fields}}}}}}}").into_bytes()
}

/// Names of series are made of rules and settings: whatever callers send, there are no more of them.
#[test]
fn no_caller_makes_a_series() {
    let dir = folder(&[("gateway.yaml", SETTINGS), ("rules/validate.yaml", VALIDATE)]);
    let served = Program::new(["serve", "--listen", "127.0.0.1:0"]).within(dir.path()).serve();
    let send = |method: &str, path: &str, headers: &str, body: &[u8]| {
        let mut client = Client::connect(served.address);
        client.send(&request(method, path, headers, body));
        client.answer().unwrap().status
    };
    // Each kind of refusal once, and a decision.
    send("POST", "/webhook/none", "", b"");
    send("GET", "/validateUser", "", b"");
    send("POST", "/validateUser", "Content-Encoding: gzip\r\n", b"");
    send("POST", "/validateUser", "", b"{");
    send("POST", "/validateUser", "", br#"{"request":{}}"#);
    assert_eq!(send("POST", "/validateUser", "", &user(r#""login":"x""#)), 200);
    let before = Page::of(&served);
    for n in 0..300 {
        let odd = format!("x{n}%22%0a{{hook=%22y%22}}");
        let body = user(&format!(r#""login":"a{n}\"}} 1","userType":"t{n}","country":"c{n}""#));
        for path in
            [format!("/webhook/{odd}"), format!("/{odd}/validateUser"), format!("/validateUser/{odd}?appId={odd}")]
        {
            send("POST", &path, &format!("X-Hook: {n}\r\nUser-Agent: {n}\r\nAuthorization: Bearer {n}\r\n"), &body);
        }
        send(&format!("M{n}"), "/validateUser", "", b"");
        send("POST", "/validateUser", &format!("Content-Encoding: e{n}\r\n"), b"");
    }
    let after = Page::of(&served);
    after.has("hookgate_requests_total{hook=\"validateUser\",outcome=\"answered\"}", 301.0);
    assert_eq!(before.series(), after.series());
}

#[test]
fn counts_go_on_when_rules_are_replaced_and_those_of_rules_that_are_gone_go_with_them() {
    let dir = folder(&[("gateway.yaml", SETTINGS), ("rules/validate.yaml", VALIDATE)]);
    let served = Program::new(["serve", "--listen", "127.0.0.1:0"]).within(dir.path()).serve();
    let call = |kind: &str| post(served.address, "/validateUser", &user(&format!("\"userType\":\"{kind}\""))).status;
    let vendors = "hookgate_decisions_total{hook=\"validateUser\",rule=\"no-vendors\",verdict=\"rejected\"}";
    let others = "hookgate_decisions_total{hook=\"validateUser\",rule=\"\",verdict=\"undecided\"}";
    ["Vendor", "Vendor", "Other"].iter().for_each(|kind| assert_eq!(call(kind), 200));
    // One rule more in front: the others are not taken for their neighbours.
    let first = "rules:\n  - { name: first, when: { user.userType: First }, reject: NoVendors }\n";
    let reload = |text: &str| {
        fs::write(dir.path().join("rules/validate.yaml"), text).unwrap();
        assert_eq!(served.ask("POST", "/reload", "").status, 200);
    };
    reload(&VALIDATE.replace("rules:\n", first));
    ["Vendor", "First", "Other"].iter().for_each(|kind| assert_eq!(call(kind), 200));
    let page = Page::of(&served);
    page.has(vendors, 3.0);
    page.has(others, 2.0);
    page.has("hookgate_decisions_total{hook=\"validateUser\",rule=\"first\",verdict=\"rejected\"}", 1.0);
    page.has("hookgate_reloads_total{result=\"loaded\"}", 1.0);
    reload(&VALIDATE.replace("no-vendors", "renamed"));
    let page = Page::of(&served);
    assert_eq!(page.get(vendors), None);
    page.has(others, 2.0);
}

#[tokio::test]
async fn lookups_are_counted_by_what_came_of_them() {
    let rules = "hook: validateUser
lookups: { known: { http: api, get: \"/${key}\", cache: 1m, on_error: absent } }
codes: { Known: known }
rules: [{ name: known, when: { user.login: { found_in: known } }, reject: Known }]
";
    let script = |key: &str| match key {
        "here" => Does::Answers(1, Some("x")),
        "away" => Does::Answers(1, None),
        _ => Does::Fails(Fault::Source),
    };
    let gateway = asking(rules, &Arc::new(Played::new(script)));
    for login in ["here", "here", "here", "away", "down", "down"] {
        answer(&gateway, &format!("{{\"login\":\"{login}\"}}")).await;
    }
    let page = Page::read(&render(vec![Arc::clone(&gateway) as _]).unwrap());
    for (result, number) in [("rows", 3.0), ("none", 1.0), ("stood_in", 2.0), ("failed", 0.0)] {
        page.has(&format!("hookgate_lookups_total{{lookup=\"known\",result=\"{result}\"}}"), number);
    }
    page.has("hookgate_lookup_cache_hits_total{lookup=\"known\"}", 2.0);
    page.has("hookgate_lookup_duration_seconds_count{lookup=\"known\"}", 4.0);
    page.has("hookgate_evaluation_duration_seconds_count{hook=\"validateUser\"}", 6.0);
    page.has("hookgate_decisions_total{hook=\"validateUser\",rule=\"known\",verdict=\"rejected\"}", 3.0);
}

/// Who is gone while a lookup is waited for is counted, and nothing of it stays.
#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_goes_away_is_counted() {
    let rules = "hook: validateUser
lookups: { known: { http: api, get: \"/${key}\", on_error: absent } }
codes: { Known: known }
rules: [{ name: known, when: { user.login: { found_in: known } }, reject: Known }]
";
    let gateway = asking(rules, &Arc::new(Played::new(|_| Does::Hangs)));
    let server = hookgate::server::bind(&settings(), gateway).unwrap();
    let measured = server.measured();
    let running = Running::start(server);
    let page = || Page::read(&render(measured.to_vec()).unwrap());
    let mut leaver = Client::connect(running.address);
    leaver.send(&request("POST", "/validateUser", "", &user("\"login\":\"asha\"")));
    until("the call waits", || page().get("hookgate_requests_in_flight") == Some(1.0));
    page().has("hookgate_connections", 1.0);
    // The connection is reset, as by a caller that was killed.
    socket2::SockRef::from(&leaver.stream).set_linger(Some(std::time::Duration::ZERO)).unwrap();
    drop(leaver);
    let abandoned = "hookgate_requests_total{hook=\"validateUser\",outcome=\"abandoned\"}";
    until("it is missed", || page().get(abandoned) == Some(1.0));
    page().has("hookgate_requests_in_flight", 0.0);
    until("the connection is gone", || page().get("hookgate_connections") == Some(0.0));
}

/// Every word in it that is a metric of ours or of a process, without what histograms put behind.
fn names(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let ours = words.filter(|word| word.starts_with("hookgate_") || word.starts_with("process_"));
    let histograms: BTreeSet<&str> =
        metrics::ALL.iter().filter(|metric| metric.kind.as_str() == "histogram").map(|metric| metric.name).collect();
    let whole = |word: &str| {
        let of_histogram = ["_bucket", "_sum", "_count"].iter().filter_map(|end| word.strip_suffix(end));
        of_histogram.into_iter().find(|name| histograms.contains(name)).unwrap_or(word).to_owned()
    };
    ours.map(whole).collect()
}

fn page(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn alerts_and_the_dashboard_ask_for_metrics_that_are_there() {
    let known: BTreeSet<String> = metrics::ALL.iter().map(|metric| metric.name.to_owned()).collect();
    let dashboard: serde_json::Value = serde_json::from_str(&page("deploy/grafana/hookgate.json")).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let queries = panels.iter().flat_map(|panel| panel["targets"].as_array().into_iter().flatten());
    let queries: Vec<&str> = queries.map(|target| target["expr"].as_str().unwrap()).collect();
    assert!(queries.len() > 10, "{queries:?}");
    for query in queries {
        let asked = names(query);
        assert!(!asked.is_empty() && asked.is_subset(&known), "{query}: {asked:?}");
    }
    let alerts = page("deploy/prometheus/alerts.yaml");
    let asked = names(&alerts);
    assert!(asked.len() > 8 && asked.is_subset(&known), "{:?}", asked.difference(&known));
}

#[test]
fn each_alert_is_explained_and_tried() {
    let explained = page("docs/operating/alerts.md");
    let tried = page("deploy/prometheus/alerts.test.yaml");
    let alerts = page("deploy/prometheus/alerts.yaml");
    let rows: Vec<&str> = alerts.split("- alert: ").skip(1).collect();
    assert!(rows.len() > 8, "{rows:?}");
    let named: Vec<&str> = rows.iter().filter_map(|row| row.lines().next()).collect();
    for (alert, row) in named.iter().zip(&rows) {
        let section = explained.split(&format!("\n### {alert}\n")).nth(1).and_then(|rest| rest.split("\n#").next());
        let section = section.unwrap_or_else(|| panic!("docs/operating/alerts.md says nothing of {alert}"));
        for part in ["- **Means**", "- **Look at**", "- **Do**"] {
            assert!(section.contains(part), "docs/operating/alerts.md: {alert} lacks {part}");
        }
        assert!(tried.contains(&format!("alertname: {alert}\n")), "no test of {alert}");
        let link = format!("          runbook_url: docs/operating/alerts.md#{}\n", alert.to_lowercase());
        assert!(row.contains(&link), "{alert} does not lead to its section");
        assert!(row.contains("          description: \""), "{alert} has no description");
        assert!(!row.contains("job=\""), "{alert} expects the name of a job");
    }
    let sections = explained.lines().filter_map(|line| line.strip_prefix("### "));
    let gone: Vec<&str> = sections.filter(|section| !named.contains(section)).collect();
    assert!(gone.is_empty(), "docs/operating/alerts.md explains alerts that there are not: {gone:?}");
}

#[test]
fn the_table_of_metrics_is_fresh() {
    is_fresh("docs/metrics.md", &metrics::to_markdown());
}

#[test]
fn names_and_help_are_as_prometheus_wants_them() {
    for metric in metrics::ALL {
        let (name, is_counter) = (metric.name, metric.kind.as_str() == "counter");
        assert!(name.starts_with("hookgate_") || name.starts_with("process_"), "{name}");
        assert_eq!(name.ends_with("_total"), is_counter, "{name}");
        assert!(metric.help.ends_with('.') && !metric.help.contains(['\n', '\\', '|']), "{name}");
        assert!(metric.labels.iter().all(|label| !matches!(*label, "le" | "job" | "instance")), "{name}");
    }
    let distinct: BTreeSet<&str> = metrics::ALL.iter().map(|metric| metric.name).collect();
    assert_eq!(distinct.len(), metrics::ALL.len());
}
