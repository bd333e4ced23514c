"""What goes wrong between the ledger and a forge: each ends in an answer, or in one sentence without the token."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ledger.domain.forge_access import Access, Token
from ledger.sources.forge_client import Busy, Clock, ForgeClient, ForgeFailed, Overloaded
from tests import forges
from tests.forges import TOKEN, World, serving

NOW = 1_000_000.0


class Room:
    """A forge on loopback and a client of it, whose clock waits for nothing."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.waits: list[float] = []
        self.said: list[str] = []
        self.clock = Clock(sleep=self.waits.append, now=lambda: NOW, chance=lambda: 0.5)

    def client(self, **how: Any) -> ForgeClient:
        """A client of the forge."""
        asked = Access("gitlab", "gitlab.com", "owner/name", f"{self.world.url}/api/v4")
        return ForgeClient(
            *(asked, Token("GITLAB_TOKEN", TOKEN), "the scope read_api"),
            **{"say": self.said.append, "clock": self.clock, **how},
        )

    def ask(self, *faults: Any, **how: Any) -> Any:
        """The answer to a question that first meets these faults."""
        self.world.faults = list(faults)
        with self.client(**how) as client:
            return client.ask("the project", f"{self.world.url}/api/v4/projects/owner%2Fname").told


@pytest.fixture(scope="module")
def served() -> Iterator[World]:
    with serving(World()) as world:
        yield world


@pytest.fixture
def room(served: World) -> Room:
    served.asked.clear()
    return Room(served)


@pytest.mark.parametrize(
    "fault",
    [
        forges.status(502),
        forges.status(503, b"<html>"),
        forges.cut,
        forges.said(b"<html>Sign in to the guest network</html>"),
        forges.said(b"\xff\xfe"),
        forges.said(b"[" * 100_000),
    ],
)
def test_what_breaks_once_is_asked_again(room: Room, fault: Any) -> None:
    assert room.ask(fault)["path_with_namespace"] == "owner/name"
    assert room.waits == [1.0], "half of two seconds: the first of the waits, by chance"


def test_tries_come_later_and_later_and_end(room: Room) -> None:
    with pytest.raises(Overloaded, match="it answered 500, 5 times") as failed:
        room.ask(*[forges.status(500)] * 5)
    assert room.waits == [1.0, 2.0, 4.0, 8.0]
    assert TOKEN not in str(failed.value), "what a forge says is not repeated: it may have the token in it"


def test_a_slow_answer_is_given_up(room: Room) -> None:
    with pytest.raises(Overloaded, match="it did not answer in time"):
        room.ask(*[forges.hung] * 5, slowest=0.05)


def test_no_way_to_the_forge_is_a_sentence(room: Room) -> None:
    with room.client() as client:
        client._origin = ("http", "127.0.0.1", 1)
        with pytest.raises(Overloaded, match="there is no way to it"):
            client.ask("the project", "http://127.0.0.1:1/")


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [
        (forges.status(429, Retry_After="7"), 7.0),
        (forges.status(403, Retry_After="30"), 30.0),
        (forges.status(503, Retry_After="3"), 3.0),
        (forges.status(403, X_RateLimit_Remaining="0", X_RateLimit_Reset=str(int(NOW) + 40)), 40.0),
        (forges.status(429, RateLimit_Reset=str(int(NOW) + 9)), 9.0),
        (forges.status(403, {"message": "You have exceeded a secondary rate limit"}), 60.0),
        (forges.status(429, Retry_After="Wed, 25 Nov 2026 07:28:00 GMT"), 60.0),
        (forges.status(429, X_RateLimit_Reset=str(int(NOW) - 100)), 1.0),
    ],
)
def test_limits_are_waited_for(room: Room, fault: Any, seconds: float) -> None:
    assert room.ask(fault)["id"] == 1000
    assert room.waits == [seconds]
    assert bool(room.said) == (seconds > 5), "who waits long is told why"


def test_a_limit_beyond_our_patience_ends_in_the_hour_to_come_again(room: Room) -> None:
    with pytest.raises(Busy, match="until about 14:46 UTC") as busy:
        room.ask(forges.status(429, Retry_After="3600"))
    assert room.waits == []
    assert "What was read is kept" in str(busy.value)
    with pytest.raises(Busy):
        room.ask(*[forges.status(429, Retry_After="40")] * 10)
    assert sum(room.waits) <= 300, "many short limits are a long one"


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (401, r"refused the token of GITLAB_TOKEN \(401\): it has expired"),
        (403, r"does not let the token of GITLAB_TOKEN read the project \(403\): it needs the scope read_api"),
        (404, r"does not know the project, or does not show it .* \(404\): it needs the scope read_api"),
        (422, r"refused the question for the project \(422\)"),
    ],
)
def test_a_refusal_is_one_sentence_and_is_not_asked_again(room: Room, status: int, sentence: str) -> None:
    with pytest.raises(ForgeFailed, match=sentence) as failed:
        room.ask(forges.status(status))
    assert TOKEN not in str(failed.value)
    assert len(room.world.asked) == 1


def test_the_token_is_not_taken_to_another_host(room: Room) -> None:
    with serving(World()) as other:
        moved = forges.status(301, Location=f"{other.url}/api/v4/projects/owner%2Fname")
        with pytest.raises(ForgeFailed, match=r"sends on to 127\.0\.0\.1, where the token is not taken"):
            room.ask(moved)
        assert other.asked == []
    with pytest.raises(ForgeFailed, match=r"sends on to evil\.example"):
        room.ask(forges.status(302, Location="https://evil.example/"))
    assert room.ask(forges.status(307, Location="/api/v4/projects/owner%2Fname"))["id"] == 1000, "renamed on this one"
    with pytest.raises(ForgeFailed, match="sends on and on"):
        room.ask(*[forges.status(301, Location="/round")] * 4)


def refused(api: str, token: str = TOKEN) -> str:
    """Why no client is made for it."""
    with pytest.raises(ForgeFailed) as failed:
        ForgeClient(Access("gitlab", "gitlab.com", "owner/name", api), Token("GITLAB_TOKEN", token), "")
    assert token not in str(failed.value)
    return str(failed.value)


def test_a_token_never_goes_unencrypted_over_a_wire() -> None:
    assert "without encryption" in refused("http://gitlab.com/api/v4")
    assert "without encryption" in refused("http://127.0.0.1.example.org/api/v4")


@pytest.mark.parametrize("token", ["two words", "with\nnewline", "ümlaut", "x" * 5000])
def test_what_cannot_be_a_token_is_not_sent(token: str) -> None:
    assert "GITLAB_TOKEN holds is no token" in refused("https://gitlab.com/api/v4", token)


def test_a_token_is_no_part_of_what_is_shown_of_it(room: Room) -> None:
    assert TOKEN not in repr(Token("GITLAB_TOKEN", TOKEN))
    room.ask()
    assert room.world.tokens == {f"Bearer {TOKEN}"}


def test_an_answer_without_end_is_given_up(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.sources.forge_client._LARGEST", 1000)
    with pytest.raises(Overloaded, match="its answer broke off"):
        room.ask(*[forges.said(b'"' + b"x" * 2000 + b'"')] * 5)


def test_text_that_is_none_is_made_harmless(room: Room) -> None:
    told: Callable[[], Any] = lambda: room.ask(forges.said(b'{"title": "a\\u0000b\\ud800"}'))  # noqa: E731
    assert re.fullmatch("ab.", told()["title"]) is not None
