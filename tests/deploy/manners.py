"""What every manifest of ours keeps to, whoever rendered it: a list of what is wrong with some documents."""

import re

import yaml

# Defaults of gateway.yaml, in milliseconds.
DRAIN_MS, STOP_MS = 10_000, 5_000
# Defaults of `journal`, and the least that is left for what waits in the outbox, in bytes.
JOURNAL_BYTES, SPARE_BYTES, OUTBOX_BYTES = 1 << 30, 64 << 20, 512 << 20
UNITS = {"Mi": 1 << 20, "Gi": 1 << 30, "Ti": 1 << 40}


def wrong(documents):
    """Everything that is wrong with these documents, in words."""
    kinds = {}
    for document in documents:
        kinds.setdefault(document["kind"], []).append(document)
    workloads = kinds.get("Deployment", []) + kinds.get("StatefulSet", [])
    found = [] if workloads else ["there is neither Deployment nor StatefulSet"]
    found += [f"there is no {kind}" for kind in ("Service", "ConfigMap", "NetworkPolicy") if kind not in kinds]
    for workload in workloads:
        pod = workload["spec"]["template"]["spec"]
        settings = settings_of(pod, kinds.get("ConfigMap", []))
        found += pod_wrong(pod) + stop_wrong(pod, settings) + outbox_wrong(workload, kinds, pod, settings)
        found += journal_wrong(workload, pod, settings, kinds.get("PersistentVolumeClaim", []))
        if not settings.get("auth"):
            found.append("nothing says who may come in")
        for container in pod["containers"]:
            # What else runs in the pod is the user's own.
            found += container_wrong(container) if container["name"] == "hookgate" else []
        found += aim_wrong(workload, kinds)
        fewest, most = replicas_of(workload, kinds)
        budgets = kinds.get("PodDisruptionBudget", [])
        if fewest > 1 and not budgets:
            found.append("several replicas, and no PodDisruptionBudget")
        found += ["no node can be emptied" for budget in budgets if at(budget, "spec", "minAvailable") in range(fewest, most + 1)]
    return found


def replicas_of(workload, kinds):
    """The fewest and the most pods: those of an autoscaler, where there is one."""
    scalers = [scaler["spec"] for scaler in kinds.get("HorizontalPodAutoscaler", [])]
    if scalers:
        return scalers[0]["minReplicas"], scalers[0]["maxReplicas"]
    return (workload["spec"]["replicas"],) * 2


def at(node, *path):
    """What stands there, or None."""
    for key in path:
        node = node.get(key) if isinstance(node, dict) else None
    return node


def aim_wrong(workload, kinds):
    """Whether what goes with the pods means them, and nothing else of the namespace."""
    labels = at(workload, "spec", "template", "metadata", "labels")
    aims = [("Service", ("spec", "selector")), ("NetworkPolicy", ("spec", "podSelector", "matchLabels"))]
    aims += [("PodDisruptionBudget", ("spec", "selector", "matchLabels"))]
    found = []
    for kind, path in aims:
        for document in kinds.get(kind, []):
            aim = at(document, *path)
            if not aim or not aim.items() <= labels.items():
                found.append(f"the {kind} is not for the pods: {aim}")
    return found


def pod_wrong(pod):
    rules = {
        "runAsNonRoot": at(pod, "securityContext", "runAsNonRoot") is True,
        "seccomp RuntimeDefault": at(pod, "securityContext", "seccompProfile", "type") == "RuntimeDefault",
        "automountServiceAccountToken: false": pod.get("automountServiceAccountToken") is False,
    }
    return [f"the pod lacks {rule}" for rule, holds in rules.items() if not holds]


