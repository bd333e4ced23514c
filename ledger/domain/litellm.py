"""LiteLLM's rows: spend logs and the payload of its callbacks, which tell of one call by one id (usage-formats §5).

`prompt_tokens` includes what was read from and written to the cache, reasoning is part of the completion. An answer
from the proxy's own cache and a failure that cost nothing are no model calls.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ledger.domain.amounts import Refused, count, moment, nusd, text
from ledger.domain.session_facts import Call
from ledger.domain.tags import Tagged, joined, read_pairs, read_tags
from ledger.domain.told import Circumstances, Money, Tokens, inclusive, plain_word, region_of, told_call

SOURCE = "litellm"
COLUMNS = (
    *("request_id", "call_type", "spend", "total_tokens", "prompt_tokens", "completion_tokens", "startTime", "model"),
    *("custom_llm_provider", "metadata", "cache_hit", "request_tags", "session_id", "status"),
)
"""The columns of a spend log that are read; never those that hold messages, responses, users or addresses."""

Row = Mapping[str, Any]


def rows(record: Row) -> Iterator[Row]:
    """The rows of a page, or the row itself."""
    page = record.get("data")
    yield from (row if isinstance(row, dict) else {} for row in (page if isinstance(page, list) else [record]))


def calls(row: Row) -> Iterator[Call]:
    """The call of a row, or nothing where no model was called; raises Refused.

    A spend of 0 is what LiteLLM writes for a model that it has no price of: that cost is unknown.
    """
    if "models" in row and "users" in row:
        raise Refused("it is a sum by day (ask for summarize=false)")
    key = text(row.get("request_id")) or text(row.get("id"))
    if not key:
        raise Refused("it has no request_id")
    model = text(row.get("model"))
    money = Money(nusd=nusd(row.get("spend", row.get("response_cost")), "spend") or None, kind="proxy")
    metadata = _object(row.get("metadata"))
    details = _details(row, metadata)
    tokens = _tokens(row, details)
    if _is_cached(row, key) or (money.nusd is None and (row.get("status") == "failure" or not tokens.total)):
        return
    if not model:
        raise Refused("it names no model")
    yield told_call(
        SOURCE,
        key,
        moment(row.get("startTime"), "startTime"),
        model,
        tokens,
        money,
        tagged=_tagged(row, metadata),
        circumstances=_circumstances(details),
        session=text(row.get("session_id")) or text(row.get("trace_id")),
        request_id=key,
    )


def _is_cached(row: Row, key: str) -> bool:
    return str(row.get("cache_hit")).strip().lower() == "true" or "_cache_hit" in key


def _tokens(row: Row, details: Row) -> Tokens:
    prompt = _object(details.get("prompt_tokens_details"))
    parts = _object(prompt.get("cache_creation_token_details")) or _object(details.get("cache_creation"))
    return inclusive(
        count(row.get("prompt_tokens"), "prompt_tokens"),
        count(row.get("completion_tokens"), "completion_tokens"),
        read=_first(details, prompt, ("cache_read_input_tokens", "cached_tokens")),
        written=_first(details, prompt, ("cache_creation_input_tokens", "cache_creation_tokens", "cache_write_tokens")),
        written_1h=count(parts.get("ephemeral_1h_input_tokens"), "ephemeral_1h_input_tokens") or 0,
        reasoning=count(_object(details.get("completion_tokens_details")).get("reasoning_tokens"), "reasoning_tokens"),
    )


def _first(details: Row, prompt: Row, names: tuple[str, ...]) -> int:
    """The first of the names that is given and not 0: versions write the same number under different ones."""
    return next((found for name in names for each in (details, prompt) if (found := count(each.get(name), name))), 0)


def _details(row: Row, metadata: Row) -> Row:
    """The usage as the provider gave it, which stands in the metadata; its parts may be spread over two objects."""
    return {
        **_object(_object(row.get("response")).get("usage")),
        **_said(_object(metadata.get("usage_object"))),
        **_said(_object(metadata.get("additional_usage_values"))),
    }


def _said(values: Row) -> Row:
    return {name: value for name, value in values.items() if value is not None}


def _circumstances(details: Row) -> Circumstances:
    return Circumstances(
        speed=plain_word(text(details.get("speed"))),
        service_tier=plain_word(text(details.get("service_tier"))),
        region=region_of(text(details.get("inference_geo"))),
    )


def _tagged(row: Row, metadata: Row) -> Tagged:
    """The request's tags; what they do not say may stand in the key's or the client's own metadata."""
    told = joined(read_tags(row.get("request_tags")), read_tags(metadata.get("tags")))
    return joined(told, read_pairs(_object(metadata.get("spend_logs_metadata"))))


def _object(value: Any) -> Row:
    """An object, which the database and CSV keep as text."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return {}
    return value if isinstance(value, dict) else {}
