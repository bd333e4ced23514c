"""Asks a forge over HTTPS, and stands what goes wrong on the way: limits, errors, cut and slow connections.

The token goes to the forge's own address and to no other, in a header; no sentence holds it. What a forge says in words
is not repeated either, since anybody may have put it there.
"""

from __future__ import annotations

import ipaddress
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx

from ledger import __version__
from ledger.domain.forge_access import Access, Token
from ledger.domain.jsonl import clean, loads
from ledger.domain.screen import plain
from ledger.errors import LedgerError

_TRIES = 5
_SLOWEST = 30.0
"""Seconds that are waited at most before a further try."""
_UNSAID = 60.0
"""Seconds to wait where a forge refuses for a while and does not say how long."""
_LARGEST = 1 << 26
"""Bytes of an answer; a forge's own pages are a thousandth of that."""
_REDIRECTS = 3
_MOVED = frozenset({301, 302, 307, 308})

Say = Callable[[str], None]


class ForgeFailed(LedgerError):
    """A forge could not be asked; the sentence says what to do. What was read before is kept."""

    def __init__(self, sentence: str, status: int = 0) -> None:
        super().__init__(sentence)
        self.status = status
        """What the forge answered in HTTP's own numbers; 0 where that is not why."""


class Busy(ForgeFailed):
    """The forge wants to be left alone for longer than we wait."""


class Overloaded(ForgeFailed):
    """The forge broke off again and again: the question may have been too large."""


@dataclass(frozen=True, slots=True)
class Clock:
    """What a client waits by; a test has one that does not wait."""

    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.time
    chance: Callable[[], float] = random.random
    """A number from 0 to 1, by which waiting clients are kept from coming back at the same moment."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a forge answered."""

    told: Any
    """The JSON."""
    headers: Mapping[str, str]
    """Names in small letters."""


