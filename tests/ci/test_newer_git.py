"""Which git `.ci/newer-git` takes; fetching one is CI's own first step."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


def _program(path: Path, version: str) -> Path:
    path.parent.mkdir(parents=True)
    path.write_text(f"#!/bin/sh\necho git version {version}\n")
    path.chmod(0o755)
    return path


def _run(directory: Path, programs: Path) -> str:
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [ROOT / ".ci" / "newer-git", directory], env={"PATH": path}, capture_output=True, text=True, check=True
    )
    return done.stdout.removesuffix("\n")


@pytest.mark.parametrize("version", ["2.54.0", "2.100.1.windows.1", "3.0.0"])
def test_the_machines_own_git_is_taken_where_it_is_new_enough(tmp_path: Path, version: str) -> None:
    own = _program(tmp_path / "own" / "git", version)
    assert _run(tmp_path / "newer", own.parent) == str(own)
    assert not (tmp_path / "newer").exists()


@pytest.mark.parametrize("version", ["2.53.9", "2.9.5", "1.100.0"])
def test_an_old_git_is_passed_over_for_one_that_was_fetched_before(tmp_path: Path, version: str) -> None:
    own = _program(tmp_path / "own" / "git", version)
    fetched = _program(tmp_path / "newer" / "bin" / "git", "2.55.0")
    assert _run(tmp_path / "newer", own.parent) == str(fetched)


def test_a_call_without_a_directory_says_what_to_name() -> None:
    done = subprocess.run([ROOT / ".ci" / "newer-git"], capture_output=True, text=True, check=False)
    assert (done.returncode, "name the directory" in done.stderr) == (1, True)
