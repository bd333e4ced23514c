"""Calls in OpenTelemetry: spans of the GenAI conventions, events of agents, metrics of Claude Code (usage-formats §10).

Only leaf operations count: what `invoke_agent` sums up are its children's tokens. Events say what a call cost its user
at list price, and have the final output that transcripts lack.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ledger.domain.amounts import Refused, count, moment, nusd, text
from ledger.domain.otlp import Json, Point, Told, unfold
from ledger.domain.running_totals import Totals
from ledger.domain.session_facts import Call
from ledger.domain.tags import Tagged, joined, read_pairs, repository_name
from ledger.domain.told import UNTOLD, Circumstances, Money, Tokens, inclusive, plain_word, told_call

SOURCE = "otlp"
SIGNS = (b"gen_ai.usage", b"gen_ai.client.token", b"api_request", b"api_response", b"claude_code.")
"""One of these stands in every record that can carry usage."""

_LEAVES = frozenset({"chat", "text_completion", "generate_content", "embeddings", "completion"})
_AGENTS = (("copilot", "copilot"), ("claude-code", "claude-code"), ("gemini", "gemini-cli"), ("codex", "codex"))
_BUCKETS = {"input": "input", "output": "output", "cacheRead": "cache_read", "cacheCreation": "cache_write_5m"}
_SERIES = ("session.id", "model", "query_source", "speed", "agent.name")


def rows(record: Json, totals: Totals) -> Iterator[Mapping[str, Any]]:
    """The spans and log records of a record one by one, and its data points by what they are about."""
    unfolded = unfold(record)
    yield from ({"told": each} for each in unfolded.told)
    groups: dict[tuple[str, ...], list[Point]] = {}
    for point in unfolded.points:
        groups.setdefault((*_series(point), totals.since(point)), []).append(point)
    yield from ({"points": points, "since": since} for (*_, since), points in groups.items())


def calls(row: Mapping[str, Any]) -> Iterator[Call]:
    """The call of a span or event, or the sum that a group of data points is; nothing where there is no usage."""
    if "points" in row:
        yield from _metered(row["points"], row["since"])
        return
    told: Told = row["told"]
    if told.is_span:
        yield from _span(told)
    elif told.name.rpartition(".")[2] == "api_request":
        yield from _request(told)
    elif told.name.rpartition(".")[2] == "api_response":
        yield from _response(told)


def _span(told: Told) -> Iterator[Call]:
    """A leaf operation of the GenAI conventions that says what it used."""
    given = told.attributes
    operation = text(given.get("gen_ai.operation.name"))
    prompt = _number(given, "gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens")
    output = _number(given, "gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens")
    is_leaf = operation in _LEAVES if operation else "agent" not in told.name and "tool" not in told.name
    if not is_leaf or (prompt is None and output is None):
        return
    tokens, quality = _buckets(given, prompt, 0 if output is None and operation == "embeddings" else output)
    response = text(given.get("gen_ai.response.id"))
    yield told_call(
        SOURCE,
        response or told.identity or _refused("it has neither a response's nor a span's id"),
        moment(told.at, "the span's start"),
        _model(given, "gen_ai.response.model", "gen_ai.request.model"),
        tokens,
        tagged=_tagged(told),
        circumstances=Circumstances(
            service_tier=plain_word(text(given.get("openai.response.service_tier"))
                                    or text(given.get("gen_ai.openai.response.service_tier")))
        ),
        session=_session(given),
        request_id=response,
        agent=_agent(told),
        agent_name=_agent_name(told),
        agent_version=_version(told),
        quality=quality,
    )  # fmt: skip


def _buckets(given: Json, prompt: int | None, output: int | None) -> tuple[Tokens, str]:
    """(tokens, quality): the prompt includes the cache, unless that says more; then the emitter meant it without.

    What is not told is unknown, and the quality says that only a part is told.
    """
    read = _number(given, "gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens") or 0
    names = ("gen_ai.usage.cache_creation.input_tokens", "gen_ai.usage.cache_creation_input_tokens")
    written = _number(given, *names) or 0
    reasoning = _number(given, "gen_ai.usage.reasoning.output_tokens", "gen_ai.usage.reasoning_tokens")
    if prompt is not None and read + written > prompt:
        tokens = Tokens(input=prompt, cache_read=read, cache_write_5m=written, output=output, reasoning=reasoning)
        return tokens, "estimated"
    tokens = inclusive(prompt, output, read=read, written=written, reasoning=reasoning)
    return tokens, "estimated" if None in (prompt, output) else "final"


def _request(told: Told) -> Iterator[Call]:
    """Claude Code's `api_request`: buckets of its own, the final output, the cost at list price."""
    given = told.attributes
    request, session = text(given.get("request_id")), _session(given)
    sequence = text(given.get("event.sequence"))
    if not request and not (session and sequence):
        raise Refused("it has neither a request_id nor a place in its session")
    micros = nusd(given.get("cost_usd_micros"), "cost_usd_micros", 10**6)
    cost = nusd(given.get("cost_usd"), "cost_usd") if micros is None else micros
    yield told_call(
        SOURCE,
        request or f"{session}/{sequence}",
        moment(told.at, "the event's time"),
        _model(given, "model"),
        Tokens(
            input=_number(given, "input_tokens"),
            cache_read=_number(given, "cache_read_tokens") or 0,
            cache_write_5m=_number(given, "cache_creation_tokens") or 0,
            output=_number(given, "output_tokens"),
        ),
        Money(nusd=cost, kind="list"),
        tagged=_tagged(told),
        circumstances=Circumstances(speed=plain_word(text(given.get("speed")), frozenset({"", "standard", "normal"}))),
        session=session,
        request_id=request,
        agent=_agent(told) or "claude-code",
        agent_name=_agent_name(told),
        agent_version=_version(told),
        is_subagent=text(given.get("query_source")) == "subagent",
    )


