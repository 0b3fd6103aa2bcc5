"""Runs an image as an administrator would, hardened, and holds it to what docs/operating/container.md says. Ends with 1 where it does not.

$PODMAN is the command that runs containers. Waits for conditions; the only times here are how long it is waited at most."""

import argparse
import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

PODMAN = os.environ["PODMAN"].split()
PROGRAM = "/usr/local/bin/hookgate"
# Lower limits of its own are needed where the machine may not raise any.
HARDENED = (
    "--ulimit nofile=1024:4096 --ulimit nproc=1024:1024 --ulimit core=0:0 --read-only --cap-drop ALL "
    "--security-opt no-new-privileges --memory 256m --pids-limit 128"
).split()
LIMIT_S = 30
CALLERS = 8

RULE = """hook: policyMap
rules:
  - name: {name}
    when: {{ request.targetAttribute: {name} }}
    mappedValue: "{value}"
"""
TELL = """hook: postCreateUser
rules: [{ name: tell, deliver: { to: siem, body: { login: "${user.login}" } } }]
"""

failed = []


def check(what, got, wanted=True):
    print(f"ok   {what}" if got == wanted else f"FAIL {what}: {got!r} in place of {wanted!r}", flush=True)
    if got != wanted:
        failed.append(what)


def until(what, holds):
    limit = time.monotonic() + LIMIT_S
    while not holds():
        if time.monotonic() > limit:
            check(f"{what} within {LIMIT_S} s", False)
            return
        time.sleep(0.01)
    check(what, True)


def podman(*words, fails=False):
    done = subprocess.run([*PODMAN, *words], capture_output=True, text=True)
    if done.returncode and not fails:
        sys.exit(f"podman {' '.join(words)}: {done.stderr}")
    return done


def post(address, hook, body, timeout=10):
    connection = http.client.HTTPConnection(*address, timeout=timeout)
    try:
        connection.request("POST", f"/webhook/{hook}", json.dumps(body), {"content-type": "application/json"})
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def mapped(address, attribute):
    """What the rule of this name says."""
    body = {"request": {"targetAttribute": attribute, "cymmetrifield": "login", "user": {"login": "asha.rao"}}}
    try:
        return json.loads(post(address, "policyMap", body)[1])["response"].get("mappedValue")
    except (OSError, http.client.HTTPException, ValueError, KeyError):
        return None


class Rules:
    """A folder as it is mounted: one file of its own, and one of a ConfigMap, which Kubernetes replaces by a link."""

    def __init__(self, work):
        self.path = Path(tempfile.mkdtemp(dir=work))
        self.path.chmod(0o755)
        self.write("plain", "a")
        (self.path / "tell.yaml").write_text(TELL)
        self.swap("a")
        (self.path / "map.yaml").symlink_to("..data/map.yaml")

    def put(self, text):
        """Replaces the file at once, as editors do."""
        (self.path / ".new").write_text(text)
        os.replace(self.path / ".new", self.path / "plain.yaml")

    def write(self, name, value):
        self.put(RULE.format(name=name, value=value))

    def swap(self, value):
        """A new folder, then the link, then the old folder is gone: as the kubelet does."""
        link, folder = self.path / "..data", self.path / f"..{value}"
        old = link.resolve() if link.is_symlink() else None
        folder.mkdir()
        (folder / "map.yaml").write_text(RULE.format(name="map", value=value))
        (self.path / "..data_tmp").symlink_to(folder.name)
        os.replace(self.path / "..data_tmp", link)
        if old:
            shutil.rmtree(old)


class Container:
    def __init__(self, image, rules, *options):
        self.name = f"hookgate-{os.getpid()}-{Container.count}"
        Container.count += 1
        settings = ["--env", "HOOKGATE_INSECURE=true", "--env", "HOOKGATE_DESTINATIONS={ siem: { file: /data/siem.jsonl } }"]
        volumes = ["--volume", f"{rules.path}:/etc/hookgate/rules:ro", "--volume", f"{self.name}:/data"]
        # At a port of this machine that stays when the container is started again.
        podman("run", "--detach", "--name", self.name, "--publish", "127.0.0.1::8080", *HARDENED, *settings, *volumes, *options, image)
        self.address = ("127.0.0.1", int(podman("port", self.name, "8080").stdout.strip().split(":")[-1]))
        self.pid = json.loads(podman("inspect", self.name).stdout)[0]["State"]["Pid"]

    count = 0

    def is_up(self):
        return mapped(self.address, "plain") is not None

    def of(self, file, key):
        """A line of a file in /proc of its process."""
        lines = Path(f"/proc/{self.pid}/{file}").read_text().splitlines()
        return next(line[len(key):].split() for line in lines if line.startswith(key))

    def volume(self):
        """The folder on this machine that it has as /data."""
        return Path(podman("volume", "inspect", "--format", "{{.Mountpoint}}", self.name).stdout.strip())

    def asked(self, *words):
        return podman("exec", self.name, PROGRAM, *words, fails=True).returncode

    def logged(self, words):
        done = podman("logs", self.name)
        return words in done.stderr + done.stdout

    def exit_code(self):
        return json.loads(podman("inspect", self.name).stdout)[0]["State"]["ExitCode"]

    def is_refusing(self):
        try:
            socket.create_connection(self.address, timeout=5).close()
            return False
        except OSError:
            return True

    def remove(self):
        podman("rm", "--force", "--time", "0", "--volumes", self.name)
        podman("volume", "rm", "--force", self.name, fails=True)


