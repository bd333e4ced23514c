"""Logs that several processes read at once end in the ledger that one process makes, whatever befalls them."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from queue import Queue
from typing import Any

import pytest

from ledger.domain.columns import packed, unpacked
from ledger.domain.keys import keyed
from ledger.domain.reading import Cursor
from ledger.logs import LogFile
from ledger.posting import crew, reader
from ledger.posting import update as updating
from ledger.posting.agents import AGENTS, BY_FILE
from ledger.posting.crew import Crew, usable_cores
from ledger.posting.workplace import open_workplace
from ledger.store.engine import open_ledger
from tests.commands.running import run
from tests.domain import test_transcripts as claude
from tests.gitting import WHEN, commit
from tests.sources import test_codex as codex

KEY = partial(keyed, b"secret")
FILES = 12


@dataclass
class Logs:
    """A home with logs of three agents, and the readers that were started for it."""

    home: Path
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def alone(self, source: str) -> list[Any]:
        """What one process reads."""
        return list(AGENTS[source].read(self.roots(source), {}, KEY, ["/work"]))

    def roots(self, source: str) -> list[Path]:
        """Where the agent's logs lie."""
        return AGENTS[source].find_roots({"HOME": str(self.home)})


@pytest.fixture
def logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Logs:
    """Sessions that share calls, one of each agent broken; a crew is worth it for them."""
    home = tmp_path / "home"
    for number in range(FILES):
        session = f"s{number}"
        rows = [
            claude.row(f"msg_{number - copied}_{place}", place, output, session=session, writes=[f"{place}.py"])
            for copied in (0, 1)
            for place in range(4)
            for output in (1, 9)
        ]
        text = "".join(json.dumps(each) + "\n" for each in rows)
        path = home / f".claude/projects/-work/{session}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + ('{"type":"assistant","usage":\n' if number == 3 else ""))
        totals = [codex.total(codex.usage(100 * place, place), second=place) for place in range(1, 5)]
        broken = ['{"token_count"\n'] if number == 5 else []
        codex.rollout(home / ".codex", session, codex.meta(session), codex.turn(), *totals, *broken)
    codex.rollout(home / ".codex", "old", "{}\n")
    found = Logs(home)
    start = crew._start

    def started() -> subprocess.Popen[bytes]:
        found.started.append(start())
        return found.started[-1]

    monkeypatch.setattr(crew, "_start", started)
    monkeypatch.setattr(crew, "_WORTH_IT", 0)
    return found


def together(logs: Logs, source: str, cores: int = 2) -> list[Any]:
    with Crew(cores, KEY, ["/work"]) as hands:
        return list(hands.read(source, logs.roots(source), {}))


def in_order(rows: list[Any]) -> list[str]:
    return sorted(map(repr, rows))


def test_several_readers_tell_what_one_tells_and_are_gone_afterwards(logs: Logs) -> None:
    with Crew(2, KEY, ["/work"]) as hands:
        for source in ("claude-code", "codex", "pi"):
            found = list(hands.read(source, logs.roots(source), {}))
            assert in_order(found) == in_order(logs.alone(source))
            assert source == "pi" or len(found) > FILES
        assert [each.poll() for each in logs.started] == [None, None], "the same readers for every source"
        assert all(os.getpgid(each.pid) != os.getpgid(0) for each in logs.started), "Ctrl-C is this process's alone"
    assert len(logs.started) == 2
    assert None not in [each.poll() for each in logs.started]


def test_a_files_cursor_comes_behind_its_facts(logs: Logs) -> None:
    told = together(logs, "claude-code")
    behind = {row.name: place for place, row in enumerate(told) if isinstance(row, Cursor)}
    assert len(behind) == FILES
    for number in range(FILES):
        (end,) = (place for name, place in behind.items() if name.endswith(f"/s{number}.jsonl"))
        assert max(place for place, row in enumerate(told) if getattr(row, "session", "") == f"s{number}") < end


