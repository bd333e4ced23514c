"""Steps: what each does to a file or to the configuration, and how it is told."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from ledger.errors import LedgerError
from ledger.git import Git
from ledger.hooking.steps import (
    Configure,
    Done,
    DropSection,
    Move,
    Plan,
    Remove,
    Write,
    carry_out,
    described,
    holds,
    read_text,
)
from tests.gitting import git


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_file_is_written_with_its_directories_and_they_are_told(opened: Git, tmp_path: Path) -> None:
    path = tmp_path / "a/b/c"
    assert carry_out(opened, [Write(path, "x\n")]) == [tmp_path / "a", tmp_path / "a/b", path]
    assert (path.read_text(), mode(path)) == ("x\n", 0o755)
    assert carry_out(opened, [Write(path, "y\n")]) == []
    assert [each.name for each in path.parent.iterdir()] == ["c"]


def test_the_ledger_directory_is_its_owner_s_only(opened: Git, repository: Path, tmp_path: Path) -> None:
    carry_out(opened, [Write(opened.ledger_dir / "hook", ""), Write(tmp_path / "ledger/x", "")])
    assert mode(repository / ".git/ledger") == 0o700
    assert mode(tmp_path / "ledger") == 0o777 & ~current_umask()


def current_umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_a_mode_that_is_not_given_stays(opened: Git, tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_text("x")
    old.chmod(0o640)
    carry_out(opened, [Write(old, "y", None), Write(new, "y", None)])
    assert (mode(old), mode(new)) == (0o640, 0o644)


def test_a_link_stays_one_and_what_it_leads_to_is_written(opened: Git, tmp_path: Path) -> None:
    (tmp_path / "real").write_text("x")
    (tmp_path / "link").symlink_to("real")
    carry_out(opened, [Write(tmp_path / "link", "y", None)])
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "y"


def test_bytes_that_are_no_text_come_back_as_they_were(opened: Git, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"\xff\xfe\r\n")
    text = read_text(path)
    assert text is not None
    carry_out(opened, [Write(path, text + "more")])
    assert path.read_bytes() == b"\xff\xfe\r\nmore"


def test_a_file_takes_the_place_of_another_or_goes(opened: Git, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    (tmp_path / "b").write_text("b")
    carry_out(opened, [Move(tmp_path / "a", tmp_path / "b")])
    assert (tmp_path / "b").read_text() == "a"
    assert carry_out(opened, [Remove(tmp_path / "b"), Remove(tmp_path / "never")]) == []
    assert list(tmp_path.iterdir()) == [tmp_path / "repo"]


def test_the_configuration_is_set_unset_and_loses_a_section(opened: Git, repository: Path) -> None:
    before = (repository / ".git/config").read_bytes()
    carry_out(opened, [Configure("ledger.trailers", "true"), Configure("hook.x.command", "true")])
    assert git(repository, "config", "--local", "ledger.trailers") == "true"
    carry_out(opened, [Configure("ledger.trailers", None), DropSection("hook.x"), DropSection("hook.x")])
    assert (repository / ".git/config").read_bytes() == before
    carry_out(opened, [Configure("ledger.trailers", None)])


def test_several_values_of_a_key_become_one(opened: Git, repository: Path) -> None:
    git(repository, "config", "--add", "ledger.trailers", "false")
    git(repository, "config", "--add", "ledger.trailers", "true")
    carry_out(opened, [Configure("ledger.trailers", "false")])
    assert git(repository, "config", "--get-all", "ledger.trailers") == "false"


def test_what_is_refused_is_a_sentence_that_names_the_file(opened: Git, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LedgerError, match=rf"{tmp_path / 'file'}.* cannot be written"):
        carry_out(opened, [Write(tmp_path / "file/below", "x")])
    with pytest.raises(LedgerError, match="make it writable"):
        carry_out(opened, [Move(tmp_path / "never", tmp_path / "x")])


def test_without_a_repository_the_configuration_is_out_of_reach(tmp_path: Path, repository: Path) -> None:
    before = (repository / ".git/config").read_bytes()
    carry_out(None, [Configure("ledger.trailers", "true"), Write(tmp_path / "x", "x")])
    assert (tmp_path / "x").exists()
    assert (repository / ".git/config").read_bytes() == before


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (Write(Path("/a/b"), "x"), "write /a/b"),
        (Move(Path("/a/b"), Path("/a/c")), "move /a/b to c"),
        (Remove(Path("/a/b")), "remove /a/b"),
        (Configure("a.b", "c"), "set a.b to c"),
        (Configure("a.b", None), "unset a.b"),
        (DropSection("hook.x"), "drop the section hook.x"),
    ],
)
def test_each_step_is_told_in_words(step: Write | Move | Remove | Configure | DropSection, words: str) -> None:
    assert described(step) == words


def test_a_plan_writes_only_what_is_not_there_yet(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("x")
    path.chmod(0o644)
    plan = Plan()
    plan.write(path, "x", 0o644)
    plan.write(path, "x", None)
    assert plan.steps == []
    plan.write(path, "x", 0o755)
    assert plan.written == {path}
    assert not holds(tmp_path / "never", "", None)


def test_a_plan_notes_a_sentence_once_and_tells_in_order() -> None:
    plan = Plan()
    plan.note("a")
    plan.note("a")
    plan.tell("post-commit", "kept", "why")
    plan.tell("commit-msg", "written")
    assert plan.notes == ["a"]
    assert plan.done == [Done("post-commit", "kept", "why"), Done("commit-msg", "written")]
