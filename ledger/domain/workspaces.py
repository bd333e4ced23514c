"""The packages that a repository's own workspace files tell of, as patterns of directories."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterable
from typing import Any

from ledger.domain.known_areas import PACKAGES

_LONGEST = 200
_MOST = 500
_GO_USE = re.compile(r"^\s*(?:use\s+)?\(?\s*([^\s()]+)\s*\)?\s*$")
_YAML_ITEM = re.compile(r"""^\s*-\s*(?:"([^"]*)"|'([^']*)'|([^#\s][^#]*?))\s*(?:#.*)?$""")


def patterns_in(name: str, text: str) -> tuple[str, ...]:
    """The patterns that one of WORKSPACE_FILES lists, without those that PACKAGES has; none where it cannot be read."""
    try:
        listed = [item for item in _READERS[name](text) if isinstance(item, str)]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return ()
    plain = (("!" if item.startswith("!") else "") + _trimmed(item.removeprefix("!")) for item in listed[:_MOST])
    return tuple(item for item in plain if item.strip("!") and len(item) < _LONGEST and not _is_known(item))


def _trimmed(item: str) -> str:
    """From the top, without what says nothing; '' for what lies outside or is the top itself."""
    names = [part for part in item.strip().split("/") if part not in ("", ".")]
    return "" if ".." in names else "/".join(names)


def _is_known(pattern: str) -> bool:
    """A pattern or a directory that one of PACKAGES covers adds nothing, and would only make rules differ by branch."""
    top, slash, rest = pattern.partition("/")
    return bool(slash) and f"{top}/*" in PACKAGES and "/" not in rest.removesuffix("/**")


def _package_json(text: str) -> Iterable[Any]:
    said = json.loads(text)["workspaces"]
    return said["packages"] if isinstance(said, dict) else said if isinstance(said, list) else ()


def _cargo_toml(text: str) -> Iterable[Any]:
    said = tomllib.loads(text)["workspace"]
    return [*said.get("members", ()), *(f"!{item}" for item in said.get("exclude", ()))]


def _pnpm_yaml(text: str) -> Iterable[str]:
    """The items of the list `packages`, which are all that such a file needs YAML for."""
    is_open = False
    for line in text.splitlines():
        if re.match(r"[^\s#-]", line):
            is_open = line.partition(":")[0].strip("\"' ") == "packages"
        elif is_open and (item := _YAML_ITEM.match(line)):
            yield next(filter(None, item.groups()), "")


def _go_work(text: str) -> Iterable[str]:
    is_open = False
    for line in (each.partition("//")[0] for each in text.splitlines()):
        word = line.split()[:1]
        if word == ["use"] or word == ["use("]:
            is_open = "(" in line and ")" not in line
            if not is_open and (item := _GO_USE.match(line)):
                yield item[1]
        elif is_open:
            is_open = ")" not in line
            if is_open and word:
                yield word[0]


_READERS: dict[str, Callable[[str], Iterable[Any]]] = {
    "package.json": _package_json,
    "pnpm-workspace.yaml": _pnpm_yaml,
    "Cargo.toml": _cargo_toml,
    "go.work": _go_work,
}
WORKSPACE_FILES = tuple(_READERS)
"""Names at the top of a worktree."""
