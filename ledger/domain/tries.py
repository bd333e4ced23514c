"""Tests that a log tells try by try: the last try is how a test ended, earlier ones tell whether it is flaky."""

from __future__ import annotations

from hashlib import blake2b

from ledger.domain.test_reports import Counts

PASSED, SKIPPED, FAILED, ERROR, BEGUN = "passed", "skipped", "failed", "error", "begun"
_ENDS = (PASSED, SKIPPED, FAILED, ERROR, BEGUN)
_BAD = (ERROR, FAILED)


class Tries:
    """The tests of one log, each in few bytes however long its name is."""

    def __init__(self) -> None:
        self._ends: dict[bytes, int] = {}
        self._failed: set[bytes] = set()
        """Those that a try failed, and that were tried again."""

    def begin(self, *name: str) -> None:
        """A try begins; one that never ends broke."""
        key = _key(name)
        if self._ends.get(key) in (_ENDS.index(FAILED), _ENDS.index(ERROR)):
            self._failed.add(key)
        self._ends[key] = _ENDS.index(BEGUN)

    def end(self, end: str, *name: str) -> None:
        """A try ended: passed | skipped | failed | error."""
        key = _key(name)
        if _ENDS[self._ends.get(key, 0)] in _BAD:
            self._failed.add(key)
        self._ends[key] = _ENDS.index(end)

    def again(self, *name: str) -> None:
        """The try that was told of failed, and another one follows."""
        self._failed.add(_key(name))

    def counts(self) -> Counts:
        """Of all tests."""
        ends = [0] * len(_ENDS)
        for end in self._ends.values():
            ends[end] += 1
        retried = [_ENDS[self._ends[key]] for key in self._failed if key in self._ends]
        return Counts(
            tests=len(self._ends),
            failures=ends[_ENDS.index(FAILED)],
            errors=ends[_ENDS.index(ERROR)] + ends[_ENDS.index(BEGUN)],
            skipped=ends[_ENDS.index(SKIPPED)],
            flaky=retried.count(PASSED),
            rerun=sum(end not in (PASSED, SKIPPED) for end in retried),
        )


def _key(name: tuple[str, ...]) -> bytes:
    return blake2b("\0".join(name).encode(errors="surrogatepass"), digest_size=12).digest()
