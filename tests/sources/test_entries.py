"""Files of entries: every good line goes in, every bad one is named, whatever the file looks like."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from ledger.domain.facts import Entry, Repository, RepositoryAlias
from ledger.domain.forge_facts import Request
from ledger.domain.reading import Skip
from ledger.domain.retractions import identity
from ledger.domain.session_facts import Call
from ledger.entries import encode
from ledger.errors import LedgerError
from ledger.sources.entries import read_entries

NAME = "github.com/owner/name"


def line(number: int = 12, repository: str = NAME) -> str:
    body = {"number": number, "opened_at": "2026-03-01T09:00:00Z"}
    return json.dumps({"v": 1, "kind": "request", "repository": [repository], "body": body})


def known(names: tuple[str, ...]) -> str | None:
    return "R" if NAME in names else None


def written(tmp_path: Path, *lines: str | bytes, name: str = "rows.jsonl") -> Path:
    path = tmp_path / name
    path.write_bytes(b"".join(text.encode() if isinstance(text, str) else text for text in lines))
    return path


def reading(*paths: Path) -> tuple[list[int], list[Skip]]:
    """The numbers of the requests that were read, and what was not."""
    rows = list(read_entries(paths, known))
    assert all(isinstance(row, Request | Skip) for row in rows)
    return [row.number for row in rows if isinstance(row, Request)], [row for row in rows if isinstance(row, Skip)]


def test_a_refused_line_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    path = written(tmp_path, line(1), "\n", '{"v": 1, "kind": "request"}\n', line(3), "\n")
    numbers, skips = reading(path)
    assert numbers == [1, 3]
    assert skips == [Skip("entry", f"{path} line 2", f'{path} line 2: "body" must be an object.')]


def test_blank_lines_count_as_lines_but_say_nothing(tmp_path: Path) -> None:
    path = written(tmp_path, "\n  \n", line(1), "\n\n", "nonsense\n")
    numbers, skips = reading(path)
    assert numbers == [1]
    assert [skip.where for skip in skips] == [f"{path} line 5"]


def spent(*paths: Path) -> list[int]:
    """The costs of the calls that are kept: each by its key, however often it was read."""
    calls = [row for row in read_entries(paths, known) if isinstance(row, Call)]
    return sorted(call.reported_nusd or 0 for call in {call.event_key: call for call in calls}.values())


def statement(cost: str) -> str:
    body = {"change": 41, "model": "gpt-5.4", "role": "review", "opened": "2026-03-01", "cost": cost}
    return json.dumps({"v": 1, "kind": "statement", "repository": [NAME], "body": body}) + "\n"


def test_equal_rows_of_one_file_are_so_many_rows_and_the_file_read_again_adds_none(tmp_path: Path) -> None:
    first = written(tmp_path, statement("0.35"), statement("2"), statement("0.35"))
    longer = written(tmp_path, statement("2"), *[statement("0.35")] * 3, name="longer.jsonl")
    assert spent(first) == spent(first, first) == [350_000_000, 350_000_000, 2 * 10**9]
    assert spent(longer, first) == spent(first, longer) == [*[350_000_000] * 3, 2 * 10**9]


def test_the_first_of_equal_rows_is_known_as_rows_were_before(tmp_path: Path) -> None:
    (call,) = (row for row in read_entries([written(tmp_path, statement("2"))], known) if isinstance(row, Call))
    assert call.event_key == f"statement/{identity('statement', statement('2').strip())}"


def test_a_torn_last_line_is_named(tmp_path: Path) -> None:
    numbers, skips = reading(written(tmp_path, line(1), "\n", line(2)[:40]))
    assert numbers == [1]
    assert "not JSON" in skips[0].why


def test_a_last_line_without_a_newline_is_read(tmp_path: Path) -> None:
    assert reading(written(tmp_path, line(1), "\n", line(2))) == ([1, 2], [])


@pytest.mark.parametrize(
    "parts",
    [
        (b"\xef\xbb\xbf", line(1), "\n", line(2), "\n"),
        (line(1), "\r\n", line(2), "\r\n"),
        (line(1), "\n", line(2), "\n", b"\0" * 5000),
        (b"\0\0", line(1), "\n", b"\0", line(2), "\n"),
    ],
    ids=["byte order mark", "Windows line ends", "padded with NUL", "NUL before a line"],
)
def test_what_editors_and_crashes_leave_does_not_matter(tmp_path: Path, parts: tuple[str | bytes, ...]) -> None:
    assert reading(written(tmp_path, *parts)) == ([1, 2], [])


def test_bytes_that_are_no_text_spoil_only_their_line(tmp_path: Path) -> None:
    numbers, skips = reading(written(tmp_path, b"\xff\xfe\x80\n", line(2), "\n"))
    assert numbers == [2]
    assert len(skips) == 1


def test_an_empty_file_and_no_file_say_nothing(tmp_path: Path) -> None:
    assert reading(written(tmp_path, "")) == ([], [])
    assert reading() == ([], [])


def test_files_are_read_in_order_and_each_counts_its_own_lines(tmp_path: Path) -> None:
    one = written(tmp_path, line(1), "\nx\n", name="one")
    two = written(tmp_path, "y\n", line(2), "\n", name="two")
    numbers, skips = reading(one, two)
    assert numbers == [1, 2]
    assert [skip.where for skip in skips] == [f"{one} line 2", f"{two} line 1"]


def test_of_very_many_refusals_a_hundred_are_named_and_all_are_counted(tmp_path: Path) -> None:
    numbers, skips = reading(written(tmp_path, "nonsense\n" * 250, line(1), "\n"))
    assert numbers == [1]
    assert len(skips) == 101
    assert skips[-1].why == "250 lines were refused; the first 100 are named one by one."


def test_a_hundred_refusals_need_no_summary(tmp_path: Path) -> None:
    _, skips = reading(written(tmp_path, "nonsense\n" * 100))
    assert len(skips) == 100
    assert {skip.where.rpartition(" ")[2] for skip in skips} == {str(number) for number in range(1, 101)}


def test_what_was_refused_is_never_quoted_at_length(tmp_path: Path) -> None:
    secret = "s3cret" * 200
    _, skips = reading(written(tmp_path, secret, "\n", json.dumps({"v": 1, "kind": "request", "body": secret}), "\n"))
    assert len(skips) == 2
    assert all("s3cret" not in skip.why + skip.where for skip in skips)


def test_standard_input_is_a_dash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(f"{line(1)}\nx\n".encode())))
    numbers, skips = reading(Path("-"))
    assert numbers == [1]
    assert [skip.where for skip in skips] == ["- line 2"]


def test_a_file_that_is_not_there_ends_the_reading_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match=r"missing\.jsonl cannot be read \(No such file or directory\)"):
        list(read_entries([tmp_path / "missing.jsonl"], known))


def test_a_directory_is_no_file_of_entries(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="cannot be read"):
        list(read_entries([tmp_path], known))


def test_a_repository_that_a_file_tells_of_is_known_from_there_on(tmp_path: Path) -> None:
    other = "gitlab.com/another/one"
    told = encode(RepositoryAlias(alias=other, repository_id="S", kind="remote"), [other])
    rows = list(read_entries([written(tmp_path, line(1, other), "\n", told, "\n", line(2, other), "\n")], known))
    assert isinstance(rows[0], Skip)
    assert [row.repository_id for row in rows if isinstance(row, Request)] == ["S"]


def test_what_one_file_tells_is_known_in_the_next(tmp_path: Path) -> None:
    other = "gitlab.com/another/one"
    repository = encode(Repository(id="S", name="one"), [other])
    alias = encode(RepositoryAlias(alias=other, repository_id="S", kind="remote"), [other])
    one = written(tmp_path, repository, "\n", alias, "\n", name="one")
    two = written(tmp_path, line(5, other), "\n", name="two")
    assert [row.repository_id for row in read_entries([one, two], known) if isinstance(row, Request)] == ["S"]


def test_unknown_kinds_come_through_as_kept_entries(tmp_path: Path) -> None:
    (row,) = read_entries([written(tmp_path, '{"v": 9, "kind": "weather"}\n')], known)
    assert isinstance(row, Entry)
    assert row.text == '{"v": 9, "kind": "weather"}'


def test_nothing_is_read_before_it_is_asked_for(tmp_path: Path) -> None:
    path = written(tmp_path, line(1), "\n", line(2), "\n")
    stream = iter(read_entries([path, tmp_path / "missing"], known))
    first = next(stream)
    assert isinstance(first, Request)
    assert first.number == 1
