"""Tells what was looked at and what was wrong."""

import subprocess

failures = []


def report(what, wrong):
    print(f"{'FAIL' if wrong else 'ok  '} {what}" + "".join(f"\n       {line}" for line in wrong))
    failures.extend(wrong)


def must_fail(what, wrong, because=""):
    """A sample that is to be found out, with these words."""
    told = " ".join(wrong)
    missing = ["nobody noticed"] if not wrong else [f"`{because}` is not told, but: {told}"] if because not in told else []
    report(f"{what} is found out" + (f": {wrong[0].splitlines()[0][:120]}" if wrong else ""), missing)


def run(*words, **options):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, **options)
    return done.stdout, [] if done.returncode == 0 else [done.stderr.strip() or done.stdout.strip() or f"{words[0]} failed"]
