"""Calls that somebody else tells of: gateways, bills, telemetry. Their rows become `Call`s by one way of building."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from ledger.domain.models import parse_model
from ledger.domain.session_facts import Call
from ledger.domain.tags import Tagged

TELLERS = frozenset({"litellm", "openrouter", "cursor", "otlp", "table", "codex-exec"})
"""Sources that tell of calls, but not what their sessions wrote or committed."""

SILENT = TELLERS | {"aider", "antigravity"}
"""Sources that may not tell of a file that was written: nothing follows from their silence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """Disjoint buckets; `output` includes `reasoning`."""

    input: int | None = 0
    """None where it is not told."""
    cache_read: int = 0
    cache_write_5m: int = 0
    cache_write_1h: int = 0
    output: int | None = 0
    """None where it is not told."""
    reasoning: int | None = None

    @property
    def total(self) -> int:
        """Everything that is known to have gone in and come out."""
        known = (self.input, self.cache_read, self.cache_write_5m, self.cache_write_1h, self.output)
        return sum(each or 0 for each in known)


UNTOLD = Tokens(input=None, output=None)
"""What a row tells of its tokens that tells its cost alone, or their total."""


def inclusive(
    prompt: int | None,
    output: int | None,
    *,
    read: int = 0,
    written: int = 0,
    written_1h: int = 0,
    reasoning: int | None = None,
) -> Tokens:
    """Buckets of a source whose prompt includes what was read from and written to the cache (usage-formats §0).

    What says more cached tokens than prompt is cut down to the prompt: no bucket is ever negative. A prompt or output
    that is not told stays unknown.
    """
    written = max(written, written_1h)
    if prompt is not None:
        read = min(read, prompt)
        written = min(written, prompt - read)
    written_1h = min(written_1h, written)
    return Tokens(
        input=None if prompt is None else prompt - read - written,
        cache_read=read,
        cache_write_5m=written - written_1h,
        cache_write_1h=written_1h,
        output=output,
        reasoning=reasoning if reasoning is None or output is None else min(reasoning, output),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """What a source says that a call cost; None where it does not."""

    nusd: int | None = None
    kind: str = ""
    """list | billed | proxy | credits"""


UNPRICED = Money()


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What changes a call's price, beside its tokens."""

    speed: str = ""
    service_tier: str = ""
    region: str = ""
    web_searches: int = 0


PLAIN = Circumstances()


def told_call(
    source: str,
    key: str,
    at: datetime,
    model_raw: str,
    tokens: Tokens,
    money: Money = UNPRICED,
    *,
    tagged: Tagged,
    circumstances: Circumstances = PLAIN,
    session: str = "",
    request_id: str = "",
    agent: str = "",
    agent_version: str | None = None,
    is_subagent: bool = False,
    agent_name: str = "",
    quality: str = "final",
    rank: int = 0,
) -> Call:
    """A row as a call. Of two copies the one that knows its cost has the better numbers, and then the longer output.

    `rank` goes before that, where a source knows that some of its rows are better than others.
    """
    model = parse_model(model_raw)
    moment = at.isoformat()
    owner = tagged.session or session
    return Call(
        event_key=f"{source}/{key}",
        source=source,
        session=owner,
        directory=tagged.directory,
        branch=tagged.branch,
        at=at,
        agent=tagged.agent or agent,
        agent_version=agent_version,
        model_raw=model_raw,
        model=model.name,
        provider=model.provider,
        family=model.family,
        role=tagged.role,
        subject=tagged.subject,
        task_type=tagged.task_type,
        agent_name=agent_name[:100],
        is_subagent=is_subagent,
        input=tokens.input,
        cache_read=tokens.cache_read,
        cache_write_5m=tokens.cache_write_5m,
        cache_write_1h=tokens.cache_write_1h,
        output=tokens.output,
        reasoning=tokens.reasoning,
        web_searches=circumstances.web_searches,
        speed=circumstances.speed,
        service_tier=circumstances.service_tier,
        region=circumstances.region,
        request_id=request_id,
        reported_nusd=money.nusd,
        reported_kind=money.kind if money.nusd is not None else "",
        quality=quality,
        best_rank=(rank + (money.nusd is not None), tokens.output or 0, moment, key),
        owner_rank=(moment, int(not tagged.directory), owner),
    )


def filled(call: Call, tagged: Tagged) -> Call:
    """The call with what tags say that it does not say itself."""
    owner, directory = call.session or tagged.session, call.directory or tagged.directory
    model = parse_model(call.model_raw or tagged.model)
    named = {} if call.model_raw else {"model": model.name, "provider": model.provider, "family": model.family}
    return replace(
        call,
        **named,  # type: ignore[arg-type]
        model_raw=call.model_raw or tagged.model,
        session=owner,
        directory=directory,
        branch=call.branch or tagged.branch,
        role=call.role or tagged.role,
        subject=call.subject or tagged.subject,
        task_type=call.task_type or tagged.task_type,
        agent=call.agent or tagged.agent,
        owner_rank=(call.owner_rank[0], int(not directory), owner),
    )


def plain_word(value: str, usual: frozenset[str] = frozenset({"standard", "default", "auto", "none"})) -> str:
    """A word that changes the price, in small letters; '' for the usual one."""
    word = value.lower()[:20]
    return "" if word in usual else word


def region_of(place: str) -> str:
    """Where inference ran if it is priced by place; '' else."""
    return plain_word(place, frozenset({"global", "not_available", "none", "default"}))
