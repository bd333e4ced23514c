"""The page for whoever chooses models: every command in it runs, in its order, where it says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.commands.running import ROOT, run

PAGE = ROOT / "docs" / "choosing.md"
COMMANDS = re.findall(r"^    (.+)$", PAGE.read_text(), re.MULTILINE)


@pytest.mark.slow
def test_every_command_of_the_page_runs_in_its_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for command in COMMANDS:
        words = shlex.split(command)
        program, *arguments = words[: words.index(">")] if ">" in words else words
        if program == "cd":
            (folder,) = arguments
            monkeypatch.chdir(folder)
            continue
        assert program == "ledger"
        done = run(*arguments)
        assert done.code == 0 or arguments == ["doctor"], (command, done.err)  # which has something to say here
        assert done.out, command


def test_the_page_names_each_way_to_learn() -> None:
    said = "\n".join(COMMANDS)
    assert all(
        way in said for way in ("compare", "--retries", "--reviews", "habits", "--evidence", "advise", "backtest")
    )
