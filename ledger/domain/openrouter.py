"""OpenRouter's rows: the activity export, `/activity` and `/generation` (usage-formats §4).

Credits are USD. What a provider charged one's own key (BYOK) comes on top of OpenRouter's fee; the other parts of a
cost are inside it. Cancelled calls are billed. Prompts include the cache, completions the reasoning.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ledger.domain.amounts import Refused, count, moment, nusd, text
from ledger.domain.session_facts import Call
from ledger.domain.tags import Tagged, joined, read_tags
from ledger.domain.told import Circumstances, Money, Tokens, inclusive, plain_word, told_call

SOURCE = "openrouter"

Row = Mapping[str, Any]


def rows(record: Row) -> Iterator[Row]:
    """The rows of an answer of the interface, or the row itself."""
    page = record.get("data", record)
    yield from (row if isinstance(row, dict) else {} for row in (page if isinstance(page, list) else [page]))


def calls(row: Row) -> Iterator[Call]:
    """The call of a row, or the sum that a row without a generation's id is; raises Refused."""
    if text(row.get("generation_id")):
        yield _exported(row)
    elif text(row.get("id")).startswith("gen-") or "native_tokens_prompt" in row:
        yield _generation(row)
    else:
        yield _aggregate(row)


def _exported(row: Row) -> Call:
    """A row of the activity export."""
    key = text(row["generation_id"])
    return told_call(
        SOURCE,
        key,
        moment(row.get("created_at"), "created_at"),
        _model(row, "model_permaslug", "model"),
        _tokens(row, prompt="tokens_prompt", completion="tokens_completion", of="tokens_{}"),
        _money(row, "cost_total", "byok_usage_inference"),
        tagged=_tagged(row, "api_key_name", "user"),
        request_id=key,
    )


def _generation(row: Row) -> Call:
    """An answer of `/generation`: billed on the provider's own count, so it beats the export's of the same call."""
    key = text(row.get("id"))
    if not key:
        raise Refused("it has no id")
    native = row.get("native_tokens_prompt") is not None
    prefix = "native_tokens_" if native else "tokens_"
    is_own_key = row.get("is_byok") is True
    return told_call(
        SOURCE,
        key,
        moment(row.get("created_at"), "created_at"),
        _model(row, "model", "model_permaslug"),
        _tokens(row, prompt=f"{prefix}prompt", completion=f"{prefix}completion", of="native_tokens_{}"),
        _money(row, "total_cost", "upstream_inference_cost" if is_own_key else ""),
        tagged=_tagged(row, "external_user"),
        circumstances=Circumstances(service_tier=plain_word(text(row.get("service_tier")))),
        session=text(row.get("session_id")),
        request_id=text(row.get("upstream_id")) or key,
        rank=1,
    )


def _aggregate(row: Row) -> Call:
    """A sum by day and model: money that was spent, but no calls; never placed, so never added to them."""
    day = moment(row.get("date") or row.get("created_at"), "date")
    model = _model(row, "model_permaslug", "model")
    names = ("endpoint_id", "api_key_hash", "api_key_name", "workspace_id", "provider_name", "variant")
    parts = (day.date().isoformat(), model, *(text(row.get(name)) for name in names))
    spent = _first(row, "usage", "cost_total", "cost")
    if not spent:
        raise Refused("it has neither a generation's id nor a cost")
    return told_call(
        SOURCE,
        "day/" + "/".join(parts).rstrip("/"),
        day,
        model,
        _tokens(row, prompt=_first(row, "prompt_tokens", "tokens_prompt"),
                completion=_first(row, "completion_tokens", "tokens_completion"),
                of="{}_tokens" if "prompt_tokens" in row else "tokens_{}"),
        _money(row, spent, "byok_usage_inference"),
        tagged=Tagged(),
        quality="aggregate",
    )  # fmt: skip


def _first(row: Row, *names: str) -> str:
    """The first of the names that the row has; '' where it has none."""
    return next((name for name in names if name in row), "")


def _model(row: Row, *names: str) -> str:
    model = next((found for name in names if (found := text(row.get(name)))), "")
    if not model:
        raise Refused("it names no model")
    is_free = text(row.get("variant")) == "free" and not model.endswith(":free")
    return f"{model}:free" if is_free else model


def _tokens(row: Row, *, prompt: str, completion: str, of: str) -> Tokens:
    cached, reasoning = of.format("cached"), of.format("reasoning")
    return inclusive(
        count(row.get(prompt), prompt),
        count(row.get(completion), completion),
        read=count(row.get(cached), cached) or 0,
        reasoning=count(row.get(reasoning), reasoning),
    )


def _money(row: Row, name: str, own_key: str) -> Money:
    """The credits and what one's own key was charged; unknown where neither is said."""
    said = [cost for each in (name, own_key) if (cost := nusd(row.get(each), each)) is not None]
    return Money(nusd=sum(said) if said else None, kind="billed")


def _tagged(row: Row, *names: str) -> Tagged:
    """What keys and users are named, where the names are tags."""
    tagged = Tagged()
    for name in names:
        tagged = joined(tagged, read_tags(text(row.get(name))))
    return tagged
