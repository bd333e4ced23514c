"""LiteLLM's spend logs, payloads and database, rule by rule; and the real samples against their independent count."""

from __future__ import annotations

import csv
import io
import json
import random
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.domain.pricing import PriceKey, list_cost, price_key
from ledger.domain.reading import Skip
from ledger.domain.session_facts import Call
from ledger.errors import LedgerError
from ledger.sources.litellm import read_named
from ledger.sources.prices import read_prices
from tests import naming
from tests.domain.building import sure
from tests.naming import cursors, lines, merged, named, written


def spend_log(key: str = "chatcmpl-1", **changed: Any) -> dict[str, Any]:
    """A row as LiteLLM's database has it: what is nested is text."""
    usage = {
        "cache_read_input_tokens": 5000,
        "cache_creation_input_tokens": 1000,
        "prompt_tokens_details": {
            "cached_tokens": 5000,
            "cache_creation_tokens": 1000,
            "cache_creation_token_details": {"ephemeral_5m_input_tokens": 600, "ephemeral_1h_input_tokens": 400},
        },
        "completion_tokens_details": {"reasoning_tokens": 60},
        "service_tier": "standard",
        "speed": None,
        **changed.pop("usage", {}),
    }
    return {
        "request_id": key,
        "call_type": "acompletion",
        "cache_hit": "None",
        "startTime": "2026-03-01 10:00:00.250000+00:00",
        "model": "claude-opus-4-8",
        "metadata": json.dumps({"additional_usage_values": usage, "requester_ip_address": "203.0.113.9"}),
        "spend": 0.01,
        "total_tokens": 6270,
        "prompt_tokens": 6010,
        "completion_tokens": 260,
        "request_tags": '["repo:github.com/acme/app", "branch:fix/login", "role:reviewer", "commit:abcdef1"]',
        "user": "ann@example.org",
        "messages": '{"secret": "prompt"}',
        "session_id": "sess-1",
        "status": "success",
        **changed,
    }


def payload(key: str = "chatcmpl-1") -> dict[str, Any]:
    """The same call as a callback is given it."""
    row = spend_log(key)
    usage = json.loads(row["metadata"])["additional_usage_values"]
    return {
        "id": key,
        "trace_id": "sess-1",
        "session_id": "",
        "status": "success",
        "cache_hit": None,
        "startTime": 1772359200.25,
        "model": row["model"],
        "metadata": {"usage_object": {"prompt_tokens": 6010, **usage}},
        "response_cost": 0.01,
        "prompt_tokens": 6010,
        "completion_tokens": 260,
        "request_tags": json.loads(row["request_tags"]),
        "messages": [{"role": "user", "content": "secret prompt"}],
        "response": {"usage": {"prompt_tokens": 6010}, "choices": []},
    }


def calls(*paths: Path) -> list[Call]:
    return naming.calls(read_named, *paths)


def skips(*paths: Path) -> list[str]:
    return naming.skips(read_named, *paths)


def one(folder: Path, **changed: Any) -> Call:
    (call,) = calls(written(folder, "logs.json", [spend_log(**changed)]))
    return call


def test_the_prompt_includes_the_cache_and_the_buckets_do_not(tmp_path: Path) -> None:
    call = one(tmp_path)
    assert (call.input, call.cache_read, call.cache_write_5m, call.cache_write_1h) == (10, 5000, 600, 400)
    assert (call.output, call.reasoning) == (260, 60)
    assert (call.reported_nusd, call.reported_kind, call.quality) == (10_000_000, "proxy", "final")


def test_tags_say_whose_work_it_is(tmp_path: Path) -> None:
    call = one(tmp_path)
    assert (call.directory, call.branch, call.role, call.subject, call.session) == (
        "repository:github.com/acme/app",
        "fix/login",
        "review",
        "abcdef1",
        "sess-1",
    )


def test_tags_stand_in_the_metadata_too(tmp_path: Path) -> None:
    metadata = {"tags": ["role:scout"], "spend_logs_metadata": {"repo": "github.com/a/b", "role": "review"}}
    call = one(tmp_path, request_tags=None, metadata=metadata)
    assert (call.role, call.directory) == ("scout", "repository:github.com/a/b")


def test_nothing_of_people_or_prompts_is_kept(tmp_path: Path) -> None:
    assert not any(word in repr(one(tmp_path)) for word in ("secret", "ann@", "203.0"))


