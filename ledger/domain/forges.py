"""Whether a repository's requests are decided on a forge, where git cannot see it."""

from __future__ import annotations

from collections.abc import Iterable

from ledger.domain.facts import ForgeRule
from ledger.domain.repositories import forge_of

NONE = "none"
"""The setting by which a repository has no forge, whatever its remotes are called."""


def set_forge(rules: Iterable[ForgeRule]) -> str:
    """The forge that settings name: the latest word of the clones that still say one; '' where none does.

    Of two at the same moment that of the larger clone id holds.
    """
    said = max((row for row in rules if row.forge), key=lambda row: (row.at, row.clone_id, row.forge), default=None)
    return said.forge if said else ""


def is_on_forge(rules: Iterable[ForgeRule], remotes: Iterable[str], *, has_requests: bool) -> bool:
    """By the settings' word, else by requests that are known or named, else by the names of the remotes."""
    said = set_forge(rules)
    return said != NONE if said else has_requests or any(map(forge_of, remotes))
