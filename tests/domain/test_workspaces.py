"""Workspace files: which directories they say are packages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.workspaces import WORKSPACE_FILES, patterns_in

PNPM = """# ours
packages:
  - "tools/*"   # all of them
  - 'sites/**'
  - examples/one
  - '!**/test/**'
catalog:
  - not/this
"""
GO = """go 1.22

use ./api // the server
use (
    ./cmd/tool
    ../outside
    .
)
replace example.org/x => ./vendored
"""


@pytest.mark.parametrize(
    ("name", "text", "patterns"),
    [
        ("package.json", '{"workspaces": ["tools/*", "packages/*"]}', ("tools/*",)),
        ("package.json", '{"workspaces": {"packages": ["./docs-site", "!tools/old"]}}', ("docs-site", "!tools/old")),
        ("package.json", '{"name": "x"}', ()),
        ("package.json", '{"workspaces": "tools/*"}', ()),
        ("package.json", '{"workspaces": [3, null, "a"]}', ("a",)),
        ("package.json", "[", ()),
        ("pnpm-workspace.yaml", PNPM, ("tools/*", "sites/**", "examples/one", "!**/test/**")),
        ("pnpm-workspace.yaml", "packages:\n- a\n", ("a",)),
        ("Cargo.toml", '[workspace]\nmembers = ["core", "crates/*"]\nexclude = ["core/old"]\n', ("core", "!core/old")),
        ("Cargo.toml", '[package]\nname = "x"\n', ()),
        ("Cargo.toml", "workspace = 3\n", ()),
        ("go.work", GO, ("api", "cmd/tool")),
        ("go.work", "use (./a)\n", ("a",)),
        ("go.work", "go 1.22\n", ()),
    ],
)
def test_it_lists_its_packages(name: str, text: str, patterns: tuple[str, ...]) -> None:
    assert patterns_in(name, text) == patterns


def test_what_is_looked_for_anyway_is_left_out_so_that_branches_agree() -> None:
    listed = '["packages/web", "packages/**", "apps/*", "packages/web/plugins/*", "packages"]'
    assert patterns_in("package.json", f'{{"workspaces": {listed}}}') == ("packages/web/plugins/*", "packages")


@given(st.sampled_from(WORKSPACE_FILES), st.text())
def test_any_text_is_borne(name: str, text: str) -> None:
    assert isinstance(patterns_in(name, text), tuple)


@pytest.mark.parametrize("name", WORKSPACE_FILES)
def test_what_is_no_workspace_file_tells_nothing(name: str) -> None:
    assert patterns_in(name, "{" * 100_000) == patterns_in(name, "[" * 100_000) == ()