def table(rows: list[dict[str, Any]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        [spend_log()],
        {"data": [spend_log()], "total": 1, "page": 1, "total_pages": 1},
        lines([spend_log()]),
        table([spend_log()]),
        [payload()],
        lines([payload()]),
        json.dumps(payload(), indent=2),
    ],
)
def test_every_form_tells_the_same_call(tmp_path: Path, content: object) -> None:
    (call,) = calls(written(tmp_path, "logs", content))
    assert call == one(tmp_path)


def test_a_log_and_a_payload_of_one_call_are_one_call(tmp_path: Path) -> None:
    both = calls(written(tmp_path, "a.json", [spend_log()]), written(tmp_path, "b.json", [payload()]))
    assert [call.reported_nusd for call in both] == [10_000_000]


@pytest.mark.parametrize(
    "changed",
    [
        {"cache_hit": "True", "spend": 0.0},
        {"key": "chatcmpl-1_cache_hit1772359200.1", "spend": 0.0},
        {"status": "failure", "spend": 0.0},
        {"spend": 0.0, "prompt_tokens": 0, "completion_tokens": 0},
    ],
)
def test_what_called_no_model_is_no_call(tmp_path: Path, changed: dict[str, Any]) -> None:
    path = written(tmp_path, "logs.json", [spend_log(**changed), spend_log("good")])
    assert ([call.request_id for call in calls(path)], skips(path)) == (["good"], [])


def test_a_failure_that_was_paid_for_is_a_call(tmp_path: Path) -> None:
    assert one(tmp_path, status="failure", spend=0.01).reported_nusd == 10_000_000


def test_no_price_in_the_proxy_is_an_unknown_cost_and_not_zero(tmp_path: Path) -> None:
    call = one(tmp_path, spend=0.0)
    assert (call.reported_nusd, call.reported_kind, call.output) == (None, "", 260)


def test_more_cache_than_prompt_is_cut_down(tmp_path: Path) -> None:
    call = one(tmp_path, prompt_tokens=5500)
    assert (call.input, call.cache_read, call.cache_write_5m, call.cache_write_1h) == (0, 5000, 100, 400)


def test_a_fast_or_prioritised_call_says_so(tmp_path: Path) -> None:
    call = one(tmp_path, usage={"speed": "fast", "service_tier": "priority", "inference_geo": "us"})
    assert (call.speed, call.service_tier, call.region) == ("fast", "priority", "us")


def test_daily_sums_are_named_and_not_counted_beside_the_calls(tmp_path: Path) -> None:
    day = {"startTime": "2026-03-01", "spend": 9.9, "users": {"ann": 9.9}, "models": {"gpt-5.4": 9.9}}
    path = written(tmp_path, "logs.json", [day, spend_log()])
    assert [call.reported_nusd for call in calls(path)] == [10_000_000]
    assert skips(path) == [
        "1 row left out: 1 because it is a sum by day (ask for summarize=false); mend or leave them, the rest was read."
    ]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"key": ""}, "it has no request_id"),
        ({"model": ""}, "it names no model"),
        ({"startTime": None}, "startTime is no time"),
        ({"prompt_tokens": -5}, "prompt_tokens is no number of tokens"),
        ({"spend": -1}, "spend is negative, and a call can only cost"),
    ],
)
def test_a_row_that_cannot_be_counted_is_named(tmp_path: Path, changed: dict[str, Any], reason: str) -> None:
    path = written(tmp_path, "logs.json", [spend_log(**changed), spend_log("good")])
    assert [call.request_id for call in calls(path)] == ["good"]
    assert skips(path) == [f"1 row left out: 1 because {reason}; mend or leave them, the rest was read."]


def total(rows: list[Call]) -> tuple[int, ...]:
    return (
        len(rows),
        sum(
            sure(call.input) + call.cache_read + call.cache_write_5m + call.cache_write_1h + sure(call.output)
            for call in rows
        ),
        sum(call.reported_nusd or 0 for call in rows),
    )


@given(st.integers(1, 12), st.integers(0, 2**32))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_shuffled_split_and_repeated_exports_end_in_the_same_totals(tmp_path: Path, number: int, seed: int) -> None:
    dice = random.Random(seed)
    rows = [spend_log(f"id-{each}", completion_tokens=each) for each in range(number)]
    copies = rows + dice.choices(rows, k=number)
    dice.shuffle(copies)
    cut = dice.randint(0, len(copies))
    first, second = written(tmp_path, "a.jsonl", lines(copies[:cut])), written(tmp_path, "b.json", copies[cut:])
    assert total(calls(first, second, first)) == total(calls(written(tmp_path, "c.json", rows)))


