"""What a policy is applied to: the commits of a range as one change, and what the ledger knows of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from ledger.domain.conclusions import Change, ChangeSpend, Review
from ledger.domain.facts import Contribution
from ledger.domain.path_rules import HIGH, Area
from ledger.domain.paths import kind_of
from ledger.domain.patterns import matcher

_ASIDE = frozenset({"docs", "test"})
"""Documentation and tests of a part are not the part (ledger.domain.known_areas)."""

File = tuple[int, str]
"""(changed lines, path)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicedCommit:
    """A commit of the range, merges included."""

    oid: str
    parents: tuple[str, ...]
    subject: str
    files: tuple[File, ...]
    """None of a merge: it holds no work."""
    claims: tuple[Contribution, ...]
    """Those that count."""
    trailers: frozenset[str] = frozenset()
    """Of the trailers that the policy requires those that it has, in small letters."""

    @property
    def is_merge(self) -> bool:
        """It only brings histories together."""
        return len(self.parents) > 1

    @property
    def implements(self) -> bool:
        """It changes something else than documentation: a review before it did not see all."""
        return not self.is_merge and any(kind_of(path) != "docs" for _, path in self.files)

    def of_role(self, role: str) -> Iterator[Contribution]:
        """Who took part in that role; one that names none implemented."""
        return (row for row in self.claims if (row.role or "implement") == role)


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """What the ledger knows of the changes that the commits belong to."""

    changes: tuple[Change, ...]
    owners: Mapping[str, str]
    """Commit → its change; one that is missing was not posted yet."""
    reviews: tuple[Review, ...]
    spends: tuple[ChangeSpend, ...]


@dataclass(frozen=True, kw_only=True)
class Policed:
    """The range as one change."""

    commits: Sequence[PolicedCommit]
    """Children before parents."""
    files: Sequence[File]
    """What it changes as a whole."""
    areas: Sequence[Area]
    task_type: str
    books: Books | None
    """None: there is no ledger, and git is all that is known."""

    @property
    def work(self) -> Sequence[PolicedCommit]:
        """The commits that are no merges."""
        return [commit for commit in self.commits if not commit.is_merge]

    @property
    def implementing(self) -> Sequence[PolicedCommit]:
        """The commits that a review has to see."""
        return [commit for commit in self.commits if commit.implements]

    @cached_property
    def high(self) -> Mapping[str, str]:
        """Area of high stakes → a path of it that the change touches; tests and documentation do not count."""
        paths = [path for _, path in self.files if kind_of(path) not in _ASIDE]
        found = {}
        for area in self.areas:
            fits = matcher(area.patterns)
            touched = next((path for path in paths if fits(path)), None) if area.stakes == HIGH else None
            if touched is not None:
                found[area.name] = touched
        return found

    def seen_at(self, oid: str) -> frozenset[str]:
        """The commits of the range that a commit holds: itself and those that lead to it."""
        parents = {commit.oid: commit.parents for commit in self.commits}
        seen, ahead = set[str](), [oid]
        while ahead:
            each = ahead.pop()
            if each in parents and each not in seen:
                seen.add(each)
                ahead += parents[each]
        return frozenset(seen)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found: where, why, and what to do about it."""

    rule: str
    level: str
    """warn | fail; unknown: it could not be judged."""
    reason: str
    remedy: str
    commit: str = ""
    """Its id; '' for the change as a whole."""
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a check came to."""

    range: str
    """As a person would write it."""
    commits: int
    """Merges left out."""
    rules: tuple[str, ...]
    """Those that were applied."""
    findings: tuple[Finding, ...]
    """Those that fail first, the unknown last."""
    notes: tuple[str, ...]
    """What else to know: where there was no ledger, how old it is."""

    def at(self, level: str) -> tuple[Finding, ...]:
        """The findings of one level."""
        return tuple(each for each in self.findings if each.level == level)
