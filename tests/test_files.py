"""Named files of every layout are read record by record, once, and what cannot be read is counted."""

from __future__ import annotations

import io
import json
import os
import random
import tracemalloc
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.domain.amounts import Refused
from ledger.domain.facts import Entry, Fact
from ledger.domain.reading import Cursor, Reading, Skip
from ledger.errors import LedgerError
from ledger.files import Rows, read_files
from tests.naming import cursors, lines, named, written


def facts(row: Mapping[str, Any]) -> Iterator[Fact]:
    if "id" not in row:
        raise Refused("it has no id")
    yield Entry(id=str(row["id"]), kind="test", text="")


def whole(record: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [record]


FORM = Rows("test", whole, facts)


def ids(reading: Reading) -> list[str]:
    return [row.id for row in reading if isinstance(row, Entry)]


def read(*paths: Path, **more: Any) -> list[Any]:
    return list(read_files(named(*paths, **more), FORM))


ROWS = [{"id": "1", "x": {"y": ["}", "{"]}}, {"id": "2"}, {"id": "3"}]


@pytest.mark.parametrize(
    "content",
    [
        lines(ROWS),
        lines(ROWS).rstrip(),
        lines(ROWS).replace("\n", "\r\n"),
        "\ufeff" + lines(ROWS),
        "\n\n" + lines(ROWS) + "\n\n",
        lines(ROWS[:1]) + json.dumps(ROWS[1]) + json.dumps(ROWS[2]) + "\n",
        lines(ROWS) + "\0\0\0\0",
        json.dumps(ROWS),
        json.dumps(ROWS, indent=2),
        "\ufeff" + json.dumps(ROWS, indent=2),
        "".join(json.dumps(row, indent=1) + "\n" for row in ROWS),
        "id,x\n1,a\n2,\n3,b\n",
        '\ufeff"id";"x"\r\n"1";"a, b"\r\n"2";"c\nd"\r\n"3";""\r\n',
        "id\tx\n1\ta\n2\tb\n3\tc\n",
        "id,x\n1,a\n2\n3,b,c,d\n",
    ],
)
def test_every_layout_holds_the_same_rows(tmp_path: Path, content: str) -> None:
    found = read(written(tmp_path, "file", content))
    assert ids(found) == ["1", "2", "3"]
    assert [row for row in found if isinstance(row, Skip)] == []


@pytest.mark.parametrize("content", [b"\n", b"[]", b"[ ]", b"id,x\n", b"\0\0", b"hello"])
def test_a_file_without_a_row_is_named(tmp_path: Path, content: bytes) -> None:
    rows = read(written(tmp_path, "file", content))
    assert [row.why for row in rows if isinstance(row, Skip)] == [
        "Nothing in it tells test of a call; name another source if it should."
    ]
    assert ids(rows) == []


def test_an_empty_file_says_nothing(tmp_path: Path) -> None:
    assert all(isinstance(row, Cursor) for row in read(written(tmp_path, "file", b"")))


@pytest.mark.parametrize(
    ("content", "good", "why"),
    [
        ('{"id": 1}\n{torn\n{"id": 2}\n', ["1", "2"], "1 broken record left out; nothing else of the file was."),
        ('{torn\n{"id": 1}\n{"id": 2}\n', ["1", "2"], "1 broken record left out; nothing else of the file was."),
        ('[{"id": 1}, {"id": 2}, {"id"', ["1", "2"], "1 broken record left out; nothing else of the file was."),
        ('[{"id": 1}, 7, {"id": 2}]', ["1", "2"], "1 broken record left out; nothing else of the file was."),
        (
            '{"id": 1}\n{"a": 0}\n{"b": 0}\n{"id": 2}\n',
            ["1", "2"],
            "2 rows left out: 2 because it has no id; mend or leave them, the rest was read.",
        ),
        (
            '{"a": "' + "[" * 5000 + '"}\n',
            [],
            "1 row left out: 1 because it has no id; mend or leave them, the rest was read.",
        ),
    ],
)
def test_what_does_not_fit_is_counted_and_the_rest_goes_on(
    tmp_path: Path, content: str, good: list[str], why: str
) -> None:
    found = read(written(tmp_path, "file", content))
    assert ids(found) == good
    assert [row.why for row in found if isinstance(row, Skip)] == [why]


def test_depth_does_not_break_it(tmp_path: Path) -> None:
    found = read(written(tmp_path, "file", '{"a": ' + "[" * 100_000 + '\n{"id": 1}\n'))
    assert ids(found) == ["1"]


def test_a_file_that_did_not_change_is_not_read_again_and_a_longer_one_is_read_on(tmp_path: Path) -> None:
    path = written(tmp_path, "log.jsonl", lines(ROWS[:2]) + '{"id": "3"')
    first = read(path)
    assert ids(first) == ["1", "2"]
    assert read(path, known=cursors(first)) == []
    with path.open("a") as file:
        file.write("}\n" + json.dumps({"id": "4"}) + "\n")
    second = read(path, known=cursors(first))
    assert ids(second) == ["3", "4"]
    assert read(path, known=cursors(second)) == []


def test_another_file_in_its_place_is_read_anew(tmp_path: Path) -> None:
    path = written(tmp_path, "log.jsonl", lines(ROWS))
    known = cursors(read(path))
    written(tmp_path, "log.jsonl", lines([{"id": "9"}]))
    assert ids(read(path, known=known)) == ["9"]
    written(tmp_path, "log.jsonl", lines([{"id": "8"}, *ROWS, *ROWS]))
    assert ids(read(path, known=known)) == ["8", "1", "2", "3", "1", "2", "3"]


def test_other_settings_read_it_anew(tmp_path: Path) -> None:
    path = written(tmp_path, "log.jsonl", lines(ROWS))
    known = cursors(read(path))
    assert ids(read_files(named(path, known=known), Rows("test", whole, facts, settings="other"))) == ["1", "2", "3"]


def test_a_table_that_grew_is_read_whole_since_its_header_is_needed(tmp_path: Path) -> None:
    path = written(tmp_path, "t.csv", "id\n1\n")
    known = cursors(read(path))
    written(tmp_path, "t.csv", "id\n1\n2\n")
    assert ids(read(path, known=known)) == ["1", "2"]


def test_lines_without_a_sign_of_usage_are_not_parsed(tmp_path: Path) -> None:
    path = written(tmp_path, "log.jsonl", '{"id": 1, "usage": 1}\n{"id": 2}\n{not json but whole}\n{torn\n')
    found = list(read_files(named(path), Rows("test", whole, facts, signs=(b'"usage"',))))
    assert ids(found) == ["1"]
    assert [row.why for row in found if isinstance(row, Skip)] == [
        "1 broken record left out; nothing else of the file was."
    ]


def test_standard_input_is_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stream:
        buffer = io.BufferedReader(io.BytesIO(lines(ROWS).encode()))

    monkeypatch.setattr("sys.stdin", Stream())
    found = list(read_files(named("-"), FORM))
    assert ids(found) == ["1", "2", "3"]
    assert cursors(found) == {}


def test_a_pipe_is_a_file(tmp_path: Path) -> None:
    source, sink = os.pipe()
    os.write(sink, json.dumps(ROWS).encode())
    os.close(sink)
    assert ids(read_files(named(f"/dev/fd/{source}"), FORM)) == ["1", "2", "3"]
    os.close(source)


@pytest.mark.parametrize("name", ["missing", "."])
def test_what_cannot_be_opened_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(LedgerError, match=r"cannot be read .*; name a file that test reads"):
        read(tmp_path / name)


def test_half_a_surrogate_and_nul_are_stored_as_text(tmp_path: Path) -> None:
    (row,) = [row for row in read(written(tmp_path, "f", '{"id": "a\\ud83d\\u0000b"}\n')) if isinstance(row, Entry)]
    assert row.id.encode() == "a\ufffdb".encode()


@pytest.mark.parametrize("form", ["array", "documents", "lines", "table"])
def test_memory_does_not_grow_with_the_file(tmp_path: Path, form: str) -> None:
    path = tmp_path / "big"
    with path.open("w") as file:
        file.write({"array": "[", "table": "id,text\n"}.get(form, ""))
        for number in range(40_000):
            indent = 2 if form == "documents" else None
            told = json.dumps({"id": number, "text": "x" * 600}, indent=indent)
            row = f'{number},"{"x" * 600}"' if form == "table" else told
            file.write(("," if form == "array" and number else "") + row + "\n")
        file.write("]" if form == "array" else "")
    tracemalloc.start()
    total = sum(1 for row in read_files(named(path), FORM) if isinstance(row, Entry))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert total == 40_000
    assert path.stat().st_size > 24_000_000
    assert peak < 16_000_000


def test_a_line_that_is_too_long_is_left_out_without_being_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.files._LONGEST", 100)
    path = written(tmp_path, "f", '{"id": 1}\n' + json.dumps({"id": "x" * 500}) + '\n{"id": 2}\n')
    found = read(path)
    assert ids(found) == ["1", "2"]
    assert [row.what for row in found if isinstance(row, Skip)] == ["line"]


@given(st.integers(0, 30), st.integers(0, 2**32))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_growing_file_read_at_any_moment_ends_in_the_same_rows(tmp_path: Path, count: int, seed: int) -> None:
    content, dice = lines({"id": str(number)} for number in range(count)).encode(), random.Random(seed)
    path = written(tmp_path, "grow.jsonl", b"")
    known: dict[str, str] = {}
    found: list[str] = []
    for size in sorted([*(dice.randint(0, len(content)) for _ in range(4)), len(content)]):
        path.write_bytes(content[:size])
        rows = read(path, known=known)
        known.update(cursors(rows))
        found += ids(rows)
    assert found == [str(number) for number in range(count)]


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_read_or_counted(tmp_path: Path, content: bytes) -> None:
    for prefix in (b"", b"[", b'{"id": 1}\n', b"id,x\n"):
        for row in read(written(tmp_path, "any", prefix + content)):
            assert isinstance(row, Entry | Skip | Cursor)


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(ROWS[:1]) + json.dumps(ROWS[1:]),
        json.dumps(ROWS[:1]) + "\n" + json.dumps(ROWS[1:], indent=1) + "\n",
        json.dumps([ROWS[:1], ROWS[1:]]),
        json.dumps([[], ROWS, []]),
    ],
)
def test_pages_of_a_list_are_one_list(tmp_path: Path, content: str) -> None:
    """`gh api --paginate` writes one array after the other, and with `--slurp` an array of arrays."""
    found = read(written(tmp_path, "file", content))
    assert ids(found) == ["1", "2", "3"]
    assert [row for row in found if isinstance(row, Skip)] == []
    torn = read(written(tmp_path, "torn", content.rstrip()[:-1]))
    assert [row.what for row in torn if isinstance(row, Skip)] == ["line"]


def test_a_finished_file_may_be_an_empty_list_and_its_torn_end_is_broken(tmp_path: Path) -> None:
    def left_out(content: str) -> list[str]:
        form = Rows("test", whole, facts, is_finished=True)
        return [
            row.what for row in read_files(named(written(tmp_path, "file", content)), form) if isinstance(row, Skip)
        ]

    assert left_out(" [ ]\n") == left_out(lines(ROWS)) == []
    assert left_out(lines(ROWS).rstrip()[:-1]) == ["line"]
    assert left_out('{"id": ') == ["line"]