def told_by(image):
    """What the image says of itself."""
    told = json.loads(podman("image", "inspect", image).stdout)[0]
    config = told["Config"]
    print(f"size of the image: {told['Size'] / 1e6:.1f} MB")
    check("the image's user is a number, and not root", config["User"], "65532:65532")
    check("it is stopped by SIGTERM", config["StopSignal"], "SIGTERM")
    check("it has a health check", told["Healthcheck"]["Test"], ["CMD", PROGRAM, "healthcheck"])
    check("it says what it is", config["Labels"]["org.opencontainers.image.title"], "hookgate")
    version = podman("run", "--rm", *HARDENED, image, "--version").stdout
    check("it knows its source and speaks to everything", all(word in version for word in ("sample", "postgres", "mysql", "ldap", "nats")))
    check("its label tells the program's version", config["Labels"]["org.opencontainers.image.version"], version.split()[1])
    check("the starter rules are in it", podman("run", "--rm", *HARDENED, "--network", "none", image, "test").returncode, 0)


def keeps_out(image):
    """Reached by others, it lets in who is known, or it does not start."""
    done = podman("run", "--rm", *HARDENED, image, fails=True)
    check("it does not start where everybody would be let in", done.returncode, 78)
    check("and says what to do", "insecure" in done.stderr and "auth" in done.stderr)


def hardened(container):
    check("its user", container.of("status", "Uid:")[0], "65532")
    check("no new privileges", container.of("status", "NoNewPrivs:"), ["1"])
    check("no capability", container.of("status", "CapEff:"), ["0000000000000000"])
    check("seccomp filters", container.of("status", "Seccomp:"), ["2"])
    check("no core dumps", container.of("limits", "Max core file size")[:2], ["0", "0"])
    root = next(line.split() for line in Path(f"/proc/{container.pid}/mounts").read_text().splitlines() if line.split()[1] == "/")
    check("a root that cannot be written", root[3].split(",")[0], "ro")


def rules_are_replaced(container, rules):
    check("a rule answers", mapped(container.address, "plain"), "a")
    rules.write("plain", "b")
    until("a saved rule is in force", lambda: mapped(container.address, "plain") == "b")
    rules.swap("b")
    until("a replaced ConfigMap is in force", lambda: mapped(container.address, "map") == "b")
    rules.put("hook: policyMap\nrules: [broken")
    until("a broken file is told", lambda: container.logged("the changed rules are not in force"))
    check("and changes nothing", (mapped(container.address, "plain"), mapped(container.address, "map")), ("b", "b"))
    rules.write("plain", "c")
    until("its correction is in force", lambda: mapped(container.address, "plain") == "c")


def health(container):
    check("alive", container.asked("healthcheck"), 0)
    check("ready", container.asked("healthcheck", "--ready"), 0)
    check("the image's own health check", podman("healthcheck", "run", container.name, fails=True).returncode, 0)


def stores(container):
    """What is acknowledged has been stored in /data, and what was decided is recorded there."""
    check("it writes /data", post(container.address, "postCreateUser", {"request": {"user": {"login": "asha.rao"}}})[0], 200)
    journal = container.volume() / "journal.jsonl"
    until("its journal too", lambda: journal.exists() and "postCreateUser" in journal.read_text())


def settings_win(image, rules, work):
    """A gateway.yaml that is mounted wins over what the image sets, and need not repeat the rest of it."""
    file = Path(work) / "gateway.yaml"
    file.write_text("insecure: true\njournal: { file: null }\n")
    file.chmod(0o644)
    container = Container(image, rules, "--volume", f"{file}:/etc/hookgate/gateway.yaml:ro")
    until("with a gateway.yaml of ours it answers", container.is_up)
    check("the log says what it overrides", container.logged("gateway.yaml:2 overrides `journal.file` of /etc/hookgate/defaults.yaml"))
    check("it stores what it sends", post(container.address, "postCreateUser", {"request": {"user": {"login": "asha.rao"}}})[0], 200)
    podman("stop", "--time", "20", container.name)
    there = {file.name for file in container.volume().iterdir()}
    check("in /data", "outbox.db" in there)
    check("and records nothing, as it says", [name for name in there if name.startswith("journal")], [])
    container.remove()


