#!/usr/bin/env python3
"""A running hookgate is scraped by a running Prometheus, and what that knows afterwards is compared with the calls that were made.

    tests/prometheus/scraped.py PROGRAM

The alerts are loaded, and each of their queries and of the dashboard's is asked. Everything listens on 127.0.0.1, and everything is
ended at the end, whatever happens.
"""

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

LIMIT_S = 60
CALLS = 25
TOKEN = "scraped-with-this"
BEARER = "called-with-this-and-nothing-else"
STRANGERS = 7

RULES = """hook: validateUser
codes: { NoVendors: Not here. }
rules: [{ name: 'no "vendors"', when: { user.userType: Vendor }, reject: NoVendors }]
"""
SENDS = """hook: postCreateUser
rules: [{ name: tell, deliver: { to: siem, body: { login: "${user.login}" } } }]
"""
ASKS = """hook: preCreateUser
lookups: { people: { sql: hr, query: "select login from people where login = :key", on_error: absent } }
rules: [{ name: known, when: { user.login: { found_in: people } }, stop: true }]
"""
SETTINGS = """listen: 127.0.0.1:0
auth: { bearer: { secrets: ["${env:BEARER}"] } }
admin: { listen: "127.0.0.1:0", token: "${env:ADMIN_TOKEN}" }
connections: { hr: { sql: "sqlite:no-such-file.db" } }
destinations: { siem: { file: siem.jsonl } }
log: { format: json }
"""
SCRAPE = """global: {{ scrape_interval: 1s, evaluation_interval: 1s }}
rule_files: [{alerts}]
scrape_configs:
  - job_name: hookgate
    authorization: {{ credentials: {token} }}
    static_configs: [{{ targets: ["{admin}"] }}]
"""


