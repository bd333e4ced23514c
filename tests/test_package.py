"""What is installed is everything that is needed."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest

import ledger
from ledger.hooking.marks import hook_text

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def folders(top: str, name: str) -> set[str]:
    """Every package below a folder, by the name it is imported as."""
    inits = (ROOT / top).rglob("__init__.py")
    return {".".join((name, *path.parent.relative_to(ROOT / top).parts)) for path in inits}


def test_every_package_is_listed() -> None:
    outside = ("hooks", "migrations", "templates")
    found = folders("ledger", "ledger").union(*(folders(name, f"ledger.{name}") for name in outside))
    assert set(PROJECT["tool"]["setuptools"]["packages"]) == found


def test_every_folder_with_code_is_a_package() -> None:
    for path in (ROOT / "ledger").rglob("*.py"):
        assert (path.parent / "__init__.py").exists(), path


def test_the_version_is_said_once_more_and_the_same() -> None:
    assert PROJECT["project"]["version"] == ledger.__version__


def test_both_names_start_the_same_program() -> None:
    assert set(PROJECT["project"]["scripts"]) == {"ledger", "git-ledger"}
    assert len(set(PROJECT["project"]["scripts"].values())) == 1


def test_the_hook_is_found_without_being_installed() -> None:
    first, mark, rest = hook_text().split("\n", 2)
    assert first == "#!/bin/sh"
    assert re.fullmatch(r"# ledger-hook [0-9a-f]{16}", mark)
    assert rest.endswith('go_on "$@"\n')


def setuptools_is_new_enough() -> bool:
    return importlib.util.find_spec("setuptools") is not None and int(version("setuptools").split(".")[0]) >= 77


@pytest.mark.slow
@pytest.mark.skipif(
    not setuptools_is_new_enough(), reason="building without the network needs setuptools 77 or newer here"
)
def test_a_wheel_holds_hooks_and_migrations(tmp_path: Path) -> None:
    subprocess.run(["git", "clone", "-q", str(ROOT), str(tmp_path / "source")], check=True)
    build = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", str(tmp_path)]
    subprocess.run([*build, str(tmp_path / "source")], check=True)
    (wheel,) = tmp_path.glob("git_ledger-*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "ledger/hooks/ledger-hook" in names
    assert "ledger/migrations/env.py" in names
    page = {path.name for path in (ROOT / "ledger" / "reports" / "page").iterdir() if path.is_file()}
    assert {"page.html", "vega.js", "LICENSES.txt"} <= page
    assert {f"ledger/reports/page/{name}" for name in page} <= set(names)
    assert {"ledger/templates/ledger.yml", "ledger/templates/github/ledger-record.yml"} <= set(names)
    assert [name for name in names if re.fullmatch(r"ledger/migrations/versions/\d{4}_\w+\.py", name)]
    assert not [
        name for name in names if name.startswith(("tests/", "docs/", "bench/", "hooks/", "migrations/", "templates/"))
    ]
