"""Whether there can be a release: one version everywhere, and archives that hold what they should and come out alike."""

import json
import os
import re
import shutil
import tarfile
import tempfile
from pathlib import Path

import yaml

from telling import must_fail, report, run

RELEASE = ".ci/release"
# What `.ci/release check` reads.
READ = ["Cargo.toml", "Cargo.lock", "CHANGELOG.md", "Dockerfile", "README.md", "docs", "deploy"]
# A file, what is changed in it (a pattern, and what takes its place), and what must be told.
WRONG = {
    "another version of the program": ("Cargo.toml", r'\nversion = "', r'\nversion = "9', "Cargo.toml has 9"),
    "another version of the chart": ("deploy/helm/hookgate/Chart.yaml", r"\nversion: ", r"\nversion: 9", "Chart.yaml: version 9"),
    "a chart of another program": ("deploy/helm/hookgate/Chart.yaml", r"appVersion: ", "appVersion: 9", "Chart.yaml: version 9"),
    "another version of the image": ("Dockerfile", "ARG VERSION=", "ARG VERSION=9", "Dockerfile: version 9"),
    "an image without a version": ("Dockerfile", "ARG VERSION=", "ARG V=", "Dockerfile: no version is found"),
    "another image in the cluster": ("deploy/kubernetes/kustomization.yaml", "newTag: ", "newTag: 9", "kustomization.yaml: version 9"),
    "another image of Compose": ("deploy/compose.yaml", "image: hookgate:", "image: hookgate:9", "deploy/compose.yaml: version 9"),
    "a version without a section": ("CHANGELOG.md", r"\n## \[", r"\n## [9", "CHANGELOG.md: the first section is not"),
    "a section of some day": ("CHANGELOG.md", r"(\n## \[[^]]+\] - ).*", r"\1soon", "CHANGELOG.md: behind"),
    "a section that says nothing": ("CHANGELOG.md", r"(\n## \[[^]]+\] - .*\n)", r"\1\n## [0.0.1] - 2020-01-01\n", "says nothing"),
}
IN_ARCHIVE = [
    "hookgate",
    "LICENSE",
    "THIRD-PARTY-LICENSES.txt",
    "CHANGELOG.md",
    "gateway.yaml",
    "man/hookgate.1",
    "completions/hookgate.bash",
    "completions/_hookgate",
    "docs/operating/alerts.md",
    "rules/validate.yaml",
    "examples/README.md",
    "deploy/compose.yaml",
    "deploy/kubernetes/kustomization.yaml",
    "deploy/systemd/hookgate.service",
    "deploy/systemd/hookgate@.service",
    "deploy/helm/hookgate/Chart.yaml",
    "deploy/helm/hookgate/alerts.yaml",
    "deploy/prometheus/alerts.yaml",
]


def check(program):
    version = run(program, "--version")[0].split()[1]
    said, wrong = run(RELEASE, "check")
    report("release: one version everywhere", wrong)
    report(f"release: it is the program's, {version}", [] if f"version {version} everywhere" in said else [said])
    for what, (file, right, other, because) in WRONG.items():
        must_fail(f"release: {what}", sample_wrong(file, right, other), because)
    with tempfile.TemporaryDirectory() as folder:
        packed(program, version, Path(folder))
    workflow()


def sample_wrong(file, right, other):
    """What is said of this folder after a change of one file."""
    with tempfile.TemporaryDirectory() as folder:
        for source in READ:
            copy = shutil.copytree if os.path.isdir(source) else shutil.copy
            copy(source, f"{folder}/{source}")
        text, made = re.subn(right, other, Path(folder, file).read_text(), count=1)
        Path(folder, file).write_text(text)
        return run(RELEASE, "check", "--root", folder)[1] if made else []


