"""`ledger check --evidence`: whether each rule of the policy went with cheaper accepted changes, in three formats."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ledger.domain.estimates import FEWEST, Estimate
from ledger.domain.grouping import group
from ledger.domain.markdown import escaped, table
from ledger.domain.money import shown
from ledger.domain.policy_evidence import Cell, Evidence, Side
from ledger.domain.screen import counted
from ledger.reports.cells import share
from ledger.reports.json_figures import estimated, unrounded
from ledger.reports.rows import as_table

FORMAT = 1
OBSERVED = (
    "Observed, not tried: changes that keep a rule may differ in more than that, so none of this says what it does."
)
_COLUMNS = ("rule", "task type", "", "n", "accepted", "cost per accepted", "reverted")


def as_text(evidence: Evidence, width: int) -> str:
    """The two sides of each rule within each task type, and below them what may be said of the difference."""
    parts = [f"{_opening(evidence)} {OBSERVED}\n"]
    if evidence.cells:
        parts.append(
            "\n".join(line.rstrip() for line in as_table(_COLUMNS, _rows(evidence), width).splitlines()) + "\n"
        )
    lines = [*sentences(evidence), *notes(evidence)]
    return "\n".join([*parts, "".join(f"{line}\n" for line in lines)]) if lines else "\n".join(parts)


def as_markdown(evidence: Evidence) -> str:
    """The same as Markdown."""
    parts = [f"**{escaped(_opening(evidence), 400)}** {escaped(OBSERVED, 400)}"]
    if evidence.cells:
        rows = [[escaped(cell, 200) for cell in row] for row in _rows(evidence)]
        parts.append(table(_COLUMNS, rows, 3).rstrip())
    lines = [*sentences(evidence), *notes(evidence)]
    parts += ["\n".join(f"- {escaped(line, 600)}" for line in lines)] if lines else []
    return "\n\n".join(parts) + "\n"


def as_json(evidence: Evidence) -> str:
    """All of it; money is a decimal text in USD, null is unknown or too little to say, and every key is there."""
    told = {
        "format": FORMAT,
        "as_of": evidence.as_of.isoformat(),
        "observational": True,
        "changes": evidence.changes,
        "cells": [_object(cell) for cell in evidence.cells],
        "aside": dict(evidence.aside),
        "unknown": dict(evidence.unknown),
        "silent": dict(evidence.silent),
    }
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def _opening(evidence: Evidence) -> str:
    changes = counted(evidence.changes, "decided change")
    return f"Does the policy pay? {changes} with a model's part, as of {evidence.as_of:%Y-%m-%d}."


def _rows(evidence: Evidence) -> list[list[str]]:
    return [
        [cell.rule, _kind(cell), word, *_side(side)]
        for cell in evidence.cells
        for word, side in (("kept", cell.kept), ("not", cell.broken))
    ]


def _side(side: Side) -> Iterator[str]:
    yield str(side.decided)
    yield share(side.acceptance)
    yield _cost(side.estimate)
    yield share(side.reverts)


def _cost(found: Estimate) -> str:
    if found.lower_bound is not None:
        return f"≥ {shown(found.lower_bound)}"
    if found.point is None:
        return "too few"
    bounds = "" if found.lo is None or found.hi is None else f" ({shown(found.lo, '')}–{shown(found.hi, '')})"
    return f"{shown(found.point)}{bounds}"


def sentences(evidence: Evidence) -> Iterator[str]:
    """What may be said of each rule within each task type; where nothing may, once for each rule."""
    yield from (sentence(cell) for cell in evidence.cells if not _is_thin(cell))
    thin = group((cell for cell in evidence.cells if _is_thin(cell)), lambda cell: cell.rule)
    for rule, cells in thin.items():
        kinds = "; ".join(map(_kind, cells))
        need = f"both sides need {FEWEST} decided changes of known cost, 2 accepted"
        yield f"{rule}: too little to say of {kinds}; {need}."


def sentence(cell: Cell) -> str:
    """What may be said of one rule within one task type, and what would settle it where it is open."""
    ratio = cell.ratio
    times = f"{ratio.point or 0:.2f} times ({ratio.lo or 0:.2f}–{ratio.hi or 0:.2f})"
    if cell.is_settled:
        return f"{cell.rule}, {_kind(cell)}: with it kept an accepted change cost {times} what it cost without."
    more = f"; {cell.needed:,} decided changes of each would settle a difference of this size" if cell.needed else ""
    return f"{cell.rule}, {_kind(cell)}: cannot be told apart, {times} the cost{more}."


def _is_thin(cell: Cell) -> bool:
    return cell.ratio.lo is None


def _kind(cell: Cell) -> str:
    """The task type; requests are what most changes are, so only other bases are named."""
    return cell.task_type if cell.basis == "request" else f"{cell.task_type}, {cell.basis}"


def notes(evidence: Evidence) -> Iterator[str]:
    """What was left out, and why."""
    for rule, count in evidence.aside.items():
        if count:
            yield f"{rule}: {counted(count, 'change')} {'has' if count == 1 else 'have'} nothing to do with it."
    for rule, count in evidence.unknown.items():
        if count:
            yield f"{rule}: of {counted(count, 'change')} it is not known whether they kept it."
    for rule, why in evidence.silent.items():
        yield f"{rule}: past changes say nothing of it, since {why}."


def _object(cell: Cell) -> dict[str, Any]:
    return {
        "rule": cell.rule,
        "basis": cell.basis,
        "task_type": cell.task_type,
        "kept": _side_object(cell.kept),
        "broken": _side_object(cell.broken),
        "cost_ratio": unrounded(cell.ratio),
        "is_settled": cell.is_settled,
        "needed_each": cell.needed,
    }


def _side_object(side: Side) -> dict[str, Any]:
    return {
        "decided": side.decided,
        "accepted": side.accepted,
        "acceptance": unrounded(side.acceptance),
        "n_cost_known": side.sums.n,
        "cost_per_accepted": estimated(side.estimate),
        "reverted": side.reverted,
    }
