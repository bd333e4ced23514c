"""The rules that paths are sorted by: areas with their stakes, and the directories of packages."""

from __future__ import annotations

import hashlib
import json
from dataclasses import astuple, dataclass

from ledger.domain.known_areas import KNOWN, PACKAGES

HIGH, NORMAL = "high", "normal"
NONE, UNKNOWN = "none", "unknown"
"""What stands where a change touches no area, and in reports where its diff is not known; no area is called so."""
_MATCHING = 1
"""Raised when patterns are matched otherwise, so that commits are read anew."""


@dataclass(frozen=True, slots=True)
class Area:
    """A part of the repository that matters."""

    name: str
    patterns: tuple[str, ...]
    stakes: str
    """high | normal"""


KNOWN_AREAS = tuple(Area(*each) for each in KNOWN)
"""The areas that are looked for where the configuration says nothing."""


@dataclass(frozen=True, slots=True)
class PathRules:
    """The areas and the directories of packages that paths are sorted by."""

    areas: tuple[Area, ...] = KNOWN_AREAS
    packages: tuple[str, ...] = PACKAGES

    @property
    def digest(self) -> str:
        """16 hex digits that are the same for the same rules everywhere."""
        said = json.dumps([_MATCHING, *astuple(self)], separators=(",", ":"))
        return hashlib.sha256(said.encode(errors="surrogatepass")).hexdigest()[:16]
