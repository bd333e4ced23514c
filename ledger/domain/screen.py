"""Text from outside, made harmless for a screen."""

from __future__ import annotations

import unicodedata


def plain(text: str, longest: int = 200) -> str:
    """Without control, bidirectional and other invisible characters, and no longer than `longest`."""
    safe = "".join(
        character if character.isprintable() and unicodedata.category(character) != "Cf" else "·" for character in text
    )
    return safe if len(safe) <= longest else safe[: longest - 1] + "…"


def counted(count: int, noun: str) -> str:
    """`1 commit`, `2 commits`, `1,000 commits`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
