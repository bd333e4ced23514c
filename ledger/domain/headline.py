"""The first line of a report: one of four answers, or what is missing to give one.

Best with evidence · a set that cannot be told apart · one model only · too little to say, and what would be enough.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from math import ceil, log

from ledger.domain.asked import opened
from ledger.domain.comparing import CLOSE, PER_GROUP, enough
from ledger.domain.costing import KINDS
from ledger.domain.credit import CODAS
from ledger.domain.estimates import best_of, level_of_each
from ledger.domain.github_requests import BRING_IN
from ledger.domain.money import shown, usd
from ledger.domain.report import COST_UNKNOWN, FORGE_UNHEARD, TRUNK, Filters, Group
from ledger.domain.screen import counted
from ledger.domain.seats import SeatCost
from ledger.domain.sums import Coverage, Spending

_MUCH_CHEAPER = 0.5
_UNKNOWN = {
    "list": "have no known cost: post on every machine the agents ran on, before their logs expire.",
    "billed": "have calls that no bill tells of: bring one in with ledger update --source, or leave --cost out.",
    "effective": "have calls that neither seats nor bills pay for: name the seats in ledger.seats, or leave --cost "
    "out.",
}
"""Kind of cost → what to do where it is known for fewer than half of the changes."""
_UNPRICED = "have no known cost, for want of a price: ledger prices --unpriced says what to do."
_NAMED = 3


def headline(
    groups: Sequence[Group],
    spending: Spending,
    coverage: Coverage,
    cost_kind: str,
    seats: Sequence[SeatCost] = (),
    credited: str = "",
    time: str = "",
) -> tuple[str, str]:
    """(the sentence, the next step or ''); where seats pay for calls, it says that list price is no bill.

    `credited` is what the sentence adds about whom changes are credited to. `time` says when the changes were opened
    that were asked about, '' where it is any time until now.
    """
    coda = coda_of(cost_kind, seats) + credited
    models = {group.sums.model for group in groups if group.sums.model}
    if not groups and time:
        return _nothing_then(time, spending, coda), ""
    if not groups and not coverage.calls:
        return _nothing_seen(coverage)
    main = [group for group in groups if group.sums.basis == groups[0].sums.basis] if groups else []
    ranked = {name: group for group in main if (name := group.sums.model) and group.estimate.point is not None}
    if len(ranked) > 1:
        return ranked_line(ranked, coda, spending.per_call), ""
    if not models:
        return _no_model(coverage, spending, coda)
    if len(models) == 1 and spending.total:
        return _only(next(iter(models)), main, spending, credited, coda), _missing(main, coverage, cost_kind)
    return _too_little(main, spending, coda), _missing(main, coverage, cost_kind)


def asked_time(filters: Filters, as_of: datetime, posted_at: datetime | None) -> str:
    """When the changes were opened that were asked about; '' where it is any time until now."""
    if told := opened(filters.since, filters.until):
        return told
    return f"opened by {as_of:%Y-%m-%d}" if posted_at and as_of < posted_at else ""


def _nothing_then(time: str, spending: Spending, coda: str) -> str:
    spent = f"; {shown(usd(spending.total))} was spent on no change, {coda}" if spending.total else ""
    return f"No change in which a model had a part was {time}{spent}."


def coda_of(cost_kind: str, seats: Sequence[SeatCost]) -> str:
    """How a headline ends: what kind of cost its figures are."""
    return KINDS[cost_kind] + _not_paid(cost_kind, seats)


def _not_paid(cost_kind: str, seats: Sequence[SeatCost]) -> str:
    seated = [cost.agent for cost in seats if cost.listed]
    return f", a value and not a bill: {all_of(seated)} has flat seats" if cost_kind == "list" and seated else ""


def ranked_line(ranked: dict[str, Group], coda: str, per_call: Mapping[str | None, float]) -> str:
    """Best with evidence, or a set that cannot be told apart; `per_call` as in Spending."""
    alike = best_of({name: group.base for name, group in ranked.items()})
    best = ranked[alike[0]]
    if len(alike) == 1:
        others = [group for name, group in ranked.items() if name != alike[0]]
        second = min(others, key=lambda group: group.estimate.point or 0.0)
        line = (
            f"{alike[0]} costs least per accepted change: {with_bounds(best)} over {best.sums.base_n} changes, "
            f"against {shown(second.estimate.point)} for {second.sums.model}, {coda}."
        )
    else:
        line = f"{_alike(ranked, alike)}, {coda}."
    return line + _cheap_but_dear(ranked, alike, per_call)


def _cheap_but_dear(ranked: dict[str, Group], alike: list[str], per_call: Mapping[str | None, float]) -> str:
    """The model that looks cheapest by its own calls, much cheaper than the best, and is not by what was accepted."""
    best = per_call.get(alike[0])
    dearer = {name: per_call[name] for name in ranked if name in per_call and name not in alike}
    worse = [name for name, cost in dearer.items() if best and cost < _MUCH_CHEAPER * best]
    if not worse or best is None:
        return ""
    name = min(worse, key=lambda name: (dearer[name], name))
    return (
        f" {name} is cheaper by the call ({shown(dearer[name])} against {shown(best)}), "
        f"but costs {shown(ranked[name].estimate.point)} per accepted change."
    )


def _alike(ranked: dict[str, Group], alike: list[str]) -> str:
    """The cheapest, and those that it cannot be told from; of more than two, some may well differ from each other."""
    if len(alike) == 2:
        points = [shown(ranked[name].estimate.point) for name in alike]
        return f"{all_of(alike)} cannot be told apart by cost per accepted change ({all_of(points)}); " + _enough(
            ranked, alike, "settle a difference of this size"
        )
    best, *others = (f"{name} ({shown(ranked[name].estimate.point)})" for name in alike)
    return f"{best} looks cheapest per accepted change, but cannot be told from {_first_of(others)}; " + _enough(
        ranked, alike, f"tell it from the dearest of these, {alike[-1]}"
    )


def _enough(ranked: dict[str, Group], alike: list[str], what: str) -> str:
    """How many changes would do what there is to do: settle the difference of the cheapest and the dearest of them."""
    cheap, dear = (ranked[name].base for name in (alike[0], alike[-1]))
    ratio = dear.cost / dear.accepted * cheap.accepted / cheap.cost if cheap.cost else 1.0
    if ratio < CLOSE:
        return "they are so close that it hardly matters"
    count = enough(cheap, dear, ratio, level_of_each(len(ranked)))
    if count is None:
        return f"no number of changes that anybody has would {what}"
    return f"about {count:,} changes of each would {what}"


def needed(ratio: float) -> int:
    """Changes per group that show a ratio of two costs per accepted change with 80 % power."""
    return ceil(PER_GROUP / log(ratio) ** 2)


def _only(model: str, main: Sequence[Group], spending: Spending, credited: str, coda: str) -> str:
    share = spending.lost / spending.total
    others = {name: nusd for name, nusd in spending.own.items() if name != model and nusd}
    what, did = "line-up" if credited == CODAS["lineup"] else "model", "began" if credited == CODAS["first"] else "led"
    who = f"{model} alone {did} changes" if others else f"One {what} only, {model}"
    group = next((group for group in main if group.sums.model == model), None)
    cost = f", {with_bounds(group)} per accepted change" if group and group.estimate.point is not None else ""
    dearest = spending.dearest
    top = f"; the dearest change cost {shown(usd(dearest[1]))} ({_short(dearest[0])})" if dearest else ""
    return (
        f"{who}: {shown(usd(spending.total))} spent{_by_others(others)}{cost}, "
        f"{share:.0%} of the spend reached no change{top}, {coda}."
    )


def _by_others(own: Mapping[str | None, int]) -> str:
    """What of the spend is other models': they reviewed, scouted, or worked on what another one led."""
    if not own:
        return ""
    names = sorted(own, key=lambda name: (-own[name], name or "~"))
    return f", of it {shown(usd(sum(own.values())))} by {_first_of([name or 'no known model' for name in names])}"


