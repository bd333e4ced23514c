"""Text from outside as GitHub and GitLab show it: as itself, with nothing in it that they would act on.

A backslash takes its meaning from a sign of Markdown. But both forges also look for names, numbers and addresses in the
text that comes out, so what they would find is parted by a space of no width (ci.md §5.2).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ledger.domain.screen import plain

_PART = "&#8203;"
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}
_SIGNS = frozenset("\\`*_{}[]|~^$")
_ACTIVE = re.compile(
    r"(?P<joint>[@#]|[!%&~*\[](?=[\w\"\[({])|:(?=//|[\w+-]+:)|(?i:\bwww)(?=\.)|(?i:\bGH-)(?=\d))"
    r'|[&<>"\\`*_{}\[\]|~^]|\$(?!\d)'
)
_LISTED = re.compile(r"^(\d+)(?=[.)])")


def escaped(text: str, longest: int = 200) -> str:
    """The text as one line that renders as it reads, wherever it stands: in a sentence, in a cell, first on a line.

    It names nobody, links nothing and is no quick action. `longest` counts the letters that are read.
    """
    safe = plain(text, longest).strip()
    begin = "\\" if safe[:1] in ("+", "-", "=", "/") else ""
    return begin + _LISTED.sub(r"\1\\", _ACTIVE.sub(_inert, safe))


def _inert(found: re.Match[str]) -> str:
    sign = found[0]
    written = _ENTITIES.get(sign) or (f"\\{sign}" if sign in _SIGNS else sign)
    return written + _PART if found["joint"] else written


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], texts: int = 1) -> str:
    """A table of cells that are escaped already; the first `texts` columns stand left, the numbers right."""
    sides = [":--" if place < texts else "--:" for place in range(len(columns))]
    return "".join(f"| {' | '.join(row)} |\n" for row in (columns, sides, *rows))


def folded(summary: str, text: str) -> str:
    """Markdown behind a line that opens it; the line is escaped already, and in it no Markdown counts."""
    return f"<details><summary>{summary}</summary>\n\n{text.rstrip()}\n\n</details>\n"
