#!/usr/bin/env python3
"""Python's HTTP client, as scripts use it: connections that are kept, and in parallel one for each thread.

    calls.py REQUESTS ROUNDS AT_ONCE WAY=HOST:PORT ...
"""

import http.client
import json
import os
import sys
import threading


def bodies(folder):
    names = sorted(name[: -len(".json")] for name in os.listdir(folder) if name.endswith(".json"))
    return [(name, open(f"{folder}/{name}.json", "rb").read()) for name in names]


def call(connection, name, body):
    """Why the call failed, if it did."""
    try:
        connection.request("POST", f"/webhook/{name}", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        json.loads(answer.read())
        return None if answer.status == 200 else f"status {answer.status}"
    except (OSError, http.client.HTTPException, ValueError) as error:
        return repr(error)


def run(address, requests, failures):
    connection = http.client.HTTPConnection(address, timeout=20)
    for name, body in requests:
        why = call(connection, name, body)
        if why:
            failures.append(f"{name}: {why}")
            connection.close()
    connection.close()


def main(folder, rounds, at_once, *ways):
    hooks = bodies(folder)
    for way, address in (way.split("=") for way in ways):
        for manner, threads in (("in-turn", 1), ("parallel", int(at_once))):
            requests, failures = hooks * int(rounds), []
            all_threads = [threading.Thread(target=run, args=(address, requests[at::threads], failures)) for at in range(threads)]
            for thread in all_threads:
                thread.start()
            for thread in all_threads:
                thread.join()
            print("python", way, manner, len(requests), len(failures))
            for failure in failures[:3]:
                print("python", way, manner, failure, file=sys.stderr)


main(*sys.argv[1:])
