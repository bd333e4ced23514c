"""Whether requests are decided on a forge: by settings, by what was heard, by remotes."""

from __future__ import annotations

import pytest

from ledger.domain.facts import ForgeRule
from ledger.domain.forges import is_on_forge, set_forge
from tests.domain.building import at


def rule(forge: str, hours: float = 0, clone: str = "c") -> ForgeRule:
    return ForgeRule(repository_id="R", clone_id=clone, forge=forge, at=at(hours))


def test_the_latest_word_of_any_clone_holds_and_one_that_is_taken_back_says_nothing() -> None:
    assert set_forge([rule("none", 1, "a"), rule("gitlab", 2, "b")]) == "gitlab"
    assert set_forge([rule("none", 1, "a"), rule("", 2, "b")]) == "none"
    assert set_forge([rule("none", 1, "a"), rule("gitlab", 1, "b")]) == "gitlab"
    assert set_forge([rule("", 1)]) == set_forge([]) == ""


@pytest.mark.parametrize(
    ("said", "remotes", "heard", "wanted"),
    [
        ("", (), False, False),
        ("", ("example.org/o/r",), False, False),
        ("", ("github.com/o/r",), False, True),
        ("", (), True, True),
        ("none", ("github.com/o/r",), True, False),
        ("gitlab", ("example.org/o/r",), False, True),
    ],
)
def test_settings_go_before_what_was_heard_and_that_before_remotes(
    said: str, remotes: tuple[str, ...], heard: bool, wanted: bool
) -> None:
    assert is_on_forge([rule(said)] if said else [], remotes, has_requests=heard) is wanted
