"""Short ways to make what a policy is applied to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ledger.domain.conclusions import Change, ChangeSpend, Review
from ledger.domain.facts import Contribution
from ledger.domain.models import parse_model
from ledger.domain.path_rules import KNOWN_AREAS
from ledger.domain.policed import Books, File, Policed, PolicedCommit
from tests.domain.building import at, credit

OPUS, SONNET, HAIKU, GPT = "claude-opus-4-8", "claude-sonnet-4-6", "claude-haiku-4-5", "gpt-5.4"


def claim(model: str | None, role: str = "implement", **changed: Any) -> Contribution:
    """A model's part by a trailer; None: an agent that names no model."""
    found = parse_model(model or "")
    row = replace(credit("x", model, role), provider=found.provider, family=found.family)
    return replace(row, **changed)


def made(
    oid: str,
    *claims: Contribution,
    parents: str = "",
    files: Sequence[File] = ((10, "src/auth/token.py"),),
    trailers: Sequence[str] = (),
) -> PolicedCommit:
    """A commit with a subject of its own, by default of the most sensitive kind of file."""
    return PolicedCommit(
        oid=oid,
        parents=tuple(parents.split()),
        subject=f"feat: {oid}",
        files=tuple(files),
        claims=claims,
        trailers=frozenset(trailers),
    )


def policed(*commits: PolicedCommit, books: Books | None = None, task_type: str = "feat", **changed: Any) -> Policed:
    """The commits, given in the order in which they were made, as one change of their files."""
    files = {path: lines for commit in commits for lines, path in commit.files}
    whole = Policed(
        commits=commits[::-1],
        files=[(lines, path) for path, lines in files.items()],
        areas=KNOWN_AREAS,
        task_type=task_type,
        books=books,
    )
    return replace(whole, **changed)


def books(
    *oids: str, changes: Sequence[Change] = (), reviews: Sequence[Review] = (), spends: Sequence[ChangeSpend] = ()
) -> Books:
    """A ledger that knows these commits."""
    return Books(changes=tuple(changes), owners=dict.fromkeys(oids, "c"), reviews=tuple(reviews), spends=tuple(spends))


def spend(model: str, role: str) -> ChangeSpend:
    """What a model's calls in a role cost."""
    return ChangeSpend(change_id="c", model=model, agent="", role=role, calls=3, calls_unpriced=0, nusd=7)


def review(model: str, *, after: bool | None = True, before: bool | None = True, evidence: str = "calls") -> Review:
    """A review that the ledger knows of."""
    return Review(
        change_id="c",
        number=1,
        agent="codex",
        model=model,
        evidence=evidence,
        session="r",
        reviewed_at=at(5),
        is_dated=after is not None,
        is_second=True,
        is_after_last_commit=after,
        is_before_decision=before,
        verdict="",
        calls=1,
        nusd=7,
    )
