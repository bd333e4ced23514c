"""What a person may have meant by a name that is not known."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

from ledger.domain.screen import plain

_ALIKE = 0.65
_MOST = 3


def nearby(name: str, known: Iterable[str]) -> list[str]:
    """The known names most like it, at most three: those that hold it first, then by how much they have in common."""
    wanted = name.lower()
    scored = []
    for each in known:
        other = each.lower()[:200]
        is_part = bool(wanted) and (wanted in other or other in wanted)
        last = other.rpartition("/")[2]
        alike = max(SequenceMatcher(None, wanted[:200], word).ratio() for word in {other, last})
        if is_part or alike >= _ALIKE:
            scored.append((not is_part, -alike, each))
    return [each for _, _, each in sorted(scored)[:_MOST]]


def unknown_name(name: str, what: str, known: Iterable[str]) -> str:
    """The sentence for a name that is not known: what is like it, else what there is."""
    names = sorted(set(known))
    near = [plain(each, 80) for each in nearby(name, names)]
    start = f"No {what} is called {plain(name, 80)} here"
    if near:
        return f"{start}; did you mean {' or '.join(near)}?"
    if not names:
        return f"{start}: no change of this ledger names any."
    more = f" and {len(names) - _MOST:,} more" if len(names) > _MOST else ""
    return f"{start}; there is {', '.join(plain(each, 80) for each in names[:_MOST])}{more}."
