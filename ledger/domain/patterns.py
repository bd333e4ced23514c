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
    runs = [(is_in, _united(run)) for is_in, run in groupby(parsed, lambda pattern: pattern.is_in)][::-1]
    taking_in = _united(pattern for pattern in parsed if pattern.is_in)

    def fits(path: str) -> bool:
        # Most paths fit nothing, and are done with by the first look.
        return bool(taking_in.search(path)) and next((is_in for is_in, run in runs if run.search(path)), False)

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
    if not all(names) or not names:
        raise ValueError("it names no file or directory")
    if len("/".join(names)) > _LONGEST:
        raise ValueError(f"it is longer than {_LONGEST} characters")
    *before, last = (list(part) for is_span, part in groupby(names, lambda name: name == "**") if not is_span)
    body = _spread([*("".join(f"{_name(name)}/" for name in part) for part in before), _path(last)], "(?:[^/]+/)")
    try:
        re.compile(body)
    except re.error as error:
        raise ValueError(f"it has a set in [ ] that cannot be read ({error.msg})") from error
    return body


def _path(names: list[str]) -> str:
    return "/".join(map(_name, names))


def _name(name: str) -> str:
    parts = [""]
    for token in _TOKEN.finditer(name):
        if token["stars"]:
            parts.append("")
        else:
            parts[-1] += _token(token)
    return _spread(parts, "[^/]")


def _spread(parts: list[str], gap: str) -> str:
    """The parts with any number of gaps between them.

    What is found first of a part in the middle is as good as what is found later, so it is settled at once: no path
    takes longer than its length warrants, whatever the pattern.
    """
    if len(parts) == 1:
        return parts[0]
    first, *middle, last = parts
    return first + "".join(f"(?>{gap}*?{part})" for part in middle) + f"{gap}*{last}"


def _token(token: re.Match[str]) -> str:
    if token["any"]:
        return "[^/]"
    if token["set"]:
        return f"(?!/)[{'^' if token['out'] else ''}{_set(token['set'])}]"
    return re.escape(token["plain"] or token["one"])


def _set(characters: str) -> str:
    """The characters of a set, of which only the hyphen between two of them has a meaning."""
    ranges = re.findall(r"(.)-(.)|(.)", characters, re.DOTALL)
    return "".join(f"{re.escape(first)}-{re.escape(last)}" if first else re.escape(one) for first, last, one in ranges)


def _united(patterns: Iterable[_Pattern]) -> re.Pattern[str]:
    """One expression for all of them, which finds nothing where there is none."""
    bodies = sorted((pattern.is_at_top, pattern.body) for pattern in patterns)
    at_top, anywhere = ([body for is_at_top, body in bodies if is_at_top is which] for which in (True, False))
    ways = [rf"\A(?:{'|'.join(at_top)})"] * bool(at_top) + [rf"(?:\A|/)(?:{'|'.join(anywhere)})"] * bool(anywhere)
    return re.compile("|".join(ways) or r"(?!)", re.IGNORECASE)
