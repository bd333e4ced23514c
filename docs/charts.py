"""Fetch the libraries that draw the page's charts, or check that they are the ones that were fetched.

    python docs/charts.py                     check the files in ledger/reports/page by their hashes; no network
    python docs/charts.py fetch               fetch the versions of charts.json again, and check their hashes
    python docs/charts.py fetch vega=6.4.0    take another version: its hash and licence are written down

npm fetches; it checks what it got against its own index. Nothing of a package is run.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

HERE = Path(__file__).resolve().parent.parent / "ledger" / "reports" / "page"
MANIFEST = HERE / "charts.json"
LICENCES = HERE / "LICENSES.txt"
_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)
_IMPORT = re.compile(r"^import \{ ([\w, ]+) \} from 'vega-util';$", re.MULTILINE)
_EXPORT = re.compile(r"^export \{ (\w+) as (\w+) \};$", re.MULTILINE)


def adapted(text: str, name: str) -> str:
    """A library's text as the page carries it: a plain script that asks for no source map and closes no script.

    A module becomes a script that takes what it needs from `vega` and leaves what it offers under its own name.
    """
    text = _MAP.sub("", text)
    if _EXPORT.search(text):
        text = _IMPORT.sub(r"const { \1 } = globalThis.vega;", text)
        text = _EXPORT.sub(rf"globalThis.{name.replace('-', '_')} = {{ \2: \1 }};", text)
        text = f"(() => {{\n{text}}})();\n"
    return re.sub(r"</(?=script)", r"<\\/", text, flags=re.IGNORECASE)


def digest(text: str) -> str:
    """The SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def wrong(folder: Path) -> list[str]:
    """The libraries in a folder that are not what its manifest says."""
    manifest = json.loads((folder / MANIFEST.name).read_text(encoding="utf-8"))
    return [
        name
        for name, entry in manifest.items()
        if digest((folder / f"{name}.js").read_text(encoding="utf-8")) != entry["sha256"]
    ]


def licences(modules: Path, roots: list[str]) -> str:
    """The licences of packages and of everything that they are made of, each text once under the names it holds for."""
    texts: dict[str, list[str]] = {}
    for name in sorted(_needed(modules, roots)):
        package = json.loads((modules / name / "package.json").read_text(encoding="utf-8"))
        found = sorted(path for path in (modules / name).iterdir() if path.name.upper().startswith("LICEN"))
        text = found[0].read_text(encoding="utf-8").strip() if found else f"{package.get('license')}, no text given."
        texts.setdefault(text, []).append(f"{name} {package['version']}")
    return "\n\n".join(f"{', '.join(names)}\n\n{text}" for text, names in texts.items()) + "\n"


def _needed(modules: Path, roots: list[str]) -> set[str]:
    """The packages and all that they depend on; what is only for the command line is no part of the scripts."""
    found: set[str] = set()
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name in found or name in ("yargs", "commander"):
            continue
        found.add(name)
        waiting += json.loads((modules / name / "package.json").read_text(encoding="utf-8")).get("dependencies", {})
    return found


def fetch(folder: Path, wanted: dict[str, str]) -> list[str]:
    """Put the libraries into a folder, other versions as `wanted`; returns those of another hash than was written."""
    manifest: dict[str, dict[str, Any]] = json.loads((folder / MANIFEST.name).read_text(encoding="utf-8"))
    for name, version in wanted.items():
        manifest[name] |= {"version": version, "sha256": ""}
    with tempfile.TemporaryDirectory() as place:
        packages = [f"{name}@{entry['version']}" for name, entry in manifest.items()]
        quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        subprocess.run(["npm", "install", "--prefix", place, *quiet, *packages], check=True)
        modules = Path(place) / "node_modules"
        texts = {
            name: adapted((modules / name / entry["file"]).read_text(encoding="utf-8"), name)
            for name, entry in manifest.items()
        }
        others = [name for name, text in texts.items() if manifest[name]["sha256"] not in ("", digest(text))]
        if not others:
            for name, text in texts.items():
                (folder / f"{name}.js").write_text(text, encoding="utf-8")
                manifest[name]["sha256"] = digest(text)
            (folder / LICENCES.name).write_text(licences(modules, list(manifest)), encoding="utf-8")
            (folder / MANIFEST.name).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    return others


def _asked(arguments: list[str]) -> Iterator[tuple[str, str]]:
    known = json.loads(MANIFEST.read_text(encoding="utf-8"))
    for argument in arguments:
        name, _, version = argument.partition("=")
        if name not in known or not version:
            raise click.UsageError(f"{argument!r} is no library with a version; write it like vega=6.4.0.")
        yield name, version


@click.command()
@click.argument("verb", type=click.Choice(["check", "fetch"]), default="check")
@click.argument("versions", nargs=-1)
def main(verb: str, versions: tuple[str, ...]) -> None:
    """Check the libraries by their hashes, or fetch them."""
    others = fetch(HERE, dict(_asked(list(versions)))) if verb == "fetch" else wrong(HERE)
    if others:
        click.echo(f"Not what charts.json says: {', '.join(others)}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
