"""One comment is kept up to date on either forge, and what goes wrong is one sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from ledger.domain.request_place import RequestPlace
from ledger.domain.sticky import Part, body_of
from ledger.exchange.comment_client import CommentClient, CommentFailed, MayNotComment, NoToken
from ledger.exchange.comments import GitLab, keep_comment
from tests.exchange.commenting import SOMEBODY, FakeForge, serving

LETTERS = "s3cr3t"
FORGES = pytest.mark.parametrize("kind", ["github", "gitlab"])


@pytest.fixture
def forge() -> Iterator[FakeForge]:
    with serving(FakeForge()) as running:
        yield running


def place(forge: FakeForge, kind: str, token: str = LETTERS, number: int = 12) -> RequestPlace:
    api, repository = {"github": ("/graphql", "example/shop"), "gitlab": ("/api/v4", "7")}[kind]
    return RequestPlace(forge=kind, api=forge.url + api, repository=repository, number=number, token=token)


def body(news: str, name: str = "report") -> str:
    return body_of(name, news, [Part(f"**{news}**")])


def keep(forge: FakeForge, kind: str, news: str, name: str = "report", **more: bool) -> str:
    return keep_comment(place(forge, kind), name, body(news, name), sleep=waited.append, **more)


waited: list[float] = []


@FORGES
def test_it_is_written_once_changed_with_news_and_left_alone_without(forge: FakeForge, kind: str) -> None:
    forge.add("a person's own words", SOMEBODY)
    assert [keep(forge, kind, news) for news in ("$1", "$1", "$2")] == ["added", "kept", "changed"]
    assert [each.body for each in forge.comments] == ["a person's own words", body("$2")]


@FORGES
def test_it_is_found_on_any_page(forge: FakeForge, kind: str) -> None:
    for number in range(250):
        forge.add(f"comment {number}", SOMEBODY)
    mine = forge.add(body("$1"))
    assert keep(forge, kind, "$2") == "changed"
    assert (mine.body, len(forge.comments)) == (body("$2"), 251)


@FORGES
def test_somebody_elses_marker_is_not_ours(forge: FakeForge, kind: str) -> None:
    forged = forge.add(body("$1"), SOMEBODY)
    assert keep(forge, kind, "$2") == "added"
    assert forged.body == body("$1")


def test_a_minimised_one_is_past(forge: FakeForge) -> None:
    forge.add(body("$1"), is_hidden=True)
    assert [keep(forge, "github", "$1") for _ in range(2)] == ["added", "kept"]


def test_what_gitlab_itself_noted_is_no_comment(forge: FakeForge) -> None:
    forge.add(body("$1"), is_system=True)
    assert keep(forge, "gitlab", "$2") == "added"


@FORGES
def test_each_name_has_a_comment_of_its_own(forge: FakeForge, kind: str) -> None:
    keep(forge, kind, "$1")
    assert keep(forge, kind, "$1", "weekly") == "added"
    assert keep(forge, kind, "$2", "weekly") == "changed"
    assert forge.comments[0].body == body("$1")


@FORGES
def test_where_none_may_be_added_none_is(forge: FakeForge, kind: str) -> None:
    assert keep(forge, kind, "$1", may_add=False) == "kept"
    assert forge.comments == []


@FORGES
@pytest.mark.parametrize("status", [401, 403])
def test_a_token_without_the_right_names_the_line_that_gives_it(forge: FakeForge, kind: str, status: int) -> None:
    forge.failures = [status]
    with pytest.raises(MayNotComment, match="request 12: ") as raised:
        keep(forge, kind, "$1")
    wanted = {"github": "add `pull-requests: write` to the job's permissions", "gitlab": "scope `api`"}[kind]
    assert wanted in str(raised.value)
    assert LETTERS not in str(raised.value)
    assert len(forge.asked) == 1


def test_github_says_so_in_an_answer_that_is_well_too(forge: FakeForge) -> None:
    forge.add("somebody's", SOMEBODY)
    forge.failures = ["FORBIDDEN", "NOT_FOUND"]
    with pytest.raises(MayNotComment):
        keep(forge, "github", "$1")
    with pytest.raises(CommentFailed, match="would not tell of request 12 of example/shop"):
        keep(forge, "github", "$1")


@FORGES
def test_a_question_is_asked_again_and_a_comment_is_never_written_twice(forge: FakeForge, kind: str) -> None:
    waited.clear()
    forge.failures = [502, 429]
    assert keep(forge, kind, "$1") == "added"
    assert waited == [1.0, 2.0]
    assert len(forge.comments) == 1
    forge.failures = [503] * 3
    with pytest.raises(CommentFailed, match=r"127\.0\.0\.1 answered 503\. It was tried 3 times\."):
        keep(forge, kind, "$2")


def test_a_write_that_fails_is_not_tried_again(forge: FakeForge) -> None:
    def failing(query: str, given: object) -> object:
        forge.failures = [502]
        return FakeForge.graphql(forge, query, given)  # type: ignore[arg-type]

    forge.graphql = failing  # type: ignore[method-assign]
    with pytest.raises(CommentFailed, match="answered 502"):
        keep(forge, "github", "$1")
    assert [operation for _, operation, _ in forge.asked] == ["viewer", "addComment"]


def test_a_request_that_is_not_there_gets_no_comment(forge: FakeForge) -> None:
    with pytest.raises(CommentFailed, match="example/shop has no request 13"):
        keep_comment(place(forge, "github", number=13), "report", body("$1"))


@FORGES
def test_the_token_goes_in_its_header_and_nowhere_without_encryption(forge: FakeForge, kind: str) -> None:
    keep(forge, kind, "$1")
    assert {token for _, _, token in forge.asked} == {{"github": f"Bearer {LETTERS}", "gitlab": LETTERS}[kind]}
    far = RequestPlace(forge=kind, api="http://forge.example/api", repository="7", number=12, token=LETTERS)
    with pytest.raises(CommentFailed, match="without encryption"):
        keep_comment(far, "report", body("$1"))
    with pytest.raises(NoToken, match=r"GITHUB_TOKEN|GITLAB_TOKEN"):
        keep_comment(place(forge, kind, token=""), "report", body("$1"))


def test_a_forge_that_is_not_there_is_a_sentence() -> None:
    gone = RequestPlace(forge="gitlab", api="http://127.0.0.1:9/api/v4", repository="7", number=12, token=LETTERS)
    with pytest.raises(CommentFailed, match=r"127\.0\.0\.1 could not be asked \(ConnectError\)"):
        keep_comment(gone, "report", body("$1"), sleep=waited.append)


def test_a_forge_that_names_the_same_page_again_is_not_asked_for_ever(
    forge: FakeForge, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def turning(_: CommentClient, method: str, url: str, **__: Any) -> tuple[Any, Mapping[str, str]]:
        asked.append(f"{method} {url.rpartition('/')[2]}")
        assert len(asked) < 9
        return [], {"x-next-page": "1"}

    monkeypatch.setattr(CommentClient, "read", turning)
    where = place(forge, "gitlab")
    with CommentClient(where) as client:
        assert list(GitLab(client, where).comments()) == []
    assert asked == ["GET user", "GET notes"]
