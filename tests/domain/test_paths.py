"""Where a file lies in its worktree, and what kind it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.paths import inside, kind_of

names = st.lists(st.text("ab.-", min_size=1, max_size=3), min_size=1, max_size=3).map("/".join)


@pytest.mark.parametrize(
    ("path", "directory", "named"),
    [
        ("/r/pkg/a.py", "/r/pkg", "pkg/a.py"),
        ("a.py", "/r/pkg", "pkg/a.py"),
        ("/r/.trees/x/src/a.py", "/r/.trees/x/src", "src/a.py"),
        ("/r2/a.py", "/r2", "a.py"),
        ("/gone/x/src/a.py", "/gone/x", "src/a.py"),
        ("/elsewhere/a.py", "/r", "/elsewhere/a.py"),
        ("a.py", "", "a.py"),
    ],
)
def test_a_file_is_named_from_the_top_of_its_worktree(path: str, directory: str, named: str) -> None:
    assert inside(path, directory, ["/r", "/r/.trees/x"]) == named


@given(names, names)
def test_where_the_agent_was_started_does_not_matter(path: str, part: str) -> None:
    assert inside(f"/top/{path}", f"/top/{part}", ["/top/"]) == path == inside(f"/top/{path}", "/top", [])


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("src/app.py", "source"),
        ("docs/a.png", "docs"),
        ("README", "docs"),
        ("requirements.txt", "build"),
        ("web/package-lock.json", "build"),
        ("src/tests/a.ts", "test"),
        ("src/a.spec.ts", "test"),
        ("contest/latest.py", "source"),
        (".github/workflows/a.yml", "ci"),
        ("Jenkinsfile", "ci"),
    ],
)
def test_the_kind_is_told_by_the_path(path: str, kind: str) -> None:
    assert kind_of(path) == kind
