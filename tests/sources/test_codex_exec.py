"""What `codex exec --json` printed is the last total of each thread, and nothing beside its rollout."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ledger.domain.reading import Named
from ledger.domain.seen_twice import JOINED, one_each
from ledger.domain.session_facts import Call
from ledger.posting.named import read_named as read_tagged
from ledger.sources.codex_exec import read_named
from tests.naming import calls, lines, merged, skips, written
from tests.sources.reading import list_price
from tests.sources.test_codex import usage


def printed(*totals: tuple[int, int], thread: str = "t1") -> list[dict[str, Any]]:
    """The events of a thread whose running total came to these (input, output) pairs."""
    turns = [{"type": "turn.completed", "usage": usage(*total, cached=total[0] // 2)} for total in totals]
    talk = {"type": "item.completed", "item": {"type": "agent_message", "text": '"turn.completed" SECRET'}}
    return [{"type": "thread.started", "thread_id": thread}, {"type": "turn.started"}, talk, *turns]


def read(path: Path, *tags: str) -> list[Call]:
    found = merged(read_tagged("codex-exec", Named((str(path),), tags=tags)))
    return [found[key] for key in sorted(found)]


def test_the_last_total_of_a_thread_counts(tmp_path: Path) -> None:
    path = written(tmp_path, "run.jsonl", lines(printed((100, 10), (300, 30))))
    os.utime(path, (1_772_359_200, 1_772_359_200))
    (call,) = calls(read_named, path)
    assert (call.event_key, call.session, call.agent, call.quality) == ("codex-exec/t1", "t1", "codex", "rollup")
    assert (call.input, call.cache_read, call.output) == (150, 150, 30)
    assert (call.at, call.model) == (datetime(2026, 3, 1, 10, tzinfo=UTC), None)
    assert "SECRET" not in repr(call)


def test_threads_of_one_file_and_a_thread_that_goes_on_are_told_apart(tmp_path: Path) -> None:
    first = written(tmp_path, "a.jsonl", lines([*printed((100, 10)), *printed((50, 5), thread="t2")]))
    resumed = written(tmp_path, "b.jsonl", lines(printed((300, 30))))
    assert [(call.session, call.output) for call in calls(read_named, resumed, first)] == [("t1", 30), ("t2", 5)]
    assert calls(read_named, first, resumed) == calls(read_named, resumed, first)


def test_a_file_that_grew_is_read_from_its_first_line(tmp_path: Path) -> None:
    path = written(tmp_path, "run.jsonl", lines(printed((100, 10))))
    rows = list(read_named(Named((str(path),))))
    with path.open("a") as file:
        file.write(lines(printed((300, 30))[-1:]))
    found = merged([*rows, *read_named(Named((str(path),), known={str(path): rows[-1].text}))])  # type: ignore[union-attr]
    assert [call.output for call in found.values()] == [30]


def test_a_tag_names_the_model_and_with_it_the_price(tmp_path: Path) -> None:
    path = written(tmp_path, "run.jsonl", lines(printed((100, 10))))
    (call,) = read(path, "model:gpt-5.5", "repo:github.com/acme/shop")
    assert (call.model_raw, call.model, call.provider) == ("gpt-5.5", "gpt-5.5", "openai")
    assert call.directory == "repository:github.com/acme/shop"
    assert list_price([call])
    assert list_price(read(path, "branch:main")) is None


def test_beside_the_rollout_of_its_thread_it_is_told_twice(tmp_path: Path) -> None:
    (total,) = calls(read_named, written(tmp_path, "run.jsonl", lines(printed((100, 10)))))
    own = Call(**{name: getattr(total, name) for name in Call.__slots__} | {
        "event_key": "codex/t1#1", "source": "codex", "quality": "final", "output": 9,
    })  # fmt: skip
    for rows in ([total, own], [own, total]):
        found = one_each(rows)
        assert [call.source for call in found.calls] == ["codex"]
        assert found.left_out == {"codex-exec/t1": JOINED}
    assert len(one_each([total]).calls) == 1


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        (printed((1, 1))[1:], "no thread.started stands before it"),
        ([*printed(), {"type": "turn.completed"}], "it has no usage"),
        ([*printed(), {"type": "turn.completed", "usage": {"input_tokens": -1}}], "input_tokens"),
    ],
)
def test_what_cannot_be_counted_is_named(tmp_path: Path, rows: list[dict[str, Any]], why: str) -> None:
    (skip,) = skips(read_named, written(tmp_path, "run.jsonl", lines(rows)))
    assert why in skip
