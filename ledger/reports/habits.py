"""`ledger learn habits`: what goes with cheaper accepted changes, as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ledger.domain.estimates import FEWEST, Estimate, Interval
from ledger.domain.habit_figures import Figures, crude_cost, figures
from ledger.domain.habits import BOTH, HABIT, MODEL, Band, Found, Pair, Study
from ledger.domain.money import shown
from ledger.domain.practice import UNTOLD
from ledger.domain.screen import counted, plain
from ledger.domain.told_apart import turned
from ledger.reports.cells import share
from ledger.reports.json_figures import money, unrounded
from ledger.reports.rows import as_table

FORMAT = 1
OBSERVED = (
    "Observed, not tried: changes that differ in a habit differ in more than that, so none of this says what it does."
)
_COLUMNS = ("habit", "band", "n", "accepted", "attempts", "cost per accepted")
_MOST_MODELS = 6
"""Rows of models in the table, those with most changes; all are compared."""


def as_text(study: Study, width: int) -> str:
    """The bands of each habit and of the models, and below them what may be said of the differences."""
    if not study.changes:
        return f"{_opening(study)} There is nothing to learn from yet: changes have to be accepted or rejected first.\n"
    table = as_table(_COLUMNS, [row for found in _all(study) for row in _rows(found, study)], width)
    parts = [
        f"{_opening(study)} {OBSERVED}\n",
        "\n".join(line.rstrip() for line in table.splitlines()) + "\n",
        "".join(f"{line}\n" for line in sentences(study)),
        "".join(f"{line}\n" for line in notes(study)),
    ]
    return "\n".join(parts)


def as_json(study: Study) -> str:
    """All of it; money is a decimal text in USD, null is unknown or too little to say, and every key is there."""
    foremost = study.foremost
    told = {
        "format": FORMAT,
        "as_of": study.as_of.isoformat(),
        "observational": True,
        "basis": study.basis or None,
        "changes": study.changes,
        "other_basis": study.elsewhere,
        "mix": {str(kind): n for kind, n in study.mix.items()},
        "compared": study.looks,
        "habits": [_object(found, study) for found in study.habits],
        "models": _object(study.models, study),
        "foremost": foremost.habit.name if foremost and foremost.habit else None,
        "not_told_from_foremost": [_name(found) for found in study.beside],
        "levers": study.levers,
        "longer_lever": study.longer or None,
        "not_kept": UNTOLD,
    }
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def _opening(study: Study) -> str:
    changes = counted(study.changes, f"decided {study.basis or 'change'}").replace("branchs", "branches")
    return f"What goes with cost per accepted change? {changes} with a model's part, as of {study.as_of:%Y-%m-%d}."


def _all(study: Study) -> tuple[Found, ...]:
    return (*study.habits, study.models)


def _name(found: Found) -> str:
    return found.habit.name if found.habit else "model"


def label(found: Found, band: Band) -> str:
    """What a band is called: its values, or the model's name made harmless."""
    if band.lo is None or band.hi is None:
        return plain(band.name, 60)
    if _name(found) == "tests":
        return {(0.0, 0.0): "without tests", (1.0, 1.0): "with tests"}.get((band.lo, band.hi), "with or without")
    unit = " h" if _name(found) in ("age", "review") else ""
    low, high = _number(band.lo), _number(band.hi)
    return f"{low if low == high else f'{low}–{high}'}{unit}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) or value >= 100 else f"{value:,.1f}"


def _rows(found: Found, study: Study) -> Iterator[list[str]]:
    names = iter((_name(found),))
    told = list(zip(found.bands, figures(found, study.mix), strict=True))
    if found.habit is None:
        told = sorted(told, key=lambda row: (-row[0].n, row[0].name))[:_MOST_MODELS]
    for band, figure in told:
        cells = (share(figure.acceptance), _mean(figure.attempts), _cost(figure))
        yield [next(names, ""), label(found, band), f"{band.n:,}", *cells]
    for band in (found.unknown, found.aside):
        if band.n:
            crude = f"{band.accepted / band.n:.0%}, any type"
            yield [next(names, ""), plain(band.name), f"{band.n:,}", crude, "", _crude(crude_cost(band))]


def _mean(found: Interval) -> str:
    if found.point is None:
        return "–"
    bounds = "" if found.lo is None or found.hi is None else f" ({found.lo:.1f}–{found.hi:.1f})"
    return f"{found.point:.1f}{bounds}"


def _cost(figure: Figures) -> str:
    cost = figure.cost
    if cost.point is None:
        return "too few"
    bounds = "" if cost.lo is None or cost.hi is None else f" ({shown(cost.lo, '')}–{shown(cost.hi, '')})"
    return f"{shown(cost.point)}{bounds}"


def _crude(found: Estimate) -> str:
    return "" if found.point is None else f"{shown(found.point)}, any type"


