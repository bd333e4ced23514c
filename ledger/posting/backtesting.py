"""From rules in text to what they would have cost: the names in them, the changes they fit, what is told of these."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from ledger.domain.advising import elsewhere, main_of
from ledger.domain.asked import chosen
from ledger.domain.backtest import Backtest, Replay, replay, whole_of
from ledger.domain.costing import KINDS
from ledger.domain.models import parse_model
from ledger.domain.nearby import unknown_name
from ledger.domain.path_rules import NONE, UNKNOWN, Area
from ledger.domain.report import COST_UNKNOWN, FORGE_UNHEARD
from ledger.domain.screen import plain
from ledger.domain.started import Aim, Started, at_fallback, strata, together
from ledger.domain.static_rules import KEYS, Rule, check_reached
from ledger.errors import LedgerError
from ledger.posting.choosing import written
from ledger.store import backtests, figures, names
from ledger.store.engine import Ledger
from ledger.store.spreads import is_over_several

_LONGEST = 1 << 20
_HOW = "write rules like 'docs -> MODEL; else -> OTHER', or name a file that holds them"


def rules_text(said: str) -> str:
    """Rules as they were written: what is said itself where it holds an arrow, else the file of that name, - for input.

    Raises LedgerError for a file that cannot be read or is no text.
    """
    if "->" in said or "→" in said:
        return said
    where = "What came on standard input" if said == "-" else plain(said, 120) or "An empty text"
    try:
        if said == "-":
            held = sys.stdin.buffer.read(_LONGEST)
        else:
            with open(said, "rb") as file:
                held = file.read(_LONGEST)
        return held.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise LedgerError(f"{where} is no text in UTF-8; {_HOW}.") from error
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else "it is no name of a file"
        raise LedgerError(f"{where} is no rule and cannot be read as a file ({why}); {_HOW}.") from error


def backtest(
    ledger: Ledger,
    as_of: datetime,
    rules: Sequence[Rule],
    part: figures.Slice,
    *,
    areas: Iterable[Area] = (),
    fallback_nusd: int | None = None,
) -> Backtest:
    """What the rules would have cost over the changes of a slice, judged from `as_of`.

    `areas` are those of the configuration, which are known though no change touched them. Raises LedgerError for a name
    that is not known.
    """
    with ledger.read() as connection:
        is_several = is_over_several(connection, part)
        aims = _aims(connection, as_of, rules, part, areas)
        keys = [key for key in KEYS if any(key in aim.rule.wanted for aim in aims)]
        rows = backtests.started(connection, as_of, part, keys, is_over_several=is_several)
        cost = KINDS[figures.cost_kind(connection, part)]
        called = names.repositories(connection) if is_several else {}
    basis = main_of((row.basis, row.n) for row in rows)
    mine = together([row for row in rows if row.basis == basis], [aim.rule for aim in aims])
    sorted_out = strata(mine, aims)
    at_cost = None if fallback_nusd is None else whole_of([at_fallback(row, fallback_nusd) for row in sorted_out])
    return Backtest(
        as_of=as_of,
        cost=cost,
        basis=basis,
        elsewhere=elsewhere(((row.basis, row.n) for row in rows), basis),
        decided=sum(row.decided for row in mine),
        unknown_starter=sum(row.decided for row in mine if not row.model),
        unknown_cost=sum(row.decided - row.sums.n for row in mine if row.model),
        hidden=_hidden(mine),
        rules=replay(sorted_out, aims),
        always=_always(mine, aims),
        fallback_nusd=fallback_nusd,
        at_fallback=at_cost,
        repositories={each: name for name, each in called.items()},
        only=chosen(part.since, part.until, part.only),
    )


def _aims(
    connection: Connection, as_of: datetime, rules: Sequence[Rule], part: figures.Slice, areas: Iterable[Area]
) -> tuple[Aim, ...]:
    """The rules with names as the ledger has them; a name is known whatever period was asked for."""
    there = figures.Slice(repository_id=part.repository_id)
    began = backtests.starters(connection, as_of, there)
    models = {*began, *names.names(connection, as_of, there, "model")}
    families: dict[str, set[str]] = {}
    for model in models:
        families.setdefault(parse_model(model).family or model, set()).add(model)
    asked_for = [key for key in ("area", "package") if any(key in rule.wanted for rule in rules)]
    known = {key: {*names.names(connection, as_of, there, key), NONE, UNKNOWN} for key in asked_for}
    if "area" in known:
        known["area"].update(area.name for area in areas)
    found = []
    for rule in rules:
        wanted = {
            key: tuple(dict.fromkeys(_known(name, key, known[key]) for name in asked)) if key in known else asked
            for key, asked in rule.wanted.items()
        }
        name = written(rule.model, models) or written(rule.model, families)
        if not name:
            raise LedgerError(unknown_name(rule.model, "model or family", {*models, *families}))
        members = frozenset((name,)) if name in models else frozenset(families[name])
        found.append(Aim(replace(rule, wanted=wanted, model=name), members))
    check_reached([aim.rule for aim in found])
    return tuple(found)


def _known(name: str, key: str, known: Iterable[str]) -> str:
    found = written(name, known)
    if not found:
        raise LedgerError(unknown_name(name, key, known))
    return found


def _always(rows: Sequence[Started], aims: Sequence[Aim]) -> tuple[Replay, ...]:
    """Each model that the rules name, for everything; a family of one is that one. None where that is what they say."""
    alone: dict[frozenset[str], Aim] = {}
    for aim in aims:
        alone.setdefault(aim.models, Aim(Rule({}, aim.name), aim.models))
    if len(alone) == 1 and any(not aim.rule.wanted for aim in aims):
        return ()
    return tuple(replay(strata(rows, (aim,)), (aim,)) for aim in alone.values())


def _hidden(rows: Sequence[Started]) -> str:
    """Why no cost can be told of any; ''."""
    decided, heard = sum(row.decided for row in rows), sum(row.n - row.unheard for row in rows)
    began = sum(row.decided for row in rows if row.model)
    if rows and not heard:
        return FORGE_UNHEARD
    if rows and not decided:
        return "none of these changes is decided yet"
    return COST_UNKNOWN if 2 * sum(row.sums.n for row in rows if row.model) < began else ""
