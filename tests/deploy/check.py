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

import kubernetes_validate
import yaml

import manners

KUBERNETES = "1.32"
KUSTOMIZATION = "kustomize.config.k8s.io/v1beta1"
DESTINATION = {"itsm": {"http": "https://itsm.corp.example/events"}}
POSTGRES = {"address": "postgres://db.corp.example/hookgate", "user": "hookgate", "password": "${env:OUTBOX_PASSWORD}"}

failures = []


def report(what, wrong):
    print(f"{'FAIL' if wrong else 'ok  '} {what}" + "".join(f"\n       {line}" for line in wrong))
    failures.extend(wrong)


def must_fail(what, wrong):
    """A sample that is to be found out."""
    report(f"{what} is found out" + (f": {wrong[0].splitlines()[0][:120]}" if wrong else ""), [] if wrong else ["nobody noticed"])


def run(*words, **options):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, **options)
    return done.stdout, [] if done.returncode == 0 else [done.stderr.strip() or done.stdout.strip() or f"{words[0]} failed"]


def schema_wrong(documents):
    """What Kubernetes' own schemas say, unknown keys included."""
    found = []
    for document in documents:
        try:
            kubernetes_validate.validate(document, KUBERNETES, strict=True)
        except kubernetes_validate.ValidationError as error:
            found.append(f"{document['kind']}: {error.message}")
    return found


def documents_of(text):
    return [document for document in yaml.safe_load_all(text) if document]


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
    "a port that is no number": lambda pod, container, spec, data: container["ports"][0].update(containerPort="http"),
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


def manifests(what, documents):
    report(f"{what}: {len(documents)} documents of Kubernetes {KUBERNETES}", schema_wrong(documents))
    report(f"{what}: our manners", manners.wrong(documents))


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


BOX = "unshare --net --pid --fork --mount --ipc setpriv --reuid 65534 --regid 65534 --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all env -i"


class Chart:
    def __init__(self, work):
        self.work = work

    def render(self, values):
        """Helm in a box: no network, nobody's user, no capability, nothing of the environment."""
        home = f"/tmp/helm-{os.getpid()}"
        names = [f"HELM_{name}_HOME={home}" for name in ("CACHE", "CONFIG", "DATA")]
        box = [*BOX.split(), "PATH=/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE=1", f"HOME={home}", *names]
        return run(*box, "/usr/bin/python3", f"{self.work}/helm.py", f"{self.work}/helm", f"{self.work}/chart", input=json.dumps(values))


GOOD_VALUES = {
    "defaults": {},
    "one gateway with a disk": {
        "replicas": 1,
        "persistence": {"enabled": True, "storageClass": "fast", "size": "10Gi"},
        "settings": {"destinations": DESTINATION},
        "secret": "hookgate",
        "fsGroup": None,
    },
    "three with PostgreSQL": {
        "replicas": 3,
        "settings": {"destinations": DESTINATION, "outbox": {"postgres": POSTGRES}, "limits": {"drain_ms": 20000}},
        "terminationGracePeriodSeconds": 60,
        "rules": {"a.yaml": "hook: test\nrules: [{ name: a, stop: true }]\n"},
        "networkPolicy": {
            "metricsFrom": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}],
            "from": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "ingress"}}}],
            "egress": [{"to": [{"ipBlock": {"cidr": "10.1.2.3/32"}}], "ports": [{"port": 5432, "protocol": "TCP"}]}],
        },
        "volumes": [{"name": "certificate", "secret": {"secretName": "hookgate-certificate"}}],
        "volumeMounts": [{"name": "certificate", "mountPath": "/etc/hookgate/tls", "readOnly": True}],
        "nodeSelector": {"kubernetes.io/os": "linux"},
        "imagePullSecrets": [{"name": "registry"}],
    },
}
BAD_VALUES = {
    "a value nobody knows": {"replica": 3},
    "replicas that are no number": {"replicas": "three"},
    "the image latest": {"image": {"tag": "latest"}},
    "everybody let in": {"settings": {"auth": None}},
    "an outbox for each of two": {"settings": {"destinations": DESTINATION}},
    "an outbox that ends with its pod": {"replicas": 1, "settings": {"destinations": DESTINATION}},
    "one disk for two": {"persistence": {"enabled": True}},
    "a disk that the journal fills": {"persistence": {"size": "1Gi"}},
    "a journal that grows beyond the disk": {"settings": {"journal": {"total_bytes": 2 << 30}}},
    "a size that is no number of bytes": {"persistence": {"size": "2.5Gi"}},
    "a key beside the journal": {"settings": {"journal": {"key": None}}},
    "too short a time to stop": {"terminationGracePeriodSeconds": 20},
    "a longer drain": {"settings": {"limits": {"drain_ms": 25000}}},
}


