#!/usr/bin/env python3
"""Starts a gateway, two proxies in front of it, and one client after the other; tells how many calls each made and how many failed.

    tests/clients/called.py PROGRAM

Each client is given the ways to the gateway and says `client way manner calls failed` on a line for each, and on the standard error
output why a call failed. Ends with 1 if a call failed, or one was not made.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
REQUESTS = os.path.abspath("examples/requests")
# Of the twelve hooks, by each client, each way and each manner: 20 160 calls.
ROUNDS = 42
# Clients at once where they call in parallel.
AT_ONCE = 16
LIMIT_S = 240

# Where the machine has other work a call waits and is not turned away: that is another tool's question.
SETTINGS = """listen: 127.0.0.1:0
auth: {{ address: {{ allow: [127.0.0.1] }}, trusted_proxies: [127.0.0.1] }}
admin: {{ listen: null }}
limits: {{ wait_ms: 60000 }}
outbox: {{ file: {folder}/outbox.db }}
journal: {{ file: null }}
log: {{ format: json }}
"""

# The line `Connection "upgrade"` stands in countless examples for WebSocket and is sent with every call. Some keep connections.
NGINX = """daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ worker_connections 512; }}
http {{
  access_log off;
  client_body_temp_path {folder}/nginx-body;
  proxy_temp_path {folder}/nginx-proxy;
  fastcgi_temp_path {folder}/nginx-fastcgi;
  uwsgi_temp_path {folder}/nginx-uwsgi;
  scgi_temp_path {folder}/nginx-scgi;
  upstream kept {{ server {gateway}; keepalive 16; }}
  proxy_http_version 1.1;
  proxy_set_header Upgrade $http_upgrade;
  proxy_set_header Connection "upgrade";
  proxy_set_header Host $host;
  proxy_set_header X-Real-IP $remote_addr;
  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
  server {{ listen {nginx}; location / {{ proxy_pass http://{gateway}; }} }}
  server {{ listen {kept}; location / {{ proxy_pass http://kept; }} }}
}}
"""

HAPROXY = """global
  maxconn 512
defaults
  mode http
  option forwardfor
  timeout connect 5s
  timeout client 50s
  timeout server 50s
frontend webhooks
  bind {haproxy}
  default_backend gateways
backend gateways
  balance roundrobin
  server one {gateway} check
"""

CLIENTS = {
    "java": ["java", os.path.join(HERE, "Calls.java")],
    "python": [sys.executable, os.path.join(HERE, "calls.py")],
    "node": ["node", os.path.join(HERE, "calls.mjs")],
    "curl": [sys.executable, os.path.join(HERE, "curl.py")],
}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def is_open(address):
    host, port = address.split(":")
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) == 0


def until(what, found, process):
    """Waits for something that is not false and gives it out; not longer than its process lives."""
    end = time.monotonic() + 30
    while time.monotonic() < end and process.poll() is None:
        value = found()
        if value:
            return value
        time.sleep(0.05)
    sys.exit(f"FAILED: waited in vain: {what}")


def listening(log):
    """Where the gateway listens, once its log says so."""
    with open(log, encoding="utf-8") as lines:
        entries = [json.loads(line) for line in lines if line.endswith("\n")]
    return next((entry["address"] for entry in entries if entry["message"] == "listening"), None)


class Running:
    """Processes that are ended with this."""

    def __init__(self):
        self.all = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in reversed(self.all):
            process.terminate()
        for process in self.all:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()

    def start(self, words, log, **more):
        with open(log, "w", encoding="utf-8") as out:
            process = subprocess.Popen(words, stdout=out, stderr=subprocess.STDOUT, **more)
        self.all.append(process)
        return process


def calls(name, words, ways, end):
    """What a client says of its calls, a line each."""
    words = [*words, REQUESTS, str(ROUNDS), str(AT_ONCE), *(f"{way}={address}" for way, address in ways.items())]
    began = time.monotonic()
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=max(1, end - time.monotonic()), check=False)
    except subprocess.TimeoutExpired:
        sys.exit(f"FAILED: {name} was not done after {LIMIT_S} s")
    told = [line.split() for line in done.stdout.splitlines()]
    if done.returncode or not told:
        sys.exit(f"FAILED: {name} ended with {done.returncode}\n{done.stderr[-2000:]}")
    seconds = time.monotonic() - began
    for client, way, manner, made, failed in told:
        print(f"{client:18} {way:12} {manner:9} {made:>5} calls, {failed} failed")
    print(f"  {name}: {seconds:.0f} s", flush=True)
    if done.stderr:
        print(done.stderr[-2000:])
    return sum(int(line[3]) for line in told), sum(int(line[4]) for line in told), len(told)


def main(program):
    end = time.monotonic() + LIMIT_S
    with tempfile.TemporaryDirectory() as folder, Running() as running:
        os.chmod(folder, 0o755)
        config = write(f"{folder}/gateway.yaml", SETTINGS.format(folder=folder))
        log = f"{folder}/gateway.log"
        process = running.start([program, "serve", "--config", config, "--rules", os.path.abspath("rules")], log)
        gateway = until("the gateway listens", lambda: listening(log), process)
        ways = {"directly": gateway, "nginx": free_port(), "nginx-kept": free_port(), "haproxy": free_port()}
        names = {"folder": folder, "gateway": gateway, "nginx": ways["nginx"], "kept": ways["nginx-kept"], "haproxy": ways["haproxy"]}
        settings = write(f"{folder}/nginx.conf", NGINX.format(**names))
        nginx = running.start(["nginx", "-c", settings, "-p", folder, "-e", f"{folder}/nginx.log"], f"{folder}/nginx.out")
        settings = write(f"{folder}/haproxy.cfg", HAPROXY.format(**names))
        haproxy = running.start(["haproxy", "-db", "-f", settings], f"{folder}/haproxy.out")
        for way, proxy in (("nginx", nginx), ("nginx-kept", nginx), ("haproxy", haproxy)):
            until(f"{way} listens", lambda way=way: is_open(ways[way]), proxy)
        told = [calls(name, words, ways, end) for name, words in CLIENTS.items()]
    made, failed, lines = (sum(column) for column in zip(*told))
    wanted = 5 * len(ways) * 2
    print(f"clients: {made} calls, {failed} failed, by {lines} of {wanted} clients, ways and manners, in {LIMIT_S - end + time.monotonic():.0f} s")
    return 0 if failed == 0 and lines == wanted and made == wanted * ROUNDS * 12 else 1


if __name__ == "__main__":
    sys.exit(main(os.path.abspath(sys.argv[1])))
