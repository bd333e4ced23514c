"""The tables `areas` and `labels` of a configuration file, as rules; what cannot be used is named by file and key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ledger.domain.path_rules import HIGH, KNOWN_AREAS, NONE, NORMAL, UNKNOWN, Area
from ledger.domain.patterns import directory_finder, matcher
from ledger.domain.tasks import TYPES
from ledger.errors import BadSetting

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
_KNOWN = {area.name: area for area in KNOWN_AREAS}


def parse_areas(table: Any, file: str) -> tuple[Area, ...]:
    """The known areas with what the table says of them, then its own in its order; raises BadSetting.

    An area is a pattern, a list of patterns, or a table of `paths` and `stakes`. A known area keeps what is not said
    of it; one without patterns is not looked for.
    """
    if not isinstance(table, Mapping):
        raise BadSetting(f"{file}: areas is {table!r}; it must be a table of names and patterns.")
    said = {name: _area(name, setting, file) for name, setting in table.items()}
    whole = {**_KNOWN, **said}
    return tuple(area for area in whole.values() if area.patterns)


def _area(name: str, setting: Any, file: str) -> Area:
    key = f"{file}: areas.{name}"
    if not _NAME.fullmatch(name) or name in (NONE, UNKNOWN):
        raise BadSetting(
            f"{file}: areas has {name!r}; an area's name is up to 40 letters, digits, and . _ - between them, "
            f"and neither {NONE} nor {UNKNOWN}."
        )
    known = _KNOWN.get(name, Area(name, (), NORMAL))
    if not isinstance(setting, Mapping):
        return Area(name, _patterns(setting, key), known.stakes)
    unknown = sorted(set(setting) - {"paths", "stakes"})
    if unknown:
        raise BadSetting(f"{key} has {unknown[0]!r}; an area has paths and stakes only.")
    stakes = setting.get("stakes", known.stakes)
    if stakes not in (HIGH, NORMAL):
        raise BadSetting(f"{key}.stakes is {stakes!r}; it must be {HIGH} or {NORMAL}.")
    if "paths" not in setting and name not in _KNOWN:
        raise BadSetting(f'{key} has no paths; write them like paths = ["src/{name}/"].')
    return Area(name, _patterns(setting.get("paths", known.patterns), f"{key}.paths"), stakes)


def _patterns(setting: Any, key: str) -> tuple[str, ...]:
    patterns = _texts(setting, key)
    for pattern in patterns:
        try:
            matcher([pattern])
        except ValueError as error:
            raise BadSetting(f"{key} has the pattern {pattern!r}, but {error}; docs/areas.md has the form.") from error
    return patterns


def _texts(setting: Any, key: str) -> tuple[str, ...]:
    listed = [setting] if isinstance(setting, str) else setting
    if not isinstance(listed, list | tuple) or not all(isinstance(each, str) for each in listed):
        raise BadSetting(f'{key} is {setting!r}; it must be a pattern or a list of them, like ["src/auth/", "*.tf"].')
    return tuple(listed)


def parse_packages(setting: Any, key: str) -> tuple[str, ...]:
    """The patterns of packages' directories, none for false; raises BadSetting."""
    patterns = () if setting is False else _texts(setting, key)
    for pattern in patterns:
        try:
            directory_finder([pattern])
        except ValueError as error:
            raise BadSetting(f"{key} has the pattern {pattern!r}, but {error}.") from error
    return patterns


def parse_labels(table: Any, file: str) -> tuple[tuple[str, str], ...]:
    """(label in lower case, task type), sorted; raises BadSetting."""
    if not isinstance(table, Mapping):
        raise BadSetting(f'{file}: labels is {table!r}; it must be a table like "kind: bug" = "fix".')
    for label, kind in table.items():
        if kind not in TYPES:
            raise BadSetting(f"{file}: labels.{label!r} is {kind!r}; it must be one of {', '.join(TYPES)}.")
    return tuple(sorted({label.strip().lower(): str(kind) for label, kind in table.items()}.items()))