class ForgeClient:
    """One connection to one forge, with one token."""

    def __init__(
        self,
        asked: Access,
        token: Token,
        needs: str,
        *,
        patience: float = 300.0,
        say: Say = lambda _sentence: None,
        clock: Clock | None = None,
        slowest: float = 30.0,
    ) -> None:
        """`needs` says which rights the token must have; `patience` is how many seconds are waited in all."""
        self.host = asked.host
        self._token, self._needs = token, needs
        self._patience, self._say, self._clock = patience, say, clock or Clock()
        address = httpx.URL(asked.api)
        if address.scheme != "https" and not _is_here(address.host):
            raise ForgeFailed(f"{asked.host} would be asked without encryption ({asked.api}); name it with https.")
        if not token.is_sendable:
            raise ForgeFailed(f"What {token.name} holds is no token: it has blanks or signs in it; set it anew.")
        self._origin = _origin(address)
        name, text = token.header()
        self._client = httpx.Client(
            headers={name: text, "User-Agent": f"git-ledger/{__version__}", "Accept": "application/json"},
            timeout=httpx.Timeout(slowest, connect=min(slowest, 10.0)),
            follow_redirects=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def ask(
        self, what: str, url: str, *, json: Any = None, parameters: Mapping[str, Any] | None = None, tries: int = _TRIES
    ) -> Answer:
        """The answer to a GET, or to a POST of `json`; `what` is asked for, in words. Raises ForgeFailed.

        Errors of the server and of the way there are tried again, later each time; limits are waited for.
        """
        failed = ""
        for attempt in range(tries):
            if failed:
                self.pause(attempt, failed)
            response = self._unlimited(url, json, parameters)
            if isinstance(response, str):
                failed = response
            elif response.status_code >= 500:
                failed = f"it answered {response.status_code}"
            elif response.status_code >= 300:
                raise self._refusal(response.status_code, what)
            else:
                try:
                    return Answer(_json(response.content), response.headers)
                except (ValueError, RecursionError):
                    failed = "its answer is no JSON"
        raise Overloaded(
            f"{self.host} could not be asked for {what}: {failed}, {tries} times. What was read is kept; "
            "run it again later, and it goes on from there."
        )

    def wait_for_limit(self, headers: Mapping[str, str]) -> None:
        """Wait until a limit that an answer told of is over; raises Busy where that is too long."""
        self._wait(max(1.0, self._seconds(headers)), "it takes no more questions for a while")

    def pause(self, attempt: int, why: str) -> None:
        """Wait before the question is asked again that was answered with an error."""
        self._wait(min(_SLOWEST, 2.0**attempt) * self._clock.chance(), why)

    def _unlimited(self, url: str, json: Any, parameters: Mapping[str, Any] | None) -> httpx.Response | str:
        """A response that tells of no limit, after waiting where one does; what went wrong on the way, in words."""
        while True:
            try:
                response = self._send(url, json, parameters)
            except (httpx.TransportError, httpx.DecodingError) as error:
                return _words(error)
            seconds = self._refused_for(response)
            if seconds is None:
                return response
            self._wait(max(1.0, seconds), "it takes no more questions for a while")

    def _send(self, url: str, json: Any, parameters: Mapping[str, Any] | None) -> httpx.Response:
        """One response, read to its end; redirects within the host are followed."""
        address = httpx.URL(url, params=parameters) if parameters else httpx.URL(url)
        for _ in range(_REDIRECTS + 1):
            if _origin(address) != self._origin:
                raise ForgeFailed(
                    f"{self.host} sends on to {plain(address.host, 100)}, where the token is not taken; if the "
                    "repository moved there, give the remote its new address."
                )
            request = self._client.build_request("GET" if json is None else "POST", address, json=json)
            response = self._client.send(request, stream=True)
            try:
                response = _whole(response)
            finally:
                response.close()
            if response.status_code not in _MOVED or "location" not in response.headers:
                return response
            address = address.join(response.headers["location"])
        raise ForgeFailed(f"{self.host} sends on and on; give the remote the address that the forge shows.")

    def _refused_for(self, response: httpx.Response) -> float | None:
        """Seconds until the forge wants to be asked again; None where no limit was passed."""
        headers = response.headers
        if response.status_code not in (403, 429) and not (response.status_code == 503 and "retry-after" in headers):
            return None
        is_limit = "retry-after" in headers or headers.get("x-ratelimit-remaining") == "0"
        if response.status_code == 403 and not is_limit and b"rate limit" not in response.content[:2000].lower():
            return None
        return self._seconds(headers)

    def _seconds(self, headers: Mapping[str, str]) -> float:
        after = headers.get("retry-after", "")
        if after.isdecimal():
            return float(after[:9])
        reset = headers.get("x-ratelimit-reset") or headers.get("ratelimit-reset") or ""
        return float(reset[:12]) - self._clock.now() if reset.isdecimal() else _UNSAID

    def _wait(self, seconds: float, why: str) -> None:
        if seconds > self._patience:
            until = time.strftime("%H:%M", time.gmtime(self._clock.now() + seconds))
            raise Busy(
                f"{self.host} could not be asked on: {why}, until about {until} UTC. What was read is kept; "
                "run it again then, and it goes on from there."
            )
        self._patience -= seconds
        if seconds > 5:
            self._say(f"{self.host}: {why}; waiting {seconds:.0f} seconds.")
        self._clock.sleep(seconds)

    def _refusal(self, status: int, what: str) -> ForgeFailed:
        name = self._token.name
        if status == 401:
            return ForgeFailed(
                f"{self.host} refused the token of {name} (401): it has expired, was revoked, or is another host's; "
                "make a new one."
            )
        if status == 403:
            return ForgeFailed(
                f"{self.host} does not let the token of {name} read {what} (403): it needs {self._needs}.", status
            )
        if status in (404, 410):
            return ForgeFailed(
                f"{self.host} does not know {what}, or does not show it to the token of {name} ({status}): it needs "
                f"{self._needs}.",
                status,
            )
        return ForgeFailed(
            f"{self.host} refused the question for {what} ({status}); a newer git-ledger may ask better."
        )


def _whole(response: httpx.Response) -> httpx.Response:
    """The response with its body; one that does not end is given up."""
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > _LARGEST:
            raise httpx.DecodingError("too large")
    headers = [(key, value) for key, value in response.headers.items() if key != "content-encoding"]
    return httpx.Response(response.status_code, headers=headers, content=bytes(body), request=response.request)


def _json(body: bytes) -> Any:
    """The value; raises ValueError or RecursionError. Only an escape can write what is no text."""
    told = loads(body.decode())
    return clean(told) if b"\\u" in body else told


def _origin(address: httpx.URL) -> tuple[str, str, int | None]:
    return address.scheme, address.host, address.port


def _is_here(host: str) -> bool:
    """This machine itself, to which nothing passes a wire."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _words(error: Exception) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "it did not answer in time"
    if isinstance(error, httpx.ConnectError):
        return "there is no way to it"
    return "its answer broke off"
