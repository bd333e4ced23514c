"""Codex's rollouts, rule by rule; and the real samples against their independent count."""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from ledger.domain.codex_rollouts import Rollout
from ledger.domain.facts import Place
from ledger.domain.session_facts import Call, Session, SessionCommit, SessionParent, SessionWrite, Subagent
from ledger.sources.codex import find_roots, read
from tests.sources.reading import buckets, by_model, counted, cursors, list_price, merged, skips, truth, write_rows


def at(second: int, hour: int = 10) -> str:
    return f"2026-06-01T{hour:02d}:{second // 60:02d}:{second % 60:02d}.000Z"


def row(kind: str, payload: Mapping[str, Any], second: int = 0, **more: Any) -> dict[str, Any]:
    return {"timestamp": at(second), "type": kind, "payload": payload, **more}


def meta(session: str, second: int = 0, **more: Any) -> dict[str, Any]:
    git = {"branch": "main", "commit_hash": "abc", "repository_url": "https://example.org/o/n"}
    return row(
        "session_meta", {"id": session, "cwd": "/work/repo", "cli_version": "0.99.0", "git": git, **more}, second
    )


def turn(model: str = "gpt-5.4", second: int = 0, **more: Any) -> dict[str, Any]:
    return row("turn_context", {"model": model, "cwd": "/work/repo"}, second, **more)


def usage(whole: int, output: int, cached: int = 0, reasoning: int = 0, written: int = 0) -> dict[str, int]:
    return {
        "input_tokens": whole,
        "cached_input_tokens": cached,
        "cache_write_input_tokens": written,
        "output_tokens": output,
        "reasoning_output_tokens": reasoning,
        "total_tokens": whole + output,
    }


def total(
    running: Mapping[str, int] | None, last: Mapping[str, int] | None = None, second: int = 1, **more: Any
) -> dict[str, Any]:
    told = {"total_token_usage": running, "last_token_usage": last}
    return row("event_msg", {"type": "token_count", "info": {k: v for k, v in told.items() if v}}, second, **more)


def record(response: str, used: Mapping[str, int], second: int = 1, thread: str = "s1", **more: Any) -> dict[str, Any]:
    return row("token_usage_record", {"thread_id": thread, "response_id": response, "usage": used, **more}, second)


def rollout(home: Path, name: str, *rows: Any, folder: str = "sessions/2026/06/01") -> Path:
    return write_rows(home / folder / f"rollout-{name}.jsonl", rows)


def facts(home: Path, known: Mapping[str, str] | None = None) -> list[Any]:
    return list(read([home], known or {}, str, ["/work/repo"]))


def calls(home: Path) -> list[Call]:
    return sorted(counted(facts(home)).values(), key=lambda call: call.at)


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        (row("response_item", {"type": "reasoning", "text": "sets token_count"}), False),
        (row("response_item", {"type": "function_call", "arguments": "git commit"}), True),
        (row("response_item", {"type": "function_call_output", "output": "git commit"}), True),
        (row("response_item", {"type": "function_call_output", "output": 'has "token_count" in it'}), False),
        (row("response_item", {"type": "message", "text": "*** Begin Patch"}), True),
        (total(usage(1, 1)), True),
        ({"type": "event_msg", "timestamp": at(1), "payload": {"type": "token_count"}}, True),
        ({"payload": {"type": "turn_context"}, "type": "response_item"}, True),
        (row("event_msg", {"type": "entered_review_mode"}), True),
        (row("event_msg", {"type": "agent_message", "message": "response_item"}), False),
    ],
)
def test_a_line_is_looked_at_where_it_may_tell_something(line: Mapping[str, Any], wanted: bool) -> None:
    log = Rollout("s1", lambda path, _directory: path, {}, counts_totals=True)
    for ordinal in ({}, {"ordinal": 12}):
        text = json.dumps({**dict(list(line.items())[:1]), **ordinal, **line}, separators=(",", ":"))
        assert log.may_matter(text.encode()) is wanted


