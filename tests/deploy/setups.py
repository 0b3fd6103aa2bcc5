"""Set-ups of the chart: values, and what must hold of what is rendered; and values that must be refused, with what is told."""

import yaml

DESTINATION = {"itsm": {"http": "https://itsm.corp.example/events"}}
POSTGRES = {"address": "postgres://db.corp.example/hookgate", "user": "hookgate", "password": "${env:OUTBOX_PASSWORD}"}
MONITORING = [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}]
TLS = {"certificate": "/tls/tls.crt", "key": "/tls/tls.key"}
DIGEST = "sha256:" + "0123456789abcdef" * 4
NAME = "release-hookgate"
NGINX = [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "ingress-nginx"}}}]
LOGIN = {
    "external_url": "https://console.corp.example",
    "login": {"oidc": {"issuer": "https://login.corp.example", "client_id": "hookgate", "client_secret": "${env:OIDC_SECRET}", "claim": "groups", "rights": {"iam": ["look"]}}},
}
CONSOLE = {"enabled": True, "from": NGINX, "ingress": {"enabled": True, "host": "console.corp.example", "tls": [{"secretName": "console"}]}}


def workload(found, kind="Deployment"):
    return found[f"{kind} {NAME}"]["spec"]


def pod(found, kind="Deployment"):
    return workload(found, kind)["template"]["spec"]


def gateway(found, kind="Deployment"):
    return next(container for container in pod(found, kind)["containers"] if container["name"] == "hookgate")


def egress(found):
    return found[f"NetworkPolicy {NAME}"]["spec"]["egress"]


def tcp(port, **to):
    return {"ports": [{"port": port, "protocol": "TCP"}], **to}


def runbooks(found):
    return {rule["annotations"]["runbook_url"] for group in found[f"PrometheusRule {NAME}"]["spec"]["groups"] for rule in group["rules"]}


def alerts():
    with open("deploy/prometheus/alerts.yaml", encoding="utf-8") as file:
        return yaml.safe_load(file)


