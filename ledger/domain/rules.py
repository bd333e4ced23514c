"""The rules by which a call is booked to a change, in their order, and how sure each is (metric.md §4).

A charge keeps the name of its rule; where equal claims were split, the mark stands behind it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

WINDOW = timedelta(hours=24)
"""So long after a call a commit, or a session that commits, may still be what the call was for."""
SLACK = timedelta(seconds=5)
"""So far may the clocks of a log and of git be apart."""

EXACT = "exact"
INFERRED = "inferred"
WEAK = "weak"

EXPLICIT = "explicit"
PRINTED = "printed-id"
PATCH = "patch-id"
TIMED = "time-and-subject"
REVIEW = "review"
FILE = "file"
NEXT = "next-commit"
FED = "fed"
BRANCH = "branch"


@dataclass(frozen=True, slots=True)
class Rule:
    """How sure a rule is, and what it goes by."""

    strength: str
    """exact: a commit is named; inferred: a file or branch says so; weak: only what came next does"""
    says: str


RULES: dict[str, Rule] = {
    EXPLICIT: Rule(
        EXACT, "the source books the call, or a hook's line, a trailer or a note ties its session to the commit"
    ),
    PRINTED: Rule(EXACT, "git printed the commit's id in the session"),
    PATCH: Rule(EXACT, "the commit that git printed in the session has the same stable patch-id"),
    TIMED: Rule(EXACT, "the commit was authored during the session's git commit, under the same subject"),
    REVIEW: Rule(EXACT, "the session wrote nothing, and judged this request by its number"),
    FILE: Rule(INFERRED, "the first commit on the branch within 24 hours that touches a file the session wrote"),
    NEXT: Rule(WEAK, "the next commit on the branch within 24 hours"),
    FED: Rule(WEAK, "the session only read: what the next session there committed within 24 hours"),
    BRANCH: Rule(INFERRED, "the change of the branch that the work was on"),
}
"""Rule → what it is, in the order in which they are tried."""

_ORDER = tuple(RULES)

AMBIGUOUS = " (ambiguous)"
"""Stands behind the name of a rule that two changes met equally well: the cost was split between them."""


def marked(rule: str, claims: int) -> str:
    """The rule as a charge keeps it, for a call with so many equal claims."""
    return rule + AMBIGUOUS if claims > 1 else rule


def is_ambiguous(kept: str) -> bool:
    """Whether a charge's rule says that equal claims were split."""
    return kept.endswith(AMBIGUOUS)


def strength(kept: str) -> str:
    """exact | inferred | weak for a charge's rule, marked or not; '' for an unattributed charge."""
    rule = RULES.get(kept.removesuffix(AMBIGUOUS))
    return rule.strength if rule else ""


def of_strength(wanted: str) -> tuple[str, ...]:
    """The names of the rules that are so sure."""
    return tuple(name for name, rule in RULES.items() if rule.strength == wanted)


def surest(rules: Iterable[str]) -> str:
    """Of rules that find the same, the one that is tried first."""
    return min(rules, key=_ORDER.index)


def least_sure(rules: Iterable[str]) -> str:
    """Of rules that find different things at once, the one that is tried last."""
    return max(rules, key=_ORDER.index)