def test_a_call_is_how_far_the_total_moved(tmp_path: Path) -> None:
    rollout(
        tmp_path,
        "s1",
        meta("s1"),
        turn(),
        total(usage(100, 10, 40, 4), usage(100, 10, 40, 4)),
        total(usage(250, 30, 140, 9), usage(150, 20, 100, 5), 2),
    )
    first, second = calls(tmp_path)
    assert (first.input, first.cache_read, first.output, first.reasoning) == (60, 40, 10, 4)
    assert (second.input, second.cache_read, second.output, second.reasoning) == (50, 100, 20, 5)
    assert (first.session, first.directory, first.branch, first.agent_version) == ("s1", "/work/repo", "main", "0.99.0")
    assert (first.model, first.provider, first.agent, first.quality) == ("gpt-5.4", "openai", "codex", "final")
    rows = facts(tmp_path)
    assert [each.directory for each in rows if isinstance(each, Place)] == ["/work/repo"]
    assert [(each.id, each.started_at, each.ended_at) for each in rows if isinstance(each, Session)] == [
        ("s1", first.at, second.at)
    ]


def test_a_repeated_total_is_no_call(tmp_path: Path) -> None:
    one = usage(100, 10)
    rollout(tmp_path, "s1", meta("s1"), turn(), *[total(one, one, second) for second in range(1, 5)])
    assert buckets(calls(tmp_path)) == {**buckets([]), "calls": 1, "input": 100, "output": 10}


def test_a_total_that_fell_starts_anew_and_may_pass_the_same_figures_again(tmp_path: Path) -> None:
    steps = [usage(10, 1), usage(20, 2), usage(10, 1), usage(20, 2)]
    rollout(tmp_path, "s1", meta("s1"), turn(), *[total(each, usage(10, 1), n) for n, each in enumerate(steps)])
    assert (len(calls(tmp_path)), buckets(calls(tmp_path))["input"]) == (4, 40)


@pytest.mark.parametrize(
    "nothing",
    [
        row("event_msg", {"type": "token_count", "info": None}),
        total({"total_tokens": 9000, "input_tokens": 0, "output_tokens": 0}),
        total(None, {"total_tokens": 9000}),
        row("event_msg", {"type": "token_count", "rate_limits": {}}),
        row("event_msg", {"type": "agent_message", "message": 'a "token_count" of {"input_tokens": 5}'}),
    ],
)
def test_rows_that_tell_no_usage_change_nothing(tmp_path: Path, nothing: dict[str, Any]) -> None:
    rollout(tmp_path, "s1", meta("s1"), turn(), nothing, total(usage(9, 1)), nothing, total(usage(19, 2)))
    assert buckets(calls(tmp_path)) == {**buckets([]), "calls": 2, "input": 19, "output": 2}


def test_a_row_without_a_total_counts_by_itself_once(tmp_path: Path) -> None:
    rollout(tmp_path, "s1", meta("s1"), turn(), total(usage(9, 1)), total(None, usage(5, 1)), total(usage(20, 4)))
    assert [(call.input, call.output) for call in calls(tmp_path)] == [(9, 1), (5, 1), (6, 2)]


def test_what_exceeds_its_whole_is_cut_and_never_negative(tmp_path: Path) -> None:
    rollout(tmp_path, "s1", meta("s1"), turn(), total(usage(10, 5, cached=30, reasoning=9, written=4)))
    (call,) = calls(tmp_path)
    assert (call.input, call.cache_read, call.cache_write_5m, call.output, call.reasoning) == (0, 10, 0, 5, 5)


def test_cache_writes_are_part_of_the_input(tmp_path: Path) -> None:
    rollout(tmp_path, "s1", meta("s1"), turn(), total(usage(100, 5, cached=30, written=20)))
    (call,) = calls(tmp_path)
    assert (call.input, call.cache_read, call.cache_write_5m) == (50, 30, 20)


def test_a_first_total_beyond_its_response_is_another_s_history(tmp_path: Path) -> None:
    rollout(tmp_path, "s1", meta("s1"), turn(), total(usage(9000, 900), usage(100, 10)), total(usage(9050, 905)))
    assert [(call.input, call.output) for call in calls(tmp_path)] == [(100, 10), (50, 5)]
    assert [each.what for each in skips(facts(tmp_path))] == ["history"]


# -- models ------------------------------------------------------------------------------------------------------------


def test_the_model_is_the_latest_turn_s_and_may_change(tmp_path: Path) -> None:
    rollout(
        tmp_path,
        "s1",
        meta("s1"),
        turn("gpt-5.4"),
        total(usage(1, 1)),
        turn("gpt-5.5", 2),
        total(usage(3, 2), second=3),
    )
    assert [call.model for call in calls(tmp_path)] == ["gpt-5.4", "gpt-5.5"]