def container_wrong(container):
    security = container.get("securityContext") or {}
    mounts = {mount["mountPath"]: mount for mount in container.get("volumeMounts", [])}
    rules = {
        "readOnlyRootFilesystem": security.get("readOnlyRootFilesystem") is True,
        "allowPrivilegeEscalation: false": security.get("allowPrivilegeEscalation") is False,
        "capabilities drop ALL": at(security, "capabilities", "drop") == ["ALL"],
        "a memory limit": bool(at(container, "resources", "limits", "memory")),
        "an image with a version": bool(re.search(r":(?!latest$)[^/:@]+$|@sha256:[0-9a-f]{64}$", container["image"])),
        "a liveness probe that asks no more than that": probe(container, "livenessProbe") == ["healthcheck"],
        "a startup probe": probe(container, "startupProbe") == ["healthcheck"],
        "a readiness probe": probe(container, "readinessProbe") == ["healthcheck", "--ready"],
        "a writable /data": "/data" in mounts and not mounts["/data"].get("readOnly"),
        "rules as a whole folder, which alone is kept up to date": "subPath" not in mounts.get("/etc/hookgate/rules", {"subPath": ""}),
    }
    return [f"container {container['name']} lacks {rule}" for rule, holds in rules.items() if not holds]


def probe(container, name):
    return (at(container, name, "exec", "command") or [None])[1:]


def settings_of(pod, config_maps):
    """gateway.yaml as the pod sees it."""
    names = {at(volume, "configMap", "name") for volume in pod.get("volumes", [])}
    texts = [map["data"]["gateway.yaml"] for map in config_maps if map["metadata"]["name"] in names and "gateway.yaml" in map["data"]]
    return yaml.safe_load(texts[0]) or {} if texts else {}


def stop_wrong(pod, settings):
    drain, stop = at(settings, "limits", "drain_ms"), at(settings, "outbox", "stop_ms")
    needed = (DRAIN_MS if drain is None else drain) + (STOP_MS if stop is None else stop)
    for container in pod["containers"]:
        needed += 1000 * (at(container, "lifecycle", "preStop", "sleep", "seconds") or 0)
    grace = pod.get("terminationGracePeriodSeconds", 30) * 1000
    return [] if grace > needed else [f"killed after {grace} ms, and may need {needed} ms to stop"]


def key_wrong(settings):
    """Whether the journal has a key from elsewhere, where there is a journal."""
    journal = settings.get("journal") or {}
    keys = journal.get("key")
    keys = keys if isinstance(keys, list) else [keys]
    if "file" in journal and journal["file"] is None or all(re.match(r"\$\{(env|file):", str(key)) for key in keys):
        return []
    return ["the journal's key is made beside the journal: whoever has the volume has both"]


def journal_wrong(workload, pod, settings, claims):
    """Whether /data holds all that the journal may take, and what waits in the outbox beside it."""
    journal = settings.get("journal") or {}
    if "file" in journal and journal["file"] is None:
        return []
    data = next((volume for volume in pod["volumes"] if volume["name"] == "data"), {})
    claimed = at(data, "persistentVolumeClaim", "claimName")
    ours = [claim for claim in claims if at(claim, "metadata", "name") == claimed] + workload["spec"].get("volumeClaimTemplates", [])
    if claimed and not ours:
        # A claim of the user's own: nothing here says how large it is.
        return key_wrong(settings)
    sizes = [at(claim, "spec", "resources", "requests", "storage") for claim in ours]
    size = bytes_of(sizes[0] if sizes else at(data, "emptyDir", "sizeLimit"))
    needed = journal.get("total_bytes", JOURNAL_BYTES) + journal.get("spare_bytes", SPARE_BYTES) + OUTBOX_BYTES
    found = key_wrong(settings)
    if size is None or size < needed:
        found.append(f"/data has {size} bytes: the journal and the outbox need {needed}")
    return found


def bytes_of(size):
    read = re.fullmatch(r"([0-9]+)(Mi|Gi|Ti)", str(size))
    return int(read[1]) * UNITS[read[2]] if read else None


def outbox_wrong(workload, kinds, pod, settings):
    if not settings.get("destinations") or at(settings, "outbox", "postgres"):
        return []
    found = []
    if replicas_of(workload, kinds)[1] != 1:
        found.append("several replicas with an outbox each: their order and their window are not kept")
    if workload["kind"] == "Deployment" and workload["spec"].get("strategy", {}).get("type") != "Recreate":
        found.append("two pods open one outbox while one replaces the other: strategy Recreate is missing")
    on_disk = any("persistentVolumeClaim" in volume for volume in pod["volumes"] if volume["name"] == "data")
    if not on_disk and not workload["spec"].get("volumeClaimTemplates"):
        found.append("the outbox ends with its pod")
    return found