def sentences(study: Study) -> Iterator[str]:
    """What may be said of each habit and of the models, then which goes with the most, then which lever is longer."""
    kinds = "within task types" if len(study.mix) > 1 else f"within {plain(str(next(iter(study.mix), 'none')))}"
    yield from (_told(found, pair, kinds) for found in _all(study) if (pair := found.widest))
    open_ = [_name(found) for found in _all(study) if found.pairs and not found.widest]
    if open_:
        yield f"Cannot be told apart {kinds}: {', '.join(open_)}."
    thin = [_name(found) for found in _all(study) if not found.pairs]
    if thin:
        need = f"two bands of {FEWEST} changes of known cost, 2 accepted, in task types that both have"
        yield f"Too little to compare: {', '.join(thin)}; it takes {need}."
    yield from (_misled(found, pair) for found in _all(study) if (pair := found.misleading))
    yield _foremost(study)
    yield _levers(study)


def _told(found: Found, pair: Pair, kinds: str) -> str:
    dear, cheap = label(found, pair.dear), label(found, pair.cheap)
    part = "" if pair.covered > 0.995 else f", for the {pair.covered:.0%} of the work that both have"
    return f"{_name(found)}: {kinds} an accepted change of {dear} cost {_times(pair.ratio)} one of {cheap}{part}."


def _misled(found: Found, pair: Pair) -> str:
    """Told from the side that looks dear as it is, which may be the cheap one."""
    names, crude, ratio = (label(found, pair.dear), label(found, pair.cheap)), pair.crude, pair.ratio
    if (crude.point or 1) < 1:
        names, crude, ratio = names[::-1], turned(crude), turned(ratio)
    return (
        f"{_name(found)}: taken together, an accepted change of {names[0]} cost {_times(crude)} one of {names[1]}; "
        f"within task types {_times(ratio)}. Believe the latter: the two did different kinds of work."
    )


def _foremost(study: Study) -> str:
    found = study.foremost
    if found is None:
        return "No habit goes with cost per accepted change here, as far as these changes can tell."
    others = ", ".join(map(_name, study.beside))
    beside = f"; from it cannot be told: {others}" if others else ""
    return (
        f"The habit that goes with the most here: {_name(found)} ({found.habit.says if found.habit else ''}){beside}."
    )


def _levers(study: Study) -> str:
    habit, model = study.foremost, study.models.widest
    between = f"between models {_times(model.ratio)}" if model else "between models no difference can be told"
    if study.levers == BOTH and habit and habit.widest:
        longer = {HABIT: "the habit is the longer lever", MODEL: "the model is the longer lever"}.get(
            study.longer, "which lever is longer cannot be told"
        )
        return f"Levers: by {_name(habit)} {_times(habit.widest.ratio)}, {between}: {longer}."
    if study.levers == HABIT and habit and habit.widest:
        return f"Levers: by {_name(habit)} {_times(habit.widest.ratio)}; {between}, which does not make it short."
    if study.levers == MODEL:
        return f"Levers: {between}; of no habit can it be told, which does not make them short."
    return "Levers: neither habits nor models can be told to move the cost; more decided changes would."


def _times(ratio: Interval) -> str:
    if ratio.lo is None or ratio.hi is None:
        return f"{ratio.point or 0:.2f} times"
    return f"{ratio.point or 0:.2f} times ({ratio.lo:.2f}–{ratio.hi:.2f})"


def notes(study: Study) -> Iterator[str]:
    """How it was compared, what was left out, and why."""
    yield (
        f"Columns are at one mix of task types. The intervals of ratios hold for all {counted(study.looks, 'pair')} of "
        "bands at once, and apart from these for all pairs of models."
    )
    yield (
        "Size, files and commits hold what was added after failing runs and reviews: they follow from trouble as well "
        "as lead to it."
    )
    if study.elsewhere:
        other = "branches without a request" if study.basis == "request" else "requests"
        yield f"Left out: {counted(study.elsewhere, 'decided change')} that are {other}, since bases are never pooled."
    models = len(study.models.bands) - _MOST_MODELS
    if models > 0:
        yield f"{counted(models, 'model')} with fewer changes stand in the JSON alone."
    yield UNTOLD


def _object(found: Found, study: Study) -> dict[str, Any]:
    told = zip(found.bands, figures(found, study.mix), strict=True)
    return {
        "habit": _name(found),
        "measures": found.habit.says if found.habit else "leading model",
        "bands": [{**_band(band), **_figure(figure)} for band, figure in told],
        "unknown": _band(found.unknown),
        "aside": _band(found.aside),
        "pairs": [_pair(found, pair) for pair in found.pairs],
        "told_apart": found.widest is not None,
    }


def _band(band: Band) -> dict[str, Any]:
    ends = {"name": band.name or None, "lo": band.lo, "hi": band.hi}
    return {**ends, "decided": band.n, "accepted": band.accepted, "n_cost_known": band.crude.n}


def _figure(figure: Figures) -> dict[str, Any]:
    return {
        "acceptance": unrounded(figure.acceptance),
        "attempts": unrounded(figure.attempts),
        "cost_per_accepted": money(figure.cost),
        "crude_cost_per_accepted": money(figure.crude),
    }


def _pair(found: Found, pair: Pair) -> dict[str, Any]:
    return {
        "cheap": label(found, pair.cheap),
        "dear": label(found, pair.dear),
        "ratio": unrounded(pair.ratio),
        "crude_ratio": unrounded(pair.crude),
        "covered": pair.covered,
        "is_settled": pair.is_settled,
        "is_misleading": pair.is_misleading,
    }
