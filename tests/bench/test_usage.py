"""The benchmark of agents' logs: its tree is what it says it is, and programs are measured alike."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from ledger.domain.session_facts import Call
from ledger.posting.agents import AGENTS
from tests.bench.loading import load
from tests.commands.running import ROOT, process_environment
from tests.sources.reading import buckets, merged


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return load("usage", monkeypatch)


@pytest.fixture
def tree(bench: ModuleType, tmp_path: Path) -> Any:
    return bench.write_tree(tmp_path / "home", tmp_path / "repo", 4_000_000)


def rows(home: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for path in sorted(home.rglob("*.jsonl")) for line in path.read_bytes().splitlines()]


def test_the_tree_is_as_large_as_asked_and_the_same_every_time(bench: ModuleType, tree: Any, tmp_path: Path) -> None:
    files = sorted((tmp_path / "home").rglob("*.jsonl"))
    assert tree.size == sum(path.stat().st_size for path in files)
    assert 4_000_000 <= tree.size < 7_000_000
    assert tree.files == len(files)
    again = bench.write_tree(tmp_path / "again", tmp_path / "repo", 4_000_000)
    assert again == tree
    assert [path.read_bytes() for path in sorted((tmp_path / "again").rglob("*.jsonl"))] == [
        path.read_bytes() for path in files
    ]


def test_the_readers_count_what_was_written(tree: Any, tmp_path: Path) -> None:
    calls: list[Call] = []
    for source in ("claude-code", "codex"):
        agent = AGENTS[source]
        found = merged(agent.read(agent.find_roots({"HOME": str(tmp_path / "home")}), {}, str)).values()
        assert found
        calls += found
    assert len(calls) == tree.calls
    sums = {model: buckets(call for call in calls if call.model == model) for model in tree.tokens}
    assert {
        model: sum(row[name] for name in ("input", "cache_read", "cache_write", "output"))
        for model, row in sums.items()
    } == dict(tree.tokens)


def test_it_has_what_makes_a_home_hard_to_read(tree: Any, tmp_path: Path) -> None:
    found = rows(tmp_path / "home")
    answers = [row["message"] for row in found if row.get("type") == "assistant"]
    assert len(answers) >= 2 * len({each["id"] for each in answers}), "streamed rows, and copies in resumed sessions"
    resumed: dict[str, set[str]] = {}
    for row in found:
        if row.get("type") == "assistant":
            resumed.setdefault(row["message"]["id"], set()).add(row["sessionId"])
    assert any(len(sessions) > 1 for sessions in resumed.values())
    assert any(row.get("isSidechain") for row in found)
    assert any(row.get("type") == "progress" for row in found)
    totals = [row["payload"] for row in found if row.get("payload", {}).get("type") == "token_count"]
    assert len(totals) == 2 * len({json.dumps(each["info"]["total_token_usage"]) for each in totals})


def test_most_of_it_tells_of_no_call(tree: Any, tmp_path: Path) -> None:
    lines = [line for path in (tmp_path / "home").rglob("*.jsonl") for line in path.read_bytes().splitlines()]
    silent = sum(len(line) for line in lines if b'"output_tokens"' not in line)
    assert silent > tree.size / 2


def test_a_process_is_measured_by_what_the_system_says_of_it(tmp_path: Path) -> None:
    large = measured("x = b'1' * 300_000_000", tmp_path)
    idle = measured("pass", tmp_path)
    assert 300_000_000 < large["peak"] < 400_000_000
    assert idle["peak"] < 300_000_000
    assert min(idle["seconds"], idle["processor"]) > 0


def measured(script: str, home: Path) -> dict[str, float]:
    """What the benchmark says that a script took; from a small process, whose memory is not the script's."""
    code = "import json, sys, dataclasses, pathlib, usage\n"
    code += "used = usage.spent([sys.executable, '-S', '-c', sys.argv[1]], pathlib.Path(sys.argv[2]))\n"
    code += "print(json.dumps(dataclasses.asdict(used)))"
    env = process_environment({"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "bench")])})
    done = subprocess.run([sys.executable, "-c", code, script, str(home)], env=env, capture_output=True, check=True)
    told: dict[str, float] = json.loads(done.stdout)
    return told


def test_processes_that_a_process_started_are_its_own(tmp_path: Path) -> None:
    both = "import subprocess, sys, time\n"
    both += "each = 'import time; x = b\"1\" * 60_000_000; time.sleep(0.5)'\n"
    both += "[x.wait() for x in [subprocess.Popen([sys.executable, '-S', '-c', each]) for _ in range(2)]]"
    used = measured(both, tmp_path)
    assert 60_000_000 < used["peak"] < 110_000_000
    if Path("/proc/self/smaps_rollup").exists():
        assert 120_000_000 < used["together"] < 200_000_000


def test_a_program_that_fails_is_no_measurement(bench: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="ended with 3"):
        bench.spent([sys.executable, "-S", "-c", "raise SystemExit(3)"], tmp_path)


def test_a_program_that_counts_otherwise_is_not_compared(bench: ModuleType) -> None:
    with pytest.raises(AssertionError, match="theirs counts"):
        bench.agree({"m": 2}, {"m": 1}, "theirs")


def test_ratios_are_to_ccusage(bench: ModuleType) -> None:
    ours, other = bench.Used(4.0, 3.0, 90_000_000, 130_000_000), bench.Used(2.0, 1.0, 50_000_000)
    _, first, second = bench.table({"ledger update, cold": [ours], "ccusage": [other]})
    assert first.split()[3:] == ["4.00", "s", "2.00", "3.00", "s", "3.00", "90", "MB", "130", "MB"]
    assert second.split()[1:] == ["2.00", "s", "1.00", "1.00", "s", "1.00", "50", "MB", "–"]


@pytest.mark.slow
def test_it_prints_a_row_for_each_and_says_what_is_missing(
    bench: ModuleType, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fetch(_folder: Path) -> Path:
        raise bench.Missing("npm is not on this machine")

    monkeypatch.setattr(bench, "fetch", fetch)
    monkeypatch.setattr(bench, "surroundings", lambda home: {**_reached(), "HOME": str(home)})
    bench.main(1, 1)
    first, missing, _head, cold, warm = capsys.readouterr().out.splitlines()
    assert "MB in" in first
    assert missing == "Not measured: ccusage (npm is not on this machine)."
    assert cold.startswith("ledger update, cold")
    assert warm.startswith("ledger update, nothing new")


def _reached() -> dict[str, str]:
    """What a process needs to find git and this package, wherever it is installed."""
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
