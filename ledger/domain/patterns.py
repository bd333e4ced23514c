"""Patterns of paths, as a .gitignore has them.

A pattern without a slash fits a name at any depth; one with a slash before its end begins at the top. What lies in a
directory that fits, fits too. `*` and `?` stay within a name, `**` spans directories, `[a-z]` is one character, `!` in
front takes out again what an earlier pattern took in, and a slash at the end asks for a directory. Upper and lower case
are the same: `Auth/` is as sensitive as `auth/`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby

_LONGEST = 200
_MOST_STARS = 4
"""In one name; together with the longest name of a file this bounds the work for any path."""
_MOST_SPANS = 2
"""`**` between directories."""
_TOKEN = re.compile(
    r"\\(?P<plain>.)|(?P<stars>\*+)|(?P<any>\?)|\[(?P<out>[!^]?)(?P<set>[^\]]+)\]|(?P<one>.)", re.DOTALL
)
_END = r"(?:/|\Z)"


@dataclass(frozen=True, slots=True)
class _Pattern:
    is_in: bool
    is_at_top: bool
    body: str


def matcher(patterns: Iterable[str]) -> Callable[[str], bool]:
    """Whether a path, written with `/` from the top of the worktree, fits; the last pattern that fits it decides.

    Raises ValueError with half a sentence about a pattern that cannot be used.
    """
    parsed = [_parsed(pattern) for pattern in patterns]
    runs = [(is_in, _united(list(run))) for is_in, run in groupby(parsed, lambda pattern: pattern.is_in)][::-1]

    def fits(path: str) -> bool:
        return next((is_in for is_in, run in runs if run.search(path)), False)

    return fits


def directory_finder(patterns: Iterable[str]) -> Callable[[str], str]:
    """The deepest directory around a path that a pattern names from the top; '' where none does.

    The patterns are those of workspaces: `packages/*`, `tools/lint`, `!packages/old`. `**` stands for one directory:
    only what is in a directory, which no path tells, could say more. Raises ValueError like `matcher`.
    """
    told = [(not pattern.startswith("!"), _names(pattern.removeprefix("!"))) for pattern in patterns]
    named = [re.compile(f"({_body(names)})/") for is_in, names in told if is_in and names]
    is_out = matcher("/" + "/".join(names) for is_in, names in told if not is_in and names)

    def found(path: str) -> str:
        fitting = (match[1] for each in named if (match := each.match(path)))
        return max((directory for directory in fitting if not is_out(directory)), key=len, default="")

    return found


def _names(pattern: str) -> list[str]:
    """The names that a workspace's pattern is made of; `./` says nothing, and neither does `.` alone."""
    return ["*" if name == "**" else name for name in pattern.strip().split("/") if name not in ("", ".")]


def _parsed(pattern: str) -> _Pattern:
    is_in = not pattern.startswith("!")
    rest = pattern if is_in else pattern[1:]
    rest = rest[1:] if rest.startswith("./") else rest
    names = rest.strip("/").split("/")
    is_inside = rest.endswith("/") or names[-1] == "**"
    is_at_top = rest.startswith("/") or (len(names) > 1 and any(names[1:]) and names[0] != "**")
    if names[0] == "**":
        names = names[1:]
    if names and names[-1] == "**":
        names = names[:-1]
    return _Pattern(is_in, is_at_top, _body(names) + ("/" if is_inside else _END))


def _body(names: list[str]) -> str:
    """The names as a regular expression; raises ValueError."""
    whole = "/".join(names)
    if not all(names) or not names:
        raise ValueError("it names no file or directory")
    if len(whole) > _LONGEST:
        raise ValueError(f"it is longer than {_LONGEST} characters")
    if names.count("**") > _MOST_SPANS:
        raise ValueError(f"it has more than {_MOST_SPANS} ** between directories")
    body = "".join("(?:[^/]+/)*" if name == "**" else f"{_name(name)}/" for name in names[:-1]) + _name(names[-1])
    try:
        re.compile(body)
    except re.error as error:
        raise ValueError(f"it has a set in [ ] that cannot be read ({error.msg})") from error
    return body


def _name(name: str) -> str:
    tokens = list(_TOKEN.finditer(name))
    if sum(token["stars"] is not None for token in tokens) > _MOST_STARS:
        raise ValueError(f"it has more than {_MOST_STARS} * in one name")
    return "".join(map(_token, tokens))


def _token(token: re.Match[str]) -> str:
    if token["stars"]:
        return "[^/]*"
    if token["any"]:
        return "[^/]"
    if token["set"]:
        return f"(?!/)[{'^' if token['out'] else ''}{_set(token['set'])}]"
    return re.escape(token["plain"] or token["one"])


def _set(characters: str) -> str:
    """The characters of a set, of which only the hyphen between two of them has a meaning."""
    ranges = re.findall(r"(.)-(.)|(.)", characters, re.DOTALL)
    return "".join(f"{re.escape(first)}-{re.escape(last)}" if first else re.escape(one) for first, last, one in ranges)


def _united(patterns: list[_Pattern]) -> re.Pattern[str]:
    at_top = "|".join(pattern.body for pattern in patterns if pattern.is_at_top)
    anywhere = "|".join(pattern.body for pattern in patterns if not pattern.is_at_top)
    ways = [rf"\A(?:{at_top})"] * bool(at_top) + [rf"(?:\A|/)(?:{anywhere})"] * bool(anywhere)
    return re.compile("|".join(ways), re.IGNORECASE)