def _response(told: Told) -> Iterator[Call]:
    """Gemini CLI's and Qwen Code's `api_response`: the prompt includes the cache, the output leaves thoughts out."""
    given = told.attributes
    at = moment(told.at, "the event's time")
    session = _session(given)
    thoughts, output = _number(given, "thoughts_token_count") or 0, _number(given, "output_token_count")
    yield told_call(
        SOURCE,
        f"{session}/{text(given.get('prompt_id'))}/{at.isoformat()}",
        at,
        _model(given, "model"),
        inclusive(
            _number(given, "input_token_count"),
            None if output is None else output + thoughts,
            read=_number(given, "cached_content_token_count") or 0,
            reasoning=thoughts,
        ),
        tagged=_tagged(told),
        session=session,
        agent={"qwen-code": "qwen-code"}.get(told.name.partition(".")[0], "gemini-cli"),
        agent_name=_agent_name(told),
        agent_version=_version(told),
    )


def _series(point: Point) -> tuple[str, ...]:
    """What a data point is about, and the time that makes it the same one again: its start if it is a running total."""
    names = tuple(text(point.attributes.get(name)) for name in _SERIES)
    moment_of = point.started_at if point.is_cumulative else point.at
    return ("histogram",) if point.is_histogram else (*names, moment_of, str(point.is_cumulative))


def _metered(points: list[Point], since: str) -> Iterator[Call]:
    """Claude Code's metrics as a sum: what a session spent on a model, priced as it says; never added to its calls.

    `since` is the moment at which a running total began anew without saying so; ''.
    """
    if any(point.metric == "gen_ai.client.token.usage" for point in points):
        raise Refused("it is a histogram, which tells of no call (export spans)")
    spent = [point for point in points if point.metric in ("claude_code.token.usage", "claude_code.cost.usage")]
    if not spent:
        return
    buckets, cost = dict.fromkeys(_BUCKETS.values(), 0), None
    for point in spent:
        if point.metric == "claude_code.cost.usage":
            cost = (cost or 0) + (nusd(point.number, "claude_code.cost.usage") or 0)
        elif name := _BUCKETS.get(text(point.attributes.get("type"))):
            buckets[name] += count(point.number, "claude_code.token.usage") or 0
    is_counted = any(point.metric == "claude_code.token.usage" for point in spent)
    first, tokens = spent[0], Tokens(**buckets) if is_counted else UNTOLD
    told = Told("", False, first.at, first.attributes, first.resource, "")
    at = moment(since or (first.started_at if first.is_cumulative else first.at), "the data point's time")
    call = told_call(
        SOURCE,
        "sum/" + "/".join(part for part in (*_series(first), since) if part),
        at,
        _model(first.attributes, "model"),
        tokens,
        Money(nusd=cost, kind="list"),
        tagged=_tagged(told),
        session=_session(first.attributes),
        agent=_agent(told) or "claude-code",
        agent_name=_agent_name(told),
        agent_version=_version(told),
        quality="aggregate",
    )
    # Of a running total the largest holds: the latest, unless its fall stands in another file.
    yield replace(call, best_rank=(call.best_rank[0], tokens.total or cost or 0, first.at, call.event_key))


def _number(given: Json, *names: str) -> int | None:
    """The first of the counts that is given; its last part names it in a refusal."""
    found = (count(given.get(name), name.rpartition("usage.")[2]) for name in names)
    return next((number for number in found if number is not None), None)


def _model(given: Json, *names: str) -> str:
    return next((name for each in names if (name := text(given.get(each)))), "") or _refused("it names no model")


def _refused(why: str) -> str:
    raise Refused(why)


def _session(given: Json) -> str:
    return text(given.get("gen_ai.conversation.id")) or text(given.get("session.id"))


def _agent(told: Told) -> str:
    service = text(told.resource.get("service.name")).lower().replace(" ", "-")
    return next((agent for part, agent in _AGENTS if part in service), "")


def _agent_name(told: Told) -> str:
    """The agent definition at work, else the skill; a product's own name (`GitHub Copilot`) says nothing of a role."""
    given = told.attributes
    skill = text(given.get("skill.name"))
    return text(given.get("gen_ai.agent.name")) or text(given.get("agent.name")) or (f"/{skill}" if skill else "")


def _version(told: Told) -> str | None:
    return text(told.attributes.get("app.version")) or text(told.resource.get("service.version")) or None


def _tagged(told: Told) -> Tagged:
    """`ledger.*` attributes, then what Copilot and the conventions for version control say of the repository."""
    given = {**told.resource, **told.attributes}
    own = read_pairs({name: value for name, value in given.items() if name.startswith("ledger.")})
    remote = text(given.get("copilot_chat.repo.remote_url")) or text(given.get("vcs.repository.url.full"))
    branch = text(given.get("copilot_chat.repo.head_branch_name")) or text(given.get("vcs.ref.head.name"))
    return joined(own, Tagged(repository=repository_name(remote), branch=branch))
