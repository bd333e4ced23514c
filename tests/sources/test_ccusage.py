"""The real samples as ccusage counts them: equal by model and bucket, or a difference that is known and explained.

The differences (docs/sources.md, "Compared with ccusage") are rules about its columns, not figures of the samples:
a sample that differs in another way fails here.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from ledger.domain.session_facts import Call
from ledger.posting.agents import AGENTS
from tests.bench.loading import load
from tests.requiring import missing
from tests.sources.reading import buckets, by_model, counted

pytestmark = pytest.mark.ccusage

Sums = dict[str, dict[str, int]]

PLACES = {
    "claude-code/claude_code.jsonl": ".claude/projects/-real/claude_code.jsonl",
    "claude-code-edges/projects/-home-u-proj": ".claude/projects/-home-u-proj",
    "codex/codex.jsonl": ".codex/sessions/2025/09/19/codex.jsonl",
    "codex-fork/codex-home/archived_sessions": ".codex/archived_sessions",
    "gemini-cli/gemini.jsonl": ".gemini/tmp/shop/chats/gemini.jsonl",
    "qwen-code/qwen_code.jsonl": ".qwen/projects/-w/chats/qwen_code.jsonl",
    "opencode/storage": ".local/share/opencode/storage",
    "opencode/opencode.db": ".local/share/opencode/opencode.db",
    "copilot-cli/events.jsonl": ".copilot/session-state/s/events.jsonl",
    "pi/session.jsonl": ".pi/agent/sessions/-w/session.jsonl",
}
"""Sample → where an agent would have it in a home."""

THEIR_NAME = {"claude-code": "claude", "gemini-cli": "gemini", "qwen-code": "qwen", "copilot-cli": "copilot"}
"""Our source → their command, where it is called otherwise."""


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ModuleType, Path]]:
    """bench/ccusage.py, and the native program that it fetched once."""
    with pytest.MonkeyPatch.context() as patch:
        bench = load("ccusage", patch)
        try:
            yield bench, bench.fetch(tmp_path_factory.mktemp("ccusage"))
        except bench.Missing as error:
            missing("ccusage", f"ccusage cannot be had here: {error}")


@pytest.fixture
def home(samples: Path, tmp_path: Path) -> Path:
    """A home that holds the samples as the agents would have left them."""
    for sample, place in PLACES.items():
        source, target = samples / "usage" / sample, tmp_path / "home" / place
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        else:
            shutil.copyfile(source, target)
    return tmp_path / "home"


def ours(home: Path, source: str) -> list[Call]:
    agent = AGENTS[source]
    return list(counted(agent.read(agent.find_roots({"HOME": str(home)}), {}, str)).values())


def theirs(program: tuple[ModuleType, Path], home: Path, source: str) -> Sums:
    bench, path = program
    found: Sums = bench.by_model(bench.asked(path, home, THEIR_NAME.get(source, source)))
    return found


def sums(calls: list[Call], *, without_reasoning: bool = False) -> Sums:
    """Our calls by model in the four buckets."""
    found: Sums = {}
    for model, row in by_model(calls).items():
        output = row["output"] - (row["reasoning"] if without_reasoning else 0)
        found[model] = {**{name: row[name] for name in ("input", "cache_read", "cache_write")}, "output": output}
    return found


def test_claude_code_is_equal_and_fast_mode_is_a_model_of_its_own_there(
    program: tuple[ModuleType, Path], home: Path
) -> None:
    calls = ours(home, "claude-code")
    named = {f"{call.model_raw}-fast" if call.speed == "fast" else call.model_raw for call in calls}
    found = {
        model: sums([c for c in calls if (f"{c.model_raw}-fast" if c.speed == "fast" else c.model_raw) == model])
        for model in named
    }
    assert {model: next(iter(each.values())) for model, each in found.items()} == theirs(program, home, "claude-code")


def test_codex_is_equal_with_forks_and_replays(program: tuple[ModuleType, Path], home: Path) -> None:
    found = sums(ours(home, "codex"))
    assert found
    assert found == theirs(program, home, "codex")


def test_copilot_cli_is_equal(program: tuple[ModuleType, Path], home: Path) -> None:
    found = sums(ours(home, "copilot-cli"))
    assert found
    assert found == theirs(program, home, "copilot-cli")


def test_pi_is_equal_under_names_with_a_prefix(program: tuple[ModuleType, Path], home: Path) -> None:
    found = {f"[pi] {model}": row for model, row in sums(ours(home, "pi")).items()}
    assert found
    assert found == theirs(program, home, "pi")


def test_gemini_cli_is_equal_but_for_thoughts_which_its_output_column_leaves_out(
    program: tuple[ModuleType, Path], home: Path
) -> None:
    calls = ours(home, "gemini-cli")
    assert sums(calls, without_reasoning=True) == theirs(program, home, "gemini-cli")
    bench, path = program
    total = bench.asked(path, home, "gemini")["totals"]["totalTokens"]
    all_of_ours = buckets(calls)
    assert total == sum(all_of_ours[name] for name in ("input", "cache_read", "cache_write", "output"))
    assert all_of_ours["reasoning"] > 0, "a sample without thoughts would show nothing"


def test_qwen_code_is_equal_but_for_cached_tokens_which_it_counts_as_input_too(
    program: tuple[ModuleType, Path], home: Path
) -> None:
    found = sums(ours(home, "qwen-code"))
    assert any(row["cache_read"] for row in found.values()), "a sample without a cache would show nothing"
    twice = {model: {**row, "input": row["input"] + row["cache_read"]} for model, row in found.items()}
    assert twice == theirs(program, home, "qwen-code")


def test_opencode_is_equal_but_for_reasoning_and_messages_whose_model_is_an_object(
    program: tuple[ModuleType, Path], home: Path
) -> None:
    found = sums(ours(home, "opencode"), without_reasoning=True)
    their = theirs(program, home, "opencode")
    assert their
    assert {model: row for model, row in found.items() if model in their} == their
    for model in found.keys() - their.keys():
        assert _is_nested(home / ".local/share/opencode/storage", model)


def _is_nested(storage: Path, model: str) -> bool:
    """Whether the tree's messages name the model inside an object only."""
    texts = [path.read_text() for path in storage.glob("message/*/*.json") if f'"{model}"' in path.read_text()]
    return bool(texts) and all('"model": {' in text for text in texts)


def test_the_home_of_the_person_who_runs_this_is_out_of_its_reach(
    program: tuple[ModuleType, Path], tmp_path: Path
) -> None:
    bench, _ = program
    around = bench.surroundings(tmp_path)
    assert around["HOME"] == str(tmp_path)
    assert not {name for name in around if name.startswith(("CLAUDE", "CODEX"))}
    assert around["PATH"] == os.environ["PATH"]
