"""OpenTelemetry in JSON: only leaves count, only once, and never beside the sums of the same spend."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.domain.reading import Cursor, Skip
from ledger.domain.session_facts import Call
from ledger.sources.otlp import read_named
from tests import naming
from tests.domain.building import sure
from tests.naming import lines, named, written

START = 1_772_532_000_123_000_000


def typed(value: object) -> dict[str, object]:
    """A value as the envelope writes it: integers are decimal strings."""
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    return {"doubleValue": value} if isinstance(value, float) else {"stringValue": value}


def attributes(pairs: Mapping[str, object]) -> list[dict[str, object]]:
    return [{"key": key, "value": typed(value)} for key, value in pairs.items()]


def spans(*items: dict[str, Any], **resource: object) -> dict[str, Any]:
    """An envelope of spans."""
    about = {"service.name": "github-copilot", "service.version": "1.2", "host.name": "secret-host"}
    about |= {key.replace("__", "."): value for key, value in resource.items()}  # type: ignore[misc]
    holder = {"resource": {"attributes": attributes(about)}, "scopeSpans": [{"scope": {}, "spans": list(items)}]}
    return {"resourceSpans": [holder]}


def span(operation: str = "chat", identity: str = "s1", **changed: object) -> dict[str, Any]:
    """A span of the GenAI conventions; `None` leaves an attribute out."""
    given: dict[str, object] = {
        "gen_ai.operation.name": operation,
        "gen_ai.request.model": "gpt-5.5",
        "gen_ai.response.model": "gpt-5.5-2026-03-05",
        "gen_ai.response.id": f"resp_{identity}",
        "gen_ai.conversation.id": "conversation",
        "gen_ai.usage.input_tokens": 35_515,
        "gen_ai.usage.output_tokens": 729,
        "gen_ai.usage.cache_read.input_tokens": 30_000,
        "gen_ai.usage.cache_creation.input_tokens": 500,
        "gen_ai.usage.reasoning.output_tokens": 100,
    } | {name.replace("__", "."): value for name, value in changed.items()}
    return {
        "traceId": "trace",
        "spanId": identity,
        "name": f"{operation} gpt-5.5",
        "startTimeUnixNano": str(START),
        "attributes": attributes({name: value for name, value in given.items() if value is not None}),
    }


def event(name: str = "claude_code.api_request", **changed: object) -> dict[str, Any]:
    """A log record of Claude Code."""
    given: dict[str, object] = {
        "event.name": name.rpartition(".")[2],
        "event.timestamp": "2026-03-03T10:00:00.123Z",
        "event.sequence": 7,
        "session.id": "session",
        "model": "claude-opus-4-8",
        "cost_usd": 0.0226,
        "input_tokens": 20,
        "output_tokens": 100,
        "cache_read_tokens": 300,
        "cache_creation_tokens": 2000,
        "request_id": "req_1",
        "query_source": "main",
        "user.email": "ann@example.org",
    } | {key.replace("__", "."): value for key, value in changed.items()}
    return {
        "timeUnixNano": str(START + 10**9),
        "body": {"stringValue": name},
        "attributes": attributes({key: value for key, value in given.items() if value is not None}),
    }


def logs(*records: dict[str, Any], **resource: object) -> dict[str, Any]:
    """An envelope of log records."""
    about = {"service.name": "claude-code", **{key.replace("__", "."): value for key, value in resource.items()}}
    holder = {"resource": {"attributes": attributes(about)}, "scopeLogs": [{"logRecords": list(records)}]}
    return {"resourceLogs": [holder]}


def metrics(number: float = 0.5, at: int = START, start: int = START - 10**9, temporality: int = 1) -> dict[str, Any]:
    """An envelope of what a session spent until a moment."""
    about = {"session.id": "session", "model": "claude-opus-4-8", "query_source": "main"}
    times = {"startTimeUnixNano": str(start), "timeUnixNano": str(at)}
    tokens = [
        {"attributes": attributes({**about, "type": kind}), **times, "asInt": str(int(number * size))}
        for kind, size in {"input": 20, "output": 100, "cacheRead": 300, "cacheCreation": 2000}.items()
    ]
    cost = [{"attributes": attributes(about), **times, "asDouble": number}]
    form = {"aggregationTemporality": temporality, "isMonotonic": True}
    named_ = [
        {"name": "claude_code.token.usage", "sum": {"dataPoints": tokens, **form}},
        {"name": "claude_code.cost.usage", "sum": {"dataPoints": cost, **form}},
        {"name": "claude_code.commit.count", "sum": {"dataPoints": [{**times, "asInt": "3"}], **form}},
    ]
    resource = {"attributes": attributes({"service.name": "claude-code"})}
    return {"resourceMetrics": [{"resource": resource, "scopeMetrics": [{"metrics": named_}]}]}


def calls(*paths: Path) -> list[Call]:
    return naming.calls(read_named, *paths)


def read(folder: Path, *records: dict[str, Any]) -> list[Call]:
    return calls(written(folder, "telemetry.jsonl", lines(records)))


def one(folder: Path, *records: dict[str, Any]) -> Call:
    (call,) = read(folder, *records)
    return call


def test_the_input_includes_the_cache_and_the_buckets_do_not(tmp_path: Path) -> None:
    call = one(tmp_path, spans(span()))
    assert (call.input, call.cache_read, call.cache_write_5m) == (5015, 30_000, 500)
    assert (call.output, call.reasoning, call.quality) == (729, 100, "final")
    assert (call.model_raw, call.model, call.agent, call.agent_version) == (
        "gpt-5.5-2026-03-05",
        "gpt-5.5",
        "copilot",
        "1.2",
    )
    assert (call.session, call.request_id, call.at.isoformat()) == (
        "conversation",
        "resp_s1",
        "2026-03-03T10:00:00.123000+00:00",
    )
    assert (call.reported_nusd, call.reported_kind) == (None, "")
    assert "secret-host" not in repr(call)


@pytest.mark.parametrize("operation", ["invoke_agent", "create_agent", "execute_tool"])
def test_a_span_that_sums_up_its_children_is_not_counted(tmp_path: Path, operation: str) -> None:
    found = read(tmp_path, spans(span(operation, "parent"), span("chat", "one"), span("chat", "two")))
    assert [call.request_id for call in found] == ["resp_one", "resp_two"]
    assert sum(sure(call.output) for call in found) != 3 * 729, "the naive sum, with the parent's"


def test_a_span_without_an_operation_counts_where_it_is_no_agent_s(tmp_path: Path) -> None:
    bare = {**span(identity="a", gen_ai__operation__name=None), "name": "openai.chat"}
    agent = {**span(identity="b", gen_ai__operation__name=None), "name": "invoke_agent x"}
    assert [call.request_id for call in read(tmp_path, spans(bare, agent))] == ["resp_a"]


def test_a_span_without_usage_says_nothing(tmp_path: Path) -> None:
    silent = span(gen_ai__usage__input_tokens=None, gen_ai__usage__output_tokens=None)
    assert read(tmp_path, spans(silent)) == []


def test_an_input_smaller_than_its_cache_was_meant_without_it_and_is_flagged(tmp_path: Path) -> None:
    call = one(tmp_path, spans(span(gen_ai__usage__input_tokens=15)))
    assert (call.input, call.cache_read, call.cache_write_5m, call.quality) == (15, 30_000, 500, "estimated")


def test_older_names_of_the_conventions_are_known(tmp_path: Path) -> None:
    old: dict[str, Any] = dict.fromkeys(("gen_ai__usage__input_tokens", "gen_ai__usage__output_tokens"))
    call = one(tmp_path, spans(span(**old, gen_ai__usage__prompt_tokens=40_000, gen_ai__usage__completion_tokens=9)))
    assert (call.input, call.output) == (9500, 9)


def test_a_span_goes_by_its_own_id_where_the_response_has_none(tmp_path: Path) -> None:
    call = one(tmp_path, spans(span(gen_ai__response__id=None)))
    assert (call.event_key, call.request_id) == ("otlp/trace/s1", "")


def test_one_response_told_by_two_spans_is_one_call(tmp_path: Path) -> None:
    outer = {**span(), "spanId": "outer"}
    assert len(read(tmp_path, spans(span()), spans(outer))) == 1


def test_copilot_knows_the_repository_and_branch(tmp_path: Path) -> None:
    place = {
        "copilot_chat__repo__remote_url": "https://token@github.com/acme/app.git",
        "copilot_chat__repo__head_branch_name": "fix/login",
        "copilot_chat__repo__head_commit_hash": "a" * 40,
    }
    call = one(tmp_path, spans(span(**place)))
    assert (call.directory, call.branch) == ("repository:github.com/acme/app", "fix/login")
    assert call.subject == "", "the commit it stood on is not the one it led to"


def test_resource_attributes_say_role_and_repository(tmp_path: Path) -> None:
    resource = {"ledger__role": "reviewer", "ledger__repo": "github.com/a/b", "vcs__ref__head__name": "x"}
    call = one(tmp_path, spans(span(), **resource))
    assert (call.role, call.directory, call.branch) == ("review", "repository:github.com/a/b", "x")
    assert one(tmp_path, spans(span(role="reviewer", branch="y"))).role == "", "only ours are ours"


def test_an_event_of_claude_code_has_buckets_of_its_own_and_its_cost(tmp_path: Path) -> None:
    call = one(tmp_path, logs(event()))
    assert (call.input, call.cache_read, call.cache_write_5m, call.output) == (20, 300, 2000, 100)
    assert (call.reported_nusd, call.reported_kind, call.request_id, call.event_key) == (
        22_600_000,
        "list",
        "req_1",
        "otlp/req_1",
    )
    assert (call.agent, call.session, call.at.isoformat()) == (
        "claude-code",
        "session",
        "2026-03-03T10:00:00.123000+00:00",
    )
    assert "ann@" not in repr(call)


def test_an_event_without_a_request_goes_by_its_place_in_the_session(tmp_path: Path) -> None:
    found = read(tmp_path, logs(event(request_id=None), event(request_id=None, event__sequence=8)))
    assert [call.event_key for call in found] == ["otlp/session/7", "otlp/session/8"]


def test_what_telemetry_does_not_tell_is_unknown_and_never_0(tmp_path: Path) -> None:
    call = one(tmp_path, logs(event(input_tokens=None, cache_read_tokens=None)))
    assert (call.input, call.output) == (None, 100)
    part = one(tmp_path, spans(span(gen_ai__usage__output_tokens=None)))
    assert (part.output, part.quality) == (None, "estimated")
    vectors = one(tmp_path, spans(span("embeddings", gen_ai__usage__output_tokens=None)))
    assert (vectors.output, vectors.quality) == (0, "final")


def test_micros_are_exact_and_numbers_may_be_text(tmp_path: Path) -> None:
    call = one(
        tmp_path, logs(event(cost_usd_micros=22_601, output_tokens="101", speed="fast", query_source="subagent"))
    )
    assert (call.reported_nusd, call.output, call.speed, call.is_subagent) == (22_601_000, 101, "fast", True)


def test_other_events_say_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, logs(event("claude_code.user_prompt"), event("claude_code.tool_result"))) == []


def test_gemini_leaves_thoughts_out_of_the_output(tmp_path: Path) -> None:
    given = {
        "event.name": "gemini_cli.api_response",
        "event.timestamp": "2026-03-03T10:00:00.123Z",
        "model": "gemini-3-flash-preview",
        "input_token_count": 1000,
        "output_token_count": 20,
        "cached_content_token_count": 400,
        "thoughts_token_count": 30,
        "session.id": "g",
        "prompt_id": "p",
    }
    plain = {"attributes": given, "resource": {"attributes": {"service.name": "gemini-cli"}}}
    call = one(tmp_path, plain)
    assert (call.input, call.cache_read, call.output, call.reasoning) == (600, 400, 50, 30)
    assert (call.agent, call.session) == ("gemini-cli", "g")
    pretty = written(tmp_path, "telemetry.log", "".join(json.dumps(plain, indent=2) + "\n" for _ in range(2)))
    assert calls(pretty) == [call]


def test_deltas_add_up_and_the_same_delta_twice_does_not(tmp_path: Path) -> None:
    found = read(tmp_path, metrics(0.5), metrics(0.25, START + 10**9), metrics(0.5))
    assert sum(call.reported_nusd or 0 for call in found) == 750_000_000
    assert {call.quality for call in found} == {"aggregate"}
    assert sum(sure(call.output) for call in found) == 75


def test_of_a_running_total_the_last_holds_and_a_new_start_is_another_one(tmp_path: Path) -> None:
    records = [metrics(1.0, START + n, temporality=2) for n in (0,)]
    records += [metrics(3.0, START + 10**9, temporality=2), metrics(2.0, START + 10**8, temporality=2)]
    records += [metrics(0.5, START + 10**10, START + 5 * 10**9, temporality=2)]
    for order in (records, records[::-1]):
        assert sum(call.reported_nusd or 0 for call in read(tmp_path, *order)) == 3_500_000_000


def costs(*told: float) -> list[dict[str, Any]]:
    """What a session had spent each second, with one start and without its tokens."""
    records = [metrics(number, START + second * 10**9, temporality=2) for second, number in enumerate(told)]
    for record in records:
        del record["resourceMetrics"][0]["scopeMetrics"][0]["metrics"][0]
    return records


def test_a_running_total_that_falls_was_begun_anew_and_both_count(tmp_path: Path) -> None:
    found = read(tmp_path, *costs(0.5, 0.1, 0.2))
    assert [(call.reported_nusd, call.input) for call in found] == [(500_000_000, None), (200_000_000, None)]
    assert len({call.event_key for call in found}) == 2
    assert read(tmp_path, *costs(0.5, 0.1, 0.2), *costs(0.5, 0.1, 0.2)) == found


def test_of_a_total_whose_fall_stands_in_another_file_the_largest_holds(tmp_path: Path) -> None:
    before, after, later = (written(tmp_path, str(row), lines([cost])) for row, cost in enumerate(costs(0.5, 0.1, 0.2)))
    for order in ((before, after, later), (later, after, before)):
        assert [call.reported_nusd for call in calls(*order)] == [500_000_000]


def test_a_file_that_grows_is_read_on_with_what_its_beginning_told(tmp_path: Path) -> None:
    records = costs(0.5, 0.1, 0.2, 0.1)
    whole = naming.merged(read_named(named(written(tmp_path, "whole", lines(records)))))
    found, known, path = [], dict[str, str](), tmp_path / "growing"
    for size in range(1, 5):
        path.write_text(lines(records[:size]))
        rows = list(read_named(named(path, known=known)))
        known = {row.name: row.text for row in rows if isinstance(row, Cursor)}
        found += rows
    assert naming.merged(found) == whole
    assert len(whole) == 3


def test_a_histogram_of_tokens_is_named(tmp_path: Path) -> None:
    point = {"attributes": attributes({"gen_ai.token.type": "input"}), "sum": 5, "count": "1"}
    metric = {"name": "gen_ai.client.token.usage", "histogram": {"dataPoints": [point]}}
    path = written(tmp_path, "m.jsonl", lines([{"resourceMetrics": [{"scopeMetrics": [{"metrics": [metric]}]}]}]))
    (why,) = naming.skips(read_named, path)
    assert "it is a histogram, which tells of no call (export spans)" in why


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (spans(span(gen_ai__request__model=None, gen_ai__response__model=None)), "it names no model"),
        (spans({**span(), "startTimeUnixNano": None}), "the span's start is no time"),
        (spans(span(gen_ai__usage__output_tokens=-1)), "output_tokens is no number of tokens"),
        (logs(event(request_id=None, event__sequence=None)), "it has neither a request_id nor a place in its session"),
        (logs(event(cost_usd=-0.5)), "cost_usd is negative, and a call can only cost"),
    ],
)
def test_what_cannot_be_counted_is_named_and_its_neighbours_are_read(
    tmp_path: Path, record: dict[str, Any], reason: str
) -> None:
    path = written(tmp_path, "t.jsonl", lines([record, spans(span(identity="good"))]))
    assert [call.request_id for call in calls(path)] == ["resp_good"]
    (why,) = naming.skips(read_named, path)
    assert f"1 because {reason}" in why


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(list("ab")), inner, max_size=2),
    max_leaves=6,
)


@given(st.sampled_from(["resourceSpans", "resourceLogs", "resourceMetrics", "attributes"]), JSON, st.integers(0, 4))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_shape_breaks_it(tmp_path: Path, name: str, junk: Any, depth: int) -> None:
    whole = {"resourceSpans": spans(span()), "resourceLogs": logs(event())}.get(name, metrics())
    inner: Any = {"attributes": junk} if name == "attributes" else whole
    spot = inner
    for _ in range(depth):
        spot = next(iter(spot.values())) if isinstance(spot, dict) and spot else spot
        spot = spot[0] if isinstance(spot, list) and spot else spot
    if isinstance(spot, dict) and spot:
        spot[next(iter(spot))] = json.loads(json.dumps(junk))
    path = written(tmp_path, "t.jsonl", json.dumps(inner).encode() + b' \n{"gen_ai.usage": 1}\n')
    assert all(not isinstance(row, Skip) or row.why for row in read_named(named(path)))


@given(st.integers(1, 8), st.integers(0, 2**32))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_shuffled_split_and_repeated_exports_end_in_the_same_calls(tmp_path: Path, number: int, seed: int) -> None:
    dice = random.Random(seed)
    records = [spans(span(identity=str(each))) for each in range(number)]
    records += [logs(event(request_id=f"req_{each}")) for each in range(number)]
    records += [metrics(each + 1, START + each) for each in range(number)]
    copies = records + dice.choices(records, k=number)
    dice.shuffle(copies)
    cut = dice.randint(0, len(copies))
    paths = [written(tmp_path, name, lines(part)) for name, part in (("a", copies[:cut]), ("b", copies[cut:]))]
    assert calls(*paths, paths[0]) == calls(written(tmp_path, "c", lines(records)))


def test_visual_studio_s_traces_hold_no_usage(samples: Path) -> None:
    paths = sorted((samples / "usage/copilot-vs-traces").glob("*.jsonl"))
    assert len(paths) == 4
    assert calls(*paths) == []
    assert set(naming.skips(read_named, *paths)) == {
        "Nothing in it tells otlp of a call; name another source if it should."
    }


@pytest.mark.parametrize("name", ["gen_ai.agent.name", "agent.name"])
def test_the_agent_s_name_is_kept_with_the_role_that_a_resource_says(tmp_path: Path, name: str) -> None:
    call = one(tmp_path, spans(span(**{name: "code-reviewer"}), ledger__role="scout"))
    assert (call.agent_name, call.role) == ("code-reviewer", "scout")
    assert one(tmp_path, spans(span())).agent_name == ""


def test_a_skill_at_work_is_named_like_a_command(tmp_path: Path) -> None:
    call = one(tmp_path, logs(event(skill__name="security-review")))
    assert call.agent_name == "/security-review"
    assert one(tmp_path, logs(event(skill__name="x", agent__name="Explore"))).agent_name == "Explore"
