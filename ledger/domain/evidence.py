"""Which of the claims about one commit count, and which contradict them (hooks.md §4.3).

Claims are kept as they were read, all of them. When they disagree the surest counts: first the ledger's own records,
then what was seen at the commit, then what its message says, last a name. Nothing here is kept: it is concluded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from ledger.domain.facts import Contribution
from ledger.domain.grouping import group

GRADES = (
    ("tag", "a tag, which a person gave"),
    ("statement", "a statement, which a person gave"),
    ("journal", "the line of a hook"),
    ("note", "a note of git-ai"),
    ("trailer", "a trailer"),
    ("coauthor", "a co-author"),
    ("author", "the author or committer"),
    ("footer", "a footer"),
    ("branch", "the name of the branch"),
)
"""Evidence, from the surest on, in words. What names a model comes before what does not, within a message's lines."""

MESSAGE = frozenset({"trailer", "coauthor", "author", "footer", "branch"})
"""Evidence that stands in the commit itself or its branch's name: true of a squash as a whole, not of its parts."""

TAG = "tag"

_LINES = frozenset({"trailer", "coauthor"})
"""Equally sure: several agents may have worked on a commit, each with its line."""

_LISTS = frozenset({"note", "statement"})
"""Evidence that lists everybody who took part, row by row."""

_RANKS = {evidence: rank for rank, (evidence, _) in enumerate(GRADES)}
_WORDS = dict(GRADES)


@dataclass(frozen=True, slots=True)
class Weighed:
    """A claim, whether it counts, and why or why not, as a clause."""

    row: Contribution
    counts: bool
    why: str
    contradicts: bool = False
    """It names another model, or agent, than what counts."""


def grade(row: Contribution) -> tuple[int, int]:
    """How sure a claim is; the smaller, the surer. Evidence of an unknown kind is the least sure."""
    rank = _RANKS.get(row.evidence, len(_RANKS))
    if row.evidence in _LINES:
        return _RANKS["trailer"], (0 if row.evidence == "trailer" else 1) if row.model else 2
    return rank, 0 if row.model else 1


def weigh(rows: Iterable[Contribution]) -> tuple[Weighed, ...]:
    """Every claim about one subject, weighed against the others in its role; the surest first.

    The surest kind of claim that names a model says which model it was, all rows of that kind together, but of one
    agent only those of its surest line. A claim without a model counts unless a surer one names its agent, or it is
    less sure than what names a model. Of several notes about a commit the last one read counts.
    """
    claims = sorted(rows, key=_order)
    last = max((row.at for row in claims if row.evidence == "note"), default=None)
    roles = _roles_by_tag(claims)
    moved = [row for row in claims if row.evidence != TAG and _role(row) not in roles.get(_name(row), {_role(row)})]
    by_role = group((row for row in claims if row not in moved), _role)
    found = [each for role in sorted(by_role) for each in _weigh(by_role[role], last)]
    return (*found, *(Weighed(row, False, f"{_said(row)}, but a tag gives it another role") for row in moved))


def of_change(rows: Iterable[Contribution]) -> list[Contribution]:
    """Of a change's claims that count, those that still do beside a tag of its request: in its role it comes first."""
    claims = list(rows)
    roles = tagged_roles(claims)
    return [row for row in claims if row.evidence == TAG or _role(row) not in roles] if roles else claims


def tagged_roles(rows: Iterable[Contribution]) -> frozenset[str]:
    """The roles in which a tag of the request says who it was."""
    return frozenset(_role(row) for row in rows if row.evidence == TAG and row.subject.startswith("request:"))


def _roles_by_tag(claims: Iterable[Contribution]) -> dict[str, set[str]]:
    """Model, or agent where none is named → the roles that tags give it."""
    roles: dict[str, set[str]] = {}
    for row in claims:
        if row.evidence == TAG and _name(row):
            roles.setdefault(_name(row), set()).add(_role(row))
    return roles


def _name(row: Contribution) -> str:
    return row.model or row.model_raw or row.agent


