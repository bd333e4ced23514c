"""What is said of the evidence before a choice: the first sentence, and those below the tables."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.domain.advising import Advice, Ranking, is_close
from ledger.domain.estimates import FEWEST
from ledger.domain.headline import all_of, needed, with_bounds
from ledger.domain.money import shown
from ledger.domain.narrowed import mix_of
from ledger.domain.report import Group
from ledger.domain.screen import counted, plain
from ledger.domain.second import Second

OBSERVED = (
    "Observed, not an experiment: who was given which work is part of it. The choice is yours, and acceptance counts "
    "beside cost."
)
_BASES = {"request": "request", "branch": "branch", "trunk": "commit"}
_PLURAL = {"request": "requests", "branch": "branches", "trunk": "commits on trunk"}


def headline(found: Advice) -> str:
    """What the evidence says in a sentence or two, with what would be enough where it is too little."""
    said = {"best": _best, "alike": _alike, "one": _one, "apart": _apart, "other": _other}.get(found.verdict)
    return _widened(found) + (said(found) if said else _too_little(found))


def notes(found: Advice) -> Iterator[str]:
    """Below the tables: further accepted changes, second models' reviews, what was not pooled."""
    yield from _extras(found.models)
    if found.has_lineups and len(found.lineups.points) > 1:
        yield _of_lineups(found)
    if found.models.order == "mix" and found.models.covered is not None and found.models.covered < 0.995:
        mixed = mix_of(found.step.mixed_by)
        yield f"Ordered at one mix of {mixed}, over the {found.models.covered:.0%} of it that all of them worked on."
    for each in found.models.tried:
        if each.review is not None and each.review.reviewed.n + each.review.alone.n:
            yield reviewed(plain(each.name or "", 80), each.review)
    for basis, n in sorted(found.elsewhere.items()):
        yield f"Not told with these: {n:,} {_BASES[basis] if n == 1 else _PLURAL[basis]}, counted by another rule."
    yield OBSERVED


def reviewed(name: str, review: Second) -> str:
    """Whether a second model's review went along with the changes that a model led, and what one has to gain."""
    both = review.reviewed.n + review.alone.n
    if not review.reviewed.n:
        each = shown(review.alone.cost / review.alone.n)
        return (
            f"{name}: none of {counted(both, 'change')} had a second model's review; one that costs r pays if it "
            f"raises the share accepted by more than r / {each} of itself."
        )
    went = f"{name}: {review.reviewed.n:,} of {counted(both, 'change')} had a second model's review"
    if review.break_even is None:
        return f"{went}; what it cost is not known, so neither is what it has to gain."
    least, gain = f"it pays above {review.break_even:.2f} times the share accepted without", review.gain
    if gain.point is None:
        return f"{went}; {least}, and there are too few to tell what it went with."
    bounds = f"({gain.lo:.2f}–{gain.hi:.2f})"
    return f"{went}; {least}, and went with {gain.point:.2f} times {bounds}: {review.verdict or 'open'}."


def _widened(found: Advice) -> str:
    if not found.at or found.verdict not in ("best", "alike", "one", "apart"):
        return ""
    first = found.rungs[0]
    known = counted(first.base_n, "decided change")
    return (
        f"Of {plain(first.step.words, 120)} alone too little is known to compare ({known} of known cost), so this is "
        "wider. "
    )


def _best(found: Advice) -> str:
    ranking, name = found.models, found.models.alike[0]
    rest = {each: cost for each, cost in ranking.points.items() if each != name}
    second = min(rest, key=lambda each: (rest[each], each))
    return (
        f"Of {plain(found.step.words, 120)}, {plain(name, 80)} has cost least per accepted change: "
        f"{_figure(found, name)} over {_group(ranking, name).base.n:,} changes, against {shown(rest[second])} for "
        f"{plain(second, 80)}{_at_mix(found, ranking)}, {found.cost}.{_turned(ranking)}"
    )


def _alike(found: Advice) -> str:
    ranking, what = found.models, plain(found.step.words, 120)
    coda = f"{_enough(ranking)}, {found.cost}.{_turned(ranking)}"
    if len(ranking.alike) > 2:
        best, *others = (f"{plain(name, 80)} ({shown(ranking.points[name])})" for name in ranking.alike)
        return (
            f"Of {what}, {best} looks cheapest per accepted change{_at_mix(found, ranking)}, but cannot be told from "
            f"{all_of(others)}; {coda}"
        )
    names = all_of([plain(name, 80) for name in ranking.alike])
    costs = all_of([shown(ranking.points[name]) for name in ranking.alike])
    return (
        f"Of {what}, {names} cannot be told apart by cost per accepted change "
        f"({costs}{_at_mix(found, ranking)}); {coda}"
    )


