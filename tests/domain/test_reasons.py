"""Every reason that a call can be unattributed for has a remedy."""

from __future__ import annotations

from ledger.domain import reasons


def named() -> set[str]:
    return {text for name, text in vars(reasons).items() if name.isupper() and name[0] != "_" and isinstance(text, str)}


def test_the_set_is_closed_and_each_has_a_remedy() -> None:
    assert set(reasons.REMEDIES) == named()
    assert all(remedy.endswith(".") and len(remedy) > 20 for remedy in reasons.REMEDIES.values())
    assert [reasons.remedy(reason) for reason in reasons.REMEDIES] == list(reasons.REMEDIES.values())


def test_each_remedy_is_its_own_and_a_reason_of_another_version_gets_one_too() -> None:
    assert len(set(reasons.REMEDIES.values())) == len(reasons.REMEDIES)
    assert "ledger tag" in reasons.remedy("of a later version")
    assert reasons.remedy("of a later version") not in reasons.REMEDIES.values()
