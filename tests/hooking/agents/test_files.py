"""Other programs' files are read and written as they are."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from ledger.errors import LedgerError
from ledger.hooking.agents.files import read, remove, write


def test_line_ends_and_marks_stay(tmp_path: Path) -> None:
    path = tmp_path / "a"
    write(path, "\ufeffa\r\nb\r")
    assert path.read_bytes() == b"\xef\xbb\xbfa\r\nb\r"
    assert read(path) == "\ufeffa\r\nb\r"
    assert read(tmp_path / "gone") is None


def test_directories_that_were_made_are_told_and_taken_away_if_empty(tmp_path: Path) -> None:
    path = tmp_path / "a/b/c"
    made = write(path, "x")
    assert set(made) == {tmp_path / "a", tmp_path / "a/b"}
    (tmp_path / "a/theirs").touch()
    remove(path, made)
    assert (tmp_path / "a").exists()
    assert not (tmp_path / "a/b").exists()
    remove(path, made)


def test_a_link_is_written_through_even_if_it_dangles(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "real/file")
    write(tmp_path / "link", "x")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real/file").read_text() == "x"


def test_the_mode_stays_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("x")
    path.chmod(0o664)
    write(path, "y")
    assert stat.S_IMODE(path.stat().st_mode) == 0o664
    assert [each.name for each in tmp_path.iterdir()] == ["a"]


def test_what_is_no_file_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "file").write_bytes(b"\xff")
    for path, why in (
        (tmp_path, "cannot be read"),
        (tmp_path / "loop", "cannot be read"),
        (tmp_path / "file" / "below", "cannot be read"),
        (tmp_path / "file", "not text in UTF-8"),
    ):
        with pytest.raises(LedgerError, match=why):
            read(path)
    for path in (tmp_path, tmp_path / "file" / "below"):
        with pytest.raises(LedgerError, match="cannot be written"):
            write(path, "x")
    with pytest.raises(LedgerError, match="cannot be removed"):
        remove(tmp_path, [])
    assert sorted(each.name for each in tmp_path.iterdir()) == ["file", "loop"]
