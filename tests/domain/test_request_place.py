"""Which request a job is for, and where it can be commented on."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.domain.request_place import request_number, request_place

GITHUB = {"GITHUB_REPOSITORY": "example/shop", "GITHUB_TOKEN": "t", "GITHUB_REF": "refs/pull/12/merge"}
GITLAB = {"CI_PROJECT_ID": "7", "CI_API_V4_URL": "https://gitlab.example/api/v4/", "GITLAB_TOKEN": "t"}


@pytest.mark.parametrize(
    ("environ", "event", "number"),
    [
        ({}, {"pull_request": {"number": 12}}, 12),
        ({"GITHUB_REF": "refs/heads/main"}, {"pull_request": {"number": 12, "merged": True}}, 12),
        ({"GITHUB_REF": "refs/pull/12/merge"}, None, 12),
        ({"GITHUB_REF": "refs/pull/12/merge"}, {"pull_request": None}, 12),
        ({"GITHUB_REF": "refs/heads/refs/pull/12/merge"}, {}, None),
        ({"CI_MERGE_REQUEST_IID": "12"}, None, 12),
        ({"CI_MERGE_REQUEST_IID": "12; rm"}, None, None),
        ({}, {"pull_request": {"number": True}}, None),
        ({}, {"pull_request": {"number": "12"}}, None),
        ({}, ["pull_request"], None),
        ({"GITHUB_REF": "refs/heads/main"}, {"head_commit": {}}, None),
    ],
)
def test_the_event_tells_the_number_before_the_ref(environ: dict[str, str], event: Any, number: int | None) -> None:
    assert request_number(environ, event) == number


def test_the_forge_is_where_its_own_variables_say() -> None:
    github, gitlab = request_place(GITHUB, None), request_place(GITLAB, None, 3)
    assert github is not None
    assert gitlab is not None
    assert (github.api, github.repository, github.number) == ("https://api.github.com/graphql", "example/shop", 12)
    assert (gitlab.api, gitlab.repository, gitlab.number) == ("https://gitlab.example/api/v4", "7", 3)
    own = request_place({**GITHUB, "GITHUB_GRAPHQL_URL": "https://ghe.example/api/graphql"}, None)
    assert own is not None
    assert own.api == "https://ghe.example/api/graphql"


@pytest.mark.parametrize("environ", [{}, GITLAB, {**GITHUB, "GITHUB_REF": ""}, {**GITHUB, "GITEA_ACTIONS": "true"}])
def test_no_request_or_no_such_forge_is_no_place(environ: dict[str, str]) -> None:
    assert request_place(environ, None) is None


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
    place = request_place({**GITHUB, "GITHUB_GRAPHQL_URL": api}, None)
    assert place is not None
    assert place.is_private is private
    assert "t" not in repr(place).split("token")[1:]
