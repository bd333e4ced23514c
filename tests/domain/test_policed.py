"""The range as one change: what implements, what has high stakes, what a commit holds."""

from __future__ import annotations

import pytest

from ledger.domain.path_rules import Area
from ledger.domain.policed import Checked, Finding
from tests.domain.policing import OPUS, claim, made, policed


@pytest.mark.parametrize(
    ("paths", "implements"),
    [
        (["src/app.py"], True),
        (["README.md", "tests/test_app.py"], True),
        (["docs/a.md", "CHANGELOG.md"], False),
        ([], False),
    ],
)
def test_documentation_implements_nothing(paths: list[str], implements: bool) -> None:
    assert made("a", files=[(1, path) for path in paths]).implements is implements


def test_a_merge_implements_nothing() -> None:
    merge = made("m", parents="a b")
    assert merge.is_merge
    assert not merge.implements
    assert policed(made("a"), merge).work == [made("a")]


def test_a_claim_without_a_role_implements() -> None:
    commit = made("a", claim(OPUS, ""), claim(OPUS, "review"))
    assert [row.role for row in commit.of_role("implement")] == [""]


@pytest.mark.parametrize(
    ("path", "areas"),
    [
        ("src/auth/token.py", {"auth": "src/auth/token.py"}),
        ("core/loop.c", {"core": "core/loop.c"}),
        ("core/README.md", {}),
        ("core/tests/test_loop.py", {}),
        ("infra/main.tf", {}),
        ("src/app.py", {}),
    ],
)
def test_stakes_are_high_where_an_area_says_so_but_not_for_its_documentation_and_tests(
    path: str, areas: dict[str, str]
) -> None:
    one = made("a", files=[(1, path)])
    known = policed(one).areas
    assert policed(one, areas=[*known, Area("core", ("core/",), "high")]).high == areas


def test_a_commit_holds_what_leads_to_it_through_merges_too() -> None:
    found = policed(
        made("a", parents="base"), made("b", parents="base"), made("m", parents="a b"), made("c", parents="m")
    )
    assert found.seen_at("c") == {"a", "b", "m", "c"}
    assert found.seen_at("b") == {"b"}
    assert found.seen_at("elsewhere") == frozenset()


def test_findings_are_told_apart_by_level() -> None:
    findings = tuple(Finding("size", level, "a", "b") for level in ("fail", "warn", "warn"))
    checked = Checked(range="r", commits=1, rules=("size",), findings=findings, notes=())
    assert [len(checked.at(level)) for level in ("fail", "warn", "unknown")] == [1, 2, 0]
