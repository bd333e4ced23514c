"""Every source writes a claim down in the same way: the words as written, and all that they mean."""

from __future__ import annotations

import pytest

from ledger.domain.claims import claim
from ledger.domain.facts import Contribution
from tests.domain.building import START


def of(model: str) -> Contribution:
    return claim(
        model, repository_id="R", subject="c1", role="implement", agent="claude-code", evidence="trailer", at=START
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("claude-opus-4-8[1m]", ("claude-opus-4-8", "anthropic", "claude-opus", "1m")),
        ("Claude Opus 4.8", ("claude-opus-4-8", "anthropic", "claude-opus", "")),
        ("gpt-5.4-fast", ("gpt-5.4", "openai", "gpt", "fast")),
        ("", (None, None, None, "")),
        ("<synthetic>", (None, None, None, "")),
    ],
)
def test_a_claim_keeps_the_words_and_says_what_they_mean(written: str, meant: tuple[str | None, ...]) -> None:
    row = of(written)
    assert row.model_raw == written
    assert (row.model, row.provider, row.family, row.variant) == meant


def test_what_only_some_sources_tell_is_empty_elsewhere() -> None:
    bare = of("gpt-5.4")
    assert (bare.lines, bare.scope, bare.task_type, bare.sessions) == (None, "", "", ())