ONE_WITH_A_DISK = {
    "replicas": 1,
    "persistence": {"enabled": True, "storageClass": "fast", "size": "10Gi"},
    "settings": {"destinations": DESTINATION},
    "fsGroup": None,
}
SETUPS = {
    "defaults": (
        {},
        {
            "two gateways": lambda found: workload(found)["replicas"] == 2,
            "the Secret as variables": lambda found: gateway(found)["envFrom"] == [{"secretRef": {"name": "hookgate"}}],
            "no way in from outside": lambda found: not [name for name in found if name.startswith("Ingress ")],
            "nothing of the Prometheus Operator": lambda found: not [name for name in found if "Monitor " in name or "Rule " in name],
            "names and HTTPS out": lambda found: [len(rule) for rule in egress(found)] == [1, 1],
        },
    ),
    "one gateway with a disk": (
        ONE_WITH_A_DISK,
        {
            "its disk": lambda found: found[f"PersistentVolumeClaim {NAME}-data"]["spec"]["storageClassName"] == "fast",
            "Recreate": lambda found: workload(found)["strategy"] == {"type": "Recreate"},
        },
    ),
    "a disk of one's own": (
        {**ONE_WITH_A_DISK, "persistence": {"enabled": True, "existingClaim": "kept-by-us", "size": "10Gi"}},
        {
            "the claim": lambda found: pod(found)["volumes"][2]["persistentVolumeClaim"] == {"claimName": "kept-by-us"},
            "no second one": lambda found: f"PersistentVolumeClaim {NAME}-data" not in found,
        },
    ),
    "three with PostgreSQL": (
        {
            "replicas": 3,
            "settings": {"destinations": DESTINATION, "outbox": {"postgres": POSTGRES}, "limits": {"drain_ms": 20000}},
            "terminationGracePeriodSeconds": 60,
            "rules": {"a.yaml": "hook: test\nrules: [{ name: a, stop: true }]\n"},
            "networkPolicy": {"from": MONITORING, "egress": [{"to": [{"ipBlock": {"cidr": "10.1.2.3/32"}}], **tcp(8443)}]},
            "volumes": [{"name": "certificate", "secret": {"secretName": "hookgate-certificate"}}],
            "volumeMounts": [{"name": "certificate", "mountPath": "/etc/hookgate/tls", "readOnly": True}],
            "nodeSelector": {"kubernetes.io/os": "linux"},
            "imagePullSecrets": [{"name": "registry"}],
        },
        {
            "the port of the outbox": lambda found: tcp(5432) in egress(found),
            "a rule of one's own": lambda found: egress(found)[-1]["ports"][0]["port"] == 8443,
        },
    ),
    "a StatefulSet with disks": (
        {"kind": "StatefulSet", "replicas": 3, "persistence": {"enabled": True}, "settings": {"listen": "0.0.0.0:9090"}},
        {
            "a disk for each": lambda found: workload(found, "StatefulSet")["volumeClaimTemplates"][0]["metadata"]["name"] == "data",
            "names of pods": lambda found: found[f"Service {NAME}-pods"]["spec"]["clusterIP"] == "None",
            "the port of the settings": lambda found: gateway(found, "StatefulSet")["ports"][0]["containerPort"] == 9090,
        },
    ),
    "an autoscaler": (
        {"autoscaling": {"enabled": True, "minReplicas": 3, "maxReplicas": 9, "cpuPercent": 60}, "settings": {"destinations": DESTINATION, "outbox": {"postgres": POSTGRES}}},
        {
            "no fixed number": lambda found: "replicas" not in workload(found) and found[f"HorizontalPodAutoscaler {NAME}"]["spec"]["maxReplicas"] == 9,
            "its aim": lambda found: found[f"HorizontalPodAutoscaler {NAME}"]["spec"]["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": NAME},
        },
    ),
    "the console": (
        {"console": CONSOLE, "settings": {"admin": LOGIN}},
        {
            "a Service of its own": lambda found: found[f"Service {NAME}-console"]["spec"]["ports"] == [{"name": "admin", "port": 8081, "targetPort": "admin"}],
            "its pages alone from outside": lambda found: [path["path"] for rule in found[f"Ingress {NAME}-console"]["spec"]["rules"] for path in rule["http"]["paths"]] == ["/console"],
            "the ingress controller alone": lambda found: [rule["from"] for rule in found[f"NetworkPolicy {NAME}"]["spec"]["ingress"] if rule["ports"][0]["port"] == "admin"] == [NGINX],
        },
    ),
    "the console without a way in from outside": (
        {"console": {"enabled": True}, "settings": {"admin": LOGIN}},
        {
            "a Service of its own": lambda found: f"Service {NAME}-console" in found,
            "no Ingress": lambda found: not [name for name in found if name.startswith("Ingress ")],
            "nobody let in": lambda found: [rule["ports"][0]["port"] for rule in found[f"NetworkPolicy {NAME}"]["spec"]["ingress"]] == ["http"],
        },
    ),
    "an ingress": (
        {
            "ingress": {
                "enabled": True,
                "className": "nginx",
                "hosts": ["hookgate.corp.example"],
                "tls": [{"secretName": "hookgate-tls", "hosts": ["hookgate.corp.example"]}],
                "annotations": {"nginx.ingress.kubernetes.io/proxy-body-size": "1m"},
            },
            "settings": {"auth": {"address": {"allow": ["192.0.2.0/24"]}, "trusted_proxies": ["10.244.0.0/16"]}},
        },
        {
            "host and path": lambda found: [rule["host"] + rule["http"]["paths"][0]["path"] for rule in found[f"Ingress {NAME}"]["spec"]["rules"]] == ["hookgate.corp.example/webhook"],
            "its certificate": lambda found: found[f"Ingress {NAME}"]["spec"]["tls"][0]["secretName"] == "hookgate-tls",
        },
    ),
    "the Prometheus Operator": (
        {
            "serviceMonitor": {"enabled": True, "interval": "30s", "scrapeTimeout": "10s", "labels": {"release": "prometheus"}},
            "prometheusRule": {"enabled": True, "runbooks": "https://git.corp.example/hookgate/", "labels": {"release": "prometheus"}},
            "networkPolicy": {"metricsFrom": MONITORING},
        },
        {
            "the token's place": lambda found: found[f"ServiceMonitor {NAME}"]["spec"]["endpoints"][0]["authorization"] == {"credentials": {"name": "hookgate", "key": "ADMIN_TOKEN"}},
            "gateways that are not ready too": lambda found: found[f"Service {NAME}-admin"]["spec"]["publishNotReadyAddresses"] is True,
            "a Service that it finds": lambda found: found[f"ServiceMonitor {NAME}"]["spec"]["selector"]["matchLabels"].items() <= found[f"Service {NAME}-admin"]["metadata"]["labels"].items(),
            "only that Service": lambda found: not found[f"ServiceMonitor {NAME}"]["spec"]["selector"]["matchLabels"].items() <= found[f"Service {NAME}"]["metadata"]["labels"].items(),
            "every alert": lambda found: len(runbooks(found)) == len(alerts()["groups"][0]["rules"]),
            "links into docs": lambda found: all(link.startswith("https://git.corp.example/hookgate/docs/operating/alerts.md#hookgate") for link in runbooks(found)),
        },
    ),
    "a token from a Secret of its own": (
        {
            "serviceMonitor": {"enabled": True},
            "extraEnv": [{"name": "ADMIN_TOKEN", "valueFrom": {"secretKeyRef": {"name": "metrics", "key": "token"}}}],
            "networkPolicy": {"metricsFrom": MONITORING},
        },
        {"its place": lambda found: found[f"ServiceMonitor {NAME}"]["spec"]["endpoints"][0]["authorization"] == {"credentials": {"name": "metrics", "key": "token"}}},
    ),
    "prefixes of one's own": (
        {"ingress": {"enabled": True, "hosts": ["a.example"], "tls": [{"secretName": "wild", "hosts": ["*.example"]}]}, "settings": {"prefixes": ["/acme", ""]}},
        {"their paths": lambda found: [one["path"] for one in found[f"Ingress {NAME}"]["spec"]["rules"][0]["http"]["paths"]] == ["/acme", "/"]},
    ),
    "paths of one's own": (
        {"ingress": {"enabled": True, "hosts": ["a.example"], "paths": ["/a"]}},
        {"the path": lambda found: [one["path"] for one in found[f"Ingress {NAME}"]["spec"]["rules"][0]["http"]["paths"]] == ["/a"]},
    ),
    "alerts as they stand in the file": (
        {"prometheusRule": {"enabled": True}},
        {"the same alerts": lambda found: found[f"PrometheusRule {NAME}"]["spec"] == alerts()},
    ),
    "several secrets and variables": (
        {
            "envFrom": [{"secretRef": {"name": "databases"}}, {"configMapRef": {"name": "places"}}],
            "extraEnv": [{"name": "HR_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "hr", "key": "password"}}}],
            "settings": {"connections": {"hr": {"sql": "postgres://hr.corp.example:6432/hr", "user": "hookgate", "password": "${env:HR_PASSWORD}"}}},
        },
        {
            "all of them": lambda found: [next(iter(row.values()))["name"] for row in gateway(found)["envFrom"]] == ["hookgate", "databases", "places"],
            "the variable": lambda found: gateway(found)["env"][0]["name"] == "HR_PASSWORD",
        },
    ),
    "what else runs in the pod": (
        {
            "sidecars": [{"name": "proxy", "image": "registry.corp.example/proxy:1.2"}],
            "initContainers": [{"name": "fetch-rules", "image": "registry.corp.example/fetch:3"}],
            "podAnnotations": {"example.com/team": "identity"},
            "podLabels": {"team": "identity"},
            "service": {"annotations": {"example.com/lb": "internal"}, "labels": {"team": "identity"}},
            "priorityClassName": "important",
            "serviceAccountName": "hookgate",
            "topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": "topology.kubernetes.io/zone", "whenUnsatisfiable": "DoNotSchedule"}],
        },
        {
            "a sidecar": lambda found: [one["name"] for one in pod(found)["containers"]] == ["hookgate", "proxy"],
            "one before": lambda found: pod(found)["initContainers"][0]["name"] == "fetch-rules",
            "annotations and labels": lambda found: workload(found)["template"]["metadata"]["annotations"]["example.com/team"] == workload(found)["template"]["metadata"]["labels"]["team"] == "identity",
            "those of the Service": lambda found: found[f"Service {NAME}"]["metadata"]["annotations"] == {"example.com/lb": "internal"},
            "a priority": lambda found: pod(found)["priorityClassName"] == "important",
            "spreading of its own pods": lambda found: pod(found)["topologySpreadConstraints"][0]["labelSelector"]["matchLabels"]["app.kubernetes.io/instance"] == "release" and pod(found)["topologySpreadConstraints"][0]["topologyKey"].endswith("zone"),
        },
    ),
    "an image by its digest": (
        {"image": {"repository": "registry.corp.example/hookgate", "digest": DIGEST}},
        {"the digest": lambda found: gateway(found)["image"].endswith(f"@{DIGEST}")},
    ),
    "what the settings name": (
        {
            "settings": {
                "auth": {"jwt": {"secrets": None, "jwks": {"address": "https://keys.corp.example:8443/keys"}}},
                "connections": {
                    "api": {"http": "http://10.1.2.3:8000", "allow": ["10.0.0.0/8"], "tls": "off"},
                    "ad": {"ldap": "ldaps://dc1.corp.example", "base": "DC=corp", "bind": "CN=h", "password": "${env:AD}"},
                    "here": {"http": "https://hr-api", "allow": ["10.0.0.0/8"]},
                    "file": {"sql": "sqlite:/data/people.db"},
                },
                "destinations": {
                    "bus": {"nats": "tls://nats.messages.svc:4222", "subject": "events"},
                    "chat": {"slack": "${env:SLACK_URL}"},
                },
                "outbox": {"postgres": POSTGRES},
                "traces": {"collector": "https://[2001:db8::7]:4318"},
            },
        },
        {
            "keys": lambda found: tcp(8443) in egress(found),
            "an address": lambda found: tcp(8000, to=[{"ipBlock": {"cidr": "10.1.2.3/32"}}]) in egress(found),
            "an address of IPv6": lambda found: tcp(4318, to=[{"ipBlock": {"cidr": "2001:db8::7/128"}}]) in egress(found),
            "a directory": lambda found: tcp(636) in egress(found),
            "a namespace": lambda found: {"to": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "messages"}}}]} in egress(found),
            "this namespace": lambda found: {"to": [{"podSelector": {}}]} in egress(found),
            "the outbox": lambda found: tcp(5432) in egress(found),
            "nothing else": lambda found: len(egress(found)) == 9,
        },
    ),
    "rules of egress of one's own alone": (
        {
            "settings": {"destinations": DESTINATION, "outbox": {"postgres": POSTGRES}},
            "networkPolicy": {"fromSettings": False, "egress": [{"to": [{"ipBlock": {"cidr": "10.1.2.3/32"}}], **tcp(5432)}]},
        },
        {"the one rule": lambda found: len(egress(found)) == 3 and "to" in egress(found)[2]},
    ),
}
REFUSED = {
    "a value nobody knows": ({"replica": 3}, "replica"),
    "replicas that are not a number": ({"replicas": "three"}, "replicas"),
    "the image latest": ({"image": {"tag": "latest"}}, "tag"),
    "a digest that is none": ({"image": {"digest": "sha256:12"}}, "digest"),
    "a kind that the chart has not": ({"kind": "DaemonSet"}, "kind"),
    "everybody let in": ({"settings": {"auth": None}}, "settings.auth: "),
    "a listener for the pod alone": ({"settings": {"listen": "127.0.0.1:8080"}}, "settings.listen: "),
    "no admin listener": ({"settings": {"admin": {"listen": "off"}}}, "settings.admin.listen: "),
    "an outbox for each of two": ({"settings": {"destinations": DESTINATION}}, "settings.destinations: several"),
    "an outbox for each that is added": (
        {**ONE_WITH_A_DISK, "kind": "StatefulSet", "autoscaling": {"enabled": True, "minReplicas": 1}},
        "settings.destinations: several",
    ),
    "an outbox that ends with its pod": ({"replicas": 1, "settings": {"destinations": DESTINATION}}, "settings.destinations: an outbox in a file"),
    "one disk for two": ({"persistence": {"enabled": True}}, "persistence.enabled: a Deployment"),
    "one claim for two": ({"kind": "StatefulSet", "persistence": {"enabled": True, "existingClaim": "x"}}, "persistence.existingClaim: one disk"),
    "a claim that is not used": ({"persistence": {"existingClaim": "x"}}, "persistence.existingClaim: it is not used"),
    "a disk that the journal fills": ({"persistence": {"size": "1Gi"}}, "persistence.size: "),
    "a journal that grows beyond the disk": ({"settings": {"journal": {"total_bytes": 2 << 30}}}, "persistence.size: "),
    "a size that is not a number of bytes": ({"persistence": {"size": "2.5Gi"}}, "size"),
    "a key beside the journal": ({"settings": {"journal": {"key": None}}}, "settings.journal.key: "),
    "too short a time to stop": ({"terminationGracePeriodSeconds": 20}, "terminationGracePeriodSeconds: "),
    "a longer drain": ({"settings": {"limits": {"drain_ms": 25000}}}, "terminationGracePeriodSeconds: "),
    "a later stop of new connections": ({"settings": {"admin": {"unready_ms": 12000}}}, "terminationGracePeriodSeconds: "),
    "more at least than at most": ({"autoscaling": {"enabled": True, "minReplicas": 9}}, "autoscaling.maxReplicas: "),
    "a part of nothing": ({"autoscaling": {"enabled": True}, "resources": {"requests": {"cpu": None}}}, "autoscaling.cpuPercent: "),
    "nodes that cannot be emptied": ({"minAvailable": 2}, "minAvailable: "),
    "a label that the chart goes by": ({"podLabels": {"app.kubernetes.io/instance": "x"}}, "podLabels: "),
    "a setting as a variable": ({"extraEnv": [{"name": "HOOKGATE_LISTEN", "value": "127.0.0.1:1"}]}, "extraEnv: HOOKGATE_LISTEN"),
    "a second gateway in the pod": ({"sidecars": [{"name": "hookgate", "image": "x:1"}]}, "sidecars"),
    "a volume under the chart's name": ({"volumes": [{"name": "data", "emptyDir": {}}]}, "volumes: "),
    "rules twice": ({"rules": {"a.yaml": "x"}, "rulesConfigMap": "mine"}, "rulesConfigMap: "),
    "a console that nobody can log in to": ({"console": {"enabled": True}}, "console.enabled: nobody could log in"),
    "a console in clear text": (
        {"console": {"enabled": True}, "settings": {"admin": {**LOGIN, "external_url": "http://console.corp.example"}}},
        "console.enabled: passwords would go over the network in clear text",
    ),
    "a console that only its pod reaches": (
        {"console": {"enabled": True}, "settings": {"admin": {**LOGIN, "listen": "127.0.0.1:8081"}}},
        "console.enabled: no Service reaches",
    ),
    "a console at another host": (
        {"console": {**CONSOLE, "ingress": {"enabled": True, "host": "other.corp.example"}}, "settings": {"admin": LOGIN}},
        "settings.admin.external_url: ",
    ),
    "a console whose ingress is kept out": (
        {"console": {**CONSOLE, "from": []}, "settings": {"admin": LOGIN}},
        "console.from: ",
    ),
    "an ingress without a host": ({"ingress": {"enabled": True}}, "ingress.hosts: "),
    "no certificate for a host": (
        {"ingress": {"enabled": True, "hosts": ["a.example"], "tls": [{"secretName": "b", "hosts": ["b.example"]}]}},
        "ingress.tls: no certificate is for a.example",
    ),
    "an admin listener without a token": ({"settings": {"admin": {"token": None}}}, "settings.admin.token: "),
    "variables that nothing gives": ({"secret": ""}, "secret: the settings name variables that nothing gives: ADMIN_TOKEN CYMMETRI_SECRET JOURNAL_KEY"),
    "a number in words": ({"settings": {"journal": {"total_bytes": "1 GiB"}}}, "total_bytes"),
    "more connections with TLS than there is memory": (
        {"settings": {"tls": TLS}},
        "hold 589 MiB, 468 of them for 10000 connections with TLS, and it may have 256Mi: set settings.limits.connections to at most 2",
    ),
    "more connections than there is memory": ({"settings": {"limits": {"connections": 100000}}}, "resources.limits.memory: "),
    "larger bodies than there is memory": ({"settings": {"limits": {"bodies_bytes": 1 << 30}}}, "lower limits of the settings, or give"),
    "an ingress that speaks no TLS to a gateway that does": (
        {"ingress": {"enabled": True, "hosts": ["a.example"]}, "settings": {"tls": TLS, "limits": {"connections": 1000}}},
        "ingress.annotations: ",
    ),
    "everybody under the ingress's address": (
        {"ingress": {"enabled": True, "hosts": ["a.example"]}, "settings": {"auth": {"address": {"allow": ["192.0.2.0/24"]}}}},
        "settings.auth.address: ",
    ),
    "metrics that nobody may read": ({"serviceMonitor": {"enabled": True}}, "networkPolicy.metricsFrom: "),
    "metrics for the pod alone": (
        {"serviceMonitor": {"enabled": True}, "settings": {"admin": {"listen": "127.0.0.1:8081"}}},
        "serviceMonitor.enabled: ",
    ),
    "a token that Prometheus does not find": (
        {"serviceMonitor": {"enabled": True}, "settings": {"admin": {"token": "${file:/run/token}"}}},
        "serviceMonitor.authorization: ",
    ),
    "a token that no Secret is known to have": (
        {"serviceMonitor": {"enabled": True}, "extraEnv": [{"name": "ADMIN_TOKEN", "value": "x"}]},
        "serviceMonitor.authorization: ",
    ),
    "an address that comes from a secret": (
        {"replicas": 1, "persistence": {"enabled": True}, "settings": {"destinations": {"itsm": {"http": "${env:ITSM_URL}"}}}},
        "networkPolicy.egress: the chart cannot know where settings.destinations.itsm.http leads",
    ),
    "an address that hookgate takes from no secret": (
        {"settings": {"connections": {"hr": {"sql": "${env:DB}"}}}, "networkPolicy": {"egress": [tcp(5432)]}},
        "settings.connections.hr.sql: hookgate takes no ${",
    ),
}
