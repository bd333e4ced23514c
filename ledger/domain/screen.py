"""Text from outside, made harmless for a screen and for a database."""

from __future__ import annotations

import re
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


_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}\b")
_SECRET = re.compile(
    r"\b(?:gh[opusr]_\w{20,}|github_pat_\w{20,}|gl[a-z]{2,5}-[\w-]{16,}|sk-[\w-]{16,}|xox[a-z]-[\w-]{10,}|AKIA[A-Z0-9]{12,}"
    r"|AIza[\w-]{30,}|npm_\w{20,}|pypi-[\w-]{16,}|hf_\w{20,}|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)"
    r"|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"
)


def discreet(text: str) -> str:
    """Without e-mail addresses, and without what has the form of an access token or a password in a URL."""
    return _ADDRESS.sub("…", _SECRET.sub("…", text))