def _first_of(names: Sequence[str]) -> str:
    more = [f"{len(names) - _NAMED:,} more"] if len(names) > _NAMED else []
    return all_of([*names[:_NAMED], *more])


def _too_little(main: Sequence[Group], spending: Spending, coda: str) -> str:
    if main and main[0].hidden == FORGE_UNHEARD:
        return f"Nothing can be said about acceptance yet: {FORGE_UNHEARD}. {_spent(spending, coda)}."
    best = max(main, key=lambda group: group.sums.base_n, default=None)
    known = best.sums.base_n if best else 0
    if main and all(group.hidden == TRUNK for group in main):
        return f"All work went straight to trunk: only cost per surviving commit can be told. {_spent(spending, coda)}."
    return (
        f"Too little to say: the best-known model has {counted(known, 'decided change')} of known cost; "
        f"{needed(3)} of each would show a threefold difference, {needed(2)} a twofold one. "
        f"{_spent(spending, coda)}."
    )


def _spent(spending: Spending, coda: str) -> str:
    return f"{shown(usd(spending.total))} was spent, {coda}" if spending.total else "What was spent is not known"


def _missing(main: Sequence[Group], coverage: Coverage, cost_kind: str) -> str:
    """The one next step."""
    if any(group.hidden == FORGE_UNHEARD for group in main):
        return f"Bring the requests in: {BRING_IN}."
    if not coverage.calls:
        return "No calls were found: run this on the machine whose Claude Code logs hold the work, or post entries."
    unknown = [group for group in main if group.hidden == COST_UNKNOWN]
    return _of_unknown_cost(unknown, len(unknown) == len(main), coverage, cost_kind) if unknown else ""


