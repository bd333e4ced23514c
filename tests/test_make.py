"""make and CI: what they offer, and that CI runs what the README says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TARGETS = ("help", "demo", "test", "check", "bench", "docs")
MAKEFILE = (ROOT / "Makefile").read_text()


def test_bare_make_lists_every_target() -> None:
    if not shutil.which("make"):
        pytest.skip("make is not on this machine")
    said = subprocess.run(["make", "-s"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    listed = re.findall(r"^  make (\w+) +\S", said, re.M)
    assert set(TARGETS) <= set(listed)
    assert listed == re.findall(r"^([a-z]+):.*## ", MAKEFILE, re.M)


def test_no_file_of_a_target_s_name_stops_it() -> None:
    phony = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.M)
    assert phony
    assert set(re.findall(r"^([a-z]+):", MAKEFILE, re.M)) == set(phony.group(1).split())


def test_the_readme_s_targets_are_there() -> None:
    readme = (ROOT / "README.md").read_text()
    named = set(re.findall(r"^ {4}make (\w+)", readme, re.M))
    assert named
    assert named <= set(re.findall(r"^([a-z]+):", MAKEFILE, re.M))


def test_ci_is_a_shell_file_that_can_be_run_and_runs_the_readme_s_tests() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    subprocess.run(["sh", "-n", str(script)], check=True)
    assert {"make test", "make lint"} <= set(script.read_text().splitlines())


def test_the_workflow_runs_the_same_and_may_only_read() -> None:
    text = (ROOT / ".github" / "workflows" / "ci.yml").read_text()
    assert "- run: .ci/run" in text
    assert set(re.findall(r"^\s+(\w+): (?:read|write)$", text, re.M)) == {"contents"}
    assert "contents: read" in text
    assert all("@" in action for action in re.findall(r"uses: (\S+)", text))
    assert 'python: ["3.11", "3.13"]' in text


def test_the_hook_and_ci_pass_the_shell_s_own_syntax_check() -> None:
    subprocess.run(["sh", "-n", str(ROOT / "hooks" / "ledger-hook")], check=True)