@pytest.mark.parametrize("doomed", [1, 2])
def test_what_a_reader_that_died_left_is_read_here(logs: Logs, monkeypatch: pytest.MonkeyPatch, doomed: int) -> None:
    start = crew._start

    def dying() -> subprocess.Popen[bytes]:
        process = start()
        if len(logs.started) <= doomed:
            process.kill()
        return process

    monkeypatch.setattr(crew, "_start", dying)
    assert in_order(together(logs, "claude-code")) == in_order(logs.alone("claude-code"))


def test_readers_killed_at_work_leave_nothing_out(logs: Logs) -> None:
    with Crew(2, KEY, ["/work"]) as hands:
        reading = iter(hands.read("claude-code", logs.roots("claude-code"), {}))
        found = [next(reading)]
        for each in logs.started:
            each.kill()
        found += list(reading)
        again = list(hands.read("codex", logs.roots("codex"), {}))
    # A file that was told in part is told again, so that rows come twice; facts merge.
    assert set(map(repr, found)) == set(map(repr, logs.alone("claude-code")))
    assert in_order(again) == in_order(logs.alone("codex"))
    assert len(logs.started) == 2, "one that died is not replaced"


def test_an_error_in_a_reader_is_told_as_without_one(logs: Logs) -> None:
    refusing: Any = int
    with Crew(2, refusing, ["/work"]) as hands, pytest.raises(ValueError, match="invalid literal for int"):
        list(hands.read("claude-code", logs.roots("claude-code"), {}))
    assert None not in [each.poll() for each in logs.started]


