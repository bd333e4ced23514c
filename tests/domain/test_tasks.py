"""The task type and the rule that said so."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.tasks import TYPES, task_type


def typed(**given_: Any) -> tuple[str, str]:
    nothing: dict[str, Any] = {"trailers": [], "title": "", "labels": [], "branch": None, "kinds": [], "subjects": []}
    return task_type(**{**nothing, **given_})


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"trailers": ["docs"], "title": "fix: it"}, ("docs", "trailer")),
        ({"trailers": ["nonsense"], "title": "fix: it"}, ("fix", "title")),
        ({"trailers": ["docs"], "tags": ["fix"]}, ("docs", "trailer")),
        ({"tags": ["nonsense", "bug"], "title": "feat: it"}, ("fix", "tag")),
        ({"title": "feat(api)!: it"}, ("feat", "title")),
        ({"title": "Bugfix: it"}, ("fix", "title")),
        ({"title": 'Revert "feat: it"'}, ("revert", "title")),
        ({"title": "Note: fix it", "labels": ["type: bug"]}, ("fix", "label")),
        ({"labels": ["codex", "kind/documentation"]}, ("docs", "label")),
        ({"branch": "ann/fix/it"}, ("fix", "branch")),
        ({"branch": "feat-it"}, ("feat", "branch")),
        ({"branch": "codex/speed-it"}, ("other", "none")),
        ({"kinds": [("docs", 90), ("source", 10)]}, ("docs", "paths")),
        ({"kinds": [("docs", 79), ("source", 21)]}, ("other", "none")),
        ({"kinds": [("source", 90), ("docs", 10)], "title": "add it"}, ("feat", "keywords")),
        ({"subjects": ["fix: a", "fix: b", "c"]}, ("fix", "commits")),
        ({"subjects": ["fix: a", "feat: b"], "title": "speed up it"}, ("perf", "keywords")),
        ({"title": "whatever"}, ("other", "none")),
    ],
)
def test_the_first_rule_that_applies_decides(facts: dict[str, Any], said: tuple[str, str]) -> None:
    assert typed(**facts) == said


@given(st.text(), st.text(), st.lists(st.text()))
def test_any_text_gives_a_type(title: str, branch: str, labels: list[str]) -> None:
    kind, _ = typed(title=title, branch=branch, labels=labels, subjects=[title])
    assert kind in TYPES
