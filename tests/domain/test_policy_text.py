"""The default policy: valid, only warning, and saying what its paragraph says."""

from __future__ import annotations

import re

from ledger.domain.policy import WARN
from ledger.domain.policy_text import DEFAULT
from ledger.policies import parse_policy
from tests.domain.policing import GPT, HAIKU, OPUS


def test_it_only_warns_and_follows_its_paragraph() -> None:
    policy = parse_policy(DEFAULT, "ledger.toml")
    assert policy
    assert policy.rules == ["roles", "review", "trailers", "size", "tests"]
    assert policy.roles
    assert policy.review
    assert policy.trailers
    assert policy.size
    assert policy.tests
    rules = (policy.roles, policy.review, policy.trailers, policy.size, policy.tests)
    assert {rule.level for rule in rules} == {WARN}
    assert policy.roles.roles_of(HAIKU, "claude-haiku") == ("scout",)
    assert policy.roles.roles_of("gpt-5.4-mini", "gpt-mini") == ("scout",)
    assert policy.roles.roles_of("gemini-3-flash", "gemini-flash") == ("scout",)
    for strong in (OPUS, GPT, "gemini-3-pro"):
        assert policy.roles.roles_of(strong) == ("implement", "review", "scout")


def test_what_it_leaves_out_is_valid_too() -> None:
    """Each line of an example is a comment that can be taken away."""
    example = re.compile(r"^# (\[|\w+ = )", re.M)
    whole = example.sub(r"\1", DEFAULT).replace("# any = {", "any = {").replace("# docs = {", "docs = {")
    policy = parse_policy(whole, "ledger.toml")
    assert policy
    assert policy.rules == ["roles", "review", "trailers", "cost", "size", "tests", "paths"]
    assert policy.tests
    assert policy.tests.source == ("src/",)
