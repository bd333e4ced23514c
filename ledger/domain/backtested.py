"""What is said of rules that were replayed: the first sentence, and those below the tables. Never that they be used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ledger.domain.against import Against
from ledger.domain.backtest import NO_RULE, UNSUPPORTED, Backtest, Cell, Replay, Whole
from ledger.domain.estimates import FEWEST, Interval
from ledger.domain.headline import all_of
from ledger.domain.mixes import LEAST
from ledger.domain.money import shown, usd
from ledger.domain.path_rules import NONE, UNKNOWN
from ledger.domain.screen import counted, plain
from ledger.domain.started import Kind

CREDIT = (
    "A rule chooses who starts: a change counts for the model that tried it first, whoever finished it, at all that it "
    "cost, with failed tries, reviews and changes that came to nothing."
)
OBSERVED = (
    "Observed, not an experiment: within a kind of work the easy changes may have gone to the cheap model, and how "
    "hard a task is nobody knows before it is tried."
)
FLATTERED = (
    "Rules that were picked by looking at the same changes look better than they are: pick them on earlier changes, "
    "with --until, and replay them on later ones, with --since."
)
BOUNDS = (
    "began: by the rule's model, of all decided changes of the kind; happened: what an accepted one cost, whoever "
    "began it. The bounds of ratios and points hold for everything that is claimed at once; other intervals are at 95%."
)
CAVEATS = (CREDIT, OBSERVED, FLATTERED, BOUNDS)
"""Said of every replay."""
_BASES = {"request": "requests", "branch": "branches", "trunk": "commits on trunk"}
_ONE = {"request": "request", "branch": "branch", "trunk": "commit on trunk"}
_NAMELESS = {
    ("area", NONE): " in no area",
    ("area", UNKNOWN): " in an unknown area",
    ("package", NONE): ", no package",
    ("package", UNKNOWN): ", unknown package",
}
_MOST = 6
"""Kinds of work that a sentence names."""


def label(kind: Kind, repositories: Mapping[str, str]) -> str:
    """A kind of work in words: `fix in auth, high stakes`."""
    said = kind.task
    for key, name in kind.known:
        words = {"area": f" in {name}", "stakes": f", {name} stakes", "package": f", package {name}"}
        said += _NAMELESS.get((key, name)) or words.get(key, "")
    if kind.repository:
        said += f", {repositories.get(kind.repository, kind.repository)}"
    return plain(said, 120)


def headline(found: Backtest) -> str:
    """What the rules would have cost, in a sentence or two, or why that cannot be told."""
    if found.hidden:
        return f"Nothing can be told of these rules: {found.hidden}."
    if not found.decided:
        trunk = ": commits on trunk are accepted by construction" if "trunk" in found.elsewhere else ""
        return f"There is no request and no branch that a model had a part in, so there is nothing to replay{trunk}."
    replay = found.rules
    if replay.whole is None:
        return _untold(replay)
    return _whole(replay.whole, _over(replay.covered), found.cost)


def _untold(replay: Replay) -> str:
    if replay.covered >= LEAST:
        return (
            f"Too little to say of these rules as a whole: it takes {FEWEST} decided changes of known cost that were "
            "begun as they say, of which 2 were accepted."
        )
    return (
        f"Nothing is claimed of these rules as a whole: {replay.covered:.0%} of the work can be told, and it takes "
        "half. The rest no rule fits, or the model that it names hardly ever began such work."
    )


def _over(covered: float) -> str:
    return "" if covered > 0.995 else f" over the {covered:.0%} of the work that can be told"


def _whole(whole: Whole, over: str, cost: str) -> str:
    found = whole.against
    if found.is_same:
        return f"These rules say what was done{over}: nobody else began such changes of known cost."
    accepted = _accepted(whole)
    if found.ratio.point is None:
        return f"What an accepted change would have cost by these rules cannot be compared{over}; {accepted}, {cost}."
    costs = [shown(side.cost.point) for side in (whole.rules, whole.happened)]
    if found.cost != "open":
        return (
            f"By these rules an accepted change would have cost {times(found.ratio)} what it did: {costs[0]} against "
            f"{costs[1]}{over}; {accepted}, {cost}."
        )
    return (
        f"Whether these rules would have cost less or more cannot be told: {times(found.ratio)} what an accepted "
        f"change did cost, {costs[0]} against {costs[1]}{over}; {_settling(found)}; {accepted}, {cost}."
    )


def _accepted(whole: Whole) -> str:
    shares = [side.acceptance.point or 0.0 for side in (whole.rules, whole.happened)]
    said = {"less": "fewer accepted, ", "more": "more accepted, "}.get(whole.against.acceptance, "accepted ")
    return f"{said}{shares[0]:.0%} against {shares[1]:.0%} ({points(whole.against.more)})"


def _settling(found: Against) -> str:
    if found.is_close:
        return "that is so close that it hardly matters"
    if found.times is None:
        return "no number of changes that anybody has would settle a difference of this size"
    return f"about {found.times:,.1f} times as many changes would settle a difference of this size"


def times(ratio: Interval) -> str:
    """`0.84 times (0.75–0.94)`."""
    return f"{ratio.point or 0:.2f} times{bounds_of(ratio)}"


def bounds_of(ratio: Interval) -> str:
    """` (0.75–0.94)`; ''. A bound that is not 1 is not rounded to it: whether it reaches 1 is what is claimed."""
    if ratio.lo is None or ratio.hi is None:
        return ""
    return f" ({_bound(ratio.lo)}–{_bound(ratio.hi)})"


def _bound(value: float) -> str:
    said = next((text for text in (f"{value:.2f}", f"{value:.3f}", f"{value:.4f}") if float(text) != 1), "1.00")
    return said if value != 1 else "1.00"


def points(more: Interval) -> str:
    """`+3 points, -2 to +8`."""
    if more.point is None or more.lo is None or more.hi is None:
        return "unknown"
    noun = "point" if _hundredths(more.point) in ("+1", "-1") else "points"
    return f"{_hundredths(more.point)} {noun}, {_hundredths(more.lo)} to {_hundredths(more.hi)}"


def _hundredths(share: float) -> str:
    """Whether a bound reaches 0 is what is claimed, so that one near it has a digit more."""
    return next((text for text in (f"{share * 100:+.0f}", f"{share * 100:+.1f}") if float(text)), "0")


def notes(found: Backtest) -> Iterator[str]:
    """Below the tables: what was found, and what all of it is worth."""
    yield from findings(found)
    yield from CAVEATS


def findings(found: Backtest) -> Iterator[str]:
    """Where the rules hold, what cannot be told of them and why, and what is left out."""
    if found.decided and not found.hidden:
        yield from _verdicts(found)
        yield from _extra(found.rules.whole)
        yield from _turned(found)
        yield from _fallback(found)
        yield from _gaps(found)
    yield from _left_out(found)


def _verdicts(found: Backtest) -> Iterator[str]:
    by_verdict: dict[str, list[Cell]] = {}
    for cell in found.rules.cells:
        if cell.against is not None:
            by_verdict.setdefault(cell.verdict, []).append(cell)
    for verdict, cells in by_verdict.items():
        named = [f"{label(cell.stratum.kind, found.repositories)}{_how_far(cell)}" for cell in cells]
        yield f"{verdict[0].upper()}{verdict[1:]}: {_some(named)}."


def _how_far(cell: Cell) -> str:
    """What is claimed of it in numbers, or what would settle it."""
    against = cell.against
    if against is None or against.is_same:
        return ""
    said = [
        *([times(against.ratio)] if against.cost != "open" else []),
        *([points(against.more)] if against.acceptance != "open" else []),
        *([_tries(cell)] if against.cost == "more" or against.acceptance == "less" else []),
    ]
    if not said and against.is_close:
        said = ["so close that it hardly matters"]
    elif not said and cell.needed is not None:
        said = [f"about {cell.needed:,} begun by its model would settle it, there are {cell.stratum.own.n:,}"]
    return f" ({'; '.join(said)})" if said else ""


def _tries(cell: Cell) -> str:
    """Where a model loops, its price does not show it."""
    per = cell.stratum.per_accepted
    return f"{per[0].attempts:.1f} tries per accepted change against {per[1].attempts:.1f}" if per else "none accepted"


def _some(named: Sequence[str]) -> str:
    rest = len(named) - _MOST
    return all_of(named) if rest <= 0 else f"{', '.join(named[:_MOST])} and {rest:,} more"


def _extra(whole: Whole | None) -> Iterator[str]:
    if whole is None or whole.per_extra is None:
        return
    each = shown(whole.per_extra)
    if (whole.rules.acceptance.point or 0) > (whole.happened.acceptance.point or 0):
        yield f"At these figures each further accepted change that the rules bring costs {each}."
    else:
        yield f"At these figures the rules save {each} for each accepted change that they lose."


def _turned(found: Backtest) -> Iterator[str]:
    """Where the plain figures say otherwise, which to believe and why."""
    for replay in (found.rules, *found.always):
        whole = replay.whole
        if whole is not None and whole.is_misleading:
            who = "as the rules say" if replay is found.rules else f"by {plain(replay.aims[0].name, 80)}"
            yield (
                f"Taken together, an accepted change that was begun {who} cost {times(whole.crude.alone)} what all "
                f"did; within kinds of work {times(whole.against.alone)}. Believe the latter: those changes were "
                "other work than all are, and it compares like with like."
            )


def _fallback(found: Backtest) -> Iterator[str]:
    whole = found.at_fallback
    if whole is None or found.fallback_nusd is None:
        return
    costs = [shown(side.cost.point) for side in (whole.rules, whole.happened)]
    yield (
        f"With {shown(usd(found.fallback_nusd))} for each change that is not accepted: {costs[0]} against {costs[1]}, "
        f"{times(whole.against.alone)} at 95%."
    )


def _gaps(found: Backtest) -> Iterator[str]:
    for verdict, words in ((NO_RULE, "No rule fits"), (UNSUPPORTED, "Unsupported")):
        cells = found.rules.of(verdict)
        if cells:
            share = sum(cell.share for cell in cells)
            yield f"{words}, {share:.0%} of the work: {_some([_gap(cell, found) for cell in cells])}."
    for place, aim in enumerate(found.rules.aims, 1):
        if aim in found.rules.idle:
            yield f"No decided change comes to rule {place} ({plain(str(aim.rule), 120)})."


def _gap(cell: Cell, found: Backtest) -> str:
    row = cell.stratum
    said = f"{label(row.kind, found.repositories)} ({counted(row.weight, 'change')}"
    if row.rule is None:
        return f"{said})"
    name = plain(found.rules.aims[row.rule].name, 80)
    if row.own.n < FEWEST:
        return f"{said}; {name} began {row.own.n:,} of known cost, {FEWEST} are needed)"
    return f"{said}; the cost of fewer than half of the decided ones is known)"


def _left_out(found: Backtest) -> Iterator[str]:
    for basis, n in sorted(found.elsewhere.items()):
        yield f"Not told with these: {n:,} {_ONE[basis] if n == 1 else _BASES[basis]}, counted by another rule."
    if found.unknown_starter:
        yield f"Of {counted(found.unknown_starter, 'decided change')} nobody knows which model tried first."
    if found.unknown_cost:
        yield f"Of {counted(found.unknown_cost, 'more decided change')} the cost is not known."


def aims_of(found: Backtest) -> Iterator[str]:
    """The rules as they were understood, a family with its members."""
    for aim in found.rules.aims:
        members = sorted(aim.models - {aim.name})
        family = f"   (family: {_some([plain(name, 80) for name in members])})" if members else ""
        yield f"{plain(str(aim.rule), 160)}{family}"
