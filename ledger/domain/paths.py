"""What kind of file a path is, for telling the task type by paths."""

from __future__ import annotations

import re

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