def test_without_a_turn_the_row_s_model_counts_and_without_any_it_is_inferred(tmp_path: Path) -> None:
    named = row("event_msg", {"type": "token_count", "info": {"model": "gpt-5.5", "total_token_usage": usage(1, 1)}})
    rollout(tmp_path, "s1", meta("s1"), named)
    rollout(tmp_path, "s2", meta("s2"), total(usage(1, 1), second=9))
    assert [(call.model_raw, call.quality) for call in calls(tmp_path)] == [
        ("gpt-5.5", "final"),
        ("gpt-5", "estimated"),
    ]


def test_the_automatic_reviewer_is_the_flagship_of_its_day_and_has_its_price(tmp_path: Path) -> None:
    rollout(tmp_path, "s1", meta("s1"), turn("codex-auto-review"), total(usage(1000, 10)))
    (call,) = calls(tmp_path)
    assert (call.model_raw, call.model) == ("codex-auto-review", "gpt-5.5")
    rollout(tmp_path, "s1", meta("s1"), turn("gpt-5.5"), total(usage(1000, 10)))
    assert list_price([call]) == list_price(calls(tmp_path)) != 0


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ('service_tier = "fast"\n', ["", "priority"]),
        ('model = "gpt-5.5"\nservice_tier = "flex"\n[profiles.x]\nservice_tier = "fast"\n', ["", "flex"]),
        ('service_tier = "auto"\n', ["", ""]),
        ("service_tier = 5\n", ["", ""]),
        ("service_tier = \n", ["", ""]),
        ('[profiles.x]\nservice_tier = "fast"\n', ["", ""]),
    ],
)
def test_calls_since_the_configuration_was_written_have_its_tier(
    tmp_path: Path, written: str, wanted: list[str]
) -> None:
    rollout(tmp_path, "s1", meta("s1"), turn("gpt-5.5"), total(usage(1000, 10)), total(usage(2000, 20), second=60))
    path = tmp_path / "config.toml"
    path.write_text(written)
    since = datetime(2026, 6, 1, 10, 0, 30, tzinfo=UTC).timestamp()
    os.utime(path, (since, since))
    first, second = calls(tmp_path)
    assert [first.service_tier, second.service_tier] == wanted
    if wanted == ["", "priority"]:
        assert list_price([second]) == (list_price([first]) or 0) * 5 // 2


def test_a_call_whose_tier_was_known_once_keeps_it(tmp_path: Path) -> None:
    rollout(tmp_path, "s1", meta("s1"), turn("gpt-5.5"), total(usage(1000, 10), second=60))
    path = tmp_path / "config.toml"
    path.write_text('service_tier = "priority"\n')
    os.utime(path, (0, 0))
    then = facts(tmp_path)
    path.write_text("")
    now = facts(tmp_path)
    for told in (then + now, now + then):
        assert [call.service_tier for call in counted(told).values()] == ["priority"]


# -- records of usage --------------------------------------------------------------------------------------------------


def test_records_count_and_totals_beside_them_do_not(tmp_path: Path) -> None:
    rollout(
        tmp_path,
        "s1",
        meta("s1"),
        turn(),
        record("r1", usage(100, 10)),
        total(usage(100, 10)),
        record("r2", usage(40, 4)),
        row("compacted", {"latest_token_usage_record": record("r2", usage(40, 4))["payload"]}),
        record("r1", usage(100, 10), 9),
    )
    assert buckets(calls(tmp_path)) == {**buckets([]), "calls": 2, "input": 140, "output": 14}
    assert {call.request_id for call in calls(tmp_path)} == {"r1", "r2"}


def test_a_total_before_the_first_record_is_its_double(tmp_path: Path) -> None:
    rollout(tmp_path, "s1", meta("s1"), turn(), total(usage(100, 10)), record("r1", usage(100, 10)))
    assert buckets(calls(tmp_path))["input"] == 100


def test_a_session_that_an_older_version_began_keeps_what_it_spent_then(tmp_path: Path) -> None:
    old, new = total(usage(100, 10)), record("r1", usage(40, 4), thread_token_usage=usage(140, 14))
    path = rollout(tmp_path, "s1", meta("s1"), turn(), old)
    grown = facts(tmp_path)
    rollout(tmp_path, "s1", meta("s1"), turn(), old, new, total(usage(140, 14)))
    wanted = {**buckets([]), "calls": 2, "input": 140, "output": 14}
    assert buckets(calls(tmp_path)) == wanted
    assert buckets(merged(facts(tmp_path, cursors(grown)), merged(grown)).values()) == wanted
    assert path.exists()


