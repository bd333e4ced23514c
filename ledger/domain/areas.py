"""Areas, stakes and packages: which part of a repository a change touched, told by rules about paths (metric.md §6).

Paths are never kept, so the rules are applied where a diff is read, and what they say of each commit is a fact beside
the rules' digest. Rules change: `in_force` says which hold, `by_rules` which commits they speak of.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ledger.domain.facts import RepositoryRules
from ledger.domain.git_facts import CommitArea
from ledger.domain.path_rules import HIGH, NONE, NORMAL, UNKNOWN, PathRules
from ledger.domain.patterns import directory_finder, matcher
from ledger.domain.screen import storable

_REMEMBERED = 100_000
_LONGEST_NAME = 200


def sorter(rules: PathRules) -> Callable[[str, Iterable[tuple[int, str]]], CommitArea]:
    """What the rules say of a commit, by its id and its (changed lines, path) pairs; raises ValueError like `matcher`.

    A file in several areas counts in each; a file without lines, as an image, is touched all the same.
    """
    areas = [(area.name, matcher(area.patterns)) for area in rules.areas]
    package_of, digest = directory_finder(rules.packages), rules.digest
    stakes = {area.name: area.stakes for area in rules.areas}

    @lru_cache(maxsize=_REMEMBERED)
    def places(path: str) -> tuple[tuple[str, ...], str]:
        return tuple(name for name, fits in areas if fits(path)), _package(package_of(path))

    def sort(oid: str, files: Iterable[tuple[int, str]]) -> CommitArea:
        touched, packages = Counter[str](), Counter[str]()
        for lines, path in files:
            names, package = places(path)
            for name in names:
                touched[name] += lines
            if package:
                packages[package] += lines
        return CommitArea(
            oid=oid,
            rules=digest,
            areas=tuple((name, lines, stakes[name]) for name, lines in sorted(touched.items())),
            packages=tuple(sorted(packages.items())),
        )

    return sort


def _package(directory: str) -> str:
    """A package by its directory; one that is called like the words for no package is told apart from them."""
    name = storable(directory)[:_LONGEST_NAME]
    return f"./{name}" if name in (NONE, UNKNOWN) else name


def in_force(rules: Iterable[RepositoryRules]) -> RepositoryRules | None:
    """The rules that hold for a repository: those of the clone that changed to them last.

    A clone in which nothing is configured, because its branch or its worktree lacks the file, changes nothing for the
    clones that have rules.
    """
    return max(rules, key=_rank, default=None)


def _rank(rules: RepositoryRules) -> tuple[object, ...]:
    return (rules.is_configured, rules.at, rules.rules, repr(rules))


def by_rules(rows: Iterable[CommitArea], rules: Iterable[RepositoryRules]) -> Mapping[str, CommitArea]:
    """Commit → what the rules in force say of it; where git no longer had it to be read again, what others said."""
    ordered = sorted(rules, key=_rank)
    rank = {row.rules: place for place, row in enumerate(ordered, 1)}
    found: dict[str, CommitArea] = {}
    for row in sorted(rows, key=lambda row: (rank.get(row.rules, 0), row.rules, repr(row))):
        found[row.oid] = row
    return found


@dataclass(frozen=True, slots=True)
class Ground:
    """The parts that a change touched, each text as the change keeps it."""

    area: str = ""
    """The one with the most changed lines; `none` where it touches none, '' where that is not known."""
    areas: str = ""
    """All that are known, the most changed lines first, ` + ` between."""
    stakes: str = ""
    """high as soon as one of them says so, normal only where all of the change is known; else ''."""
    stakes_by: str = ""
    """The areas that say high."""
    package: str = ""
    packages: str = ""


def ground(rows: Sequence[CommitArea], *, is_whole: bool) -> Ground:
    """What a change's commits touched together; `is_whole` says that these are all of them."""
    if not rows:
        return Ground()
    lines, packages, high = Counter[str](), Counter[str](), set[str]()
    for row in rows:
        for name, count, stakes in row.areas:
            lines[name] += count
            high |= {name} if stakes == HIGH else set()
        for name, count in row.packages:
            packages[name] += count
    areas = sorted(lines, key=lambda name: (-lines[name], name not in high, name))
    named = sorted(packages, key=lambda name: (-packages[name], name))
    return Ground(
        area=_first(areas, is_whole),
        areas=_joined(areas),
        stakes=HIGH if high else NORMAL if is_whole else "",
        stakes_by=_joined([name for name in areas if name in high]),
        package=_first(named, is_whole),
        packages=_joined(named),
    )


def _first(names: Sequence[str], is_whole: bool) -> str:
    return (names[0] if names else NONE) if is_whole else ""


def _joined(names: Iterable[str]) -> str:
    return " + ".join(names)
