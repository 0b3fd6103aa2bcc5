"""Prints the time from a program's start to its first answer, and its memory then and after some calls: hookgate with the
starter rules, and a bare server of the same HTTP library.

The goals (100 ms, 30 MiB) are printed beside; a busy machine may miss the first."""

import argparse
import http.client
import os
import socket
import statistics
import subprocess
import tempfile
import time

ROUNDS = 7
CALLS = 500
LIMIT_S = 30
GOAL_MS, GOAL_MIB = 100, 30
BODY = '{"request":{"user":{"login":"new.hire","mobile":"+91 98200 12345"}}}'


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def call(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("POST", "/webhook/validateUser", BODY, {"content-type": "application/json"})
        response = connection.getresponse()
        response.read()
        return response.status
    finally:
        connection.close()


def memory_mib(process):
    with open(f"/proc/{process.pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024


def measure(command, folder):
    """Milliseconds to the first answer; memory in MiB then, and after some calls."""
    port = free_port()
    began = time.monotonic()
    environment = {**os.environ, "HOOKGATE_LISTEN": f"127.0.0.1:{port}", "HOOKGATE_ADMIN_LISTEN": "127.0.0.1:0", "HOOKGATE_JOURNAL_FILE": f"{folder}/journal.jsonl"}
    process = subprocess.Popen(command(port), env=environment, stderr=subprocess.DEVNULL)
    try:
        while True:
            try:
                status = call(port)
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > began + LIMIT_S:
                    raise SystemExit(f"{command(port)[0]} does not answer") from None
                time.sleep(0.0005)
        milliseconds = (time.monotonic() - began) * 1000
        if status != 200:
            raise SystemExit(f"{command(port)[0]} answers with {status}")
        first = memory_mib(process)
        for _ in range(CALLS):
            call(port)
        return milliseconds, first, memory_mib(process)
    finally:
        process.terminate()
        process.wait()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--hookgate", required=True)
    parser.add_argument("--bare", required=True)
    options = parser.parse_args()
    commands = {"hookgate": lambda port: [options.hookgate, "serve"], "bare server": lambda port: [options.bare, f"127.0.0.1:{port}"]}
    measured = {name: [] for name in commands}
    # In turns, so that both see the same machine.
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(ROUNDS):
            for name, command in commands.items():
                measured[name].append(measure(command, folder))
    print(f"{'':12} start to first answer   memory then   after {CALLS} calls")
    for name, rounds in measured.items():
        milliseconds, first, later = (statistics.median(column) for column in zip(*rounds))
        print(f"{name:12} {milliseconds:18.1f} ms {first:9.1f} MiB {later:11.1f} MiB")
    print(f"{'goal':12} {GOAL_MS:18.1f} ms {GOAL_MIB:9.1f} MiB {GOAL_MIB:11.1f} MiB")


main()
