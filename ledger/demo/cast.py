"""Who works in the demo and how well: the figures that its report must find again.

The price of a call and the price of an accepted change point in opposite directions here: the model with the cheapest
calls needs the most of them, fails its tests most often and is turned down most often.
"""

from __future__ import annotations

from dataclasses import dataclass

OPUS, SONNET, HAIKU = "claude-opus-4-8", "claude-sonnet-4-6", "claude-haiku-4-5"
PERSON = ""
AGENT = "claude-code"

NAMES = {OPUS: "Claude Opus 4.8", SONNET: "Claude Sonnet 4.6", HAIKU: "Claude Haiku 4.5"}
"""As Claude Code writes them behind `Co-Authored-By:`."""

KINDS = {"feat": 0.44, "fix": 0.36, "docs": 0.20}
"""Task type → share of the changes."""

WEIGHT = {"feat": 1.2, "fix": 0.9, "docs": 0.6}
"""Task type → how much dearer a turn is than the model's usual one."""


@dataclass(frozen=True, slots=True)
class Character:
    """How one model works; money in USD, rates in USD per million input tokens."""

    share: float
    """Of all changes."""
    rate: float
    """List price of uncached input; it only shapes the tokens, the ledger prices the calls itself."""
    call_usd: float
    """What one call costs, about."""
    turn_usd: float
    """Median cost of the first turn at a change."""
    acceptance: dict[str, float]
    """Task type → share of its decided changes that are accepted."""
    tries: dict[int, float]
    """Attempts at a change → share of its changes."""
    reverted: float
    """Share of its accepted changes."""
    reviewed: float
    """Share of its changes that a second model reviews."""
    reviewer: str
    scouted: float
    """Share of its changes that another model looks into first."""
    scout: str


CAST: dict[str, Character] = {
    OPUS: Character(
        share=0.31, rate=5.0, call_usd=0.16, turn_usd=1.00,
        acceptance={"feat": 0.90, "fix": 0.88, "docs": 0.92}, tries={1: 0.80, 2: 0.20},
        reverted=0.04, reviewed=0.25, reviewer=SONNET, scouted=0.25, scout=HAIKU,
    ),
    SONNET: Character(
        share=0.27, rate=3.0, call_usd=0.10, turn_usd=1.15,
        acceptance={"feat": 0.66, "fix": 0.70, "docs": 0.80}, tries={1: 0.50, 2: 0.35, 3: 0.15},
        reverted=0.06, reviewed=0.20, reviewer=OPUS, scouted=0.15, scout=HAIKU,
    ),
    HAIKU: Character(
        share=0.35, rate=1.0, call_usd=0.045, turn_usd=0.70,
        acceptance={"feat": 0.40, "fix": 0.44, "docs": 0.75}, tries={1: 0.15, 2: 0.30, 3: 0.30, 4: 0.25},
        reverted=0.15, reviewed=0.10, reviewer=SONNET, scouted=0.0, scout=HAIKU,
    ),
}  # fmt: skip

PERSON_ACCEPTANCE = 0.85
"""The rest of the changes is made by people without a model."""

TAKEOVERS = 0.16
"""Of the cheap model's accepted changes that needed several attempts, the share that the strong one brings home."""


def tries_for(model: str, kind: str) -> dict[int, float]:
    """Attempts → share: prose passes its checks far sooner than code."""
    tries = CAST[model].tries
    return {1: tries[1] + 0.6 * (1 - tries[1]), 2: 0.4 * (1 - tries[1])} if kind == "docs" else tries
