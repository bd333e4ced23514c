"""The lines of a commit message that say who made it: trailers wherever they stand, and to which commit they belong.

Git takes for trailers what stands in the last paragraph; in a squash they stand in the middle (hooks.md §2.2). So the
whole message is read, line by line and in linear time: anybody can write a message. A key stands at the start of its
line. Only the message that `git merge --squash` makes indents what it quotes.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

LONGEST = 400
"""Characters of a trailer that are read; what is longer is no name."""

LONGEST_KEY = 29
"""Letters of a key that are looked for."""

_MOST_FOLDS = 3
_MOST = 500
"""Trailers that are read of one message."""

_SQUASH_LIST = "Squashed commit of the following:"
_QUOTED_COMMIT = re.compile(r"commit [0-9a-f]{7,64}")
_NUMBERED = re.compile(r"\(#\d{1,9}\)\s*$")
_RULER = re.compile(r"-{5,}")


@dataclass(frozen=True, slots=True)
class Line:
    """A trailer, or another line that may credit an agent."""

    key: str
    """In small letters; '' for a line that is no trailer."""
    text: str
    part: int
    """Which of the squashed commits it belongs to, from 1; 0 for the message as a whole."""


@dataclass(frozen=True, slots=True)
class Lines:
    """What was found, and of how many commits the message is the squash; 0 where it lists none."""

    found: tuple[Line, ...]
    parts: int


def read_lines(subject: str, body: str, keys: frozenset[str], sign: str) -> Lines:
    """The trailers of these keys (in small letters), and the lines that hold `sign`, a word in small letters."""
    is_list = subject.startswith(_SQUASH_LIST)
    lines = body.split("\n")
    starts = _starts(lines, is_list=is_list, is_landing=bool(_NUMBERED.search(subject[-40:])))
    found: list[Line] = []
    for place, key, text in _lines(lines, keys, sign, is_list):
        found.append(Line(key, text, _part(starts, place)))
        if len(found) >= _MOST:
            break
    return Lines(tuple(found), len(starts) - 1 if starts else 0)


def _lines(lines: Sequence[str], keys: frozenset[str], sign: str, is_list: bool) -> Iterator[tuple[int, str, str]]:
    for place, raw in enumerate(lines):
        line = raw[4:] if is_list and raw.startswith("    ") else raw
        colon = line.find(":", 1, LONGEST_KEY + 1)
        key = line[:colon].rstrip().lower() if colon > 0 else ""
        if key in keys:
            yield place, key, _unfolded(line[colon + 1 : colon + 2 + 2 * LONGEST].strip(), lines, place)
        elif sign in line[: 2 * LONGEST].lower():
            yield place, "", line[:LONGEST].strip()


def _unfolded(text: str, lines: Sequence[str], place: int) -> str:
    """A trailer goes on in the lines below that begin with a blank."""
    for below in lines[place + 1 : place + 1 + _MOST_FOLDS]:
        if below[:1] not in (" ", "\t") or not below[: LONGEST + 1].strip():
            break
        text = f"{text} {below[: LONGEST + 1].strip()}".strip()
    return text if len(text) <= LONGEST else ""


def _starts(lines: Sequence[str], *, is_list: bool, is_landing: bool) -> list[int]:
    """Where each of the squashed commits begins, and where the last one ends; nothing where fewer than two are listed.

    Forges list them as points with a blank line around each; points of a list that somebody wrote stand together.
    """
    if is_list:
        starts = [place for place, line in enumerate(lines) if _QUOTED_COMMIT.fullmatch(line[:80].rstrip())]
        return [*starts, len(lines)] if len(starts) > 1 else []
    if not is_landing and not any(line.startswith("See merge request ") for line in lines):
        return []
    starts = [place for place, line in enumerate(lines) if line.startswith("* ") and _stands_alone(lines, place)]
    if len(starts) < 2:
        return []
    rulers = (place for place in range(starts[-1], len(lines)) if _RULER.fullmatch(lines[place][:80].rstrip()))
    return [*starts, next(rulers, len(lines))]


def _stands_alone(lines: Sequence[str], place: int) -> bool:
    before = lines[place - 1] if place else ""
    after = lines[place + 1] if place + 1 < len(lines) else ""
    return not before.strip() and not after.strip()


def _part(starts: Sequence[int], place: int) -> int:
    if not starts or not starts[0] <= place < starts[-1]:
        return 0
    return bisect_right(starts, place)