def _of_unknown_cost(groups: Sequence[Group], is_all: bool, coverage: Coverage, cost_kind: str) -> str:
    """Whose cost is not known, and what to do: a call without a price is in the logs that were read already."""
    models = [group.sums.model for group in groups]
    whose = "Most changes" if is_all else f"Most changes of {_first_of([name or 'no known model' for name in models])}"
    is_unpriced = cost_kind == "list" and set(models) <= {model for model, _ in coverage.unpriced_models}
    return f"{whose} {_UNPRICED if is_unpriced else _UNKNOWN[cost_kind]}"


def _nothing_seen(coverage: Coverage) -> tuple[str, str]:
    if not coverage.commits:
        return "The ledger is empty.", "Run ledger update in a repository with commits."
    line = f"No model was seen in {counted(coverage.commits, 'commit')}, and no agent's calls were made here."
    if coverage.out_of_scope_sessions:
        line += f" Agent sessions elsewhere: {coverage.out_of_scope_sessions:,}."
    return (
        line,
        "Say who works: ledger use MODEL before you commit, or let your agent commit with its Co-Authored-By line.",
    )


def _no_model(coverage: Coverage, spending: Spending, coda: str) -> tuple[str, str]:
    if spending.total:
        line = f"{shown(usd(spending.total))} was spent here, but no change can be tied to a model, {coda}."
    else:
        line = f"Agents took part, but no model is named and none of {coverage.calls:,} calls has a known price."
    return (
        line,
        "Name the model: ledger use MODEL before you commit, with the hooks of ledger install in place.",
    )


def with_bounds(group: Group) -> str:
    """A group's cost per accepted change with its interval."""
    found = group.estimate
    if found.lo is None or found.hi is None:
        return shown(found.point)
    return f"{shown(found.point)} ({shown(found.lo, '')}–{shown(found.hi, '')})"


def all_of(words: Sequence[str]) -> str:
    """`a, b and c`."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _short(title: str) -> str:
    return title if len(title) <= 60 else title[:59] + "…"
