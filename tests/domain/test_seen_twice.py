"""One call, one row, whatever tells of it, and never a sum of both."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.conclude import conclude
from ledger.domain.seen_twice import JOINED, POSSIBLE, Elsewhere, OneEach, names, one_each
from ledger.domain.session_facts import Call
from ledger.domain.tags import Tagged
from ledger.domain.told import Money, Tokens, told_call
from tests.domain.building import HOME, START, call, commit, history, target


def log(identity: str = "1", **changed: object) -> Call:
    """A call in an agent's log."""
    plain = replace(
        call(f"claude-code/msg_{identity:>05}", 0),
        source="claude-code",
        request_id=f"req_{identity:>05}",
        input=10,
        cache_read=5000,
        cache_write_1h=1000,
        output=260,
    )
    return replace(plain, **changed)  # type: ignore[arg-type]


def told(source: str, key: str, *, nusd: int | None = None, kind: str = "proxy", **changed: object) -> Call:
    """The same call as somebody else tells of it, a minute earlier, without a place."""
    tokens = Tokens(input=10, cache_read=5000, cache_write_5m=1000, output=260)
    plain = told_call(
        source, key, START - timedelta(minutes=1), "opus", tokens, Money(nusd=nusd, kind=kind), tagged=Tagged()
    )
    return replace(plain, **{"model": "opus", "directory": HOME, **changed})  # type: ignore[arg-type]


def sources(found: OneEach) -> list[str]:
    return [each.source for each in found.calls]


def test_telemetry_and_log_of_one_request_are_one_call() -> None:
    event = told("otlp", "req_00001", nusd=22, kind="list", request_id="req_00001", output=300, quality="final")
    found = one_each([log(), event])
    (kept,) = found.calls
    assert (kept.event_key, kept.directory, kept.session, kept.at) == ("claude-code/msg_00001", HOME, "s1", START)
    assert (kept.output, kept.cache_write_1h, kept.cache_write_5m) == (300, 1000, 0), (
        "output of one, hours of the other"
    )
    assert (kept.reported_nusd, kept.reported_kind) == (22, "list")
    assert found.left_out == {"otlp/req_00001": JOINED}
    assert found.possible == ()


def test_a_placeholder_gets_the_output_that_was_final() -> None:
    poor = log(output=1, quality="placeholder")
    (kept,) = one_each([poor, told("litellm", "x", request_id="req_00001", nusd=9)]).calls
    assert (kept.output, kept.quality, kept.reported_nusd, kept.reported_kind) == (260, "final", 9, "proxy")


def test_what_went_in_is_taken_from_who_knows_it() -> None:
    poor = log(input=None, cache_read=0, cache_write_1h=0, quality="estimated")
    (kept,) = one_each([poor, told("litellm", "x", request_id="req_00001", nusd=9)]).calls
    assert (kept.input, kept.cache_read, kept.cache_write_5m, kept.cache_write_1h) == (10, 5000, 1000, 0)
    (same,) = one_each([log(), told("otlp", "x", request_id="req_00001", input=None, output=None)]).calls
    assert (same.input, same.output) == (10, 260)


def test_how_long_the_cache_is_kept_is_taken_from_who_tells_it() -> None:
    event = told("otlp", "req_00001", nusd=22, kind="list", request_id="req_00001")
    split = told("litellm", "x", request_id="req_00001", nusd=9, cache_write_5m=400, cache_write_1h=600)
    (kept,) = one_each([event, split]).calls
    assert (kept.source, kept.cache_write_5m, kept.cache_write_1h) == ("otlp", 400, 600)
    (other,) = one_each([event, replace(split, cache_write_5m=1000, cache_write_1h=0)]).calls
    assert (other.cache_write_5m, other.cache_write_1h) == (1000, 0)


def test_an_output_that_nobody_told_is_taken_from_who_knows_it() -> None:
    (kept,) = one_each([log(output=None), told("litellm", "x", request_id="req_00001", nusd=9)]).calls
    assert kept.output == 260


def test_rows_that_do_not_tell_what_went_in_are_not_taken_for_each_other() -> None:
    rows = [log(input=None, request_id=""), told("litellm", "x", input=None)]
    assert len(one_each(rows).calls) == 2


def test_a_log_s_own_final_output_stays() -> None:
    (kept,) = one_each(
        [log(), told("openrouter", "x", request_id="req_00001", output=333, nusd=9, kind="billed")]
    ).calls
    assert (kept.output, kept.quality, kept.reported_kind) == (260, "final", "billed")


