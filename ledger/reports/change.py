"""One change explained, for a screen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ledger.domain.conclusions import Change
from ledger.domain.explanation import Explanation
from ledger.domain.money import shown, usd
from ledger.domain.path_rules import NONE
from ledger.domain.screen import counted, plain


def render(explanation: Explanation) -> str:
    """Outcome, cost, commits, contributions, charges with their rule, runs and events."""
    return "\n".join(_lines(explanation)) + "\n"


def _lines(explained: Explanation) -> Iterator[str]:
    change = explained.change
    yield plain(change.title)
    yield f"  {change.id}"
    yield from (f"  also {plain(alias)}" for alias in explained.aliases)
    yield ""
    yield f"{explained.outcome}, {_how(change)}"
    yield f"task type {change.task_type} (by {change.type_source}); led by {_lead(change)}; {_cost(change)}"
    yield _touched(change)
    failed = counted(change.failed_runs, "failing run")
    yield f"{counted(change.attempts, 'attempt')}, {failed} before the first pass, {_verified(change)}"
    yield from _section("Commits", _commits(explained))
    yield from _section("Who took part", _contributions(explained))
    yield from _section("Cost", _charges(explained))
    yield from _section("Attempts", _attempts(explained))
    yield from _section(
        "Runs",
        (
            f"{_day(run.at)} {plain(run.name or run.run, 40)}: {run.conclusion} on {run.oid[:10]}"
            for run in explained.runs
        ),
    )
    yield from _section(
        "Events",
        (f"{_day(event.at)} {plain(event.kind, 20)} {plain(event.verdict, 20)}".rstrip() for event in explained.events),
    )
    yield from _section(
        "Reverts",
        (f"{_day(each.committed_at)} {each.oid[:10]} {plain(each.subject, 100)}" for each in explained.reverts),
    )


def _section(title: str, lines: Iterator[str]) -> Iterator[str]:
    found = list(lines)
    if found:
        yield ""
        yield title
        yield from (f"  {line}" for line in found)


def _how(change: Change) -> str:
    parts = [f"basis {change.basis}", f"opened {_day(change.opened_at)}"]
    if change.decided_at:
        parts.append(
            f"{change.state} {_day(change.decided_at)}" + (f" by {change.landed_by}" if change.landed_by else "")
        )
    if change.reverted_at:
        parts.append(f"reverted {_day(change.reverted_at)}")
    if change.basis == "request" and not change.is_forge_known:
        parts.append("known from its landing only")
    return ", ".join(parts)


def _lead(change: Change) -> str:
    if change.lead_evidence == "mixed":
        return "no model, being squashed from several commits of which only some name one"
    return f"{plain(change.lead_model, 60)} (by {change.lead_evidence})" if change.lead_model else "no known model"


def _touched(change: Change) -> str:
    """Areas, stakes with who says so, and package."""
    if not (change.area or change.areas or change.packages):
        return "area and stakes unknown: not all of its diff was read"
    stakes = f"stakes {change.stakes or 'unknown'}" + (f" by {plain(change.stakes_by)}" if change.stakes_by else "")
    package = [] if change.package == NONE else [_place("package", change.package, change.packages)]
    return "; ".join([_place("area", change.area, change.areas), stakes, *package])


def _place(word: str, most: str, every: str) -> str:
    more = f" (touches {plain(every)})" if every not in ("", most) else ""
    return f"{word} {plain(most, 60) or 'unknown'}{more}"


def _cost(change: Change) -> str:
    if change.cost_known == "none":
        return "cost unknown"
    return f"cost {shown(usd(change.nusd))}" + (
        " at least: only part of it is known" if change.cost_known == "partial" else ""
    )


def _verified(change: Change) -> str:
    return {True: "verified", False: "not verified", None: "no run on what landed"}[change.is_verified]


def _commits(explained: Explanation) -> Iterator[str]:
    for row, commit in explained.commits:
        subject = plain(commit.subject, 100) if commit else "(rewritten away before it was read)"
        yield f"{row.oid[:10]} {subject}{'' if row.is_head else '  [earlier]'}"


def _contributions(explained: Explanation) -> Iterator[str]:
    for row in explained.contributions:
        who = " ".join(
            filter(
                None,
                (
                    plain(row.model or row.model_raw, 60) or "(model not named)",
                    f"in {plain(row.agent, 60)}" * bool(row.agent),
                ),
            )
        )
        yield f"{who} as {row.role or 'unknown role'}, told by {plain(row.evidence, 20)} on {row.subject[:18]}"


def _attempts(explained: Explanation) -> Iterator[str]:
    for each in explained.attempts:
        who = plain(each.model, 60) or "(model unknown)"
        cost = "" if explained.change.cost_known == "none" else f", {shown(usd(each.nusd))}"
        yield f"{each.number}. {who} from {_day(each.started_at)}{cost}, ended by {each.ended_by}"


def _charges(explained: Explanation) -> Iterator[str]:
    for row in explained.charges:
        unpriced = f", {row.calls_unpriced} without a price" if row.calls_unpriced else ""
        who = plain(row.model, 60) or "(model unknown)"
        yield (
            f"{shown(usd(row.nusd))} for {counted(row.calls, 'call')}{unpriced} by {who} "
            f"as {row.role or 'unknown role'} ({row.role_evidence or 'no evidence'}) on {row.occurred_on}, "
            f"session {plain(row.session, 12) or '–'}, attempt {row.attempt}: {row.rule}"
        )


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"
