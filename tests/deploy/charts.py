"""The chart as Helm renders it: every set-up of setups.py is well and holds what it is for, and every wrong one is refused."""

import json
import os
import shutil
import tempfile
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
    for what, (values, because) in REFUSED.items():
        must_fail(f"helm: {what}", chart.render(values)[1], because)
