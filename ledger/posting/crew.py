"""Large logs are read on all cores: by processes that are given one file at a time, while this one writes.

Facts merge in any order and a file's cursor comes behind its facts, so it does not matter who reads what when. A file
that was not read to its end, because its reader died or met an error, is read again here: then whatever is wrong with
it is told as it is told without a crew.

The processes are new interpreters, not forks: what SQLite, the system's frameworks or threads hold at the moment of a
fork must not be used in a child, and where one of them is used is not ours to know.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import IO

from ledger.domain.columns import unpacked
from ledger.domain.facts import Fact
from ledger.domain.reading import Cursor, Reading, Skip
from ledger.logs import LogFile
from ledger.posting.agents import AGENTS, BY_FILE
from ledger.posting.reader import read_back, receive, send

_WORTH_IT = 64_000_000
"""Unread bytes from which on a crew is faster; half as many just pay for its start, a tenth of a second each."""
_LONG = 8_000_000
"""Bytes that take a reader a moment."""
_MOST = 4
"""More readers than these tell more than one process can write."""
_WAITING = 8
"""Answers that wait to be written; then the readers wait, so that memory does not grow."""

_Answer = bytes | LogFile | None
"""Facts as they were packed; a file that was not read to its end; nothing, where a reader will say no more."""


def usable_cores() -> int:
    """How many cores this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Crew:
    """Processes that read logs for this one: started when there is enough to read, gone at the end of the `with`."""

    def __init__(self, cores: int, path_key: Callable[[str], str], worktrees: Sequence[str]) -> None:
        self._wanted = min(cores, _MOST)
        self._path_key, self._worktrees = path_key, list(worktrees)
        self._readers: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_error: object) -> None:
        self._kill()
        for reader in self._readers:
            with suppress(OSError), reader:  # which closes its pipes and waits for it
                pass

    def read(self, source: str, roots: Sequence[Path], known: Mapping[str, str]) -> Reading:
        """What the source's own `read` tells of the roots; in another order, where that is faster."""
        if source not in BY_FILE or self._wanted < 2:
            yield from AGENTS[source].read(roots, known, self._path_key, self._worktrees)
            return
        files = list[LogFile]()
        for row in BY_FILE[source].unread(roots, known):
            if isinstance(row, LogFile):
                files.append(row)
            else:
                yield row
        if sum(file.unread for file in files) >= _WORTH_IT:
            files = yield from self._share(source, files)
        for file in files:
            yield from BY_FILE[source].read_file(file, self._path_key, self._worktrees)

    def _share(self, source: str, files: Iterable[LogFile]) -> Generator[Fact | Skip | Cursor, None, list[LogFile]]:
        """What the readers tell of the files; returns the files that are still to be read."""
        # The longest first, so that nobody is left with one when the others are done; else in their own order, in
        # which ids mostly grow: a database takes those faster.
        tasks = deque(sorted(files, key=lambda file: file.unread // _LONG, reverse=True))
        answers = Queue[_Answer](_WAITING)
        threads = [Thread(target=_serve, args=(each, source, tasks, answers), daemon=True) for each in self._begun()]
        left = list[LogFile]()
        try:
            for thread in threads:
                thread.start()
            at_work = len(threads)
            while at_work:
                answer = answers.get()
                if isinstance(answer, bytes):
                    yield from unpacked(read_back(answer))
                elif isinstance(answer, LogFile):
                    left.append(answer)
                else:
                    at_work -= 1
        except BaseException:
            self._kill()
            _empty(answers, threads)
            raise
        return [*left, *tasks]

    def _begun(self) -> list[subprocess.Popen[bytes]]:
        """The readers that live; they are started at the first call, and one that died is not replaced."""
        if not self._readers:
            with suppress(OSError):
                self._readers = [_start() for _ in range(self._wanted)]
            for reader in self._readers:
                with suppress(OSError):
                    send(_pipe(reader.stdin), (self._path_key, self._worktrees))
        return [reader for reader in self._readers if reader.poll() is None]

    def _kill(self) -> None:
        for reader in self._readers:
            reader.kill()


def _start() -> subprocess.Popen[bytes]:
    """A reader; it takes no interrupt from the terminal, and nothing of the directory that it is started in."""
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "ledger.posting.reader"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # what goes wrong there is told when the file is read again here
        process_group=0 if os.name == "posix" else None,
    )


def _serve(reader: subprocess.Popen[bytes], source: str, tasks: deque[LogFile], answers: Queue[_Answer]) -> None:
    """Give a reader one file after the other and pass on what it answers, until there is no file or no reader."""
    asked, told = _pipe(reader.stdin), _pipe(reader.stdout)
    with suppress(IndexError):
        while file := tasks.popleft():
            try:
                send(asked, (source, file))
                is_last = False
                while not is_last:
                    is_last, words = receive(told)
                    answers.put(words)
            except (OSError, EOFError, ValueError):  # the last of a pipe that was closed here, after an error
                answers.put(file)
                break
    answers.put(None)


def _empty(answers: Queue[_Answer], threads: Iterable[Thread]) -> None:
    """Wait for threads whose readers are gone, each of which may wait for room for its last answers."""
    for thread in threads:
        while thread.is_alive():
            with suppress(Empty):
                answers.get(timeout=0.01)


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    """A pipe that was asked for is there."""
    assert pipe is not None  # noqa: S101
    return pipe
