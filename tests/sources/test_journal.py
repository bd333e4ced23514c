"""The journal read without a ledger: what hooks wrote, and how much of it waits."""

from __future__ import annotations

from pathlib import Path

from ledger.domain.reading import Cursor
from ledger.sources.journal import Jotted, count_waiting, last_try, read_jotted, read_journal


def test_what_hooks_jotted_is_told_without_a_ledger(tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    journal.mkdir()
    (journal / "2026-03.log").write_text(
        f"v=1\tat=1772356000\tevent=use\tmodel=m\n"
        f"v=1\tat=1772356800\tevent=commit\told=\tnew={'a' * 40}\n"
        f"v=1\tat=1772356100\tevent=run\trun=local/c/1/t\tattempt=3\toid={'d' * 40}\tconclusion=passed\n"
        "torn\n"
        f"v=1\tat=1772356900\tevent=rewrite\tkind=amend\told={'a' * 40}\tnew={'b' * 40}\n"
    )
    (journal / "2026-04.log").write_text(f"v=1\tat=1775000000\tevent=merge\told=\tnew={'c' * 40}\n")
    jotted = read_jotted(tmp_path)
    assert jotted.oids == {"a" * 40, "b" * 40, "c" * 40}
    assert jotted.since is not None
    assert jotted.since.timestamp() == 1772356800


def test_tries_of_a_run_are_numbered_by_what_was_jotted_of_it(tmp_path: Path) -> None:
    assert last_try(tmp_path, "local/c/1/tests") == 0
    journal = tmp_path / "journal"
    journal.mkdir()
    line = "v=1\tat=1\tevent=run\tworktree=/w\trun={}\tattempt={}\tconclusion=passed\n"
    told = [("local/c/1/tests", "2"), ("local/c/1/lint", "9"), ("local/c/1/tests", "1"), ("local/c/1/tests", "x")]
    (journal / "2026-03.log").write_text("".join(line.format(*pair) for pair in told) + "torn")
    (journal / "2026-04.log").write_text("v=1\tat=2\tevent=commit\trun=local/c/1/tests\tattempt=7\n")
    assert last_try(tmp_path, "local/c/1/tests") == 2
    assert last_try(tmp_path, "local/c/1/lint") == 9


def test_no_journal_jots_nothing(tmp_path: Path) -> None:
    assert read_jotted(tmp_path) == Jotted(frozenset(), None)
    assert count_waiting(tmp_path, {}) == 0


def test_lines_behind_the_cursor_wait(tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    journal.mkdir()
    march, april = journal / "2026-03.log", journal / "2026-04.log"
    march.write_text("one\ntwo\n")
    april.write_text("three\ntorn")
    assert count_waiting(tmp_path, {}) == 3
    assert count_waiting(tmp_path, {str(march): "4", str(april): "0"}) == 2
    assert count_waiting(tmp_path, {str(march): "8", str(april): "6"}) == 0
    assert count_waiting(tmp_path, {str(march): "99", str(april): "6"}) == 2


def test_a_torn_line_that_still_waits_tells_nothing(tmp_path: Path) -> None:
    path = tmp_path / "journal" / "2026-03.log"
    path.parent.mkdir()
    path.write_text("torn")
    assert list(read_journal(tmp_path, "r", {})) == []
    assert list(read_journal(tmp_path, "r", {str(path): "9"})) == [Cursor("journal", str(path), "0")]
