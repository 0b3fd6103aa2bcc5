"""The checks of tests/deploy/check, which see there; each with samples that must fail."""

import argparse
import copy
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

import charts
import manners
import released
from manifests import documents_of, manifests, schema_wrong
from telling import failures, must_fail, report, run

KUSTOMIZATION = "kustomize.config.k8s.io/v1beta1"
DESTINATION = {"itsm": {"http": "https://itsm.corp.example/events"}}


def deployment_of(documents):
    return next(document for document in documents if document["kind"] == "Deployment")


def settings_map(documents):
    return next(document for document in documents if "gateway.yaml" in document.get("data", {}))


def put(data, **settings):
    """Changes some settings of gateway.yaml."""
    data["gateway.yaml"] = json.dumps({**yaml.safe_load(data["gateway.yaml"]), **settings})


def sabotaged(documents, change):
    """The documents after a change: a function of the pod, its container, the deployment's spec and the settings' map."""
    documents = copy.deepcopy(documents)
    spec = deployment_of(documents)["spec"]
    pod = spec["template"]["spec"]
    change(pod, pod["containers"][0], spec, settings_map(documents)["data"])
    return documents


MISSPELT = {
    "readOnlyRootFilesytem": lambda pod, container, spec, data: container["securityContext"].update(readOnlyRootFilesytem=True),
    "a port that is not a number": lambda pod, container, spec, data: container["ports"][0].update(containerPort="http"),
}
IMPOLITE = {
    "a container that may be root": lambda pod, container, spec, data: pod["securityContext"].pop("runAsNonRoot"),
    "a container without seccomp": lambda pod, container, spec, data: pod["securityContext"].pop("seccompProfile"),
    "a mounted token": lambda pod, container, spec, data: pod.pop("automountServiceAccountToken"),
    "a writable root": lambda pod, container, spec, data: container["securityContext"].update(readOnlyRootFilesystem=False),
    "a kept capability": lambda pod, container, spec, data: container["securityContext"].update(capabilities={"drop": ["NET_RAW"]}),
    "escalation": lambda pod, container, spec, data: container["securityContext"].pop("allowPrivilegeEscalation"),
    "no memory limit": lambda pod, container, spec, data: container["resources"].pop("limits"),
    "the image latest": lambda pod, container, spec, data: container.update(image="registry.example:5000/hookgate:latest"),
    "an image without a version": lambda pod, container, spec, data: container.update(image="registry.example:5000/hookgate"),
    "no liveness probe": lambda pod, container, spec, data: container.pop("livenessProbe"),
    "a liveness probe that asks for readiness": lambda pod, container, spec, data: container.update(livenessProbe=container["readinessProbe"]),
    "no readiness probe": lambda pod, container, spec, data: container.pop("readinessProbe"),
    "rules that are never updated": lambda pod, container, spec, data: container["volumeMounts"][0].update(subPath="hello.yaml"),
    "too short a time to stop": lambda pod, container, spec, data: pod.update(terminationGracePeriodSeconds=20),
    "a longer drain": lambda pod, container, spec, data: put(data, limits={"drain_ms": 30000}),
    "an outbox for each of two": lambda pod, container, spec, data: put(data, destinations=DESTINATION),
    "everybody let in": lambda pod, container, spec, data: put(data, auth=None),
    "a disk that the journal fills": lambda pod, container, spec, data: pod["volumes"][-1].update(emptyDir={"sizeLimit": "1Gi"}),
    "a disk without a size": lambda pod, container, spec, data: pod["volumes"][-1].update(emptyDir={}),
    "a journal that grows beyond it": lambda pod, container, spec, data: put(data, journal={"key": "${env:K}", "total_bytes": 2 << 30}),
    "a key beside the journal": lambda pod, container, spec, data: put(data, journal={}),
    "a key written out": lambda pod, container, spec, data: put(data, journal={"key": "QUFBQQ=="}),
}


