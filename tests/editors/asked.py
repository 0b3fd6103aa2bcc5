"""Asks the YAML language server about files of `hookgate init`: what it completes, and what it underlines.

    asked.py PROGRAM SERVER

Speaks the Language Server Protocol over standard input and output, as an editor does. The text of a file is what the
editor has open; the schemas are those that `init` wrote beside it.
"""

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time

WAIT_S = 20
# How long nothing may come before the last findings of a file count.
QUIET_S = 1.5
SETTINGS = {
    "yaml": {
        "validate": True,
        "completion": True,
        "hover": True,
        "schemaStore": {"enable": False},
        "schemas": {},
    }
}


class Server:
    """A language server, and an editor that talks to it."""

    def __init__(self, command, folder):
        self.process = subprocess.Popen(
            [command, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=folder
        )
        self.folder, self.next_id, self.versions = folder, 0, {}
        self.answers, self.findings = queue.Queue(), {}
        threading.Thread(target=self.read, daemon=True).start()
        root = "file://" + folder
        capabilities = {
            "workspace": {"configuration": True, "didChangeConfiguration": {}},
            "textDocument": {
                "completion": {"completionItem": {"documentationFormat": ["markdown", "plaintext"]}},
                "publishDiagnostics": {},
            },
        }
        self.ask(
            "initialize",
            {
                "processId": os.getpid(),
                "rootUri": root,
                "capabilities": capabilities,
                "workspaceFolders": [{"uri": root, "name": "rules"}],
            },
        )
        self.tell("initialized", {})
        self.tell("workspace/didChangeConfiguration", {"settings": SETTINGS})

    def write(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def tell(self, method, params):
        self.write({"method": method, "params": params})

    def ask(self, method, params):
        self.next_id += 1
        self.write({"id": self.next_id, "method": method, "params": params})
        while True:
            answer = self.answers.get(timeout=WAIT_S)
            if answer["id"] == self.next_id:
                if "error" in answer:
                    sys.exit(f"{method}: {answer['error']}")
                return answer["result"]

    def read(self):
        stream = self.process.stdout
        while True:
            length = 0
            while (line := stream.readline()).strip():
                name, value = line.split(b":", 1)
                if name.lower() == b"content-length":
                    length = int(value)
            if not length:
                return
            self.take(json.loads(stream.read(length)))

    def take(self, message):
        method = message.get("method")
        if method is None:
            self.answers.put(message)
        elif method == "textDocument/publishDiagnostics":
            params = message["params"]
            self.findings[params["uri"]] = (time.monotonic(), params["diagnostics"])
        elif "id" in message:
            # What the editor is set to; anything else needs no answer.
            items = message.get("params", {}).get("items", [])
            result = [SETTINGS.get(item.get("section"), {}) for item in items] if items else None
            self.write({"id": message["id"], "result": result})

    def open(self, name, text):
        uri = "file://" + os.path.join(self.folder, name)
        self.findings.pop(uri, None)
        if uri in self.versions:
            self.tell("textDocument/didClose", {"textDocument": {"uri": uri}})
        self.versions[uri] = self.versions.get(uri, 0) + 1
        document = {"uri": uri, "languageId": "yaml", "version": self.versions[uri], "text": text}
        self.tell("textDocument/didOpen", {"textDocument": document})
        return uri

    def completed(self, name, text):
        """What is offered at the end of a text, each by its label."""
        uri, lines = self.open(name, text), text.split("\n")
        at = {"line": len(lines) - 1, "character": len(lines[-1])}
        found = self.ask("textDocument/completion", {"textDocument": {"uri": uri}, "position": at})
        items = found["items"] if isinstance(found, dict) else found or []
        return {item["label"]: item for item in items}

    def underlined(self, name, text):
        """The findings in a text, once no more come: each with its line, from 1, and its words."""
        uri, end = self.open(name, text), time.monotonic() + WAIT_S
        while time.monotonic() < end:
            at, findings = self.findings.get(uri, (None, None))
            if at is not None and time.monotonic() - at > QUIET_S:
                return [(finding["range"]["start"]["line"] + 1, finding["message"]) for finding in findings]
            time.sleep(0.05)
        sys.exit(f"{name}: no findings came in {WAIT_S} s")


def plain(label):
    """The server writes some texts as JSON."""
    try:
        return str(json.loads(label))
    except json.JSONDecodeError:
        return label


def offered(server, name, text, label, words):
    items = server.completed(name, text)
    found = next((item for known, item in items.items() if plain(known) == label), None)
    if found is None:
        sys.exit(f"{name}: `{label}` is not offered behind\n{text}\nbut {sorted(items)[:40]}")
    documentation = found.get("documentation") or ""
    told = documentation["value"] if isinstance(documentation, dict) else documentation
    if words not in told:
        sys.exit(f"{name}: `{label}` is explained by {told!r}, not by {words!r}")
    print(f"offered  {name:22} {label}")


def main():
    program, command = sys.argv[1], os.path.abspath(sys.argv[2])
    with tempfile.TemporaryDirectory() as folder:
        folder = os.path.realpath(folder)
        subprocess.run([program, "init"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        server = Server(command, folder)
        try:
            asked(server, folder)
        finally:
            server.process.kill()
            server.process.wait()


def first_line(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8") as file:
        return file.readline()


def asked(server, folder):
    rules, settings = "rules/map.yaml", "gateway.yaml"
    of_rules, of_settings = first_line(folder, rules), first_line(folder, settings)
    rule = of_rules + "hook: validateUser\nrules:\n  - name: a\n    "
    offered(server, rules, of_rules + "hook: ", "validateUser", "before a new person is saved")
    offered(server, rules, of_rules + "rules:\n  - name: a\n    hook: ", "runDeprovision", "take the person's access")
    offered(server, rules, rule + "when:\n      us", "user.email", "person's form")
    offered(server, rules, rule + "when:\n      req", "request.targetAttribute", "policyMap")
    offered(server, rules, rule + "when:\n      user.email:\n        ", "matches", "")
    offered(server, rules, rule + "when:\n      user.email:\n        ", "ends_with", "")
    offered(server, rules, rule + "re", "reject", "refuse with this code")
    offered(server, rules, rule + "set:\n      user.di", "user.displayName", "person's form")
    offered(server, rules, rule + "set:\n      user.login: ", '${lower("Asha")}', "")
    offered(server, settings, of_settings + "lis", "listen", "address and port")
    offered(server, settings, of_settings + "limits:\n  bo", "body_bytes", "largest body")
    offered(server, settings, of_settings + "log:\n  format: ", "json", "")

    for name in sorted(os.listdir(os.path.join(folder, "rules"))) + [settings]:
        name = name if name == settings else f"rules/{name}"
        if name.endswith(".yaml"):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                findings = server.underlined(name, file.read())
            if findings:
                sys.exit(f"{name}: underlined although it is right: {findings}")
            print(f"clean    {name}")
    own = of_rules + "hook: appUpdated\nrules:\n  - name: a\n    when: { attr.own: x }\n    set: { user.own: 7 }\n"
    for name, text, line in [
        (rules, own, None),
        (rules, rule + "whn: { user.city: Pune }\n    reject: No\n", 5),
        (rules, rule + "when:\n      user.city: { is_like: Pune }\n    reject: No\n", 6),
        (settings, of_settings + "time_zone: UTC\nlisen: 127.0.0.1:8080\n", 3),
        (settings, of_settings + "limits:\n  body_bytes: 12\n", 3),
    ]:
        findings = server.underlined(name, text)
        lines = {at for at, _ in findings}
        if lines != ({line} if line else set()):
            sys.exit(f"{name}: underlined {findings}, not line {line} of\n{text}")
        print(f"told     {name:22} {'nothing' if not findings else findings[0][1]}")


main()
