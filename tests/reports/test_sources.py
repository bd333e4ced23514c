"""What `ledger sources` prints."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from ledger.domain.sources import Counted, Present, SourceState, SourceStates
from ledger.reports.sources import as_json, as_text

WHEN = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


def states(*sources: SourceState, notice: str = "") -> SourceStates:
    return SourceStates("/work/repo", "/work/repo/.git/ledger/ledger.db", sources, notice)


def agent(present: Present, counted: Counted | None = None, last_read: datetime | None = None) -> SourceState:
    return SourceState("codex", "agent", present, counted, last_read)


def row(state: SourceState) -> str:
    return as_text(states(state), 120).splitlines()[2]


def test_a_row_tells_files_size_age_calls_and_freshness() -> None:
    found = agent(Present(("/h/.codex",), 3, 1_234_567, WHEN), Counted(42, WHEN, 3), WHEN)
    assert row(found).split() == ["codex", "3", "files", "1.2", "MB", "2026-03-01", "42", "2026-03-01", "2026-03-01"]


def test_no_day_is_broken_on_a_screen_of_eighty_columns() -> None:
    every = [
        SourceState("antigravity", "agent", Present(("/h",), 1234, 999_000, WHEN), Counted(123_456, WHEN, 3), WHEN),
        SourceState("openrouter", "named", None, None, None),
    ]
    text = as_text(states(*every), 80)
    assert text.splitlines()[2].split() == [
        "antigravity", "1,234", "files", "999", "kB", "2026-03-01", "123456", "2026-03-01", "2026-03-01",
    ]  # fmt: skip
    assert max(map(len, text.splitlines()[:4])) <= 80


def test_what_is_not_known_is_empty_and_never_0() -> None:
    assert row(agent(Present())).split() == ["codex", "not", "found"]
    assert row(agent(Present(("/h/.codex",)), Counted())).split() == ["codex", "0", "files"]
    assert row(SourceState("otlp", "named", None, None, None)).split() == ["otlp", "when", "named"]


def test_a_named_source_tells_how_many_files_it_read() -> None:
    assert row(SourceState("otlp", "named", None, Counted(7, WHEN, 2), None)).split()[-2:] == ["2", "files"]


@pytest.mark.parametrize(
    ("size", "said"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (99_949, "99.9 kB"), (99_951, "100 kB"), (999_600, "1.0 MB"),
     (2_500_000_000, "2.5 GB"), (10**16, "10000 TB")],
)  # fmt: skip
def test_sizes_have_two_or_three_digits(size: int, said: str) -> None:
    assert f" {said} " in row(agent(Present(("/h",), 1, size, WHEN)))


def test_a_hostile_place_is_harmless_on_a_screen() -> None:
    text = as_text(states(agent(Present(("/h/\x1b[2J\u202eevil",), 1, 1, WHEN))), 80)
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_a_notice_comes_last() -> None:
    assert as_text(states(agent(Present()), notice="There is no ledger."), 80).endswith("\n\nThere is no ledger.\n")


def test_json_has_every_key_and_iso_times() -> None:
    told = json.loads(as_json(states(agent(Present(("/h",), 1, 5, WHEN), Counted(2, WHEN, 1), WHEN))))
    assert (told["format"], told["repository"], told["notice"]) == (1, "/work/repo", "")
    assert told["sources"] == [
        {
            "name": "codex",
            "kind": "agent",
            "present": {"where": ["/h"], "files": 1, "size": 5, "newest": "2026-03-01T12:30:00+00:00"},
            "counted": {"calls": 2, "latest_call": "2026-03-01T12:30:00+00:00", "places": 1},
            "last_read": "2026-03-01T12:30:00+00:00",
        }
    ]
