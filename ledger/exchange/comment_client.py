"""Asks a forge about the comments of one request, and says in a sentence what goes wrong.

A question is asked again after an error of the server or of the way there; a comment is written once only, because a
second try could write it twice. The token goes in a header to the forge's own address, and no redirect is followed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self

import httpx

from ledger import __version__
from ledger.domain.request_place import RequestPlace
from ledger.errors import LedgerError

_TRIES = 3
_SECONDS = 20.0
_LARGEST = 32 << 20


class CommentFailed(LedgerError):
    """The comment could not be brought up to date; the sentence says why."""


class MayNotComment(CommentFailed):
    """The token has not the right to comment; the sentence names it and the line that gives it."""

    def __init__(self, place: RequestPlace) -> None:
        mend = {
            "github": "add `pull-requests: write` to the job's permissions. A job for a fork's request, or for "
            "Dependabot's, has a token that only reads: there the job's summary has to do.",
            "gitlab": "give GITLAB_TOKEN a project access token with the scope `api` and at least the role Reporter.",
        }
        super().__init__(f"The token may not comment on request {place.number}: {mend[place.forge]}")


class NoToken(CommentFailed):
    """The environment has no token; the sentence names the line that gives one."""

    def __init__(self, place: RequestPlace) -> None:
        mend = {
            "github": "add `GITHUB_TOKEN: ${{ github.token }}` to the step's env.",
            "gitlab": "set the variable GITLAB_TOKEN to a project access token with the scope `api`.",
        }
        super().__init__(f"No token is there to comment on request {place.number} with: {mend[place.forge]}")


class CommentClient:
    """One connection to a request's forge."""

    def __init__(self, place: RequestPlace, sleep: Callable[[float], None] = time.sleep) -> None:
        if not place.is_private:
            raise CommentFailed(f"{place.api} would be sent the token without encryption; name the forge with https.")
        if not place.token:
            raise NoToken(place)
        self._place, self._sleep = place, sleep
        key = {"github": "Authorization", "gitlab": "PRIVATE-TOKEN"}[place.forge]
        text = f"Bearer {place.token}" if place.forge == "github" else place.token
        self._client = httpx.Client(
            headers={key: text, "Accept": "application/json", "User-Agent": f"git-ledger/{__version__}"},
            timeout=_SECONDS,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def read(self, method: str, url: str, **asked: Any) -> tuple[Any, Mapping[str, str]]:
        """The JSON that answers a question, and the headers; raises CommentFailed."""
        for attempt in range(_TRIES):
            try:
                return self._once(method, url, asked)
            except _PassingError as error:
                if attempt + 1 == _TRIES:
                    raise CommentFailed(f"{error} It was tried {_TRIES} times.") from error
                self._sleep(2.0**attempt)
        raise AssertionError("a question is answered or fails")

    def write(self, method: str, url: str, **asked: Any) -> Any:
        """The JSON that answers a change; raises CommentFailed."""
        return self._once(method, url, asked)[0]

    def _once(self, method: str, url: str, asked: Mapping[str, Any]) -> tuple[Any, Mapping[str, str]]:
        whom = httpx.URL(url).host
        try:
            response = self._client.request(method, url, **asked)
        except httpx.HTTPError as error:
            raise _PassingError(f"{whom} could not be asked ({type(error).__name__}).") from error
        status = response.status_code
        if status >= 500 or status == 429:
            raise _PassingError(f"{whom} answered {status}.")
        if status in (401, 403):
            raise MayNotComment(self._place)
        if status >= 300:
            raise CommentFailed(f"{whom} answered {status}: request {self._place.number} may not be there.")
        try:
            return response.json() if len(response.content) <= _LARGEST else None, response.headers
        except ValueError as error:
            raise _PassingError(f"The answer of {whom} is no JSON.") from error


class _PassingError(CommentFailed):
    """What may be over in a moment."""
