"""The chart as Helm renders it: every set-up of setups.py is well and holds what it is for, and every wrong one is refused."""

import json
import os
import re
import shutil
import subprocess
import tempfile
import threading
from pathlib import Path

from manifests import documents_of, manifests
from setups import REFUSED, SETUPS
from telling import must_fail, report, run

BOX = "unshare --net --pid --fork --mount --ipc setpriv --reuid 65534 --regid 65534 --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all env -i"


class Chart:
    def __init__(self, work, folder="chart"):
        self.work = work
        self.folder = folder

    def render(self, values):
        """Helm in a box: no network, nobody's user, no capability, nothing of the environment."""
        home = f"/tmp/helm-{os.getpid()}"
        names = [f"HELM_{name}_HOME={home}" for name in ("CACHE", "CONFIG", "DATA")]
        box = [*BOX.split(), "PATH=/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE=1", f"HOME={home}", *names]
        return run(*box, "/usr/bin/python3", f"{self.work}/helm.py", f"{self.work}/helm", f"{self.work}/{self.folder}", input=json.dumps(values))


def settings_wrong(program, documents):
    """What hookgate says of the settings and rules in the ConfigMaps."""
    with tempfile.TemporaryDirectory() as folder:
        for document in (one for one in documents if one["kind"] == "ConfigMap"):
            for name, content in document["data"].items():
                place = Path(folder) / ("" if name == "gateway.yaml" else "rules")
                place.mkdir(exist_ok=True)
                (place / name).write_text(content)
        Path(folder, "rules").mkdir(exist_ok=True)
        return run(program, "check", "--config", f"{folder}/gateway.yaml", "--rules", f"{folder}/rules")[1]


# What the chart adds for the program itself, in MiB.
PROGRAM_MIB = 32


def memory_wrong(program, chart, settings, files):
    """Whether the chart refuses these settings with the sum that `serve` logs of them. Both cut off parts of a MiB, `serve` each."""
    told = " ".join(chart.render({"settings": settings})[1])
    ours = re.search(r"come to hold (\d+) MiB", told)
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            Path(folder, name).write_text(content)
        Path(folder, "rules").mkdir()
        Path(folder, "rules/a.yaml").write_text("hook: test\nrules: [{ name: a, stop: true }]\n")
        local = {"insecure": True, "listen": "127.0.0.1:0", "admin": {**settings.get("admin", {}), "listen": "127.0.0.1:0"}, "reload": {"state": None}}
        Path(folder, "gateway.yaml").write_text(json.dumps({**settings, **local}))
        with subprocess.Popen([program, "serve"], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as gateway:
            limit = threading.Timer(30, gateway.kill)
            limit.start()
            lines = []
            for line in gateway.stderr:
                lines.append(line)
                if "sum_mib" in line:
                    break
            limit.cancel()
            gateway.kill()
    theirs = re.search(r'sum_mib\W+(\d+)', lines[-1]) if lines else None
    if not ours or not theirs:
        return [f"no sum is told: {told} {lines}"]
    return [] if abs(int(ours[1]) - PROGRAM_MIB - int(theirs[1])) <= 1 else [f"the chart says {ours[1]} with {PROGRAM_MIB} for the program, serve {theirs[1]}"]


def certificate(work):
    """A key and a certificate, by their names in gateway.yaml."""
    words = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-keyout", f"{work}/tls.key", "-out", f"{work}/tls.crt"]
    report("helm: a certificate for a try", run(*words)[1])
    return {name: Path(work, name).read_text() for name in ("tls.key", "tls.crt")}


def memory(program, work, chart):
    many = {"limits": {"connections": 100_000, "body_bytes": 2 << 20}}
    report("helm: the memory is what serve says", memory_wrong(program, chart, many, {}))
    report("helm: the memory without a console is what serve says", memory_wrong(program, chart, {**many, "admin": {"console": False}}, {}))
    files = certificate(work)
    encrypted = {"tls": {"certificate": "tls.crt", "key": "tls.key"}, "connections": {"hr": {"sql": "sqlite:people.db"}}}
    report("helm: the memory with TLS and lookups is what serve says", memory_wrong(program, chart, encrypted, files))
    Path(work, "forgetful").mkdir()
    shutil.copytree(f"{work}/chart", f"{work}/forgetful/chart")
    names = Path(work, "forgetful/chart/templates/_settings.tpl")
    names.write_text(names.read_text().replace("(mul 48 1048576)", "(mul 40 1048576)"))
    must_fail("helm: a chart that counts otherwise", memory_wrong(program, Chart(work, "forgetful/chart"), encrypted, files), "the chart says")


def unmet(documents, holds):
    """What a set-up is for and does not hold."""
    found = {}
    for document in documents:
        found[f"{document['kind']} {document['metadata']['name']}"] = document
    return [words for words, does in holds.items() if not holds_of(does, found)]


def holds_of(does, found):
    try:
        return does(found)
    except (KeyError, IndexError, StopIteration, TypeError):
        return False


def helm(program, work):
    chart = Chart(work)
    plain = documents_of(chart.render({})[0])
    for what, (values, holds) in SETUPS.items():
        text, wrong = chart.render(values)
        report(f"helm, {what}: lint and templates", wrong)
        documents = documents_of(text)
        manifests(f"helm, {what}", documents)
        report(f"helm, {what}: holds {', '.join(holds)}", unmet(documents, holds))
        if values:
            must_fail(f"helm, {what}: a chart that takes no values", unmet(plain, holds))
        report(f"helm, {what}: its settings and rules", settings_wrong(program, documents))
    shutil.copytree(f"{work}/chart", f"{work}/linkless")
    Path(work, "linkless/alerts.yaml").write_text("../../prometheus/alerts.yaml")
    wrong = Chart(work, "linkless").render({"prometheusRule": {"enabled": True}})[1]
    must_fail("helm: alerts that a checkout did not bring", wrong, "prometheusRule.enabled: ")
    memory(program, work, chart)
    for what, (values, because) in REFUSED.items():
        must_fail(f"helm: {what}", chart.render(values)[1], because)