def test_a_span_names_the_response_as_the_log_does() -> None:
    found = one_each([log(), told("otlp", "msg_00001", request_id="msg_00001")])
    assert (sources(found), found.left_out) == (["claude-code"], {"otlp/msg_00001": JOINED})


def test_the_bill_beats_the_proxy_and_the_proxy_the_estimate() -> None:
    rows = [
        log(reported_nusd=1, reported_kind="list"),
        told("litellm", "gen-00001", nusd=2, request_id="req_00001"),
        told("openrouter", "gen-00001", nusd=3, kind="billed", request_id="gen-00001"),
    ]
    for order in (rows, rows[::-1]):
        (kept,) = one_each(order).calls
        assert (kept.source, kept.reported_nusd, kept.reported_kind) == ("claude-code", 3, "billed")


def test_tags_fill_in_what_the_log_does_not_say() -> None:
    tagged = told(
        "litellm", "x", request_id="req_00001", role="review", subject="request:1", task_type="fix", branch="b"
    )
    (kept,) = one_each([log(branch=""), tagged]).calls
    assert (kept.role, kept.subject, kept.task_type, kept.branch) == ("review", "request:1", "fix", "b")


def test_a_gateway_that_uses_an_id_again_joins_nothing_by_it() -> None:
    rows = [
        log("1", event_key="claude-code/s1/chatcmpl-1/", request_id="", output=1),
        log("2", event_key="claude-code/s2/chatcmpl-1/", request_id="", output=2),
        told("litellm", "chatcmpl-1", request_id="chatcmpl-1", output=7),
    ]
    found = one_each(rows)
    assert (len(found.calls), found.left_out) == (3, {})


def test_an_id_used_again_does_not_spoil_another_one_that_is_its_own() -> None:
    rows = [
        log("1", event_key="claude-code/s1/chatcmpl-1/"),
        log("2", event_key="claude-code/s2/chatcmpl-1/", output=2),
        told("litellm", "chatcmpl-1", request_id="req_00001", nusd=4, output=7),
    ]
    found = one_each(rows)
    assert found.left_out == {"litellm/chatcmpl-1": JOINED}
    assert [each.reported_nusd for each in found.calls] == [4, None]


def test_a_log_s_gateway_id_is_joined_where_it_is_its_own() -> None:
    rows = [
        log("1", event_key="claude-code/s1/chatcmpl-1/", request_id=""),
        told("litellm", "chatcmpl-1", request_id="chatcmpl-1", nusd=4),
    ]
    (kept,) = one_each(rows).calls
    assert (kept.source, kept.reported_nusd) == ("claude-code", 4)


def test_an_advisor_s_part_is_not_the_whole_request() -> None:
    part = log(event_key="claude-code/msg_00001#adv1", output=50)
    found = one_each([log(), part, told("otlp", "req_00001", request_id="req_00001")])
    assert [each.event_key for each in found.calls] == ["claude-code/msg_00001", "claude-code/msg_00001#adv1"]
    assert names(part) == frozenset()


def test_equal_calls_without_a_common_id_are_possible_duplicates_and_not_summed() -> None:
    found = one_each([log(), told("litellm", "chatcmpl-x", nusd=9)])
    assert (sources(found), found.left_out) == (["claude-code"], {"litellm/chatcmpl-x": POSSIBLE})
    assert [each.event_key for each in found.possible] == ["litellm/chatcmpl-x"]
    assert found.calls[0].reported_nusd is None, "what is not certain gives no money"


@pytest.mark.parametrize(
    "changed",
    [
        {"at": START + timedelta(minutes=16)},
        {"at": START - timedelta(minutes=16)},
        {"model": "haiku"},
        {"output": 261},
        {"input": 11},
        {"input": 0, "cache_read": 0, "cache_write_5m": 0, "output": 0},
        {"quality": "aggregate"},
    ],
)
def test_what_differs_is_another_call(changed: dict[str, Any]) -> None:
    assert one_each([log(), told("litellm", "x", **changed)]).left_out == {}


def test_equal_calls_are_told_one_for_one() -> None:
    rows = [log("1"), log("2"), *(told("litellm", f"chatcmpl-{n}") for n in range(3))]
    found = one_each(rows)
    assert (sources(found).count("claude-code"), sources(found).count("litellm"), len(found.possible)) == (2, 1, 2)


def test_two_equal_calls_of_one_source_are_two_calls() -> None:
    rows = [log("1"), log("2")]
    assert one_each(rows).calls == tuple(rows)
    pair = [told("litellm", "chatcmpl-a"), told("litellm", "chatcmpl-b")]
    assert one_each(pair).calls == tuple(pair)


