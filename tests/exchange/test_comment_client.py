"""What a forge may answer instead of what it was asked for."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar

import pytest

from ledger.domain.request_place import RequestPlace
from ledger.exchange.comment_client import CommentClient, CommentFailed


class _Answering(BaseHTTPRequestHandler):
    """Gives the answers one after the other, the last one for ever."""

    answers: ClassVar[list[tuple[int, bytes, dict[str, str]]]] = []
    asked: ClassVar[list[str]] = []

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self.asked.append(self.headers.get("PRIVATE-TOKEN", ""))
        status, body, headers = self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)
        self.send_response(status)
        for name, text in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Answering)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/api/v4"
    server.shutdown()
    server.server_close()
    thread.join()


def ask(url: str, *answers: tuple[int, bytes, dict[str, str]]) -> object:
    _Answering.answers[:] = list(answers)
    _Answering.asked.clear()
    place = RequestPlace(forge="gitlab", api=url, repository="7", number=12, token="t")  # noqa: S106 - stands for one
    with CommentClient(place, lambda _seconds: None) as client:
        return client.read("GET", f"{url}/user")[0]


def test_what_is_over_in_a_moment_is_waited_for(url: str) -> None:
    assert ask(url, (500, b"", {}), (200, b"<html>", {}), (200, b'{"id": 1}', {})) == {"id": 1}
    assert _Answering.asked == ["t"] * 3


def test_an_answer_that_never_is_json_is_given_up(url: str) -> None:
    with pytest.raises(CommentFailed, match=r"The answer of 127\.0\.0\.1 is no JSON\. It was tried 3 times\."):
        ask(url, (200, b"<html>", {}))


def test_the_token_follows_no_redirect(url: str) -> None:
    with pytest.raises(CommentFailed, match=r"answered 302: request 12 may not be there\."):
        ask(url, (302, b"", {"Location": f"{url}/elsewhere"}))
    assert len(_Answering.asked) == 1


@pytest.mark.parametrize("status", [404, 410, 422])
def test_a_plain_refusal_is_not_asked_again(url: str, status: int) -> None:
    with pytest.raises(CommentFailed, match=f"answered {status}"):
        ask(url, (status, b"{}", {}))
    assert len(_Answering.asked) == 1


def test_what_a_forge_says_in_words_is_not_repeated(url: str) -> None:
    with pytest.raises(CommentFailed) as raised:
        ask(url, (422, b'{"message": "::error::look here"}', {}))
    assert "look here" not in str(raised.value)
