"""Lints and renders a chart, with values as JSON on the standard input; the manifests go to the standard output.

Runs where nothing can be reached, see check.py. Ends with 1 where lint or a template refuses, and says why."""

import json
import sys

package, chart = sys.argv[1:]
sys.path.insert(0, package)
import helm_python

KUBERNETES = "v1.32.0"
WARNING = 2

values = json.load(sys.stdin)
lint = helm_python.lint(chart, values, strict=True, kube_version=KUBERNETES)
findings = [message for message in lint["messages"] if message["severity"] >= WARNING] + list(lint["errors"] or [])
try:
    rendered = helm_python.Chart.load(chart).render(values, name="release", namespace="webhooks")
except helm_python.HelmError as error:
    rendered = {}
    findings.append(error)
for name, text in sorted(rendered.items()):
    if name.endswith(".yaml") and text.strip():
        print(f"---\n# {name}\n{text}")
for finding in findings:
    print(finding, file=sys.stderr)
sys.exit(1 if findings else 0)