def test_a_placeholder_s_output_says_nothing_of_equality() -> None:
    assert one_each([log(output=1, quality="placeholder"), told("litellm", "x")]).left_out == {"litellm/x": POSSIBLE}


def test_telemetry_s_sums_are_not_added_to_the_session_s_calls() -> None:
    sums = told("otlp", "sum/s1", nusd=99, kind="list", quality="aggregate", session="s1")
    other = told("otlp", "sum/s2", nusd=99, kind="list", quality="aggregate", session="s2")
    found = one_each([log(), sums, other])
    assert (found.left_out, len(found.calls)) == ({"otlp/sum/s1": JOINED}, 2)


def test_a_bill_s_costs_are_not_added_to_the_calls_of_that_day_and_model() -> None:
    bill = told("table", "bill", nusd=99, kind="billed", quality="aggregate", at=START + timedelta(hours=9))
    other_day = replace(bill, event_key="table/later", at=START + timedelta(days=1))
    other_model = replace(bill, event_key="table/other", model="haiku")
    found = one_each([log(), bill, other_day, other_model])
    assert found.left_out == {"table/bill": POSSIBLE}
    assert one_each([bill, other_day]).left_out == {}, "alone it is all that is known"


def test_what_has_no_place_gives_its_money_to_what_has_one() -> None:
    far = Elsewhere(told("litellm", "x", request_id="req_00001", nusd=9, directory=""), None)
    found = one_each([log()], [far])
    assert (found.calls[0].reported_nusd, found.left_out) == (9, {})


def test_a_call_whose_log_is_another_repository_s_is_that_one_s() -> None:
    tagged = told("litellm", "x", request_id="req_00001", nusd=9)
    found = one_each([tagged], [Elsewhere(log(), "other")])
    assert (found.calls, found.left_out) == ((), {"litellm/x": JOINED})
    lost = one_each([tagged], [Elsewhere(log(), None)])
    assert [each.event_key for each in lost.calls] == ["litellm/x"], "a log out of scope takes nothing out of it"


def test_the_parts_sum_to_the_calls_and_the_duplicate_is_counted_beside_them() -> None:
    rows = [log(output=1000), told("litellm", "chatcmpl-x", nusd=9, output=1000)]
    drawn = conclude(history(commit("c1", hours=1), tips=[target("c1")], calls=rows))
    assert [(row.calls, row.calls_duplicate) for row in drawn.call_sum if row.calls] == [(1, 0)]
    assert sum(row.calls_duplicate for row in drawn.call_sum) == 1
    assert sum(row.nusd for row in drawn.charge) == sum(row.nusd for row in drawn.call_sum)
    assert {row.event_key: row.match for row in drawn.call_cost}["litellm/chatcmpl-x"] == POSSIBLE


@given(st.integers(0, 6), st.integers(0, 2**32))
def test_no_order_of_rows_changes_what_counts(number: int, seed: int) -> None:
    dice = random.Random(seed)
    rows = [
        log(str(each), output=dice.choice([1, 260]), quality=dice.choice(["final", "placeholder"]))
        for each in range(number)
    ]
    for each in range(number):
        request = dice.choice([f"req_{each:>05}", f"msg_{each:>05}", ""])
        rows.append(
            told(dice.choice(["litellm", "openrouter", "otlp"]), request or f"other-{each}", request_id=request)
        )
    once = one_each(rows)
    dice.shuffle(rows)
    again = one_each(rows)
    assert sorted(map(repr, once.calls)) == sorted(map(repr, again.calls))
    assert once.left_out == again.left_out
    assert len(once.calls) + len(once.left_out) == len(rows)


@given(st.lists(st.tuples(st.sampled_from(["claude-code", "codex", "copilot-cli"]), st.integers(1, 3)), max_size=6))
def test_logs_alone_say_the_same_as_beside_a_bill_about_something_else(drawn: list[tuple[str, int]]) -> None:
    keyed = {
        f"{source}/thread-{number}#{source}": log(
            str(number), source=source, event_key=f"{source}/thread-{number}#{source}"
        )
        for source, number in drawn
    }
    logs = [*keyed.values(), log("9", source="codex", event_key="codex/another")]
    other = told("table", "row", model="else")
    beside = one_each([*logs, other])
    alone = one_each(logs)
    assert alone.calls == tuple(row for row in beside.calls if row.event_key != other.event_key)
    assert (alone.left_out, alone.possible) == (beside.left_out, ())
