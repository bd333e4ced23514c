"""OpenRouter's export, activity and generations, rule by rule; and the real samples against their independent count."""

from __future__ import annotations

import json
import random
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.domain.session_facts import Call
from ledger.sources.openrouter import read_named
from tests import naming
from tests.domain.building import sure
from tests.naming import lines, written

HEADER = (
    "generation_id,created_at,cost_total,cost_web_search,cost_cache,cost_file_processing,byok_usage_inference,"
    "tokens_prompt,tokens_completion,tokens_reasoning,tokens_cached,model_permaslug,provider_name,variant,cancelled,"
    "streamed,user,finish_reason_raw,finish_reason_normalized,generation_time_ms,time_to_first_token_ms,"
    "api_key_disabled,api_key_name,app_name"
)


def exported(key: str = "gen-1", **changed: object) -> str:
    """A row of the activity export."""
    row = dict.fromkeys(HEADER.split(","), "") | {
        "generation_id": key,
        "created_at": "2026-03-03 10:00:00.123",
        "cost_total": "0.00918",
        "cost_cache": "-0.0135",
        "byok_usage_inference": "0",
        "tokens_prompt": "6010",
        "tokens_completion": "260",
        "tokens_reasoning": "60",
        "tokens_cached": "5000",
        "model_permaslug": "anthropic/claude-4.5-sonnet-20250929",
        "variant": "standard",
        "cancelled": "false",
        "api_key_name": "ci-bot",
    }
    return ",".join(str({**row, **changed}[name]) for name in row)


def table(*rows: str) -> str:
    return "\n".join([HEADER, *rows]) + "\n"


def generation(key: str = "gen-1", **changed: Any) -> dict[str, Any]:
    """An answer of the interface about one generation."""
    row = {
        "id": key,
        "upstream_id": "chatcmpl-9",
        "created_at": "2026-03-03T10:00:00.123Z",
        "model": "meta-llama/llama-4-scout-17b-16e-instruct",
        "tokens_prompt": 65,
        "tokens_completion": 116,
        "native_tokens_prompt": 64,
        "native_tokens_completion": 98,
        "native_tokens_reasoning": 8,
        "native_tokens_cached": 24,
        "is_byok": False,
        "total_cost": 3.452e-05,
        "usage": 3.452e-05,
        "upstream_inference_cost": 0,
        "cancelled": True,
        "external_user": None,
        "session_id": "s-1",
    }
    return {"data": {**row, **changed}}


def day(**changed: Any) -> dict[str, Any]:
    """A sum of the activity endpoint."""
    row = {
        "date": "2026-03-03 00:00:00",
        "model": "anthropic/claude-sonnet-4.5",
        "model_permaslug": "anthropic/claude-4.5-sonnet-20250929",
        "endpoint_id": "e-1",
        "usage": 0.00918,
        "byok_usage_inference": 0,
        "requests": 1,
        "prompt_tokens": 6010,
        "completion_tokens": 260,
        "reasoning_tokens": 0,
        "cached_tokens": 5000,
    }
    return {**row, **changed}


def calls(*paths: Path) -> list[Call]:
    return naming.calls(read_named, *paths)


def one(folder: Path, content: object) -> Call:
    (call,) = calls(written(folder, "file", content))
    return call


def test_the_prompt_includes_the_cache_and_credits_are_the_whole_cost(tmp_path: Path) -> None:
    call = one(tmp_path, table(exported()))
    assert (call.input, call.cache_read, call.output, call.reasoning) == (1010, 5000, 260, 60)
    assert (call.reported_nusd, call.reported_kind) == (9_180_000, "billed")
    assert (call.model, call.provider, call.at.isoformat()) == (
        "claude-sonnet-4-5",
        "anthropic",
        "2026-03-03T10:00:00.123000+00:00",
    )


def test_one_s_own_key_costs_beside_the_fee(tmp_path: Path) -> None:
    call = one(tmp_path, table(exported(cost_total="0.0005", byok_usage_inference="0.0105")))
    assert call.reported_nusd == 11_000_000


def test_a_cancelled_call_is_billed(tmp_path: Path) -> None:
    assert one(tmp_path, table(exported(cancelled="true"))).reported_nusd == 9_180_000


def test_a_free_variant_is_free_and_says_so_in_its_name(tmp_path: Path) -> None:
    call = one(tmp_path, table(exported(cost_total="0", variant="free", model_permaslug="openai/gpt-oss-120b")))
    assert (call.reported_nusd, call.model_raw, call.model) == (0, "openai/gpt-oss-120b:free", "gpt-oss-120b")


def test_no_cost_said_is_unknown(tmp_path: Path) -> None:
    call = one(tmp_path, table(exported(cost_total="", byok_usage_inference="")))
    assert (call.reported_nusd, call.reported_kind) == (None, "")


def test_columns_go_by_their_names(tmp_path: Path) -> None:
    names, cells = HEADER.split(","), exported().split(",")
    order = random.Random(7).sample(range(len(names)), len(names))
    shuffled = f"new,{','.join(names[i] for i in order)}\nx,{','.join(cells[i] for i in order)}\n"
    assert one(tmp_path, shuffled) == one(tmp_path, table(exported()))


def test_a_generation_is_billed_on_the_provider_s_own_count(tmp_path: Path) -> None:
    call = one(tmp_path, generation())
    assert (call.input, call.cache_read, call.output, call.reasoning) == (40, 24, 98, 8)
    assert (call.reported_nusd, call.request_id, call.session) == (34_520, "chatcmpl-9", "s-1")