def kubernetes(program):
    folder = Path("deploy/kubernetes")
    if shutil.which("kubectl"):
        text, wrong = run("kubectl", "kustomize", folder)
        report("kubernetes: kustomize renders it", wrong)
        documents = documents_of(text)
        manifests("kubernetes", documents)
        for sample, change in MISSPELT.items():
            must_fail(f"kubernetes: {sample}", schema_wrong(sabotaged(documents, change)))
        for sample, change in IMPOLITE.items():
            must_fail(f"kubernetes: {sample}", manners.wrong(sabotaged(documents, change)))
        for kind, aim in (("PodDisruptionBudget", "selector"), ("NetworkPolicy", "podSelector"), ("Service", "selector")):
            aimless = copy.deepcopy(documents)
            next(one for one in aimless if one["kind"] == kind)["spec"][aim] = {}
            must_fail(f"kubernetes: a {kind} for all or nothing", manners.wrong(aimless))
            must_fail(f"kubernetes: no {kind}", manners.wrong([one for one in documents if one["kind"] != kind]))
        with tempfile.TemporaryDirectory() as copied:
            shutil.copytree(folder, copied, dirs_exist_ok=True)
            os.remove(f"{copied}/service.yaml")
            must_fail("kubernetes: a file that is not there", run("kubectl", "kustomize", copied)[1])
    else:
        print("NOT RUN: kubectl is not here, so nothing was rendered by kustomize")
    files = [document for file in sorted(folder.glob("*.yaml")) for document in documents_of(file.read_text())]
    known = [document for document in files if "apiVersion" in document and document["apiVersion"] != KUSTOMIZATION]
    # Selectors are put in by kustomize; what has none in the file is looked at rendered alone.
    report("kubernetes: the example of a Secret", schema_wrong([one for one in known if one["kind"] == "Secret"]))
    settings, rules = folder / "gateway.yaml", folder / "rules"
    report("kubernetes: its settings and rules", run(program, "check", "--strict", "--config", settings, "--rules", rules)[1])
    report("kubernetes: the tests of its rules", run(program, "test", rules, "--config", settings)[1])


def compose(program):
    environment = {**os.environ, "POSTGRES_PASSWORD": "sample", "CYMMETRI_SECRET": "sample", "JOURNAL_KEY": "sample"}

    def wrong(file, environment=environment):
        return run("/usr/bin/docker-compose", "-f", file, "config", "--quiet", env=environment)[1]

    for file in ("deploy/compose.yaml", "deploy/compose.postgres.yaml"):
        report(f"{file}: as Compose reads it", wrong(file))
        report(f"{file}: our manners", compose_wrong(file))
        report(f"{file}: its settings", [line for service in ours(file).values() for line in settings_wrong(program, service)])
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as sample:
            sample.write(Path(file).read_text().replace("read_only:", "read_onyl:", 1))
            sample.flush()
            must_fail(f"{file}: a misspelt key", wrong(sample.name))
    without = {name: value for name, value in environment.items() if name != "POSTGRES_PASSWORD"}
    must_fail("deploy/compose.postgres.yaml: no password", wrong("deploy/compose.postgres.yaml", without))
    without = {name: value for name, value in environment.items() if name != "JOURNAL_KEY"}
    for file in ("deploy/compose.yaml", "deploy/compose.postgres.yaml"):
        must_fail(f"{file}: no key of the journal", wrong(file, without))
    for sample, change in (("a volume that ends with its container", "data"), ("settings of the image", "gateway.yaml")):
        must_fail(f"compose: {sample}", compose_wrong("deploy/compose.yaml", volume=change))
    must_fail("compose: a setting nobody knows", settings_wrong(program, {"environment": {"HOOKGATE_AUTH_JTW": "null"}}))
    for sample, key in (("a writable root", "read_only"), ("kept capabilities", "cap_drop"), ("no memory limit", "mem_limit")):
        must_fail(f"compose: {sample}", compose_wrong("deploy/compose.yaml", without=key))


def ours(file):
    services = yaml.safe_load(Path(file).read_text())["services"]
    return {name: service for name, service in services.items() if service["image"].startswith("hookgate:")}


def settings_wrong(program, service):
    """What hookgate says of the variables that are its settings, over what is mounted, over what the image sets."""
    variables = {name: value.replace("$$", "$") for name, value in service["environment"].items() if name.startswith("HOOKGATE_")}
    variables |= {"HOOKGATE_DEFAULTS": "deploy/image.yaml", "HOOKGATE_CONFIG": mounted_settings(service) or ""}
    return run(program, "check", env={**os.environ, **variables})[1]


def mounted_settings(service):
    """The file that is mounted over the image's gateway.yaml."""
    mounted = [volume.split(":")[0] for volume in service.get("volumes", []) if ":/etc/hookgate/gateway.yaml:" in volume]
    return os.path.normpath(os.path.join("deploy", mounted[0])) if mounted else None


