"""Lines as agents leave them: torn, padded, joined, cut in the middle of a character."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.jsonl import Lines, _patiently, clean, document, loads, looks_whole, mentions, objects


def lines(text: bytes) -> tuple[list[bytes], int]:
    reader = Lines(io.BytesIO(text))
    return list(reader), reader.consumed


@pytest.mark.parametrize(
    ("text", "wanted", "consumed"),
    [
        (b'{"a":1}\n{"b":2}\n', [b'{"a":1}\n', b'{"b":2}\n'], 16),
        (b'{"a":1}\n{"b":', [b'{"a":1}\n'], 8),
        (b'{"a":1}\n{"b":2}', [b'{"a":1}\n', b'{"b":2}'], 15),
        (b'{"a":1}\n{"b":2}\0\0', [b'{"a":1}\n', b'{"b":2}\0\0'], 17),
        (b"", [], 0),
    ],
)
def test_a_torn_last_line_waits_and_a_whole_one_does_not(text: bytes, wanted: list[bytes], consumed: int) -> None:
    assert lines(text) == (wanted, consumed)


def test_a_line_beyond_reason_is_counted_and_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.domain.jsonl.LONGEST", 8)
    reader = Lines(io.BytesIO(b'{"a":1}\n' + b"x" * 50 + b'\n{"b":2}\n'))
    assert (list(reader), reader.too_long, reader.consumed) == ([b'{"a":1}\n', b'{"b":2}\n'], 1, 67)


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        (b'{"a":1}{"b":2}\n', [{"a": 1}, {"b": 2}]),
        (b'\0\0{"a":1}\0\n', [{"a": 1}]),
        (b'{"a":1} {"b":\n', [{"a": 1}, None]),
        (b"[1]\n", [None]),
        (b"[" * 100_000, [None]),
        (b"\n", []),
        (b'{"a":"\\ud83d\\u0000x"}', [{"a": "\ufffdx"}]),
        (b'{"a":"\xff"}', [{"a": "\ufffd"}]),
    ],
)
def test_the_objects_of_a_line(line: bytes, wanted: list[object]) -> None:
    assert list(objects(line)) == wanted


def test_a_line_tells_whether_it_was_cut_without_being_parsed() -> None:
    assert [looks_whole(line) for line in (b"{}\n", b"\0\n", b'{"a":\n', b"x}\n")] == [True, True, False, False]


def test_a_document_may_have_a_mark_and_padding_and_may_be_none() -> None:
    assert document(b'\xef\xbb\xbf{"a": ["\\ud800"]}\0\0') == {"a": ["\ufffd"]}
    assert [document(text) for text in (b"", b"{", b"[" * 100_000)] == [None, None, None]
    assert clean({"\ud800": [1, None, "a\0"]}) == {"\ufffd": [1, None, "a"]}


def test_a_word_is_found_across_the_pieces_that_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.domain.jsonl._CHUNK", 4)
    assert all(mentions(io.BytesIO(b"x" * before + b"needle" + b"y" * 9), b"needle") for before in range(12))
    assert not mentions(io.BytesIO(b"needl" * 9), b"needle")


@given(rows=st.lists(st.dictionaries(st.text(max_size=3), st.text(max_size=5), max_size=2), max_size=6))
def test_what_was_written_is_read(rows: list[dict[str, str]]) -> None:
    text = "".join(json.dumps(row) + "\n" for row in rows).encode()
    read, consumed = lines(text)
    assert consumed == len(text)
    assert [row for line in read for row in objects(line)] == [clean(row) for row in rows]


_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(), max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(max_size=8), _VALUES, max_size=5), st.booleans(), st.data())
def test_the_quick_parser_and_the_patient_one_read_the_same(
    value: dict[str, object], is_ascii: bool, chosen: st.DataObject
) -> None:
    line = json.dumps(value, ensure_ascii=is_ascii).encode("utf-8", "surrogatepass")
    cut = chosen.draw(st.integers(0, len(line)))
    spoilt = chosen.draw(st.sampled_from([line, line[:cut], line + line, line[:cut] + b"\0" + line[cut:], b" " + line]))
    assert list(objects(spoilt)) == list(_patiently(spoilt))


@given(_VALUES, st.booleans(), st.data())
def test_a_text_is_read_as_the_standard_library_reads_it(value: object, is_ascii: bool, chosen: st.DataObject) -> None:
    whole = json.dumps(value, ensure_ascii=is_ascii)
    text = chosen.draw(st.sampled_from([whole, f" {whole}", whole[: len(whole) // 2], f"{whole} {whole}", "NaN"]))
    try:
        wanted = json.loads(text)
    except ValueError:
        with pytest.raises(ValueError, match=r"."):
            loads(text)
        return
    assert repr(loads(text)) == repr(wanted)