def packed(program, version, folder):
    """Packs a small stand-in twice, which calls the program for its man pages and completions."""
    small = folder / "small"
    small.write_text(f'#!/bin/sh\nexec {program} "$@"\n')
    small.chmod(0o755)
    for n in "12":
        report(f"release: packed, time {n}", run(RELEASE, "pack", "--program", small, "--output", folder / n)[1])
    first, second = ((folder / n / "SHA256SUMS").read_text() for n in "12")
    report("release: the same source gives the same files", [] if first == second and first.count("\n") == 3 else [first, second])
    report("release: its sums", run("sha256sum", "--check", "--strict", "SHA256SUMS", cwd=folder / "1")[1])
    whole = f"hookgate-{version}-linux-x86_64"
    with tarfile.open(folder / "1" / f"{whole}.tar.gz") as archive:
        entries = {entry.name.removeprefix(f"{whole}/"): entry for entry in archive.getmembers()}
    report("release: what is in an archive", [f"{name} is missing" for name in IN_ARCHIVE if name not in entries or not entries[name].isfile()])
    owners = {(entry.uid, entry.gid, entry.mode) for entry in entries.values()}
    unpacked = folder / "unpacked"
    shutil.unpack_archive(folder / "1" / f"{whole}.tar.gz", unpacked, filter="data")
    report("release: every link in an archive leads to a file of it", links_wrong(unpacked / whole))
    (unpacked / whole / "docs/operating/alerts.md").unlink()
    shutil.rmtree(unpacked / whole / "examples")
    for page in ("docs/operating/alerts.md", "examples/README.md"):
        must_fail(f"release: an archive without {page}", links_wrong(unpacked / whole), f"{Path(page).name}, which is not in the archive")
    report("release: whose it is", [] if owners == {(0, 0, 0o755), (0, 0, 0o644)} else [str(owners)])
    report("release: the program can be run", [] if entries["hookgate"].mode == 0o755 else ["it cannot"])
    with tarfile.open(folder / "1" / f"hookgate-chart-{version}.tgz") as archive:
        names = archive.getnames()
    report("release: the chart", [f"{name} is missing" for name in ("hookgate/Chart.yaml", "hookgate/alerts.yaml", "hookgate/templates/workload.yaml") if name not in names])
    bill_wrong = materials_wrong(json.loads((folder / "1" / f"{whole}.cdx.json").read_text()), version)
    report("release: the bill of materials", bill_wrong)
    other = folder / "other"
    other.mkdir()
    (other / "mine.txt").write_text("not to be removed")
    must_fail("release: a folder with other files", run(RELEASE, "pack", "--program", small, "--output", other)[1], "has other files")
    options = ["--trial", "--rust-image", "rust:1", "--runtime-image", "x@sha256:" + "0" * 64]
    must_fail("release: an image on a base without a digest", run(RELEASE, "image", *options)[1], "by its digest")


def links_wrong(folder):
    """Links of the pages to files that are not there. What is shown as code is no link."""
    found = []
    for page in sorted(folder.rglob("*.md")):
        text = re.sub(r"(?ms)^ *```.*?^ *```|`[^`\n]*`(?!\])", "", page.read_text(encoding="utf-8"))
        for link in re.findall(r"\]\(\s*([^)\s]+)\)", text) + re.findall(r"(?m)^\[[^]]+\]: (\S+)", text):
            path = link.split("#")[0]
            if path and not re.match(r"[a-z]+:", path) and not (page.parent / path).exists():
                found.append(f"{page.relative_to(folder)}: leads to {path}, which is not in the archive")
    return found


def materials_wrong(bill, version):
    named = {component["name"]: component for component in bill["components"]}
    known = {component["bom-ref"] for component in bill["components"]} | {bill["metadata"]["component"]["bom-ref"]}
    rules = {
        "CycloneDX 1.5": (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.5"),
        "hookgate in its version": bill["metadata"]["component"]["purl"] == f"pkg:cargo/hookgate@{version}",
        "libraries of all features": {"rhai", "sqlx", "ldap3", "async-nats", "glibc"} <= named.keys(),
        "no library of tests alone": not {"proptest", "tempfile", "rust_xlsxwriter"} & named.keys(),
        "a sum for each of Cargo.lock": all("hashes" in row for name, row in named.items() if name != "glibc"),
        "a licence for each": all("licenses" in row for row in named.values()),
        "no reference to nothing": all(set(row["dependsOn"]) <= known and row["ref"] in known for row in bill["dependencies"]),
    }
    return [f"it lacks {rule}" for rule, holds in rules.items() if not holds]


def workflow():
    """The hosted gate is the gate."""
    for file in sorted(Path(".github/workflows").glob("*.yaml")):
        jobs = yaml.safe_load(file.read_text())["jobs"]
        commands = [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]
        called = any(".ci/run" in command for command in commands)
        report(f"{file}: calls .ci/run", [] if called and os.access(".ci/run", os.X_OK) else [str(commands)])
    report("a hosted workflow", [] if list(Path(".github/workflows").glob("*.yaml")) else ["there is none"])