def compose_wrong(file, without=None, volume=None):
    """What our own services of a Compose file lack, after the key `without` and the volumes named so are taken from them."""
    found = []
    for name, service in ours(file).items():
        service = {key: value for key, value in service.items() if key != without}
        service["volumes"] = [one for one in service.get("volumes", []) if volume is None or volume not in one]
        settings = mounted_settings(service)
        found += [f"{name}: {wrong}" for wrong in manners.key_wrong(yaml.safe_load(Path(settings).read_text()) if settings else {})]
        rules = {
            "read_only": service.get("read_only") is True,
            "cap_drop ALL": service.get("cap_drop") == ["ALL"],
            "no-new-privileges": "no-new-privileges:true" in service.get("security_opt", []),
            "mem_limit": "mem_limit" in service,
            "a named volume for /data": any(re.fullmatch(r"[a-z0-9-]+:/data", one) for one in service["volumes"]),
            "a stop_grace_period longer than drain and outbox": service.get("stop_grace_period") == "30s",
            "an image with a version": not service["image"].endswith(":latest"),
        }
        found += [f"{name} lacks {rule}" for rule, holds in rules.items() if not holds]
    return found


def proxy():
    def wrong(text):
        with tempfile.NamedTemporaryFile("w", suffix=".cfg") as file:
            file.write(text)
            file.flush()
            return run("/usr/sbin/haproxy", "-c", "-q", "-f", file.name)[1]

    text = Path("deploy/haproxy.cfg").read_text()
    report("deploy/haproxy.cfg: as HAProxy reads it", wrong(text))
    must_fail("deploy/haproxy.cfg: a misspelt word", wrong(text.replace("redispatch", "redipsatch")))


def unit_wrong(name, text):
    """What systemd says of a unit; it ignores what it does not know, so any remark is a mistake."""
    with tempfile.TemporaryDirectory() as folder:
        unit = Path(folder, name)
        unit.write_text(text)
        done = subprocess.run(["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True)
        return (done.stdout + done.stderr).splitlines()


def too_short(text):
    """Whether a unit is killed before it has stopped, or has too few files."""
    settings = dict(line.split("=", 1) for line in text.splitlines() if "=" in line and not line.startswith("#"))
    defaults = yaml.safe_load(Path("src/config/settings.yaml").read_text())
    drain_s = (defaults["limits"]["drain_ms"] + defaults["outbox"]["stop_ms"]) / 1000
    found = [] if int(settings["TimeoutStopSec"]) > drain_s else [f"it is killed before {drain_s} s have gone by"]
    files = 2 * defaults["limits"]["connections"]
    return found + ([] if int(settings["LimitNOFILE"]) > files else [f"{files} files are not enough for its connections"])


def lines_of(unit):
    return [line for line in unit.splitlines() if not line.startswith("#")]


def template_wrong(one, template):
    """Where the unit of several tenants is another than that of one, and not for a tenant's name."""
    wanted = [line.replace("-%i", "").replace(", for %i", "") for line in lines_of(template)]
    found = [f"`{line}` is in one of the two alone" for line in set(wanted) ^ set(lines_of(one))]
    own = [line.split("=")[0] for line in lines_of(template) if "%i" in line]
    apart = ["Description", "User", "StateDirectory", "WorkingDirectory", "ExecStart", "EnvironmentFile"]
    return found + ([] if own == apart else [f"tenants have {own} of their own, not {apart}"])


def service(program):
    one, template = (Path("deploy/systemd", name).read_text() for name in ("hookgate.service", "hookgate@.service"))
    for name, text in (("hookgate.service", one), ("hookgate@acme.service", template)):
        text = text.replace("/usr/local/bin/hookgate", program)
        report(f"deploy/systemd: {name}, as systemd reads it", unit_wrong(name, text))
        report(f"deploy/systemd: {name}, time to stop, and files", too_short(text))
        must_fail(f"deploy/systemd: {name}, a misspelt key", unit_wrong(name, text.replace("Restart=", "Restrat=")))
        must_fail(f"deploy/systemd: {name}, too short a time to stop", too_short(text.replace("TimeoutStopSec=30", "TimeoutStopSec=15")))
    report("deploy/systemd: a tenant's is as that of one, with the tenant's name", template_wrong(one, template))
    must_fail("deploy/systemd: a line in one alone", template_wrong(one, template.replace("NoNewPrivileges=yes\n", "")))
    must_fail("deploy/systemd: a folder of all tenants", template_wrong(one, template.replace("StateDirectory=hookgate-%i", "StateDirectory=hookgate")))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", required=True)
    parser.add_argument("--program", required=True)
    options = parser.parse_args()
    kubernetes(options.program)
    charts.helm(options.program, options.work)
    compose(options.program)
    proxy()
    service(options.program)
    released.check(options.program)
    if failures:
        sys.exit(f"deploy: {len(failures)} mistakes")
    print("deploy: all well")


main()
