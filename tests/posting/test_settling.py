"""What could not be read is named while that holds, and no longer."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ledger.domain.reading import Cursor, Named, Settled, Skip
from ledger.posting.settling import settling
from ledger.posting.update import update
from ledger.posting.workplace import open_workplace
from ledger.store import omissions
from ledger.store.engine import open_ledger
from tests.gitting import WHEN, commit
from tests.naming import lines
from tests.posting.calling import NOW
from tests.sources.reading import write_rows
from tests.sources.test_codex import meta, total, turn, usage

GOOD = [meta("s1"), turn(), total(usage(100, 10))]
BROKEN = b'{"type":"event_msg"\n'


class Home:
    """A repository, a home of Codex, and a ledger that both are posted to."""

    def __init__(self, repository: Path, home: Path) -> None:
        commit(repository, "first", at=WHEN)
        self.logs = home / "codex" / "sessions"
        self.logs.mkdir(parents=True)
        self._database = str(home / "ledger.db")
        workplace = open_workplace(str(repository), database=self._database)
        self._workplace = replace(workplace, environ={**workplace.environ, "CODEX_HOME": str(home / "codex")})

    def post(self, now: datetime = NOW, **named: Path) -> list[tuple[str, str]]:
        """What could not be read, after an update: its kind and place."""
        ledger = open_ledger(self._database)
        asked = {source: Named((str(path),)) for source, path in named.items()}
        update(self._workplace, ledger, now=now, sources=("commits", "codex"), named=asked)
        with ledger.read() as connection:
            found = [(what, where) for what, where, _ in omissions.skips(connection)]
        ledger.close()
        return found


@pytest.fixture
def home(repository: Path, tmp_path: Path) -> Home:
    return Home(repository, tmp_path)


def test_a_file_that_could_not_be_read_is_named_until_it_can_be(home: Home) -> None:
    path = home.logs / "rollout-a.jsonl"
    path.mkdir()
    assert home.post() == [("file", str(path))]
    path.rmdir()
    write_rows(path, GOOD)
    assert home.post() == []


def test_a_file_that_could_not_be_read_and_is_gone_is_named_no_more(home: Home) -> None:
    path = home.logs / "rollout-a.jsonl"
    path.mkdir()
    home.post()
    path.rmdir()
    assert home.post() == []


def test_other_files_in_the_folder_are_named_while_they_are_there(home: Home) -> None:
    odd = home.logs / "rollout-a.jsonl.zst"
    odd.write_bytes(b"x")
    assert home.post() == home.post() == [("file", str(home.logs))]
    odd.unlink()
    assert home.post() == []


def test_a_broken_line_stays_named_while_the_file_grows_and_goes_when_it_is_written_anew(home: Home) -> None:
    path = write_rows(home.logs / "rollout-a.jsonl", [*GOOD, BROKEN])
    assert home.post() == [("line", str(path))]
    with path.open("ab") as file:
        file.write(lines([total(usage(300, 30), second=5)]).encode())
    assert home.post() == [("line", str(path))]
    write_rows(path, [*GOOD, total(usage(200, 20), second=4)])
    os.utime(path, ns=(1, 1))
    assert home.post() == []


def test_what_was_left_out_of_a_file_that_is_gone_is_forgotten_after_a_month(home: Home) -> None:
    path = write_rows(home.logs / "rollout-a.jsonl", [*GOOD, BROKEN])
    home.post()
    path.unlink()
    assert home.post(NOW + timedelta(days=29)) == [("line", str(path))]
    assert home.post(NOW + timedelta(days=31)) == []


def test_an_entry_that_was_refused_goes_when_the_file_is_mended(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "entries.jsonl"
    path.write_text("no entry\n" + lines([{"v": 1}]))
    assert home.post(entries=path) == [("entry", f"{path} line 1"), ("entry", f"{path} line 2")]
    path.write_text("\n" + lines([{"v": 1}]))
    assert home.post(entries=path) == [("entry", f"{path} line 2")]
    path.write_text("")
    assert home.post(entries=path) == []


def test_a_cursor_is_preceded_by_the_word_that_its_file_was_read() -> None:
    rows: list[Skip | Cursor] = [Skip("line", "f", "why"), Cursor("s", "f", "1"), Cursor("s", "g", "1", is_whole=True)]
    assert list(settling(rows)) == [
        rows[0],
        Settled("f", is_whole=False),
        rows[1],
        Settled("g", is_whole=True),
        rows[2],
    ]
