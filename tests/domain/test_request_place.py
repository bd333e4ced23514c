"""Where a request can be commented on."""

from __future__ import annotations

import pytest

from ledger.domain.request_place import request_place

GITHUB = {"GITHUB_REPOSITORY": "example/shop", "GITHUB_TOKEN": "t"}
GITLAB = {"CI_PROJECT_ID": "7", "CI_API_V4_URL": "https://gitlab.example/api/v4/", "GITLAB_TOKEN": "t"}


def test_the_forge_is_where_its_own_variables_say() -> None:
    github, gitlab = request_place(GITHUB, 12), request_place(GITLAB, 3)
    assert github is not None
    assert gitlab is not None
    assert (github.api, github.repository, github.number) == ("https://api.github.com/graphql", "example/shop", 12)
    assert (gitlab.api, gitlab.repository, gitlab.number) == ("https://gitlab.example/api/v4", "7", 3)
    own = request_place({**GITHUB, "GITHUB_GRAPHQL_URL": "https://ghe.example/api/graphql"}, 12)
    assert own is not None
    assert own.api == "https://ghe.example/api/graphql"


@pytest.mark.parametrize(
    ("environ", "number"), [({}, 12), (GITLAB, None), (GITHUB, None), ({**GITHUB, "GITEA_ACTIONS": "true"}, 12)]
)
def test_no_request_or_no_such_forge_is_no_place(environ: dict[str, str], number: int | None) -> None:
    assert request_place(environ, number) is None


@pytest.mark.parametrize(
    ("api", "private"),
    [
        ("https://api.github.com/graphql", True),
        ("http://127.0.0.1:80/api/v4", True),
        ("http://localhost:80/api/v4", True),
        ("http://localhost.evil.example/api", False),
        ("http://gitlab.example/api/v4", False),
        ("file:///etc/passwd", False),
    ],
)
def test_a_way_is_private_by_encryption_or_by_staying_here(api: str, private: bool) -> None:
    place = request_place({**GITHUB, "GITHUB_GRAPHQL_URL": api}, 12)
    assert place is not None
    assert place.is_private is private
    assert "t" not in repr(place).split("token")[1:]
