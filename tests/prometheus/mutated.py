#!/usr/bin/env python3
"""The tests of the alerts notice mistakes in them: an alert without its `namespace` or `job`, or with a fixed job, is found out.

    tests/prometheus/mutated.py
"""

import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ALERTS = Path("deploy/prometheus/alerts.yaml")
# The tests over days last longest, and are only asked about what the others do not notice.
TESTS = [Path("deploy/prometheus/alerts.test.yaml"), Path("deploy/prometheus/alerts.days.test.yaml")]
RULE, TEST = "      - alert: ", "  - interval: "
# What is written in place of what, one occurrence at a time.
MISTAKES = [
    (" (job, namespace", " (job"),
    (" (job, namespace", " (namespace"),
    ("on (job, namespace, instance) hookgate_build_info", "on (job, namespace) hookgate_build_info"),
    ("up == 0 and on (job, namespace) ", 'up{job="other"} == 0 and on (job, namespace) '),
    ('or up == 0 and on (job, namespace, instance) ALERTS{alertname="HookgateDown"}', ""),
    ('ALERTS{alertname="HookgateGone"}) unless', 'ALERTS{alertname="HookgateDown"}) unless'),
    ('ALERTS{alertname="HookgateGone"} offset 3d', 'ALERTS{alertname="HookgateDown"} offset 3d'),
    ("[30m]", "[5m]"),
    ("[6h]", "[20m]"),
    ('{outcome=~"answered|unavailable"}', ""),
    ('{reason!~".+_missing|address_.+"}', ""),
    ("> 1.5", "> 0.5"),
    ("> 5\n", "> 0\n"),
    ("runbook_url: docs/", "runbook_url: elsewhere/"),
]


def parts(text, mark):
    """What stands before the first mark, and each part with its mark."""
    head, *rest = text.split(mark)
    return head, [mark + part for part in rest]


def mutants():
    """Each mistake: where it is made, the file of alerts with one rule, and the files of tests with those of this rule."""
    head, rules = parts(ALERTS.read_text(), RULE)
    files = [parts(tests.read_text(), TEST) for tests in TESTS]
    for rule in rules:
        name = rule.removeprefix(RULE).split("\n")[0]
        ours = []
        for start, tests in files:
            of_rule = [test for test in tests if f"alertname: {name}\n" in test or f"alertname: {name}," in test]
            ours += [start + "".join(of_rule)] if of_rule else []
        for right, wrong in MISTAKES:
            pieces = rule.split(right)
            for n in range(1, len(pieces)):
                yield f"{name}: `{wrong}` in place of `{right}`", head + right.join(pieces[:n]) + wrong + right.join(pieces[n:]), ours


def is_noticed(alerts, files):
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, ALERTS.name).write_text(alerts)
        tests = Path(folder, "tests.yaml")
        return any(tests.write_text(text) and fails(tests) for text in files)


def fails(tests):
    return subprocess.run(["promtool", "test", "rules", str(tests)], capture_output=True, check=False).returncode != 0


def main():
    tried = list(mutants())
    unmade = [right for right, wrong in MISTAKES if not any(f"`{wrong}` in place of `{right}`" in place for place, _, _ in tried)]
    with ThreadPoolExecutor(2) as pool:
        noticed = list(pool.map(lambda one: is_noticed(one[1], one[2]), tried))
    survived = [f"nobody notices {place}" for (place, _, _), found in zip(tried, noticed) if not found]
    wrong = survived + [f"{ALERTS} no longer has `{right}`: no mistake was made there" for right in unmade]
    if wrong:
        sys.exit("FAILED: " + "\n".join(wrong))
    print(f"alerts: {len(tried)} mistakes are found out")


main()