def test_a_replayed_record_is_its_thread_s(tmp_path: Path) -> None:
    rollout(tmp_path, "s1", meta("s1"), turn(), record("r1", usage(100, 10)))
    replayed = [record("r1", usage(100, 10), 50), record("r2", usage(7, 1), 60, thread="s2")]
    rollout(tmp_path, "s2", meta("s2", 50, forked_from_id="s1"), meta("s1", 50), turn(second=50), *replayed)
    assert [(call.session, call.input) for call in calls(tmp_path)] == [("s1", 100), ("s2", 7)]


def test_a_broken_record_leaves_the_totals_in_force(tmp_path: Path) -> None:
    rollout(tmp_path, "s1", meta("s1"), turn(), record("", usage(5, 5)), total(usage(100, 10)))
    assert buckets(calls(tmp_path))["input"] == 100
    assert [each.what for each in skips(facts(tmp_path))] == ["row"]


# -- families ----------------------------------------------------------------------------------------------------------

PARENT = [usage(100, 10, 50), usage(220, 25, 150), usage(300, 40, 200)]
OWN = [usage(390, 55, 280), usage(480, 60, 300)]


def history(totals: Sequence[Mapping[str, int]], second: int = 1) -> list[dict[str, Any]]:
    return [total(each, second=second + number) for number, each in enumerate(totals)]


def parent_of(home: Path, **more: Any) -> Path:
    return rollout(home, "p", meta("p", **more), turn(), *history(PARENT))


def child_of(home: Path, name: str = "c", own: Sequence[Mapping[str, int]] = OWN, second: int = 500) -> Path:
    shifted = history([*PARENT, *own], second)
    return rollout(home, name, meta(name, second, forked_from_id="p"), turn(second=second), *shifted)


def per_session(found: Mapping[str, Call]) -> dict[str, tuple[int, int]]:
    sessions = sorted({call.session for call in found.values()})
    return {
        name: (buckets(rows)["calls"], buckets(rows)["output"])
        for name in sessions
        for rows in [[call for call in found.values() if call.session == name]]
    }


def test_a_fork_counts_only_what_is_its_own(tmp_path: Path) -> None:
    parent_of(tmp_path)
    child_of(tmp_path)
    assert per_session(counted(facts(tmp_path))) == {"p": (3, 40), "c": (2, 20)}


def test_a_fork_whose_times_lie_before_its_parent_s_owns_nothing_of_it(tmp_path: Path) -> None:
    rollout(tmp_path, "p", meta("p", 900), turn(), *history(PARENT, 900))
    child_of(tmp_path, second=1)
    assert per_session(counted(facts(tmp_path))) == {"p": (3, 40), "c": (2, 20)}


def test_what_a_fork_replays_under_another_model_stays_the_parent_s(tmp_path: Path) -> None:
    parent_of(tmp_path)
    shifted = history([*PARENT, *OWN], 500)
    rollout(tmp_path, "c", meta("c", 500, forked_from_id="p", cli_version="1.0.0"), turn("gpt-5.5", 500), *shifted)
    found = [(call.session, call.model, call.agent_version) for call in calls(tmp_path)]
    assert found == [("p", "gpt-5.4", "0.99.0")] * 3 + [("c", "gpt-5.5", "1.0.0")] * 2


def test_siblings_of_a_missing_parent_share_what_they_replay(tmp_path: Path) -> None:
    child_of(tmp_path, "c1", second=500)
    child_of(tmp_path, "c2", [usage(333, 44, 210)], second=700)
    assert per_session(counted(facts(tmp_path))) == {"c1": (5, 60), "c2": (1, 4)}


@pytest.mark.parametrize("first", ["parent", "child"])
def test_a_family_may_be_read_in_any_order_and_again(tmp_path: Path, first: str) -> None:
    told: list[Any] = []
    known: dict[str, str] = {}
    for name in ("parent", "child") if first == "parent" else ("child", "parent"):
        parent_of(tmp_path) if name == "parent" else child_of(tmp_path)
        rows = facts(tmp_path, known)
        told, known = told + rows, cursors(rows, known)
    assert per_session(counted(told + facts(tmp_path))) == {"p": (3, 40), "c": (2, 20)}