def test_the_samples_equal_the_independent_count(samples: Path) -> None:
    truth = json.loads((samples / "usage/ground_truth.json").read_text())["litellm/spend_logs_rows.json"]
    log, payloads = (
        samples / "usage/litellm" / f"{name}.json" for name in ("spend_logs_rows", "standard_logging_payload")
    )
    for paths in ([log], [payloads], [log, payloads]):
        found = {call.request_id: call for call in calls(*paths)}
        assert set(found) == {row["request_id"] for row in truth}
        for row in truth:
            call = found[row["request_id"]]
            prompt = sure(call.input) + call.cache_read + call.cache_write_5m + call.cache_write_1h
            assert (call.model_raw, prompt, call.output) == (
                row["model"],
                row["prompt_tokens"],
                row["completion_tokens"],
            )
            assert call.reported_nusd == int(Decimal(str(row["spend"])) * 10**9)
            assert call.input < row["prompt_tokens"], "the naive figure, with the cache at the price of input"


def test_the_samples_cost_at_list_price_what_the_proxy_says(samples: Path) -> None:
    for call in calls(samples / "usage/litellm/spend_logs_rows.json"):
        (price,) = read_prices([PriceKey(*price_key(call))])
        assert list_cost(call, price) == call.reported_nusd


@pytest.fixture
def database(bare_url: str) -> str:
    """The URL of a LiteLLM proxy's database with three rows."""
    columns = '"startTime" timestamp, metadata jsonb, request_tags jsonb, spend double precision, messages jsonb'
    plain = "request_id text, call_type text, cache_hit text, model text, session_id text, status text"
    numbers = "total_tokens int, prompt_tokens int, completion_tokens int"
    with psycopg.connect(bare_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f'CREATE TABLE "LiteLLM_SpendLogs" ({columns}, {plain}, {numbers})'.encode())
    for number in range(3):
        insert(bare_url, f"id-{number}", f"2026-03-01 10:0{number}:00")
    return bare_url.replace("+psycopg", "")


def insert(url: str, key: str, at: str) -> None:
    row = {name: value for name, value in spend_log(key, startTime=at).items() if name != "user"}
    names, marks = ", ".join(f'"{name}"' for name in row), ", ".join("%s" for _ in row)
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        sql = f'INSERT INTO "LiteLLM_SpendLogs" ({names}) VALUES ({marks})'  # noqa: S608 - names of ours
        connection.execute(sql.encode(), list(row.values()))


def test_the_database_tells_the_same_calls_as_a_file(database: str, tmp_path: Path) -> None:
    found = merged(read_named(named(database)))
    assert sorted(found) == ["litellm/id-0", "litellm/id-1", "litellm/id-2"]
    same = spend_log("id-0", startTime="2026-03-01 10:00:00")
    assert found["litellm/id-0"] == calls(written(tmp_path, "a.json", [same]))[0]


def test_what_the_database_wrote_since_is_read_the_next_time(database: str) -> None:
    known = cursors(read_named(named(database)))
    insert(database, "late", "2026-02-28 23:00:00")
    insert(database, "new", "2026-03-05 10:00:00")
    found = merged(read_named(named(database, known=known)))
    assert {"litellm/late", "litellm/new"} <= set(found)
    again = cursors(read_named(named(database, known=known)))
    assert sorted(merged(read_named(named(database, known=again)))) == ["litellm/new"]


def test_no_url_password_or_host_is_remembered(database: str) -> None:
    ((name, _),) = cursors(read_named(named(database))).items()
    assert name.startswith("database ")
    assert "postgres" not in name


def test_a_database_that_is_not_litellm_s_is_named(bare_url: str) -> None:
    with pytest.raises(LedgerError, match="has no table"):
        list(read_named(named(bare_url)))


def test_a_server_that_does_not_answer_is_told_without_its_url() -> None:
    with pytest.raises(LedgerError, match="LiteLLM's database cannot be read") as told:
        list(read_named(named("postgresql://ann:secret@127.0.0.1:1/spend")))
    assert not any(word in str(told.value) for word in ("secret", "127.0.0.1", "ann:"))


def test_a_bad_row_in_the_database_is_counted(database: str) -> None:
    insert(database, "", "2026-03-01 10:00:00")
    rows = list(read_named(named(database)))
    assert len(merged(rows)) == 3
    assert [row.why for row in rows if isinstance(row, Skip)] == [
        "1 row left out: 1 because it has no request_id; the rest was read."
    ]


def test_it_writes_nothing_to_the_database(database: str) -> None:
    with psycopg.connect(database) as connection:
        before = connection.execute('SELECT count(*) FROM "LiteLLM_SpendLogs"').fetchone()
        list(read_named(named(database)))
        assert connection.execute('SELECT count(*) FROM "LiteLLM_SpendLogs"').fetchone() == before