def test_where_no_reader_can_be_started_all_is_read_here(logs: Logs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    assert in_order(together(logs, "codex")) == in_order(logs.alone("codex"))
    assert not logs.started


def test_little_and_one_core_and_what_was_read_need_no_readers(logs: Logs, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = in_order(logs.alone("claude-code"))
    assert in_order(together(logs, "claude-code", cores=1)) == wanted
    size = sum(path.stat().st_size for path in logs.home.rglob("s*.jsonl") if ".claude" in path.parts)
    monkeypatch.setattr(crew, "_WORTH_IT", size + 1)
    assert in_order(together(logs, "claude-code")) == wanted
    monkeypatch.setattr(crew, "_WORTH_IT", 1)
    known = {row.name: row.text for row in logs.alone("claude-code") if isinstance(row, Cursor)}
    with Crew(2, KEY, ["/work"]) as hands:
        assert list(hands.read("claude-code", logs.roots("claude-code"), known)) == []
    assert not logs.started


# -- in a ledger -------------------------------------------------------------------------------------------------------


@pytest.fixture
def wanted(logs: Logs, repository: Path, tmp_path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """What one process makes of the logs."""
    commit(repository, "feat: x")
    post(logs, repository, tmp_path / "one.db", cores=None)
    assert not logs.started
    return tables(tmp_path / "one.db")


def nobody(_source: str, _count: int) -> None:
    """Tell nobody."""


def post(logs: Logs, repository: Path, database: Path, step: updating.Step = nobody, cores: int | None = 2) -> None:
    """An update; without `cores` one as the drainer makes it, which reads alone."""
    environ = {**os.environ, "HOME": str(logs.home)}
    ledger = open_ledger(str(database))
    try:
        workplace = open_workplace(str(repository), environ, str(database))
        posting = partial(updating.update, workplace, ledger, now=WHEN, step=step)
        if cores:
            posting(cores=cores)
        else:
            posting()
    finally:
        ledger.close()


def tables(database: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, in an order of its own; but not the mark of the last writing, which is drawn by lot."""
    ledger = open_ledger(str(database))
    with ledger.read() as connection:
        names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
        found = {
            name: sorted((tuple(row) for row in connection.exec_driver_sql(f"SELECT * FROM {name}")), key=repr)  # noqa: S608
            for name in names
        }
    ledger.close()
    found["ledger_meta"] = [row for row in found["ledger_meta"] if row[0] != "written"]
    assert len(found["call"]) > 2 * FILES
    assert {row[1] for row in found["call"]} == {"claude-code", "codex"}
    return found


def test_every_table_is_what_one_process_makes(
    logs: Logs, wanted: dict[str, list[tuple[Any, ...]]], repository: Path, tmp_path: Path
) -> None:
    post(logs, repository, tmp_path / "two.db")
    assert tables(tmp_path / "two.db") == wanted
    assert len(logs.started) == 2


def test_the_command_reads_on_all_cores(logs: Logs, repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(repository, "feat: x")
    monkeypatch.setenv("HOME", str(logs.home))
    monkeypatch.setattr(crew, "usable_cores", lambda: 2)
    ran = run("-C", str(repository), "update", "--source", "claude-code")
    assert (ran.code, ran.out) == (0, "")
    assert "left out" in ran.err, "the broken line"
    assert len(logs.started) == 2


def test_interrupted_and_killed_it_goes_on_to_the_same_ledger(
    logs: Logs,
    wanted: dict[str, list[tuple[Any, ...]]],
    repository: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(updating, "_BATCH", 40)
    database = tmp_path / "two.db"
    stops: Iterator[type[BaseException]] = iter([KeyboardInterrupt, OSError])

    def step(source: str, count: int) -> None:
        if source != "claude-code" or count < 80:
            return
        logs.started[-1].kill()
        for stop in stops:
            raise stop

    for stop in (KeyboardInterrupt, OSError):
        with pytest.raises(stop):
            post(logs, repository, database, step)
        assert None not in [each.poll() for each in logs.started], "nobody is left behind"
    post(logs, repository, database, step)
    assert tables(database) == wanted


# -- one reader --------------------------------------------------------------------------------------------------------


def asked(*files: LogFile) -> io.BytesIO:
    pipe = io.BytesIO()
    reader.send(pipe, (KEY, ["/work"]))
    for file in files:
        reader.send(pipe, ("claude-code", file))
    return io.BytesIO(pipe.getvalue())


def test_a_file_is_told_in_parts_of_which_only_the_last_ends_it(logs: Logs, monkeypatch: pytest.MonkeyPatch) -> None:
    files = list(BY_FILE["claude-code"].unread(logs.roots("claude-code"), {}))[:2]
    monkeypatch.setattr(reader, "_AT_ONCE", 5)
    told = io.BytesIO()
    reader.main(asked(*(each for each in files if isinstance(each, LogFile))), told)
    told.seek(0)
    parts = []
    with suppress(EOFError):
        while True:
            parts.append(reader.receive(told))
    ends = [place for place, (is_last, _) in enumerate(parts) if is_last]
    assert len(parts) > 2
    assert (len(ends), ends[-1]) == (2, len(parts) - 1)
    first = [row for _, words in parts[: ends[0] + 1] for row in unpacked(reader.read_back(words))]
    assert in_order(first) == in_order(logs.alone("claude-code")[: len(first)])


@pytest.mark.parametrize("kept", [0, 3, 20])
def test_a_value_that_is_not_whole_is_the_end(kept: int) -> None:
    pipe = io.BytesIO()
    reader.send(pipe, packed([Cursor("s", "n", "t")]))
    with pytest.raises(EOFError):
        reader.receive(io.BytesIO(pipe.getvalue()[:kept]))


@pytest.mark.parametrize("is_listening", [True, False])
def test_a_reader_ends_when_nobody_asks_or_listens_any_more(logs: Logs, is_listening: bool) -> None:
    (*_, file) = (each for each in BY_FILE["claude-code"].unread(logs.roots("claude-code"), {}))
    assert isinstance(file, LogFile)
    process = crew._start()
    with process:
        assert process.stdin
        assert process.stdout
        if not is_listening:
            process.stdout.close()
        process.stdin.write(asked(file).getvalue())
        process.stdin.flush()
        if is_listening:
            process.stdin.close()
        assert process.wait() == 0


@pytest.mark.parametrize("is_closed", [True, False])
def test_a_file_for_a_reader_that_is_gone_is_given_back(tmp_path: Path, is_closed: bool) -> None:
    process, file = crew._start(), LogFile(tmp_path / "log", "", 9)
    process.kill()
    process.wait()
    with process if is_closed else nullcontext():
        pass
    answers = Queue[Any]()
    with suppress(BrokenPipeError), process:
        crew._serve(process, "claude-code", deque([file, file]), answers)
    assert [answers.get(), answers.get()] == [file, None]
    assert answers.empty()


def test_cores_are_those_that_this_process_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {3}, raising=False)
    assert usable_cores() == 1
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert usable_cores() == 1
