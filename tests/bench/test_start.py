"""The benchmark of starts compares like with like."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from tests.commands.running import ROOT
from tests.gitting import git


@pytest.fixture
def bench() -> ModuleType:
    """bench/start.py, which is a script and no part of the package."""
    spec = importlib.util.spec_from_file_location("bench_start", ROOT / "bench" / "start.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_works_take_turns_and_the_first_round_does_not_count(bench: ModuleType) -> None:
    order: list[str] = []
    medians = bench.take_turns(2, lambda: order.append("a"), lambda: order.append("b"))
    assert order == ["a", "b"] * 3
    assert len(medians) == 2


def test_a_commit_is_made_where_it_is_said(bench: ModuleType, tmp_path: Path) -> None:
    bench.commit(bench.make(tmp_path / "repo"))
    assert git(tmp_path / "repo", "log", "--format=%s") == "fix: x"


def test_it_prints_two_ratios_for_each_pair(
    bench: ModuleType, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEDGER_MODEL", "")  # so that what main sets is taken back
    bench.main(1)
    lines = capfd.readouterr().out.splitlines()
    assert [line.split()[-1] for line in lines[::2]] == ["1.0", "1.0"]
    assert float(lines[3].split()[-1]) > 0
