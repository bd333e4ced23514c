"""Blobs whose form was found by looking: what fits is read, what does not is refused and never breaks anything."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.antigravity import Conversation, parse, workspace
from tests.domain.building import sure

WHEN = 1_772_359_200  # 2026-03-01 10:00 UTC


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def encode(*fields: tuple[int, int | str | bytes]) -> bytes:
    out = b""
    for number, value in fields:
        if isinstance(value, int):
            out += varint(number << 3) + varint(value)
        else:
            raw = value.encode() if isinstance(value, str) else value
            out += varint(number << 3 | 2) + varint(len(raw)) + raw
    return out


def usage(system: int = 100, typed: int = 50, read: int = 12, output: int = 20, thought: int = 5, **more: Any) -> bytes:
    counts = encode((1, system), (2, typed), (3, output + thought), (5, read), (9, output), (10, thought))
    counts += encode((11, more.get("response", "r1")))
    stamp = encode((9, encode((4, encode((1, WHEN), (2, 500_000_000))))))
    return encode((1, encode((4, counts)) + (stamp if more.get("timed", True) else b"") + encode((19, "gemini-3-pro"))))


def test_a_row_is_a_call_with_everything_known_of_it() -> None:
    (call,) = Conversation("c1", "/work/repo").row(0, usage())
    assert (call.input, call.cache_read, call.output, call.reasoning) == (150, 12, 25, 5)
    assert (call.event_key, call.session, call.directory, call.model) == (
        "antigravity/r1",
        "c1",
        "/work/repo",
        "gemini-3-pro",
    )
    assert (call.at, call.quality) == (datetime(2026, 3, 1, 10, 0, 0, 500_000, UTC), "estimated")


def test_a_row_without_a_response_goes_by_its_place_and_without_a_model_by_the_last() -> None:
    talk = Conversation("c1", "")
    list(talk.row(0, usage()))
    bare = encode((1, encode((4, encode((2, 7))), (9, encode((4, encode((1, WHEN))))))))
    (call,) = talk.row(3, bare)
    assert (call.event_key, call.model, call.input) == ("antigravity/c1/3", "gemini-3-pro", 7)


def test_rows_without_usage_are_nothing_and_without_a_time_refused() -> None:
    talk = Conversation("c1", "")
    assert list(talk.row(0, b"")) == list(talk.row(1, encode((2, "x")))) == []
    assert talk.refused == 0
    assert list(talk.row(2, usage(timed=False))) == list(talk.row(3, b"\x0a\xff")) == []
    assert talk.refused == 2


@pytest.mark.parametrize("blob", [b"\x08", b"\xff" * 11, b"\x0a\x05abc", b"\x0b", b"\x00\x01", b"\x09\x01"])
def test_what_is_no_message_is_refused(blob: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse(blob)


def test_fixed_numbers_and_repeated_fields_are_kept_in_their_order() -> None:
    assert parse(b"\x09" + b"\x01" + b"\0" * 7 + b"\x15\x02\0\0\0\x08\x03\x08\x04") == {1: [1, 3, 4], 2: [2]}


@pytest.mark.parametrize(
    ("address", "wanted"),
    [("file:///work/my%20repo", "/work/my repo"), ("https://example.org/x", ""), ("", "")],
)
def test_the_directory_is_told_as_an_address(address: str, wanted: str) -> None:
    assert workspace(encode((1, encode((1, address))))) == wanted
    assert workspace(b"\xff") == ""


@given(blob=st.binary(max_size=60))
def test_any_bytes_end_in_a_call_or_in_none(blob: bytes) -> None:
    for call in Conversation("c", "").row(0, blob):
        assert min(sure(call.input), call.cache_read, sure(call.output)) >= 0
    with contextlib.suppress(ValueError):
        parse(blob)
    workspace(blob)
