"""Reports of tests as files: found by patterns, told apart by their first bytes, read in pieces."""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, Protocol

from ledger.domain.ctrf import Ctrf
from ledger.domain.go_tests import GoTests
from ledger.domain.junit import JUnit
from ledger.domain.pytest_log import PytestLog
from ledger.domain.report_forms import form_of
from ledger.domain.test_reports import Results, unreadable

_PIECE = 1 << 20
_LARGEST = 8 << 30
"""No run writes more than this; what does not end is not read to its end."""
_MOST_FILES = 10_000

Stamp = tuple[int, int, int]


class Reader(Protocol):
    """Understands a report of one form that is fed in pieces."""

    def feed(self, piece: bytes) -> bool:
        """Take the next piece; False once nothing more can be understood."""

    def close(self) -> Results:
        """What the report tells."""


READERS: Mapping[str, Callable[[], Reader]] = {
    "junit": JUnit,
    "ctrf": Ctrf,
    "go": GoTests,
    "reportlog": PytestLog,
}
"""Form → what understands it."""


def read_report(path: Path) -> Results:
    """What the file tells; whatever keeps it from being read is a sentence in its `problems` that names it."""
    try:
        with path.open("rb", buffering=0) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return unreadable(f"{path} is no file; name the report itself.")
            return _named(path, _read(file))
    except OSError as error:
        return unreadable(f"{path} cannot be read ({error.strerror}); make it readable, or name another.")


def _named(path: Path, report: Results) -> Results:
    return replace(report, problems=tuple(f"{path} {problem}" for problem in report.problems))


def _read(file: BinaryIO) -> Results:
    head = file.read(_PIECE)
    if not head.strip():
        return unreadable("is empty: the run ended before it wrote its report.")
    form = form_of(head)
    if not form:
        return unreadable("is no report of tests: JUnit XML, CTRF, go test -json and pytest's report log are read.")
    reader = READERS[form]()
    size, piece = len(head), head.removeprefix(b"\xef\xbb\xbf").lstrip()
    while piece and reader.feed(piece):
        piece = file.read(_PIECE)
        size += len(piece)
        if size > _LARGEST:
            return unreadable("is larger than 8 GB and was not read on; let the run write smaller reports.", form)
    return reader.close()


def found_reports(folder: Path, patterns: Iterable[str]) -> dict[Path, Stamp]:
    """The files that the patterns name below the folder (`**`: any folders), each with what changes when it does."""
    found: dict[Path, Stamp] = {}
    for pattern in patterns:
        for path in _matching(folder, pattern):
            if len(found) >= _MOST_FILES:
                return found
            stamp = _stamp(path)
            if stamp:
                found[path] = stamp
    return found


def _matching(folder: Path, pattern: str) -> Iterator[Path]:
    if (folder / pattern).exists():  # a name may hold what reads as a pattern
        yield folder / pattern
        return
    names = glob.iglob(pattern, root_dir=folder, recursive=True, include_hidden=True)
    yield from (folder / name for name in names)


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_size, found.st_ino) if stat.S_ISREG(found.st_mode) else None
