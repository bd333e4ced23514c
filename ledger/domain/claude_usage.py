"""What one row of a Claude Code transcript says of its call: its tokens, which model, how it was made (§1.3-1.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from ledger.domain.fields import count, money, text
from ledger.domain.models import parse_model
from ledger.domain.session_facts import Call

AGENT = "claude-code"
_PLACEHOLDER_OUTPUT = 10
_CHARACTERS_PER_TOKEN = 4


def own_fields(
    row: Mapping[str, Any], message: Mapping[str, Any], usage: Mapping[str, Any], session: str, at: datetime, stem: str
) -> dict[str, Any]:
    """The fields of a call that are its own; raises ValueError for token counts that are no counts."""
    write_5m, write_1h = _cache_writes(usage)
    output = count(usage, "output_tokens")
    uuid, request = text(row.get("uuid")), text(row.get("requestId"))
    name = text(message.get("model"))[:200]  # a gateway's rows may name none: it was spent all the same
    model = parse_model(name)
    cost = money(row.get("costUSD"))
    searches = usage.get("server_tool_use")
    moment_text = at.isoformat()
    return {
        "event_key": _event_key(message, session, request, uuid or f"{session}@{moment_text}"),
        "at": at,
        "model_raw": name,
        "model": model.name,
        "provider": model.provider,
        "family": model.family,
        "input": count(usage, "input_tokens"),
        "cache_read": count(usage, "cache_read_input_tokens"),
        "cache_write_5m": write_5m,
        "cache_write_1h": write_1h,
        "output": output,
        "web_searches": count(searches, "web_search_requests") if isinstance(searches, dict) else 0,
        "speed": _unusual(usage.get("speed")),
        "service_tier": _unusual(usage.get("service_tier")),
        "region": _region(usage.get("inference_geo")),
        "request_id": request,
        "reported_nusd": cost,
        "reported_kind": "" if cost is None else "list",
        "quality": _quality(message, output),
        "best_rank": (int(not row.get("isSidechain")), output, moment_text, uuid),
        "owner_rank": (moment_text, int(stem != session), session),
    }


def _unusual(word: Any) -> str:
    """A speed or tier; '' for the usual one."""
    return "" if word in (None, "standard") else text(word)


def _event_key(message: Mapping[str, Any], session: str, request: str, uuid: str) -> str:
    """Anthropic's ids are unique everywhere; a gateway's only in their session, and some rows have none."""
    native = text(message.get("id"))
    if native.startswith("msg_"):
        return f"{AGENT}/{native}"
    return f"{AGENT}/{session}/{native}/{request}" if native else f"{AGENT}/uuid/{uuid}"


def _cache_writes(usage: Mapping[str, Any]) -> tuple[int, int]:
    """5-minute and 1-hour cache writes; the parts are trusted where they say anything, else all of it is 5-minute."""
    parts = usage.get("cache_creation")
    if isinstance(parts, dict) and parts:
        told = count(parts, "ephemeral_5m_input_tokens"), count(parts, "ephemeral_1h_input_tokens")
        if any(told):
            return told
    return count(usage, "cache_creation_input_tokens"), 0


def _quality(message: Mapping[str, Any], output: int) -> str:
    """Placeholder where the output was not final yet and what is visible is far longer (usage-formats §1.4)."""
    if message.get("stop_reason") is not None or output > _PLACEHOLDER_OUTPUT:
        return "final"
    content = message.get("content")
    visible = sum(_visible(block) for block in content) if isinstance(content, list) else 0
    return "placeholder" if visible / _CHARACTERS_PER_TOKEN > 4 * output else "final"


def _visible(block: Any) -> int:
    if not isinstance(block, dict):
        return 0
    return len(str(block.get("text") or "")) + (len(str(block.get("input"))) if block.get("type") == "tool_use" else 0)


def advised(usage: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What the row tells of calls to another model, which its own numbers leave out."""
    iterations = usage.get("iterations")
    return [
        part
        for part in (iterations if isinstance(iterations, list) else ())
        if isinstance(part, dict) and part.get("type") == "advisor_message"
    ]


def advisor(call: Call, part: Mapping[str, Any], number: int) -> Call:
    """The call that such a part of the row's call is; raises ValueError for token counts that are no counts."""
    name = text(part.get("model")) or call.model_raw
    model = parse_model(name)
    write_5m, write_1h = _cache_writes(part)
    return replace(
        call,
        event_key=f"{call.event_key}#adv{number}",
        model_raw=name,
        model=model.name,
        provider=model.provider,
        family=model.family,
        input=count(part, "input_tokens"),
        cache_read=count(part, "cache_read_input_tokens"),
        cache_write_5m=write_5m,
        cache_write_1h=write_1h,
        output=count(part, "output_tokens"),
        web_searches=0,
        reported_nusd=None,
        reported_kind="",
    )


def _region(geo: Any) -> str:
    return geo.lower()[:20] if isinstance(geo, str) and geo not in ("", "global", "not_available") else ""
