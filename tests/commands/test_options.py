"""Moments, the screen, and what every command can be told."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event
from sqlalchemy.pool import Pool

from ledger.commands.options import Moment, Options, folded, now, screen
from tests.commands.running import run

_ZONES = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.dates())
def test_a_day_is_its_start_or_its_end_in_utc(day: date) -> None:
    assert Moment().convert(day.isoformat(), None, None) == datetime.combine(day, time.min, UTC)
    assert Moment(at_end=True).convert(day.isoformat(), None, None) == datetime.combine(day, time.max, UTC)


@given(st.datetimes(min_value=datetime(1, 1, 3), max_value=datetime(9999, 12, 29), timezones=_ZONES))  # noqa: DTZ001 - hypothesis adds the zone
def test_a_moment_keeps_its_instant_and_is_told_in_utc(at: datetime) -> None:
    found = Moment().convert(at.isoformat(), None, None)
    assert found == at
    assert found.utcoffset() == timedelta(0)


@given(st.text())
def test_any_text_is_a_moment_or_refused_in_words(text: str) -> None:
    try:
        found = Moment().convert(text, None, None)
    except click.BadParameter:
        return
    assert found.tzinfo is UTC


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_a_moment_outside_the_calendar_is_refused_too(text: str) -> None:
    with pytest.raises(click.BadParameter):
        Moment().convert(text, None, None)


def test_the_screen_has_no_colour_in_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("COLUMNS", "133")
    assert screen() == {"width": 133, "color": False}
    monkeypatch.delenv("COLUMNS")
    assert screen()["width"] == 80


def test_long_lines_are_folded_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "short\n\n  " + "word " * 19 + "end\nlast\n"
    assert folded(text) == text
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    lines = folded(text).splitlines()
    assert max(map(len, lines)) <= 80
    assert (lines[:2], lines[-1]) == (["short", ""], "last")
    assert (lines[2].startswith("  word"), lines[3].startswith("    word")) == (True, True)
    assert " ".join(folded(text).split()) == " ".join(text.split())


def test_the_clock_is_aware() -> None:
    assert now().tzinfo is UTC


def test_quiet_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    Options(quiet=True).say("a")
    Options().say("b")
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "b\n")


@pytest.mark.parametrize(
    "url", ["foo://x/y", "://", "mysql+nothing://x/y", "postgresql+psycopg://u:secret@localhost:port/x"]
)
def test_a_database_that_cannot_be_is_a_sentence_without_the_password(committed: Path, url: str) -> None:
    for verb in (["report"], ["db", "path"]):
        done = run("-C", str(committed), "--database", url, *verb)
        assert "bug" not in done.err
        assert "secret" not in done.out + done.err
    assert run("-C", str(committed), "--database", url, "report").code == 1


def test_the_database_option_wins_over_every_setting(
    committed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEDGER_DATABASE_URL", str(tmp_path / "environment.db"))
    assert run("-C", str(committed), "--database", str(tmp_path / "option.db"), "update").code == 0
    assert (tmp_path / "option.db").exists()
    assert not (tmp_path / "environment.db").exists()


@pytest.mark.parametrize("verb", [["report"], ["db", "schema"], ["query", "SELECT 1"], ["show", "1"], ["update"], []])
def test_a_command_lets_go_of_the_database(posted: Path, verb: list[str]) -> None:
    opened: list[object] = []
    closed: list[object] = []
    event.listen(Pool, "connect", lambda connection, _: opened.append(connection))
    event.listen(Pool, "close", lambda connection, _: closed.append(connection))
    assert run("-C", str(posted), *verb).code == 0
    assert opened
    assert len(closed) == len(opened), "left to the garbage collector, which is an error from Python 3.13 on"
