"""A process that reads agents' logs for another one, file by file (`ledger.posting.crew`).

    python -m ledger.posting.reader

On standard input come the key of paths and the worktrees, then one file after the other; on standard output go the
facts of each, its cursor last. It ends when its input does, or when nobody takes its output.
"""

from __future__ import annotations

import pickle
import struct
import sys
from contextlib import suppress
from itertools import islice
from typing import IO, Any

from ledger.domain.columns import packed
from ledger.posting.agents import BY_FILE

_AT_ONCE = 2000
"""Rows that are sent together: of a large file nobody holds more."""
_HEADER = struct.Struct("<?Q")


def main(asked: IO[bytes], told: IO[bytes]) -> None:
    """Read what is asked for until nobody asks any more."""
    path_key, worktrees = read_back(receive(asked)[1])
    with suppress(EOFError):
        while True:
            source, file = read_back(receive(asked)[1])
            reading = iter(BY_FILE[source].read_file(file, path_key, worktrees))
            is_last = False
            while not is_last:
                rows = list(islice(reading, _AT_ONCE))
                is_last = len(rows) < _AT_ONCE
                send(told, packed(rows), is_last=is_last)


def send(pipe: IO[bytes], value: Any, *, is_last: bool = True) -> None:
    """Write a value; `is_last` says that it ends an answer. Raises OSError where nobody reads it any more."""
    words = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    pipe.write(_HEADER.pack(is_last, len(words)))
    pipe.write(words)
    pipe.flush()


def receive(pipe: IO[bytes]) -> tuple[bool, bytes]:
    """Whether a value is the last one of an answer, and the value as it was pickled; raises EOFError at the end."""
    header = pipe.read(_HEADER.size)
    if len(header) == _HEADER.size:
        is_last, size = _HEADER.unpack(header)
        words = pipe.read(size)
        if len(words) == size:
            return is_last, words
    raise EOFError


def read_back(words: bytes) -> Any:
    """A value that was sent: between a process and one that it started nobody else can write."""
    return pickle.loads(words)  # noqa: S301


if __name__ == "__main__":
    with suppress(BrokenPipeError):
        main(sys.stdin.buffer, sys.stdout.buffer)
