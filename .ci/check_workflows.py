"""Checks what CI systems are given: form by check-jsonschema, dangers by zizmor, the shell in it by shellcheck.

    python .ci/check_workflows.py FILE...

A file is told by its place: action.yml, a workflow of GitHub, or a file for GitLab. Nothing is fetched.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

_BIN = Path(sys.executable).parent
_SCHEMAS = {
    "action": "vendor.github-actions",
    "workflow": "vendor.github-workflows",
    "gitlab": "vendor.gitlab-ci",
}


def main(names: list[str]) -> int:
    """1 where one of the checks finds something; what it is they print themselves."""
    paths = [Path(name) for name in names]
    kinds = {path: _kind(path) for path in paths}
    github = [str(path) for path, kind in kinds.items() if kind != "gitlab"]
    failed = bool(github) and _run("zizmor", "--offline", "--no-progress", "--quiet", *github)
    documents = [(path, each) for path, kind in kinds.items() for each in _documents(path, kind)]
    for kind in sorted(set(kinds.values())):
        failed |= not _conform(kind, [(path, each) for path, each in documents if kinds[path] == kind])
    for path, document in documents:
        for place, script in _scripts(document):
            failed |= _run("shellcheck", "--shell=bash", "-", script=script, of=f"{path}: {place}")
    return int(failed)


def _kind(path: Path) -> str:
    if path.name in ("action.yml", "action.yaml"):
        return "action"
    text = path.read_text(encoding="utf-8")
    return "workflow" if "\njobs:" in text and "\non:" in text else "gitlab"


def _documents(path: Path, kind: str) -> list[Any]:
    """What the file holds; the head of a GitLab component, which tells its inputs, has no schema of its own."""
    found = list(YAML(typ="safe").load_all(path.read_text(encoding="utf-8")))
    return [each for each in found if not (kind == "gitlab" and set(each) == {"spec"})]


def _conform(kind: str, documents: list[tuple[Path, Any]]) -> bool:
    """Whether the documents have the form of their kind; each is a file of its own, named for where it stands."""
    with tempfile.TemporaryDirectory() as folder:
        parts = []
        for number, (path, document) in enumerate(documents):
            part = Path(folder) / f"{number}-{path.name}"
            YAML(typ="safe").dump(document, part)
            parts.append(str(part))
        return not _run("check-jsonschema", "--builtin-schema", _SCHEMAS[kind], *parts, of=kind)


def _scripts(document: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Every script in it with where it stands: `run` of GitHub, `script` and its like of GitLab."""
    if isinstance(document, dict):
        for key, inner in document.items():
            where = f"{place}.{key}" if place else str(key)
            if key == "run" and isinstance(inner, str):
                yield where, inner
            elif key in ("script", "before_script", "after_script") and isinstance(inner, list):
                yield where, "\n".join(map(str, inner))
            else:
                yield from _scripts(inner, where)
    elif isinstance(document, list):
        for number, inner in enumerate(document):
            yield from _scripts(inner, f"{place}[{number}]")


def _run(program: str, *arguments: str, script: str | None = None, of: str = "") -> bool:
    """Whether the program found something."""
    done = subprocess.run([str(_BIN / program), *arguments], input=script, text=True, capture_output=True, check=False)
    if done.returncode:
        print(f"{of}\n{done.stdout}{done.stderr}".strip(), file=sys.stderr)
    return done.returncode != 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