def test_a_fork_of_a_fork_knows_its_grandparent_by_the_replayed_heads(tmp_path: Path) -> None:
    parent_of(tmp_path)
    heads = [meta("g", 900, forked_from_id="c"), meta("c", 900, forked_from_id="p"), meta("p", 900)]
    rollout(tmp_path, "g", *heads, turn(second=900), *history([*PARENT, *OWN, usage(600, 70, 300)], 900))
    child_of(tmp_path)
    assert per_session(counted(facts(tmp_path))) == {"p": (3, 40), "c": (2, 20), "g": (1, 10)}


def test_a_fork_of_a_fork_is_placed_by_the_files_beside_it(tmp_path: Path) -> None:
    parent_of(tmp_path)
    child_of(tmp_path)
    rows = facts(tmp_path)
    known = cursors(rows)
    (tmp_path / "sessions/2026/06/01/rollout-c.jsonl").unlink()
    grandchild = [
        meta("g", 900, forked_from_id="c"),
        turn(second=900),
        *history([*PARENT, *OWN, usage(600, 70, 300)], 900),
    ]
    rollout(tmp_path, "g", *grandchild)
    assert per_session(counted(rows + facts(tmp_path, known))) == {"p": (3, 40), "c": (2, 20), "g": (1, 10)}


def three_generations(home: Path) -> list[Path]:
    """A parent, its fork, and the fork's fork, which names its own parent alone."""
    rows = [*PARENT, *OWN, usage(600, 70, 300)]
    head = meta("g", 900, forked_from_id="c")
    return [parent_of(home), child_of(home), rollout(home, "g", head, turn(second=900), *history(rows, 900))]