def stopped_with_a_call_in_progress(container):
    body = b'{"request":{"targetAttribute":"plain","cymmetrifield":"login","user":{"login":"asha.rao"}}}'
    head = f"POST /webhook/policyMap HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    with socket.create_connection(container.address, timeout=LIMIT_S) as caller:
        caller.sendall(head.encode() + body[:10])
        stopping = subprocess.Popen([*PODMAN, "stop", "--time", "20", container.name], stdout=subprocess.DEVNULL)
        until("told to stop, it takes nothing new", container.is_refusing)
        caller.sendall(body[10:])
        answer = caller.makefile("rb").readline().decode().strip()
    check("what is in progress is answered", answer, "HTTP/1.1 200 OK")
    stopping.wait()
    check("it ends well", container.exit_code(), 0)


class Load:
    """Calls without end through the proxy, each over a connection of its own, and what became of them."""

    def __init__(self, address):
        self.address, self.ended = address, threading.Event()
        self.good, self.bad, self.lock = 0, [], threading.Lock()
        self.callers = [threading.Thread(target=self.call, daemon=True) for _ in range(CALLERS)]
        for caller in self.callers:
            caller.start()

    def call(self):
        body = {"request": {"targetAttribute": "plain", "cymmetrifield": "login", "user": {"login": "asha.rao"}}}
        while not self.ended.is_set():
            try:
                status, text = post(self.address, "policyMap", body, timeout=LIMIT_S)
            except (OSError, http.client.HTTPException) as error:
                status, text = 0, repr(error)
            with self.lock:
                self.good += status == 200
                if status != 200:
                    self.bad.append(f"{status} {text[:80]}")

    def more(self, count):
        """Whether so many more are answered from now on."""
        wanted = self.good + count
        until(f"{count} more calls are answered", lambda: self.good >= wanted)

    def end(self):
        self.ended.set()
        for caller in self.callers:
            caller.join()


def proxy_before(containers, work):
    """The proxy of deploy/, before these containers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    text = Path("deploy/haproxy.cfg").read_text().replace("bind :8080", f"bind 127.0.0.1:{port}")
    for number, container in enumerate(containers, 1):
        text = text.replace(f"hookgate-{number}:8080", f"127.0.0.1:{container.address[1]}")
    file = Path(work) / "haproxy.cfg"
    file.write_text(text)
    return ("127.0.0.1", port), subprocess.Popen(["haproxy", "-f", str(file)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def drained_and_killed(image, rules, work):
    containers = [Container(image, rules) for _ in range(2)]
    address, proxy = proxy_before(containers, work)
    try:
        until("two gateways answer", lambda: all(container.is_up() for container in containers))
        until("the proxy has them", lambda: mapped(address, "plain") is not None)
        load = Load(address)
        load.more(200)
        drained, killed = containers
        podman("stop", "--time", "20", drained.name)
        check("drained under load, it ends well", drained.exit_code(), 0)
        load.more(200)
        check("no call failed", load.bad, [])
        podman("start", drained.name)
        until("it answers again", drained.is_up)
        load.more(200)
        before = len(load.bad)
        podman("kill", "--signal", "KILL", killed.name)
        load.more(200)
        load.end()
        print(f"under load: {load.good} calls answered; {before} failed when one was drained, {len(load.bad) - before} when one was killed")
    finally:
        proxy.terminate()
        proxy.wait()
        for container in containers:
            container.remove()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--image", required=True)
    parser.add_argument("--work", required=True)
    options = parser.parse_args()
    told_by(options.image)
    keeps_out(options.image)
    rules = Rules(options.work)
    began = time.monotonic()
    container = Container(options.image, rules)
    until("a container answers", container.is_up)
    print(f"podman run to the first answer: {(time.monotonic() - began) * 1000:.0f} ms")
    hardened(container)
    rules_are_replaced(container, rules)
    health(container)
    stores(container)
    stopped_with_a_call_in_progress(container)
    container.remove()

    # As OpenShift does: any user, in group 0.
    container = Container(options.image, rules, "--user", "1000660000:0")
    until("as a user of nobody's choice it answers", container.is_up)
    stores(container)
    container.remove()

    settings_win(options.image, rules, options.work)
    drained_and_killed(options.image, rules, options.work)
    if failed:
        sys.exit(f"image: {len(failed)} checks failed: {'; '.join(failed)}")
    print("image: all well")


main()
