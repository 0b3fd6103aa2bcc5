"""What a program of ours is made of: a CycloneDX bill of materials, and the licences of what is linked into it."""

import json
import subprocess
import tomllib
import uuid
from pathlib import Path

LICENCES = ("license", "licence", "copying", "notice", "unlicense", "copyright")
LINKED = """Licences of what is linked into hookgate. hookgate itself is under the Apache License 2.0, see LICENSE.

The program contains the GNU C Library, under the GNU Lesser General Public License 2.1 or later. Whoever wants to link it
with another one compiles the source of this version again: docs/releasing.md says how.
"""


class Parts:
    """The packages that end up in the program: no development dependencies, no other platforms."""

    def __init__(self, root, target, features):
        words = ["cargo", "metadata", "--locked", "--format-version", "1", "--filter-platform", target]
        words += ["--features", features] if features else []
        metadata = json.loads(subprocess.run(words, cwd=root, check=True, capture_output=True, text=True).stdout)
        self.packages = {package["id"]: package for package in metadata["packages"]}
        self.root = metadata["resolve"]["root"]
        nodes = {node["id"]: node["deps"] for node in metadata["resolve"]["nodes"]}
        self.needs, waiting = {}, [self.root]
        while waiting:
            one = waiting.pop()
            if one not in self.needs:
                kinds = [(other["pkg"], {kind["kind"] for kind in other["dep_kinds"]}) for other in nodes[one]]
                self.needs[one] = sorted(package for package, known in kinds if known != {"dev"})
                waiting += self.needs[one]

    def others(self):
        return sorted((self.packages[one] for one in self.needs if one != self.root), key=lambda one: (one["name"], one["version"]))


def purl(package):
    return f"pkg:cargo/{package['name']}@{package['version']}"


def checksums(root):
    """What Cargo.lock says of each package: by name and version."""
    lock = tomllib.loads(Path(root, "Cargo.lock").read_text(encoding="utf-8"))
    return {(one["name"], one["version"]): one["checksum"] for one in lock["package"] if "checksum" in one}


def materials(root, parts, time, target):
    """The bill, as CycloneDX 1.5; of one commit it is always the same."""
    sums = checksums(root)
    own = parts.packages[parts.root]
    components = [component(package, sums.get((package["name"], package["version"]))) for package in parts.others()]
    libc = {"type": "library", "bom-ref": "glibc", "name": "glibc", "licenses": [{"license": {"id": "LGPL-2.1-or-later"}}]}
    needs = [{"ref": purl(parts.packages[one]), "dependsOn": [purl(parts.packages[other]) for other in needed]} for one, needed in parts.needs.items()]
    for row in needs:
        row["dependsOn"] = sorted(set(row["dependsOn"]) | ({"glibc"} if row["ref"] == purl(own) else set()))
    bill = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": {**component(own, None), "type": "application", "properties": [{"name": "hookgate:target", "value": target}]},
        },
        "components": components + [libc],
        "dependencies": sorted(needs, key=lambda row: row["ref"]),
    }
    bill["serialNumber"] = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, json.dumps(bill, sort_keys=True))}"
    return json.dumps(bill, indent=1, sort_keys=True) + "\n"


def component(package, checksum):
    row = {"type": "library", "bom-ref": purl(package), "purl": purl(package), "name": package["name"], "version": package["version"]}
    if package["license"]:
        row["licenses"] = [{"expression": package["license"].replace("/", " OR ")}]
    if checksum:
        row["hashes"] = [{"alg": "SHA-256", "content": checksum}]
    return row


def licences(parts):
    """The text of each licence once, with the packages that have it."""
    texts, without = {}, []
    for package in parts.others():
        folder = Path(package["manifest_path"]).parent
        files = sorted(file for file in folder.iterdir() if file.is_file() and file.name.lower().startswith(LICENCES))
        name = f"{package['name']} {package['version']} ({package['license'] or 'see below'})"
        for file in files:
            texts.setdefault(file.read_text(encoding="utf-8", errors="replace").strip(), []).append(name)
        without += [] if files else [name]
    pages = [LINKED]
    pages += ["Without a text of their own:\n" + "".join(f"  {name}\n" for name in without)] if without else []
    for text, names in texts.items():
        pages.append("".join(f"{name}\n" for name in dict.fromkeys(names)) + "\n" + text + "\n")
    return ("\n" + "-" * 100 + "\n\n").join(pages)
