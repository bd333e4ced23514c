"""What one row says of its call, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from ledger.domain.claude_usage import advised, advisor, own_fields
from tests.domain.building import call

WHEN = datetime(2026, 3, 1, 10, tzinfo=UTC)


def fields(usage: Mapping[str, Any], content: Any = (), **row: Any) -> dict[str, Any]:
    """The fields of a row of session s1 in the file of that session."""
    used = {"input_tokens": 3, "output_tokens": 20, **usage}
    message = {"id": "msg_1", "model": "claude-opus-4-8", "content": content, "usage": used, **row.pop("message", {})}
    return own_fields({"uuid": "u", **row}, message, used, "s1", WHEN, "s1")


@pytest.mark.parametrize(
    ("usage", "row", "wanted"),
    [
        ({}, {}, {"speed": "", "service_tier": "", "region": "", "reported_nusd": None, "reported_kind": ""}),
        ({"speed": "standard", "service_tier": "standard"}, {}, {"speed": "", "service_tier": ""}),
        ({"speed": "fast", "service_tier": "priority"}, {}, {"speed": "fast", "service_tier": "priority"}),
        ({"speed": 7, "inference_geo": "US"}, {}, {"speed": "", "region": "us"}),
        ({"inference_geo": "global"}, {}, {"region": ""}),
        ({}, {"costUSD": 0.25}, {"reported_nusd": 250_000_000, "reported_kind": "list"}),
        *(
            ({}, {"costUSD": told}, {"reported_nusd": None, "reported_kind": ""})
            for told in (-1, True, "1", float("inf"), float("nan"))
        ),
        ({"cache_creation_input_tokens": 9}, {}, {"cache_write_5m": 9, "cache_write_1h": 0}),
        (
            {"cache_creation_input_tokens": 9, "cache_creation": {"ephemeral_1h_input_tokens": 4}},
            {},
            {"cache_write_5m": 0, "cache_write_1h": 4},
        ),
        ({"server_tool_use": {"web_search_requests": 2}}, {}, {"web_searches": 2}),
        ({"server_tool_use": 2}, {}, {"web_searches": 0}),
        ({}, {}, {"event_key": "claude-code/msg_1", "best_rank": (1, 20, WHEN.isoformat(), "u")}),
        ({}, {"isSidechain": True}, {"best_rank": (0, 20, WHEN.isoformat(), "u")}),
        ({}, {"message": {"id": "x"}, "requestId": "r"}, {"event_key": "claude-code/s1/x/r", "request_id": "r"}),
        ({}, {"message": {"id": None}}, {"event_key": "claude-code/uuid/u"}),
        ({}, {"message": {"id": None}, "uuid": ""}, {"event_key": f"claude-code/uuid/s1@{WHEN.isoformat()}"}),
        *(({}, {"message": {"model": name}}, {"model_raw": "", "model": None}) for name in (None, "", 7)),
        (
            {"cache_creation_input_tokens": 9, "cache_creation": {"ephemeral_5m_input_tokens": 0}},
            {},
            {"cache_write_5m": 9, "cache_write_1h": 0},
        ),
    ],
)
def test_a_row_says(usage: dict[str, Any], row: dict[str, Any], wanted: dict[str, Any]) -> None:
    found = fields(usage, **row)
    assert {name: found[name] for name in wanted} == wanted


@pytest.mark.parametrize("count", [-1, 1.5, True, "3", 10**15])
def test_a_count_that_is_none_is_refused(count: Any) -> None:
    with pytest.raises(ValueError, match="output_tokens"):
        fields({"output_tokens": count})
    with pytest.raises(ValueError, match="web_search_requests"):
        fields({"server_tool_use": {"web_search_requests": count}})


@pytest.mark.parametrize(
    ("output", "content", "stop", "wanted"),
    [
        (1, [{"type": "text", "text": "x" * 100}], None, "placeholder"),
        (1, [{"type": "text", "text": "x" * 100}], "end_turn", "final"),
        (11, [{"type": "text", "text": "x" * 1000}], None, "final"),
        (1, [{"type": "text", "text": "x"}], None, "final"),
        (0, [{"type": "tool_use", "input": {"a": "x" * 9}}, 5], None, "placeholder"),
        (0, "text", None, "final"),
    ],
)
def test_far_more_text_than_tokens_shows_that_the_count_was_not_final(
    output: int, content: Any, stop: str | None, wanted: str
) -> None:
    found = fields({"output_tokens": output}, content, message={"stop_reason": stop})
    assert found["quality"] == wanted


def test_each_advisor_is_a_call_beside_the_row_that_names_it() -> None:
    asked = {"type": "advisor_message", "model": "claude-haiku-4-5", "input_tokens": 5, "output_tokens": 6}
    nameless = {**asked, "model": None}
    assert advised({"iterations": [asked, {"type": "message"}, nameless, 3]}) == [asked, nameless]
    assert advised({"iterations": 1}) == []
    whole = call("k", 1, reported=9)
    first, last = advisor(whole, asked, 1), advisor(whole, nameless, 3)
    assert (first.event_key, first.model, first.input, first.output) == ("k#adv1", "claude-haiku-4-5", 5, 6)
    assert (last.event_key, last.model_raw, last.reported_nusd) == ("k#adv3", whole.model_raw, None)
    with pytest.raises(ValueError, match="output_tokens"):
        advisor(whole, {**asked, "output_tokens": -1}, 2)