def _role(row: Contribution) -> str:
    return row.role or "implement"


def counted(rows: Iterable[Contribution]) -> Iterator[Contribution]:
    """The claims that count, subject by subject."""
    for claims in group(rows, lambda row: row.subject).values():
        if len(claims) == 1:
            yield claims[0]
        else:
            yield from (each.row for each in weigh(claims) if each.counts)


def contradictions(rows: Iterable[Contribution]) -> tuple[tuple[Weighed, ...], ...]:
    """The weighed claims of every subject and role in which one contradicts what counts; the surest first.

    What a tag moved to another role, or said of the request, is settled: it contradicts nothing any more.
    """
    claims = list(rows)
    settled, subjects = tagged_roles(claims), group(claims, lambda row: row.subject)
    weighed = (
        (role, told)
        for subject in sorted(subjects)
        for role, told in sorted(group(weigh(subjects[subject]), lambda each: _role(each.row)).items())
    )
    return tuple(
        tuple(told) for role, told in weighed if role not in settled and any(each.contradicts for each in told)
    )


def _order(row: Contribution) -> tuple[object, ...]:
    return (*grade(row), row.agent, row.model_raw, row.evidence, not row.role, row.role)


def _weigh(rows: Sequence[Contribution], last: datetime | None) -> Iterator[Weighed]:
    """The claims in one role, in the order of how sure they are."""
    current = [row for row in rows if row.evidence != "note" or row.at == last]
    named = [row for row in current if row.model]
    telling = _one_line_each([row for row in named if grade(row)[0] == grade(named[0])[0]])
    sides = _Sides(telling, frozenset(telling), frozenset(row.model for row in telling))
    known, surest = {row.agent for row in telling}, next((row for row in current if row.agent), None)
    for row in rows:
        if row.evidence == "note" and row.at != last:
            yield Weighed(row, False, "an earlier note; a later one stands in its place")
        elif row.model:
            yield _weigh_model(row, sides)
        else:
            yield _weigh_agent(row, known, telling, surest)
            known.add(row.agent)


@dataclass(frozen=True, slots=True)
class _Sides:
    """The rows that say which model it was."""

    rows: Sequence[Contribution]
    those: frozenset[Contribution]
    models: frozenset[str | None]


def _one_line_each(rows: Sequence[Contribution]) -> list[Contribution]:
    """Of the lines of one agent, those of the surest kind: its trailers, else what its signature says."""
    best: dict[str, tuple[int, int]] = {}
    for row in rows:
        best[row.agent] = min(best.get(row.agent, grade(row)), grade(row))
    return [row for row in rows if grade(row) == best[row.agent]]


def _weigh_model(row: Contribution, telling: _Sides) -> Weighed:
    if row in telling.those:
        is_alone = len(telling.models) == 1 or row.evidence in _LISTS
        return Weighed(row, True, _said(row) if is_alone else f"{_said(row)}, as sure as the others", not is_alone)
    surest = _word(telling.rows[0])
    if row.model in telling.models:
        return Weighed(row, False, f"{_said(row)}, which agrees with {surest}")
    return Weighed(row, False, f"{_said(row)}, less sure than {surest}, which names another model", True)


def _weigh_agent(
    row: Contribution, known: set[str], telling: Sequence[Contribution], surest: Contribution | None
) -> Weighed:
    """A claim without a model; `known` are the agents that count already, `surest` the first that names one."""
    if row.agent in known or (not row.agent and (telling or surest)):
        return Weighed(row, False, f"{_said(row)}, which says no more than is known")
    if row.agent and surest and grade(surest)[0] < grade(row)[0]:
        return Weighed(row, False, f"{_said(row)}, less sure than {_word(surest)}, which names another agent", True)
    return Weighed(row, True, f"{_said(row)}, which names no model")


def _said(row: Contribution) -> str:
    return f"told by {_word(row)}"


def _word(row: Contribution) -> str:
    return _WORDS.get(row.evidence, "other evidence")
