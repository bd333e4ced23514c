"""A comment that is kept up to date in place: how it is found again, when it is news, and how long it may get.

The first line is a hidden marker with the comment's name and a digest of what in it is news. Text from outside cannot
write such a line: `escaped` leaves no `<`. A forge takes 65,536 letters, and some have refused fewer (ci.md §1.5).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ledger.domain.markdown import folded

MODES = ("off", "changes", "on")
LONGEST = 60_000
_MARKER = re.compile(r"^<!-- ledger: ([a-z0-9._-]{1,60}) ([0-9a-f]{16}) -->\s*$", re.MULTILINE)
_SHORTENED = "Left out here for its length: {}. `ledger report` has all of it.\n"


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a page in Markdown."""

    text: str
    summary: str = ""
    """The line that it is folded behind; '' for a part that stands open."""

    @property
    def written(self) -> str:
        """The part as it stands in the page."""
        return folded(self.summary, self.text) if self.summary else self.text.rstrip() + "\n"


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment as it is found on a request."""

    id: str
    body: str
    is_own: bool
    """It was written by who asks."""
    is_hidden: bool = False
    """Somebody minimised it, so what it says is past."""


def page(parts: Iterable[Part]) -> str:
    """The parts below each other."""
    return "\n".join(part.written for part in parts)


def fitting(parts: Sequence[Part], longest: int = LONGEST) -> str:
    """The page, with the last folded parts left out until it fits, and then the last open ones; a sentence says so."""
    kept, left_out = list(parts), list[str]()
    while len(text := page([*kept, *_sentence(left_out)])) > longest and len(kept) > 1:
        place = max((at for at, part in enumerate(kept) if part.summary), default=len(kept) - 1)
        left_out.insert(0, kept.pop(place).summary or "a table")
    return text[:longest]


def _sentence(left_out: Sequence[str]) -> list[Part]:
    return [Part(_SHORTENED.format(", ".join(left_out)))] if left_out else []


def body_of(name: str, news: str, parts: Sequence[Part]) -> str:
    """The comment `name` with its marker; `news` is what it is written anew for."""
    digest = hashlib.sha256(news.encode()).hexdigest()[:16]
    return f"<!-- ledger: {name} {digest} -->\n{fitting(parts)}"


def own_of(comments: Iterable[Comment], name: str) -> Comment | None:
    """The oldest comment of that name that is one's own and not hidden; comments come in their order."""
    return next((each for each in comments if each.is_own and not each.is_hidden and _named(each.body) == name), None)


def is_news(old: str, new: str) -> bool:
    """The two bodies tell different things; what is not news may differ."""
    return _digest(old) != _digest(new)


def _named(body: str) -> str:
    found = _MARKER.match(body)
    return found[1] if found else ""


def _digest(body: str) -> str:
    found = _MARKER.match(body)
    return found[2] if found else ""
