"""The rule that what has high stakes is reviewed by a model of another provider, after the last commit, before merge.

A trailer is a review of what its commit holds. What the ledger knows of reviews by calls and events counts beside it.
Where the reviewer, or who is reviewed, is not known, nothing is claimed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ledger.domain.conclusions import Review
from ledger.domain.models import parse_model
from ledger.domain.policed import Finding, Policed, PolicedCommit
from ledger.domain.policy import UNKNOWN, ReviewRule
from ledger.domain.screen import plain

RULE = "review"
_FINAL, _EARLY, _LATE, _UNDATED, _UNREAD = "final", "early", "late", "undated", "unread"
_SAID_ONLY = frozenset({"tag", "statement"})
"""Evidence that tells who reviewed, not when."""

_SAY_SO = (
    "Let a model of another provider review what stands there now, and say so after the last commit: "
    "git commit --allow-empty -m Review --trailer 'Ledger-Review: AGENT:MODEL'."
)


@dataclass(frozen=True, slots=True)
class _Reviewer:
    """Who reviewed, and how much of the change was there to be seen."""

    name: str
    provider: str | None
    when: str


@dataclass(frozen=True, slots=True)
class _Makers:
    """Who implemented."""

    models: tuple[str, ...]
    providers: frozenset[str]
    unknown: str
    """One whose provider is not known; ''."""

    @property
    def is_nobody(self) -> bool:
        """No model is named."""
        return not self.models and not self.unknown

    @property
    def names(self) -> str:
        """All of them."""
        return " and ".join(filter(None, (*self.models, self.unknown)))


def check_review(rule: ReviewRule, found: Policed) -> Iterator[Finding]:
    """What is wrong with the reviews of a change of high stakes; nothing where it touches no such area."""
    if not found.high or not found.implementing:
        return
    makers, reviewers = _makers(found), list(_reviewers(found))
    others = [each for each in reviewers if each.provider and each.provider not in makers.providers]
    final = [each for each in others if each.when == _FINAL]
    if final and not makers.unknown:
        return
    last = found.implementing[0]
    stakes = ", ".join(f"{plain(area, 40)} ({plain(path, 80)})" for area, path in found.high.items())
    level, why = _verdict(rule, makers, reviewers, others, final)
    yield Finding(RULE, level, f"Its stakes are high: {stakes}. {why}", _remedy(level, makers), last.oid, last.subject)


def _verdict(
    rule: ReviewRule, makers: _Makers, reviewers: list[_Reviewer], others: list[_Reviewer], final: list[_Reviewer]
) -> tuple[str, str]:
    """The level and the sentence: of several reviews the one that comes nearest is told of."""
    if makers.is_nobody:
        return UNKNOWN, "No commit names a model that implemented it, so whether it needs another one's review is open."
    if final:
        return (
            UNKNOWN,
            f"{final[0].name} reviewed it; the provider of {makers.unknown}, which implemented it, is not known.",
        )
    for when, why in _OPEN.items():
        if reviewer := next((each for each in others if each.when == when), None):
            return UNKNOWN, f"{reviewer.name} reviewed it, but {why}."
    if nameless := next((each for each in reviewers if not each.provider and each.when == _FINAL), None):
        return UNKNOWN, f"{nameless.name} reviewed it, whose provider is not known."
    if others:
        return rule.level, f"{others[0].name} reviewed it {_TOO[others[0].when]}."
    if reviewers:
        return rule.level, f"{reviewers[0].name} reviewed it, of the provider that implemented it with {makers.names}."
    return rule.level, f"No model but {makers.names}, which implemented it, is known to have seen it."


_OPEN = {
    _UNDATED: "when, is not known",
    _UNREAD: "the ledger has not read the last commits yet",
}
_TOO = {_EARLY: "before its last commit", _LATE: "after it was merged or closed"}


def _remedy(level: str, makers: _Makers) -> str:
    if level == UNKNOWN and (makers.is_nobody or makers.unknown):
        return "Name the model in a trailer, Assisted-by: AGENT:MODEL, or with ledger tag; a person's work may stay so."
    return _SAY_SO


def _makers(found: Policed) -> _Makers:
    """Those that commits name, and those whose calls the ledger knows."""
    named = [
        (row.model or row.agent, row.provider) for commit in found.implementing for row in commit.of_role("implement")
    ]
    spends = found.books.spends if found.books else ()
    named += [(row.model, parse_model(row.model).provider) for row in spends if row.role == "implement" and row.model]
    known = {name: provider for name, provider in named if name and provider}
    unknown = next((name or "an agent" for name, provider in named if not provider), "")
    return _Makers(tuple(plain(name, 60) for name in sorted(known)), frozenset(known.values()), plain(unknown, 60))


def _reviewers(found: Policed) -> Iterator[_Reviewer]:
    wanted = {commit.oid for commit in found.implementing}
    for commit in found.commits:
        yield from _by_commit(found, commit, wanted)
    if found.books:
        is_read = wanted <= found.books.owners.keys()
        for review in found.books.reviews:
            if review.evidence != "contribution":  # those stand in the commits
                name = plain(review.model or review.agent or "somebody", 60)
                yield _Reviewer(name, parse_model(review.model).provider, _when(review, is_read))


def _by_commit(found: Policed, commit: PolicedCommit, wanted: set[str]) -> Iterator[_Reviewer]:
    for row in commit.of_role("review"):
        when = _UNDATED if row.evidence in _SAID_ONLY else _FINAL if wanted <= found.seen_at(commit.oid) else _EARLY
        yield _Reviewer(plain(row.model or row.agent or "somebody", 60), row.provider, when)


def _when(review: Review, is_read: bool) -> str:
    if review.is_before_decision is False:
        return _LATE
    if review.is_after_last_commit is None:
        return _UNDATED
    if not review.is_after_last_commit:
        return _EARLY
    return _FINAL if is_read else _UNREAD