def _one(found: Advice) -> str:
    (name,) = found.models.points
    group = _group(found.models, name)
    return (
        f"Of {plain(found.step.words, 120)}, only {plain(name, 80)} was tried often enough: {with_bounds(group)} per "
        f"accepted change over {group.base.n:,} changes, {found.cost}. There is nothing to compare it with; "
        f"{needed(3)} decided changes of another would show a threefold difference, {needed(2)} a twofold one."
    )


def _apart(found: Advice) -> str:
    names = all_of([plain(name, 80) for name in found.models.alike])
    return (
        f"Of {plain(found.step.words, 120)}, {names} were given different work: they have "
        f"{found.models.covered or 0:.0%} of the {mix_of(found.step.mixed_by)} in common, less than half, so their "
        f"costs are not compared, {found.cost}."
    )


def _other(found: Advice) -> str:
    names = all_of([plain(name, 80) for name in found.models.points])
    return (
        f"No model has enough changes of the type {found.asked.task_type}: {_least()}. What {names} cost on other "
        f"kinds of work is told below and says little of this one, {found.cost}."
    )


def _too_little(found: Advice) -> str:
    told = found.rungs[found.at]
    if found.hidden:
        return f"Nothing can be said of {plain(found.step.words, 120)}: {found.hidden}."
    if found.basis is None or not told.n:
        trunk = ": commits on trunk are accepted by construction" if "trunk" in found.elsewhere else ""
        return f"There is no request and no branch that a model had a part in, so there is nothing to tell{trunk}."
    return (
        f"Too little to say: {_least()}, and of {plain(found.step.words, 120)} there are {told.base_n:,} of all models "
        f"together. {needed(3)} of each of two would show a threefold difference, {needed(2)} a twofold one."
    )


def _least() -> str:
    return f"an estimate needs {FEWEST} decided changes of known cost of one model, of which 2 were accepted"


def _figure(found: Advice, name: str) -> str:
    """As it is ordered by: at one mix without bounds, which are those of another figure."""
    ranking = found.models
    return with_bounds(_group(ranking, name)) if ranking.order == "crude" else shown(ranking.points[name])


def _at_mix(found: Advice, ranking: Ranking) -> str:
    return f" at one mix of {mix_of(found.step.mixed_by)}" if ranking.order == "mix" else ""


def _turned(ranking: Ranking) -> str:
    """Where the plain figures say otherwise, which to believe and why; ''."""
    crude = {each.name: cost for each in ranking.tried if (cost := each.group.estimate.point) is not None}
    lowest = min((name for name in ranking.points if name in crude), key=lambda name: (crude[name], name), default="")
    if ranking.order != "mix" or not lowest or lowest == ranking.alike[0]:
        return ""
    return (
        f" As they are {plain(lowest, 80)} looks cheapest ({shown(crude[lowest])}), because it was given other work; "
        "the figures at one mix compare like with like."
    )


def _enough(ranking: Ranking) -> str:
    if is_close(ranking):
        return "they are so close that it hardly matters"
    if ranking.needed is None:
        return "no number of changes that anybody has would settle a difference of this size"
    what = "settle a difference of this size"
    if len(ranking.alike) > 2:
        what = f"tell the cheapest from the dearest of these, {plain(ranking.alike[-1], 80)}"
    return f"about {ranking.needed:,} changes of each would {what}"


def _of_lineups(found: Advice) -> str:
    ranking = found.lineups
    if found.step.is_other_work or ranking.order == "apart":
        return "Line-ups are not compared: they were given different work."
    at_mix = _at_mix(found, ranking)
    names = all_of([plain(name, 80) for name in ranking.alike])
    if len(ranking.alike) == 1:
        cost = shown(ranking.points[ranking.alike[0]])
        return f"Of line-ups, {names} has cost least per accepted change: {cost}{at_mix}."
    return f"Line-ups that cannot be told from the cheapest{at_mix}: {names}; {_enough(ranking)}."


def _extras(ranking: Ranking) -> Iterator[str]:
    for each in ranking.tried:
        if each.per_extra is not None and each.name:
            yield (
                f"{plain(each.name, 80)} is accepted more often than the cheapest; each further accepted change costs "
                f"{shown(each.per_extra)}."
            )


def _group(ranking: Ranking, name: str) -> Group:
    return next(each.group for each in ranking.tried if each.name == name)
