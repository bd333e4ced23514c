"""Every reason that attribution gives has a remedy of its own."""

from __future__ import annotations

from ledger.domain import attribution
from ledger.domain.remedies import remedy

REASONS = [
    value for name, value in vars(attribution).items() if name.startswith(("NO_", "LOST_")) and isinstance(value, str)
]


def test_each_reason_has_its_own_sentence() -> None:
    assert len(REASONS) >= 5
    assert len({remedy(reason) for reason in REASONS}) == len(REASONS)
    assert all(remedy(reason).endswith(".") and remedy(reason) != remedy("unheard of") for reason in REASONS)


def test_a_reason_of_another_version_still_gets_a_sentence() -> None:
    assert "ledger tag" in remedy("unheard of")
