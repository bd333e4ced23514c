"""Paths: where a file lies in its worktree, and what kind of file it is."""

from __future__ import annotations

import re
from collections.abc import Iterable

_BUILD = re.compile(
    r"(^|/)(Makefile|CMakeLists\.txt|Dockerfile[^/]*|pyproject\.toml|setup\.(py|cfg)|package(-lock)?\.json|"
    r"Cargo\.(toml|lock)|go\.(mod|sum)|requirements[^/]*\.txt|[^/]*\.lock|build\.gradle[^/]*|pom\.xml)$"
)
_RULES = (
    ("build", _BUILD),
    (
        "ci",
        re.compile(
            r"^\.(github/workflows|circleci|buildkite|gitlab|ci)/|^\.(gitlab-ci|travis)\.yml$|(^|/)Jenkinsfile$"
        ),
    ),
    (
        "test",
        re.compile(
            r"(^|/)(tests?|__tests__|specs?|testing|testdata)/|"
            r"(^|/)(test_[^/]*|[^/]*_test|[^/]*[.-](test|spec))\.\w+$|(^|/)conftest\.py$"
        ),
    ),
    (
        "docs",
        re.compile(
            r"(^|/)docs?/|\.(md|rst|adoc|txt)$|(^|/)(README|CHANGELOG|LICENSE|CONTRIBUTING|AUTHORS)[^/]*$",
            re.IGNORECASE,
        ),
    ),
)


def kind_of(path: str) -> str:
    """One of source, docs, test, ci, build: the first rule that fits; a requirements file is build."""
    return next((kind for kind, pattern in _RULES if pattern.search(path)), "source")


def inside(path: str, directory: str, worktrees: Iterable[str]) -> str:
    """The path of a file as git names it: from the deepest of the worktrees around it, else from `directory`.

    An agent that was started in a part of a worktree still writes files of the whole; where the worktree is gone, the
    directory it worked in stands for it.
    """
    whole = path if path.startswith("/") or not directory else f"{directory.rstrip('/')}/{path}"
    tops = [top.rstrip("/") + "/" for top in worktrees]
    around = max((top for top in tops if whole.startswith(top)), key=len, default=directory.rstrip("/") + "/")
    return whole.removeprefix(around)
