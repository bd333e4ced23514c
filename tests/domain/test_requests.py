"""What is the same for all forges: fields made harmless, states and dates, whose request it is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ledger.domain.amounts import Refused
from ledger.domain.requests import Who, labels, latest, oid, ref, repository_of, settled, title
from tests.domain.requesting import facts, gh, person

ONE, TWO = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("https://github.com/Owner/name/pull/7", "github.com/Owner/name"),
        ("https://ann:secret@GitHub.example.org:8443/o/n/pull/7#issue", "github.example.org/o/n"),
        ("https://gitlab.com/group/part/name/-/merge_requests/12", "gitlab.com/group/part/name"),
        ("https://gitlab.com/group/name/merge_requests/12", "gitlab.com/group/name"),
        ("https://codeberg.org/o/n/pulls/3", "codeberg.org/o/n"),
        ("https://api.github.com/repos/o/n", ""),
        ("javascript:alert(1)", ""),
        (None, ""),
    ],
)
def test_a_request_s_page_tells_its_repository(page: object, said: str) -> None:
    assert repository_of(page) == said


@pytest.mark.parametrize(
    ("state", "merged", "closed", "updated", "said"),
    [
        ("open", None, None, TWO, (None, None)),
        ("open", None, ONE, TWO, (None, None)),
        (None, None, None, TWO, (None, None)),
        (None, ONE, ONE, TWO, (ONE, None)),
        (None, None, ONE, TWO, (None, ONE)),
        ("closed", None, None, TWO, (None, TWO)),
        ("merged", None, ONE, TWO, (ONE, None)),
        ("MERGED", None, None, TWO, (TWO, None)),
        ("closed", ONE, ONE, TWO, (ONE, None)),
    ],
)
def test_a_request_is_merged_or_closed_or_neither(
    state: str | None, merged: datetime | None, closed: datetime | None, updated: datetime, said: object
) -> None:
    assert settled(state, merged, closed, updated) == said


@pytest.mark.parametrize(
    ("state", "why"), [("gone", "state is none"), ("merged", "said when"), ("closed", "said when"), (7, "none")]
)
def test_what_was_decided_without_any_date_is_refused(state: object, why: str) -> None:
    with pytest.raises(Refused, match=why):
        settled(state, None, None, None)


def test_only_a_whole_object_id_is_one() -> None:
    assert [oid(text) for text in ("A" * 40, "b" * 64, "c" * 12, "0" * 40, None, 7)] == ["a" * 40, "b" * 64, *[""] * 4]


def test_the_latest_date() -> None:
    assert latest(TWO, None, ONE) == TWO


def test_who_is_a_bot_and_who_is_not() -> None:
    actors = [Who("renovate", is_bot=True), Who("dependabot[bot]"), Who("ann"), Who(), Who("x y[bot]"), Who("a@b.org")]
    assert [who.actor(person) for who in actors] == [
        *("renovate[bot]", "dependabot[bot]", "#ann", "", "#x y[bot]", "#a@b.org"),
    ]


def test_no_address_and_no_secret_reaches_the_ledger() -> None:
    token = "ghp_" + "a" * 36
    row = gh(
        title=f"fix: ask ann@example.org, use {token} \x1b[31m",
        labels=[{"name": "for bob@example.org", "description": token}],
        headRefName="ann@example.org/x",
        author={"login": "ann", "email": "ann@example.org", "name": "Ann"},
        body=token,
        commits=[{"oid": "b" * 40, "messageBody": token, "authors": [{"email": "ann@example.org"}]}],
        url="https://ann:hunter2@github.com/owner/name/pull/7",
    )
    told = repr(facts(row))
    assert not [word for word in ("example.org", token, "hunter2", "\\x1b", "Ann") if word in told]
    assert title("fix: ask ann@example.org now") == "fix: ask … now"
    assert (ref("refs/heads/topic"), ref("ann@example.org/x")) == ("topic", "")
    assert labels(["b", "a", "b", None, ""]) == ("a", "b")


def test_what_only_looks_like_an_address_stays() -> None:
    assert title("Bump @types/node@20.1.0 and actions/checkout@v4") == "Bump @types/node@20.1.0 and actions/checkout@v4"
    assert ref("dependabot/npm/@types/node-20") == "dependabot/npm/@types/node-20"