def write(folder, name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def until(what, found):
    """Waits for something that is not false and gives it out."""
    end = time.monotonic() + LIMIT_S
    while time.monotonic() < end:
        value = found()
        if value:
            return value
        time.sleep(0.1)
    sys.exit(f"FAILED: waited {LIMIT_S} s in vain: {what}")


def fetched(url, body=None, headers=None):
    with urllib.request.urlopen(urllib.request.Request(url, body, headers or {}), timeout=10) as answer:
        return answer.read().decode()


def call(address, hook, user, bearer=BEARER):
    body = json.dumps({"request": {"user": user}}).encode()
    return fetched(f"http://{address}/webhook/{hook}", body, {"Content-Type": "application/json", "Authorization": f"Bearer {bearer}"})


def call_as_a_stranger(address):
    try:
        call(address, "policyMap", {"login": "x"}, "guessed")
    except urllib.error.HTTPError as error:
        if error.code == 401:
            return
    sys.exit("FAILED: a stranger is not answered with 401")


def addresses(log):
    """Where the webhooks and the admin listener are, once the log says so."""
    found = {}
    with open(log, encoding="utf-8") as lines:
        for line in lines:
            if line.endswith("\n"):
                entry = json.loads(line)
                found[entry["message"]] = entry.get("address")
    return (found["listening"], found["the admin listener is there"]) if "listening" in found else None


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Prometheus:
    def __init__(self, folder, admin):
        alerts = os.path.abspath("deploy/prometheus/alerts.yaml")
        write(folder, "prometheus.yml", SCRAPE.format(alerts=alerts, token=TOKEN, admin=admin))
        self.at = f"127.0.0.1:{free_port()}"
        words = ["prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data", f"--web.listen-address={self.at}"]
        self.log = open(f"{folder}/prometheus.log", "w", encoding="utf-8")
        self.process = subprocess.Popen(words, stdout=self.log, stderr=subprocess.STDOUT)

    def ask(self, path, **parameters):
        try:
            answer = json.loads(fetched(f"http://{self.at}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"))
        except urllib.error.HTTPError as error:
            sys.exit(f"FAILED: {parameters}: {error.read().decode()}")
        except OSError:
            return None
        return answer["data"] if answer["status"] == "success" else None

    def number(self, query):
        data = self.ask("query", query=query)
        return float(data["result"][0]["value"][1]) if data and data["result"] else None

    def target(self):
        data = self.ask("targets")
        active = data["activeTargets"] if data else []
        return active[0] if active and active[0]["health"] != "unknown" else None


def dashboard_queries():
    """Every query of the dashboard, with its variables filled in as Grafana does."""
    with open("deploy/grafana/hookgate.json", encoding="utf-8") as file:
        board = json.load(file)
    queries = [target["expr"] for panel in board["panels"] for target in panel.get("targets", [])]
    return [query.replace("$__rate_interval", "1m").replace("$job", ".*").replace("$instance", ".*") for query in queries]


def check_page(admin):
    page = fetched(f"http://{admin}/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    linted = subprocess.run(["promtool", "check", "metrics"], input=page, text=True, capture_output=True, check=False)
    if linted.returncode != 0 or linted.stderr:
        sys.exit(f"FAILED: promtool check metrics: {linted.stdout}{linted.stderr}")
    return page


def run(program, folder, started):
    write(folder, "gateway.yaml", SETTINGS)
    for name, text in (("validate", RULES), ("sends", SENDS), ("asks", ASKS)):
        write(folder, f"rules/{name}.yaml", text)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HOOKGATE_")} | {"ADMIN_TOKEN": TOKEN, "BEARER": BEARER}
    log = f"{folder}/hookgate.log"
    with open(log, "w", encoding="utf-8") as errors:
        gateway = subprocess.Popen([program, "serve"], cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=errors)
    started.append(gateway)
    webhooks, admin = until("hookgate listens", lambda: addresses(log))
    prometheus = Prometheus(folder, admin)
    started.append(prometheus.process)

    for n in range(CALLS):
        call(webhooks, "validateUser", {"login": f"v{n}", "userType": "Vendor"})
        call(webhooks, "preCreateUser", {"login": f"p{n}"})
    call(webhooks, "postCreateUser", {"login": "asha"})
    for _ in range(STRANGERS):
        call_as_a_stranger(webhooks)
    page = check_page(admin)

    target = until("Prometheus has scraped hookgate", prometheus.target)
    if target["health"] != "up":
        sys.exit(f"FAILED: the scrape: {target['lastError']}")
    known = {
        'hookgate_requests_total{hook="validateUser",outcome="answered"}': CALLS,
        'hookgate_decisions_total{rule="no \\"vendors\\"",verdict="rejected"}': CALLS,
        'hookgate_lookups_total{lookup="people",result="stood_in"}': CALLS,
        'hookgate_request_duration_seconds_count{hook="validateUser"}': CALLS,
        'hookgate_deliveries_total{destination="siem",result="delivered"}': 1,
        "hookgate_outbox_storable": 1,
        'hookgate_refusals_total{reason="Unauthorized"}': STRANGERS,
        'hookgate_auth_refusals_total{reason="bearer_wrong"}': STRANGERS,
        "count(hookgate_auth_refusals_total == 0)": 21,
        'hookgate_journal_records_total{result="written"}': 2 * CALLS + 1,
        "hookgate_journal_writable": 1,
        "hookgate_log_lines_dropped_total": 0,
    }
    for query, number in known.items():
        until(f"{query} is {number}, and not {prometheus.number(query)}", lambda q=query, n=number: prometheus.number(q) == n)
    kinds = {name: rows[0]["type"] for name, rows in (prometheus.ask("metadata", limit=1000) or {}).items()}
    for name, kind in re.findall(r"^# TYPE (\S+) (\S+)$", page, re.MULTILINE):
        if kinds.get(name) != kind:
            sys.exit(f"FAILED: Prometheus takes {name} for {kinds.get(name)}, not for {kind}")

    queries = dashboard_queries()
    for query in queries:
        if prometheus.ask("query", query=query) is None:
            sys.exit(f"FAILED: the dashboard asks {query}")
    groups = until("the alerts were evaluated", lambda: evaluated(prometheus))
    wrong = [(rule["name"], rule["lastError"]) for group in groups for rule in group["rules"] if rule["health"] != "ok"]
    if wrong:
        sys.exit(f"FAILED: alerts that cannot be evaluated: {wrong}")
    rules = sum(len(group["rules"]) for group in groups)

    # An alert as it is seen from outside: gone rules are a mistake in the folder.
    os.rename(f"{folder}/rules", f"{folder}/moved")
    until("the alert is on its way", lambda: pending(prometheus, "HookgateRulesRefused"))
    print(f"scraped: {len(known)} numbers as they were called for, {len(kinds)} metrics, {len(queries)} queries of the dashboard, {rules} alerts")


def evaluated(prometheus):
    groups = (prometheus.ask("rules") or {"groups": []})["groups"]
    return groups if groups and all(rule["health"] != "unknown" for group in groups for rule in group["rules"]) else None


def pending(prometheus, name):
    alerts = (prometheus.ask("alerts") or {"alerts": []})["alerts"]
    return [alert for alert in alerts if alert["labels"]["alertname"] == name]


def main():
    started = []
    with tempfile.TemporaryDirectory() as folder:
        try:
            run(sys.argv[1], folder, started)
        finally:
            for process in reversed(started):
                process.terminate()
            for process in started:
                try:
                    process.wait(timeout=20)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


if __name__ == "__main__":
    main()