@pytest.mark.parametrize("goes", [1, 2, 3])
@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_three_generations_end_alike_in_every_order_and_number_of_goes(
    tmp_path: Path, order: Sequence[int], goes: int
) -> None:
    paths = three_generations(tmp_path / "whole")
    wanted = counted(facts(tmp_path / "whole"))
    told: list[Any] = []
    known: dict[str, str] = {}
    for number in order:
        target = tmp_path / "grown/sessions" / paths[number].name
        target.parent.mkdir(parents=True, exist_ok=True)
        text = paths[number].read_bytes()
        for go in range(1, goes + 1):
            target.write_bytes(text[: len(text) * go // goes])
            rows = facts(tmp_path / "grown", known)
            told, known = told + rows, cursors(rows, known)
    assert per_session(wanted) == {"p": (3, 40), "c": (2, 20), "g": (1, 10)}
    assert counted(told) == wanted
    assert per_session(merged(told)) == {"p": (3, 40), "c": (5, 60), "g": (6, 70)}, "every row is kept as a fact"


def test_a_fork_of_a_fork_is_placed_without_the_file_between(tmp_path: Path) -> None:
    _, child, _ = three_generations(tmp_path)
    rows = [each for each in facts(tmp_path) if isinstance(each, SessionParent)]
    child.unlink()
    assert per_session(counted([*facts(tmp_path), *rows])) == {"p": (3, 40), "g": (3, 30)}


def test_a_resumed_copy_without_new_usage_adds_nothing(tmp_path: Path) -> None:
    parent_of(tmp_path)
    child_of(tmp_path, own=[])
    assert per_session(counted(facts(tmp_path))) == {"p": (3, 40)}


def spawn(**more: Any) -> dict[str, Any]:
    source = {"subagent": {"thread_spawn": {"parent_thread_id": "p", "depth": 1, "agent_role": "explorer"}}}
    return {"source": source, "parent_thread_id": "p", **more}


def test_a_subagent_s_own_rows_begin_at_its_ordinal(tmp_path: Path) -> None:
    parent_of(tmp_path)
    inherited = [total(usage(5_000_000, 900), second=50, ordinal=2), turn("gpt-5", 50, ordinal=3)]
    own = [turn("gpt-5.4-mini", 51, ordinal=5), total(usage(5_000_070, 907), usage(70, 7), 52, ordinal=6)]
    head = meta("a", 50, **spawn(subagent_history_start_ordinal=4))
    rollout(tmp_path, "a", {**head, "ordinal": 0}, {**meta("p", 50), "ordinal": 1}, *inherited, *own)
    (call,) = (call for call in calls(tmp_path) if call.is_subagent)
    assert (call.input, call.output, call.session, call.model) == (70, 7, "p", "gpt-5.4-mini")
    assert (call.agent_name, call.subagent, call.role) == ("explorer", "a", "")
    assert len(calls(tmp_path)) == 4


def test_a_subagent_s_inherited_records_are_its_parent_s(tmp_path: Path) -> None:
    rollout(tmp_path, "p", meta("p"), turn(), record("r1", usage(100, 10), thread="p"))
    copied = {**record("r1", usage(100, 10), 50, thread="p"), "ordinal": 2}
    nameless = {**record("r0", usage(900, 90), 50, thread=""), "ordinal": 3}
    own = [turn(second=51, ordinal=5), {**record("r2", usage(70, 7), 52, thread="a"), "ordinal": 6}]
    head = meta("a", 50, **spawn(subagent_history_start_ordinal=4))
    rollout(tmp_path, "a", {**head, "ordinal": 0}, copied, nameless, *own)
    assert [(call.input, call.session, call.is_subagent) for call in calls(tmp_path)] == [
        (100, "p", False),
        (70, "p", True),
    ]


def test_a_subagent_without_an_ordinal_begins_with_its_first_turn(tmp_path: Path) -> None:
    copied = history(PARENT, 50)
    fresh = [turn(second=60), total(usage(340, 47, 220), second=61)]
    rollout(tmp_path, "a", meta("a", 50, **spawn()), *copied, *fresh)
    assert [(call.input, call.output) for call in calls(tmp_path)] == [(20, 7)]


def test_a_subagent_that_replays_after_its_turn_is_known_by_its_family(tmp_path: Path) -> None:
    parent_of(tmp_path)
    rollout(tmp_path, "a", meta("a", 50, **spawn()), turn(second=50), *history([*PARENT, usage(340, 47, 220)], 51))
    assert buckets(calls(tmp_path))["output"] == 47
    assert {call.session for call in calls(tmp_path)} == {"p"}


def test_a_review_is_told_by_its_source(tmp_path: Path) -> None:
    rollout(tmp_path, "r", meta("r", source={"subagent": "review"}), turn(), total(usage(1, 1)))
    assert [(call.agent_name, call.subagent) for call in calls(tmp_path)] == [("/review", "r")]


# -- files -------------------------------------------------------------------------------------------------------------


def test_an_archived_copy_is_the_same_session(tmp_path: Path) -> None:
    path = parent_of(tmp_path)
    rows = facts(tmp_path)
    (tmp_path / "archived_sessions").mkdir()
    shutil.copy(path, tmp_path / "archived_sessions" / path.name)
    assert len(calls(tmp_path)) == 3
    path.unlink()
    assert per_session(merged(facts(tmp_path, cursors(rows)), merged(rows))) == {"p": (3, 40)}


def test_files_of_another_form_are_named(tmp_path: Path) -> None:
    parent_of(tmp_path)
    (tmp_path / "sessions/rollout-x.jsonl.zst").write_bytes(b"x")
    (skip,) = skips(facts(tmp_path))
    assert skip.where == str(tmp_path / "sessions")
    assert "1 file .zst" in skip.why


def test_a_rollout_of_before_usage_was_logged_has_no_calls_and_no_known_cost(tmp_path: Path) -> None:
    old = [{"id": "x", "timestamp": at(0), "instructions": None}, {"record_type": "state"}, {"type": "message"}]
    rollout(tmp_path, "s1", *old)
    assert calls(tmp_path) == []
    assert ["unknown, not 0" in each.why for each in skips(facts(tmp_path))] == [True]


def test_keys_inside_a_prompt_are_text(tmp_path: Path) -> None:
    trap = json.dumps(total(usage(999, 999)))
    head = meta("s1", base_instructions={"text": trap, "session_meta": {"payload": {"id": "evil"}}})
    rollout(tmp_path, "s1", head, row("response_item", {"type": "message", "content": trap}), total(usage(1, 1)))
    assert [(call.session, call.input) for call in calls(tmp_path)] == [("s1", 1)]


def test_broken_rows_are_counted_and_the_rest_is_read(tmp_path: Path) -> None:
    bad = [
        total({"input_tokens": -5, "output_tokens": 1}),
        row("event_msg", {"type": "token_count", "info": {"total_token_usage": {"input_tokens": "x"}}}, 1),
    ]
    late = {**total(usage(8, 8)), "timestamp": "yesterday"}
    rollout(tmp_path, "s1", meta("s1"), turn(), b'{"type":"event_msg"\n', *bad, late, total(usage(4, 2)))
    rows = facts(tmp_path)
    assert buckets(merged(rows).values())["input"] == 4
    assert [(each.what, each.why[:6]) for each in skips(rows)] == [("line", "1 brok"), ("row", "3 rows")]


def test_nothing_of_the_conversation_is_kept(tmp_path: Path) -> None:
    rollout(
        tmp_path,
        "s1",
        meta("s1", base_instructions="SECRET"),
        turn(),
        row("response_item", {"type": "function_call", "call_id": "c", "arguments": '{"cmd": "git commit -m SECRET"}'}),
        row("response_item", {"type": "function_call_output", "call_id": "c", "output": "SECRET"}),
        total(usage(1, 1)),
    )
    assert "SECRET" not in repr(facts(tmp_path))


# -- commits and writes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "output"),
    [
        (
            {"type": "function_call", "name": "shell", "arguments": '{"command":["bash","-lc","git commit -m x"]}'},
            '{"output":"[main abc1234] x\\n","metadata":{"exit_code":0}}',
        ),
        (
            {"type": "function_call", "name": "exec_command", "arguments": '{"cmd":"git commit -m x"}'},
            "[main abc1234] x",
        ),
        (
            {"type": "local_shell_call", "action": {"command": ["git", "commit", "-m", "x"]}},
            [{"type": "input_text", "text": "[main abc1234] x"}],
        ),
    ],
)
def test_commits_are_read_from_every_form_of_shell_call(tmp_path: Path, call: dict[str, Any], output: object) -> None:
    result = {"type": "function_call_output", "call_id": "c1", "output": output}
    rows = [row("response_item", {**call, "call_id": "c1"}, 3), row("response_item", result, 7)]
    rollout(tmp_path, "s1", meta("s1"), turn(), *rows)
    (made,) = (each for each in facts(tmp_path) if isinstance(each, SessionCommit))
    assert (made.printed_id, made.branch, made.subject, made.session) == ("abc1234", "main", "x", "s1")
    assert (made.started_at.second, made.ended_at.second, made.directory) == (3, 7, "/work/repo")


@pytest.mark.parametrize(
    "payload",
    [
        {"type": "custom_tool_call", "name": "apply_patch", "input": "PATCH"},
        {"type": "function_call", "name": "shell", "arguments": json.dumps({"command": ["apply_patch", "PATCH"]})},
        {"type": "function_call", "name": "shell", "arguments": json.dumps({"command": ["sh", "-c", "ap <<E\nPATCH"]})},
    ],
)
def test_patched_files_are_told_from_the_top_of_the_worktree(tmp_path: Path, payload: dict[str, Any]) -> None:
    patch = (
        "*** Begin Patch\n*** Update File: src/a.py\n*** Move to: /work/repo/b.py\n+x\n*** Add File: c\n*** End Patch"
    )
    text = json.loads(json.dumps(payload).replace("PATCH", json.dumps(json.dumps(patch)[1:-1])[1:-1]
                      if "arguments" in payload else json.dumps(patch)[1:-1]))  # fmt: skip
    rollout(tmp_path, "s1", meta("s1"), turn(), row("response_item", {**text, "call_id": "c"}))
    assert [each.path for each in facts(tmp_path) if isinstance(each, SessionWrite)] == ["src/a.py", "b.py", "c"]


# -- any order ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(8))
def test_however_the_files_come_and_grow_the_totals_are_the_same(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    whole, grown = tmp_path / "whole", tmp_path / "grown"
    paths = [parent_of(whole), child_of(whole, "c1"), child_of(whole, "c2", [usage(333, 44, 210)], 700)]
    paths += [rollout(whole, "s", meta("s"), turn(), *history([usage(100, 10, 50), usage(5, 1), usage(9, 3)]))]
    wanted = counted(facts(whole))
    texts = {path.name: path.read_bytes() for path in paths}
    told: list[Any] = []
    known: dict[str, str] = {}
    for _ in range(6):
        for name in chance.sample(sorted(texts), 2):
            target = grown / "sessions" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            size = target.stat().st_size if target.exists() else len(texts[name].splitlines()[0]) + 1
            target.write_bytes(texts[name][: max(size, chance.randrange(len(texts[name])))])
        rows = facts(grown, known)
        told, known = told + rows, cursors(rows, known)
    for name, text in texts.items():
        (grown / "sessions" / name).write_bytes(text)
    told += facts(grown, known)
    assert buckets(counted(told).values()) == buckets(wanted.values())
    assert per_session(counted(told + facts(grown))) == per_session(wanted)


def test_homes_are_found_where_they_are(tmp_path: Path) -> None:
    (tmp_path / ".codex/sessions").mkdir(parents=True)
    (tmp_path / "other/archived_sessions").mkdir(parents=True)
    home = {"HOME": str(tmp_path)}
    assert find_roots(home) == [tmp_path / ".codex"]
    named = f"{tmp_path}/other, {tmp_path}/none"
    assert find_roots({**home, "CODEX_HOME": named}) == [tmp_path / "other"]


# -- real input --------------------------------------------------------------------------------------------------------


def as_counted(found: Mapping[str, int]) -> dict[str, int]:
    """Buckets in the words of the independent count."""
    return {
        "input_tokens": found["input"] + found["cache_read"] + found["cache_write"],
        "cached_input_tokens": found["cache_read"],
        "cache_write_input_tokens": found["cache_write"],
        "output_tokens": found["output"],
        "reasoning_output_tokens": found["reasoning"],
        "total_tokens": found["input"] + found["cache_read"] + found["cache_write"] + found["output"],
        "events": found["calls"],
    }


def test_the_real_session_is_the_ground_truth(samples: Path) -> None:
    wanted = truth(samples)["real/codex.jsonl"]["codex.jsonl"]
    found = by_model(calls(samples / "usage/codex"))
    assert {model: as_counted(each) for model, each in found.items()} == wanted["by_model"]


def test_the_real_fork_is_the_ground_truth_per_file_and_not_the_naive_figure(samples: Path) -> None:
    wanted = truth(samples)["codex-fork/archived-fork-33ce-3869"]
    found = calls(samples / "usage/codex-fork/codex-home")
    assert as_counted(buckets(found)) == wanted["total"]
    for file in wanted["files"].values():
        own = by_model(call for call in found if call.session == file["id"])
        assert {model: as_counted(each) for model, each in own.items()} == file["by_model"]
    naive = sum(file["naive_sum_last"]["input_tokens"] for file in wanted["files"].values())
    assert as_counted(buckets(found))["input_tokens"] < naive


def test_a_fork_archived_apart_from_its_active_parent_is_recognised(samples: Path) -> None:
    found = calls(samples / "usage/codex-fork/harness-smoke/codex-home")
    assert [(call.session, call.input, call.output) for call in found] == [
        ("parent-session", 10, 1),
        ("child-session", 5, 1),
    ]


def test_a_review_within_a_session_lasts_until_it_is_left(tmp_path: Path) -> None:
    def mode(kind: str, second: int) -> dict[str, Any]:
        return row("event_msg", {"type": f"{kind}_review_mode"}, second)

    parts = [meta("s1"), turn(), total(usage(10, 1), second=1), mode("entered", 2), total(usage(30, 3), second=3)]
    path = rollout(tmp_path, "s1", *parts)
    before = facts(tmp_path)
    rollout(tmp_path, "s1", *parts, total(usage(40, 5), second=4), mode("exited", 5), total(usage(60, 9), second=6))
    found = merged([*before, *facts(tmp_path, cursors(before))]).values()
    assert path.exists()
    assert [call.agent_name for call in sorted(found, key=lambda call: call.at)] == ["", "/review", "/review", ""]


def test_a_subagent_that_patches_or_commits_has_written(tmp_path: Path) -> None:
    patch = {"type": "custom_tool_call", "call_id": "p", "input": "*** Begin Patch\n*** Add File: x\n*** End Patch"}
    rollout(tmp_path, "p", meta("p"), turn(), row("response_item", patch, 1), total(usage(1, 1), second=2))
    rollout(tmp_path, "a", meta("a", **spawn()), turn(), row("response_item", patch, 1), total(usage(2, 1), second=2))
    assert [(each.session, each.id, each.has_written) for each in facts(tmp_path) if isinstance(each, Subagent)] == [
        ("p", "a", True)
    ]


def test_a_state_that_an_older_version_kept_is_understood(tmp_path: Path) -> None:
    rollout(tmp_path, "a", meta("a", source={"subagent": "review"}), turn(), total(usage(1, 1)))
    ((name, text),) = ((name, text) for name, text in cursors(facts(tmp_path)).items() if name != "families")
    mark = json.loads(text)
    mark[-1]["who"] = {**mark[-1]["who"], "role": "review"}
    del mark[-1]["who"]["name"]
    rollout(tmp_path, "a", meta("a", source={"subagent": "review"}), turn(), total(usage(1, 1)), total(usage(5, 2)))
    rows = facts(tmp_path, {name: json.dumps(mark)})
    assert [call.agent_name for call in merged(rows).values()] == [""]
