"""The benchmark measures what it says it does."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from tests.commands.running import ROOT
from tests.gitting import git


@pytest.fixture
def bench() -> ModuleType:
    """bench/commits.py, which is a script and no part of the package."""
    spec = importlib.util.spec_from_file_location("bench_commits", ROOT / "bench" / "commits.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_history_is_as_long_as_asked_and_three_in_five_have_a_trailer(bench: ModuleType, tmp_path: Path) -> None:
    bench.make(tmp_path / "repo", 25)
    trailers = git(tmp_path / "repo", "log", "--format=%(trailers:only,separator=%x2C)|", "main").split("\n")
    assert len(trailers) == 25
    assert sum(line != "|" for line in trailers) == 15
    assert git(tmp_path / "repo", "fsck", "--strict") == ""


def test_the_fastest_round_counts_and_each_is_prepared(bench: ModuleType) -> None:
    order: list[str] = []
    took = bench.best(lambda: order.append("work"), before=lambda: order.append("before"))
    assert order[:2] == ["before", "work"]
    assert order.count("before") == order.count("work") > 1
    assert took >= 0


def test_it_prints_the_ratios(
    bench: ModuleType, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "_ROUNDS", 1)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    bench.main(5)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "5 commits"
    assert [line.split("  ")[0] for line in lines[1:]] == [
        "git log with trailers",
        "first post",
        "post with nothing new",
    ]
