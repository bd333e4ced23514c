"""Text from outside, made harmless for a screen and for a database."""

from __future__ import annotations

import unicodedata


def plain(text: str, longest: int = 200) -> str:
    """Without control, bidirectional and other invisible characters, and no longer than `longest`."""
    safe = "".join(
        character if character.isprintable() and unicodedata.category(character) != "Cf" else "·" for character in text
    )
    return safe if len(safe) <= longest else safe[: longest - 1] + "…"


def storable(text: str) -> str:
    """Text that every database takes: without NUL, and with a question mark for half a surrogate, which is no text."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "")


def counted(count: int, noun: str) -> str:
    """`1 commit`, `2 commits`, `1,000 commits`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
