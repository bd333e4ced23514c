"""The policy itself: which rule holds for whom."""

from __future__ import annotations

import pytest

from ledger.domain.policy import ANY, Band, CostRule, PathRule, Policy, ReviewRule, RoleRule, SizeRule


@pytest.mark.parametrize(
    ("names", "roles"),
    [
        (("claude-haiku-4-5", "claude-haiku"), ("scout",)),
        (("Claude-Haiku-4-5", None), ("scout",)),
        (("claude-opus-4-8", "claude-opus"), ("implement", "review")),
        (("claude-sonnet-4-6", "claude-sonnet"), ()),
        (("gpt-5.4", "gpt"), ("implement", "review", "scout")),
        ((None, None), ("implement", "review", "scout")),
    ],
)
def test_the_first_pattern_that_fits_name_or_family_decides(
    names: tuple[str | None, str | None], roles: tuple[str, ...]
) -> None:
    rule = RoleRule(
        "warn",
        (("claude-haiku*", ("scout",)), ("Claude-Opus", ("implement", "review")), ("claude-*", ()), ("", ("scout",))),
    )
    assert rule.roles_of(*names) == roles


def test_a_task_type_has_its_own_band_or_that_of_any() -> None:
    own, other = Band(1, 2), Band(None, 3)
    assert CostRule("warn", (("fix", own), (ANY, other))).band_of("fix") is own
    assert CostRule("warn", (("fix", own), (ANY, other))).band_of("docs") is other
    assert CostRule("warn", (("fix", own),)).band_of("docs") is None


def test_a_rule_that_is_off_is_none() -> None:
    size, paths = SizeRule("off", 1, None, ()), [PathRule(level, ("a",), ("b",), "") for level in ("off", "fail")]
    policy = Policy(review=ReviewRule("warn"), size=size, paths=tuple(paths)).without_off()
    assert policy == Policy(review=ReviewRule("warn"), paths=(paths[1],))
    assert policy.rules == ["review", "paths"]
    assert Policy().rules == []
