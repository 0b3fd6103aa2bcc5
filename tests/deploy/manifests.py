"""Documents of Kubernetes: how they are read, and whether they are as Kubernetes and we want them."""

import shutil
import subprocess
import tempfile

import kubernetes_validate
import yaml

import manners
from telling import report

KUBERNETES = "1.32"
# Kinds of the Prometheus Operator: the keys of `spec` that we use, with those of a row of `endpoints`.
MONITORS = {
    "ServiceMonitor": {"selector": {"matchLabels"}, "endpoints": {"port", "path", "interval", "scrapeTimeout", "authorization"}},
    "PrometheusRule": {"groups": {"name", "rules"}},
}


def schema_wrong(documents):
    """What Kubernetes' own schemas say, unknown keys included."""
    found = []
    for document in documents:
        if document["kind"] in MONITORS:
            found += monitor_wrong(document)
            continue
        try:
            kubernetes_validate.validate(document, KUBERNETES, strict=True)
        except kubernetes_validate.ValidationError as error:
            found.append(f"{document['kind']}: {error.message}")
    return found


def documents_of(text):
    return [document for document in yaml.safe_load_all(text) if document]


def monitor_wrong(document):
    """What is wrong with a document of the Prometheus Operator, whose schemas nobody hands out as a library."""
    kind, spec = document["kind"], document["spec"]
    found = [] if document["apiVersion"] == "monitoring.coreos.com/v1" else [f"{kind}: {document['apiVersion']}"]
    for key in MONITORS[kind].keys() ^ spec.keys():
        found.append(f"{kind}: `{key}` is missing, or is not a key")
    for key, known in MONITORS[kind].items():
        rows = spec.get(key) or {}
        for row in rows if isinstance(rows, list) else [rows]:
            found += [f"{kind}: `{key}` has no `{other}`" for other in row.keys() - known]
    return found + (rules_wrong(spec) if kind == "PrometheusRule" else [])


def rules_wrong(spec):
    """What promtool, which reads what Prometheus reads, says of alerts."""
    if not shutil.which("promtool"):
        print("NOT RUN: promtool is not here, so no alert was read; tests/prometheus/run installs it")
        return []
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        yaml.safe_dump(spec, file)
        file.flush()
        done = subprocess.run(["promtool", "check", "rules", "--lint-fatal", file.name], capture_output=True, text=True)
    return [] if done.returncode == 0 else [done.stderr.strip()]


def manifests(what, documents):
    report(f"{what}: {len(documents)} documents of Kubernetes {KUBERNETES}", schema_wrong(documents))
    report(f"{what}: our manners", manners.wrong(documents))
