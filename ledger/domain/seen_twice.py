"""One call, one row: what an agent's log, a gateway, a bill and telemetry tell of one call counts once.

Joined where they name the same request: the money comes from the better source, the attribution from the other one.
Where nothing names it, but model, tokens and time are equal, the second row is a possible duplicate: left out of every
sum, and reported. Decided whenever conclusions are drawn, so the order of posting does not matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from ledger.domain.grouping import group
from ledger.domain.pricing import UNDATED
from ledger.domain.retold import RETELLERS, retold
from ledger.domain.session_facts import Call, SessionParent
from ledger.domain.told import TELLERS

JOINED = "joined"
POSSIBLE = "possible duplicate"
_APART = timedelta(minutes=15)
"""A gateway notes when a request came in, a log when its answer was written: so long may a call take."""
_MONEY = {"billed": 0, "proxy": 1, "credits": 2, "list": 3}
_REPEATING = TELLERS | RETELLERS
_ATTRIBUTION = {"otlp": 1, "codex-exec": 1, "litellm": 2, "openrouter": 3, "table": 4, "cursor": 5}


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A call that is not this repository's, but may be one of its calls told once more."""

    call: Call
    repository_id: str | None
    """None: out of scope."""


@dataclass(frozen=True, slots=True)
class OneEach:
    """The calls that count, and why others do not."""

    calls: tuple[Call, ...]
    left_out: Mapping[str, str]
    """Event key → JOINED or POSSIBLE."""
    possible: tuple[Call, ...]
    """The possible duplicates."""


def one_each(
    calls: Sequence[Call], elsewhere: Sequence[Elsewhere] = (), parents: Iterable[SessionParent] = ()
) -> OneEach:
    """Each call of a repository once; nothing to do where every call is from a log that tells each once."""
    if not any(call.source in _REPEATING for call in calls) and not elsewhere:
        return OneEach(tuple(calls), {}, ())
    known = _with_others(calls, elsewhere) if elsewhere else calls
    again = retold(known, parents)
    left_out = {call.event_key: JOINED for call in calls if call.event_key in again}
    if again:
        calls = [call for call in calls if call.event_key not in again]
    if TELLERS.isdisjoint(call.source for call in known):  # two logs never tell of one call
        return OneEach(tuple(calls), left_out, ())
    rows = {call.event_key: call for call in calls}
    placed = {
        row.call.event_key: row
        for row in elsewhere
        if row.call.event_key not in rows and row.call.event_key not in again
    }
    for same in _same([*rows.values(), *(row.call for row in placed.values())]):
        owner = min(same, key=lambda call: (call.event_key in placed and placed[call.event_key].repository_id is None,
                                            *_attribution(call)))  # fmt: skip
        left_out |= {call.event_key: JOINED for call in same if call is not owner and call.event_key in rows}
        if owner.event_key in rows:
            rows[owner.event_key] = _merged(owner, same)
    left_out |= dict.fromkeys(_sums_of_calls([row for key, row in rows.items() if key not in left_out]), JOINED)
    counted = [row for key, row in rows.items() if key not in left_out]
    doubtful = _alike(counted) | _costs_of_known_days(counted)
    left_out |= dict.fromkeys(doubtful, POSSIBLE)
    return OneEach(
        tuple(rows[call.event_key] for call in calls if call.event_key not in left_out),
        left_out,
        tuple(rows[key] for key in sorted(doubtful)),
    )


def _with_others(calls: Iterable[Call], elsewhere: Iterable[Elsewhere]) -> list[Call]:
    """The repository's calls and the others, each once."""
    return list({call.event_key: call for call in (*(row.call for row in elsewhere), *calls)}.values())


def names(call: Call) -> frozenset[str]:
    """What a request may be named by elsewhere: its id, and the response's id where that is the call's own."""
    if call.quality == "aggregate" or "#" in call.event_key:  # a part of a call shares the request of the whole
        return frozenset()
    own = call.event_key.removeprefix(f"{call.source}/")
    parts = own.split("/") if call.source not in TELLERS else [own]
    return frozenset(name for name in (call.request_id, own, parts[-1], *parts[1:2]) if len(name) > 7)


def _same(calls: Iterable[Call]) -> list[list[Call]]:
    """Groups of calls that name one request, each source at most once: gateways use ids again (usage-formats §1.3)."""
    named: dict[str, dict[str, Call]] = {}
    for call in calls:
        for name in names(call):
            named.setdefault(name, {})[call.event_key] = call
    groups: dict[str, dict[str, Call]] = {}
    for name in sorted(named):
        met = named[name]
        sources = [call.source for call in met.values()]
        if len(met) > 1 and len(set(sources)) == len(sources) and not TELLERS.isdisjoint(sources):
            whole = {key: call for each in met for key, call in groups.get(each, {}).items()} | met
            groups |= dict.fromkeys(whole, whole)
    return [
        sorted(whole.values(), key=lambda call: call.event_key)
        for key, whole in sorted(groups.items())
        if key == min(whole) and len({call.source for call in whole.values()}) == len(whole)
    ]


