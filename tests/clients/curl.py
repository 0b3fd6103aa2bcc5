#!/usr/bin/env python3
"""curl, with many calls on one command line, as scripts write them; in parallel with its own `--parallel`.

    curl.py REQUESTS ROUNDS AT_ONCE WAY=HOST:PORT ...
"""

import os
import subprocess
import sys


def main(folder, rounds, at_once, *ways):
    names = sorted(name[: -len(".json")] for name in os.listdir(folder) if name.endswith(".json"))
    for way, address in (way.split("=") for way in ways):
        one = lambda name: (
            f'url = "http://{address}/webhook/{name}"\nheader = "Content-Type: application/json"\n'
            f'data-binary = "@{folder}/{name}.json"\noutput = "/dev/null"\nwrite-out = "%{{http_code}} {name} %{{errormsg}}\\n"\n'
            "silent\nmax-time = 20\n"
        )
        calls = "next\n".join(one(name) for name in names * int(rounds))
        for manner, words in (("in-turn", []), ("parallel", ["--parallel", "--parallel-max", at_once])):
            done = subprocess.run(["curl", *words, "--config", "-"], input=calls, capture_output=True, text=True, timeout=120, check=False)
            answers = done.stdout.splitlines()
            failures = [answer for answer in answers if not answer.startswith("200 ")]
            missing = len(names) * int(rounds) - len(answers)
            print("curl", way, manner, len(names) * int(rounds), len(failures) + missing)
            for failure in failures[:3]:
                print("curl", way, manner, failure, file=sys.stderr)


main(*sys.argv[1:])
