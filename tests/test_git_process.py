"""How a git process is fed and cut, without one."""

from __future__ import annotations

import io
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.git_process import CHUNK, LOCAL_VARIABLES, environment, object_in, split, spooled


@given(st.lists(st.binary(max_size=5)), st.sampled_from([b"\0", b"\n"]))
def test_parts_are_the_same_wherever_the_chunks_were_cut(chunks: list[bytes], separator: bytes) -> None:
    whole = b"".join(chunks).split(separator)
    wanted = whole if whole[-1] else whole[:-1]
    assert list(split(chunks, separator)) == wanted


def test_an_object_is_read_to_its_end_whether_it_is_wanted_or_not() -> None:
    pipe = io.BytesIO(b"abc\n" + b"x" * (2 * CHUNK) + b"\nnext")
    assert object_in(pipe, b"1234 blob 3\n", 3) == b"abc"
    assert object_in(pipe, b"5678 blob %d\n" % (2 * CHUNK), 10) is None
    assert pipe.read() == b"next"
    assert object_in(pipe, b"main missing\n", 10) is None


def test_nothing_that_binds_git_to_another_repository_is_inherited(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in LOCAL_VARIABLES:
        monkeypatch.setenv(name, "elsewhere")
    monkeypatch.setenv("GIT_SSH_COMMAND", "ssh -v")
    found = environment()
    assert "elsewhere" not in found.values()
    assert found["GIT_SSH_COMMAND"] == "ssh -v"
    assert found["GIT_TERMINAL_PROMPT"] == "0"


def test_what_is_fed_can_be_read_from_its_beginning() -> None:
    with spooled(b"text") as feed:
        assert os.read(feed, 10) == b"text"
