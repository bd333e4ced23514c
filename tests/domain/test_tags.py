"""Tags say whose work a call is; what they do not say stays unknown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.tags import Tagged, joined, read_pairs, read_tags, repository_name

FULL = [
    "repo:github.com/acme/app",
    "branch:fix/login",
    "role:reviewer",
    "task:Fix",
    "commit:ABCDEF0123",
    "session:s-1",
    "agent:aider",
]
READ = Tagged("github.com/acme/app", "fix/login", "review", "fix", "abcdef0123", "s-1", "aider")


@pytest.mark.parametrize(
    "written",
    [
        FULL,
        tuple(FULL),
        '["' + '", "'.join(FULL) + '"]',
        ",".join(FULL),
        "{" + ",".join(f'"{tag}"' for tag in FULL) + "}",
        [tag.replace(":", "=", 1) for tag in FULL],
        ["User-Agent: OpenAI/Python 1.2", "prod", *FULL, "role:scout"],
    ],
)
def test_tags_are_read_from_every_form(written: object) -> None:
    assert read_tags(written) == READ


@pytest.mark.parametrize("written", [None, "", "[]", [], {}, 7, [1, None], "plain words", '{"a": 1}'])
def test_no_tags_say_nothing(written: object) -> None:
    assert read_tags(written) == Tagged()


def test_what_a_tag_says_in_other_words_than_ours_is_unknown() -> None:
    assert read_tags(["role:planner", "commit:HEAD", "request:abc", "repo:app", "repo:/home/me/app"]) == Tagged()


@pytest.mark.parametrize(("word", "subject"), [("12", "request:12"), ("#12", "request:12"), ("!7", "request:7")])
def test_a_request_is_named_by_its_number(word: str, subject: str) -> None:
    assert read_tags([f"request:{word}"]).subject == subject
    assert read_tags([f"pr:{word}"]).subject == subject


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("https://token@GitHub.com/acme/app.git", "github.com/acme/app"),
        ("git@github.com:acme/app.git", "github.com/acme/app"),
        ("GitHub.com/acme/app", "github.com/acme/app"),
        ("acme/app", "acme/app"),
        ("app", ""),
        ("../app", ""),
        ("/srv/app", ""),
    ],
)
def test_a_repository_goes_by_its_normal_name(written: str, name: str) -> None:
    assert repository_name(written) == name


def test_a_place_stands_for_the_repository() -> None:
    assert READ.directory == "repository:github.com/acme/app"
    assert Tagged().directory == ""


def test_resource_attributes_are_pairs() -> None:
    assert read_pairs({"ledger.role": "review", "ledger.repo": "github.com/a/b", "host.name": "secret"}) == Tagged(
        repository="github.com/a/b", role="review"
    )


def test_the_first_word_on_a_thing_counts_and_the_second_fills_in() -> None:
    first, second = Tagged(role="review"), Tagged(role="scout", branch="x")
    assert joined(first, second) == Tagged(role="review", branch="x")


@given(st.lists(st.text(max_size=30), max_size=5) | st.text(max_size=60))
def test_nothing_that_is_written_breaks_it(tags: object) -> None:
    assert isinstance(read_tags(tags), Tagged)