def _merged(owner: Call, same: Sequence[Call]) -> Call:
    """The owner's place and time, the best money, what went in where the owner cannot tell, and the final output."""
    money = min(same, key=lambda call: (call.reported_nusd is None, _MONEY.get(call.reported_kind, 4), call.event_key))
    output = _output(owner, same)
    went_in = _went_in(owner, same)
    return replace(
        owner,
        input=went_in.input,
        cache_read=went_in.cache_read,
        cache_write_5m=went_in.cache_write_5m,
        cache_write_1h=went_in.cache_write_1h,
        reported_nusd=money.reported_nusd,
        reported_kind=money.reported_kind,
        output=output.output,
        reasoning=output.reasoning,
        quality=output.quality if output.output != owner.output or owner.quality == "placeholder" else owner.quality,
        role=next((call.role for call in (owner, *same) if call.role), ""),
        subject=next((call.subject for call in (owner, *same) if call.subject), ""),
        branch=next((call.branch for call in (owner, *same) if call.branch), ""),
        session=next((call.session for call in (owner, *same) if call.session), ""),
        agent=next((call.agent for call in (owner, *same) if call.agent), ""),
        agent_name=next((call.agent_name for call in (owner, *same) if call.agent_name), ""),
        task_type=next((call.task_type for call in (owner, *same) if call.task_type), ""),
        request_id=next((call.request_id for call in (owner, *same) if call.request_id), ""),
    )


def _went_in(owner: Call, same: Sequence[Call]) -> Call:
    """Who knows the input: the owner, unless another one alone tells how long the cache is kept."""
    known = [call for call in (owner, *same) if call.input is not None]
    dated = [call for call in known if call.cache_write_1h and owner.source in UNDATED]
    return next(iter(dated or known), owner)


def _output(owner: Call, same: Sequence[Call]) -> Call:
    """Who knows the output: the owner, unless it is a placeholder or telemetry of the agent itself saw more of it."""
    others = [call for call in same if call is not owner and call.quality == "final" and call.output is not None]
    if owner.quality != "placeholder" and owner.output is not None:
        others = [call for call in others if call.source == "otlp" and (call.output or 0) > owner.output]
    return max(others, key=lambda call: (call.source == "otlp", call.output or 0, call.event_key), default=owner)


def _sums_of_calls(calls: Sequence[Call]) -> list[str]:
    """Sums of what a session spent, by telemetry or as it was printed, where its calls are known (§2.4, §10.3)."""
    sums = [call for call in calls if call.session and _is_sum(call)]
    known = {call.session for call in calls if call.quality != "aggregate" and call.session and not _is_sum(call)}
    return [call.event_key for call in sums if call.session in known]


def _is_sum(call: Call) -> bool:
    return call.source == "codex-exec" or (call.source == "otlp" and call.quality == "aggregate")


def _alike(calls: Sequence[Call]) -> set[str]:
    """The calls of gateways that are equal to another source's in model, tokens and time, one for one."""
    taken, doubtful = set[str](), set[str]()
    ranked = sorted((call for call in calls if call.quality != "aggregate"), key=_attribution)
    by_tokens = group(ranked, _tokens)
    for call in ranked:
        if call.source not in TELLERS or not sum(_tokens(call)[1:]):
            continue
        found = min(
            (
                (abs(other.at - call.at), other.event_key)
                for other in by_tokens[_tokens(call)]
                if _attribution(other)[0] < _attribution(call)[0]
                and other.event_key not in taken
                and abs(other.at - call.at) <= _APART
                and _may_be(call, other)
            ),
            default=None,
        )
        if found:
            taken.add(found[1])
            doubtful.add(call.event_key)
    return doubtful


def _costs_of_known_days(calls: Sequence[Call]) -> set[str]:
    """A table's costs without tokens, where another source has calls to the same model on that day."""
    known = {_day(call) for call in calls if call.source != "table" and call.quality != "aggregate"}
    return {
        call.event_key
        for call in calls
        if call.source == "table" and call.quality == "aggregate" and _day(call) in known
    }


def _day(call: Call) -> tuple[str, str]:
    return call.model or call.model_raw, call.at.date().isoformat()


def _may_be(call: Call, other: Call) -> bool:
    """Outputs are equal, or one of them is known not to be final."""
    outputs = (call.output, other.output)
    return call.output == other.output or None in outputs or "placeholder" in (call.quality, other.quality)


def _tokens(call: Call) -> tuple[str, int]:
    """What is equal in two rows about one call: the model, and all that went in; 0 where nobody told that."""
    whole = 0 if call.input is None else call.input + call.cache_read + call.cache_write_5m + call.cache_write_1h
    return call.model or call.model_raw, whole


def _attribution(call: Call) -> tuple[int, bool, str, str]:
    """Who knows best whose work a call is: the agent's log, then the agent's telemetry, then gateways and bills."""
    return _ATTRIBUTION.get(call.source, 0), not call.directory, call.at.isoformat(), call.event_key