def helm(program, work):
    chart = Chart(work)
    for what, values in GOOD_VALUES.items():
        text, wrong = chart.render(values)
        report(f"helm, {what}: lint and templates", wrong)
        documents = documents_of(text)
        manifests(f"helm, {what}", documents)
        with tempfile.TemporaryDirectory() as folder:
            for document in (one for one in documents if one["kind"] == "ConfigMap"):
                for name, content in document["data"].items():
                    place = Path(folder) / ("" if name == "gateway.yaml" else "rules")
                    place.mkdir(exist_ok=True)
                    (place / name).write_text(content)
            given = ["--config", f"{folder}/gateway.yaml", "--rules", f"{folder}/rules"]
            report(f"helm, {what}: its settings and rules", run(program, "check", *given)[1])
    for what, values in BAD_VALUES.items():
        must_fail(f"helm: {what}", chart.render(values)[1])


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


def service(program):
    """The unit as systemd reads it, which ignores what it does not know: any remark is a mistake."""
    text = Path("deploy/systemd/hookgate.service").read_text().replace("/usr/local/bin/hookgate", program)

    def wrong(text):
        with tempfile.TemporaryDirectory() as folder:
            unit = Path(folder, "hookgate.service")
            unit.write_text(text)
            done = subprocess.run(["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True)
            return (done.stdout + done.stderr).splitlines()

    def short(text):
        settings = dict(line.split("=", 1) for line in text.splitlines() if "=" in line and not line.startswith("#"))
        defaults = yaml.safe_load(Path("src/config/settings.yaml").read_text())
        drain_s = (defaults["limits"]["drain_ms"] + defaults["outbox"]["stop_ms"]) / 1000
        found = [] if int(settings["TimeoutStopSec"]) > drain_s else [f"it is killed before {drain_s} s have gone by"]
        files = 2 * defaults["limits"]["connections"]
        return found + ([] if int(settings["LimitNOFILE"]) > files else [f"{files} files are not enough for its connections"])

    report("deploy/systemd: as systemd reads it", wrong(text))
    report("deploy/systemd: time to stop, and files", short(text))
    must_fail("deploy/systemd: a misspelt key", wrong(text.replace("Restart=", "Restrat=")))
    must_fail("deploy/systemd: too short a time to stop", short(text.replace("TimeoutStopSec=30", "TimeoutStopSec=15")))


def versions(program):
    """One version everywhere: what is deployed is what this folder builds."""
    version = run(program, "--version")[0].split()[1]
    read = lambda file: yaml.safe_load(Path(file).read_text())
    told = {
        "the chart's appVersion": read("deploy/helm/hookgate/Chart.yaml")["appVersion"],
        "kustomization.yaml": read("deploy/kubernetes/kustomization.yaml")["images"][0]["newTag"],
    }
    for file in ("deploy/compose.yaml", "deploy/compose.postgres.yaml"):
        told |= {f"{file}, {name}": service["image"].split(":")[1] for name, service in ours(file).items()}
    report(f"deploy: version {version} everywhere", [f"{place}: {other}" for place, other in told.items() if other != version])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", required=True)
    parser.add_argument("--program", required=True)
    options = parser.parse_args()
    kubernetes(options.program)
    helm(options.program, options.work)
    compose(options.program)
    proxy()
    service(options.program)
    versions(options.program)
    if failures:
        sys.exit(f"deploy: {len(failures)} mistakes")
    print("deploy: all well")


main()
