"""The task type and the rule that said so."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.tasks import GROUPED, MAINT, TYPES, task_type


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
        ({"labels": ["codex", "bug", "documentation"]}, ("fix", "label")),
        ({"labels": ["codex/fix", "Claude Code: bug", "claude"], "title": "add it"}, ("fix", "label")),
        ({"labels": ["codex/fix", "claude: bug"]}, ("other", "none")),
        ({"labels": ["Urgent"], "mapped": {"urgent": "fix"}}, ("fix", "label")),
        ({"labels": ["bug", " Area/UI "], "mapped": {"area/ui": "feat"}}, ("feat", "label")),
        ({"labels": ["bug"], "mapped": {"bug": "other"}, "branch": "feat/x"}, ("other", "label")),
        ({"labels": ["codex"], "mapped": {"codex": "chore"}}, ("chore", "label")),
        ({"title": "fix: it", "labels": ["x"], "mapped": {"x": "feat"}}, ("fix", "title")),
        ({"title": "WIP: feat: it"}, ("feat", "title")),
        ({"title": "[Draft] fix(x): it"}, ("fix", "title")),
        ({"title": "wipe: it"}, ("other", "none")),
        ({"branch": "feat-it"}, ("feat", "branch")),
        ({"branch": "feat_it"}, ("feat", "branch")),
        ({"branch": "feat"}, ("other", "none")),
        ({"branch": "docs", "kinds": [("test", 9)]}, ("test", "paths")),
        ({"kinds": [("ci", 4), ("ci", 4), ("source", 2)]}, ("ci", "paths")),
        ({"kinds": [("docs", 0)], "subjects": ["docs: a"]}, ("docs", "commits")),
        ({"kinds": [("docs", 9)], "subjects": ["fix: a"]}, ("docs", "paths")),
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


texts = st.text() | st.sampled_from(["fix: it", "bug", "type: bug", "feat/x", "codex", 'Revert "a"', "docs", "add it"])


@given(texts, texts, st.lists(texts), st.lists(texts), st.lists(texts), st.randoms(use_true_random=False))
def test_any_text_gives_one_type_whatever_the_order_of_the_labels(
    title: str, branch: str, labels: list[str], trailers: list[str], subjects: list[str], chance: random.Random
) -> None:
    facts: dict[str, Any] = {"title": title, "branch": branch, "trailers": trailers, "subjects": subjects}
    kind, source = typed(**facts, labels=labels)
    assert kind in TYPES
    assert (kind == "other") or source != "none"
    assert typed(**facts, labels=chance.sample(labels, len(labels))) == (kind, source)


@given(st.lists(texts), st.sampled_from(TYPES))
def test_a_surer_rule_is_never_overruled_by_a_weaker_one(labels: list[str], kind: str) -> None:
    assert typed(trailers=[kind], labels=labels, title="fix: it") == (kind, "trailer")
    assert typed(title=f"{kind}: it", labels=labels, branch="fix/x") == (kind, "title")


def test_the_types_that_are_told_as_one_are_types() -> None:
    assert set(GROUPED) == set(TYPES) - {"feat", "fix", "docs", "test", "other"}
    assert MAINT not in TYPES