def test_a_generation_on_one_s_own_key_costs_what_the_provider_charged_too(tmp_path: Path) -> None:
    own = one(tmp_path, generation(is_byok=True, total_cost=0.0005, upstream_inference_cost=0.0105))
    assert own.reported_nusd == 11_000_000
    assert one(tmp_path, generation(upstream_inference_cost=0.5)).reported_nusd == 34_520


@pytest.mark.parametrize("is_swapped", [False, True])
def test_export_and_generation_of_one_call_are_one_call_with_native_tokens(tmp_path: Path, is_swapped: bool) -> None:
    row = exported(tokens_prompt=65, tokens_completion=116, tokens_cached=0, tokens_reasoning=0)
    paths = [written(tmp_path, "a.csv", table(row)), written(tmp_path, "b.json", generation())]
    (call,) = calls(*(reversed(paths) if is_swapped else paths))
    assert (sure(call.input) + call.cache_read, sure(call.output)) == (64, 98)


def test_daily_sums_are_money_but_no_calls_and_belong_nowhere(tmp_path: Path) -> None:
    call = one(tmp_path, {"data": [day(api_key_name="repo:github.com/a/b")]})
    assert (call.quality, call.directory, call.reported_nusd) == ("aggregate", "", 9_180_000)
    exported_sum = (
        "date,model_permaslug,cost_total,tokens_prompt,tokens_completion\n2026-03-03,openai/gpt-5.1,0.5,10,20\n"
    )
    call = one(tmp_path, exported_sum)
    assert (call.quality, call.reported_nusd, call.input, call.output) == ("aggregate", 500_000_000, 10, 20)


def test_a_day_that_went_on_is_the_same_sum(tmp_path: Path) -> None:
    early, late = day(completion_tokens=100, usage=0.001), day()
    paths = [
        written(tmp_path, "a.json", {"data": [late, day(endpoint_id="e-2")]}),
        written(tmp_path, "b.json", [early]),
    ]
    for order in (paths, paths[::-1]):
        assert [call.reported_nusd for call in calls(*order)] == [9_180_000, 9_180_000]


def test_a_key_may_be_named_like_a_tag(tmp_path: Path) -> None:
    call = one(tmp_path, table(exported(api_key_name="repo:github.com/acme/app", user="role:review")))
    assert (call.directory, call.role) == ("repository:github.com/acme/app", "review")
    assert one(tmp_path, table(exported(user="ann@example.org"))).session == ""


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (table(exported(model_permaslug="")), "it names no model"),
        (table(exported(created_at="soon")), "created_at is no time"),
        (table(exported(tokens_prompt="-4")), "tokens_prompt is no number of tokens"),
        (table(exported(cost_total="-4")), "cost_total is negative, and a call can only cost"),
        ({"data": [7]}, "date is no time"),
        ({"data": [{"date": "2026-03-03", "model": "m"}]}, "it has neither a generation's id nor a cost"),
        ({"data": {"native_tokens_prompt": 1}}, "it has no id"),
    ],
)
def test_a_row_that_cannot_be_counted_is_named(tmp_path: Path, content: object, reason: str) -> None:
    path = written(tmp_path, "file", content)
    assert calls(path) == []
    (why,) = naming.skips(read_named, path)
    assert f"1 because {reason}" in why


@given(st.integers(1, 10), st.integers(0, 2**32))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_shuffled_split_and_repeated_exports_end_in_the_same_totals(tmp_path: Path, number: int, seed: int) -> None:
    dice = random.Random(seed)
    rows = [exported(f"gen-{each}", tokens_completion=each, cost_total=each) for each in range(number)]
    copies = rows + dice.choices(rows, k=number)
    dice.shuffle(copies)
    cut = dice.randint(0, len(copies))
    paths = [written(tmp_path, "a.csv", table(*copies[:cut])), written(tmp_path, "b.csv", table(*copies[cut:]))]
    assert calls(*paths, paths[0]) == calls(written(tmp_path, "c.csv", table(*rows)))


def test_the_sample_export_equals_the_independent_count(samples: Path) -> None:
    truth = json.loads((samples / "usage/ground_truth.json").read_text())["openrouter/openrouter_activity_export.csv"]
    found = calls(samples / "usage/openrouter/openrouter_activity_export.csv")
    assert len(found) == truth["distinct_generation_ids"]
    spent = Decimal(str(truth["cost_total"])) + Decimal(str(truth["byok"]))
    assert sum(call.reported_nusd or 0 for call in found) == int(spent * 10**9)
    assert sum(call.reported_nusd or 0 for call in found) != int(Decimal(str(truth["cost_total"])) * 10**9), "naive"
    for model, sums in truth["by_model"].items():
        own = [call for call in found if call.model_raw.removesuffix(":free") == model]
        prompt = sum(sure(call.input) + call.cache_read + call.cache_write_5m for call in own)
        assert (len(own), prompt, sum(sure(call.output) for call in own)) == (
            sums["n"],
            sums["prompt"],
            sums["completion"],
        )


def test_the_sample_generation_and_activity_are_read(samples: Path) -> None:
    (call,) = calls(samples / "usage/openrouter/generation_real.json")
    assert (call.input, call.output, call.reported_nusd) == (64, 98, 34_520)
    (total,) = calls(samples / "usage/openrouter/activity.json")
    assert (total.quality, total.reported_nusd, total.cache_read) == ("aggregate", 9_180_000, 5000)


def test_lines_of_answers_are_read_too(tmp_path: Path) -> None:
    assert len(calls(written(tmp_path, "f.jsonl", lines([generation(f"gen-{n}") for n in range(3)])))) == 3
