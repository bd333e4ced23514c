"""The notes that are measured are shaped like real ones, and their lines are counted as they were written."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

from ledger.domain.facts import Contribution
from ledger.domain.git_ai import parse_note
from ledger.domain.git_facts import RepositoryCommit
from ledger.domain.reading import Skip
from ledger.git import Git
from ledger.sources.git_ai import read_notes
from tests.bench.loading import load


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    return load("notes", monkeypatch)


def test_the_notes_are_of_real_sizes_and_all_are_read(bench: ModuleType) -> None:
    told = bench.Drawn()
    texts = [text for _, text in bench.draw(400, [], told)]
    sizes = sorted(map(len, texts))
    assert 500 < sizes[200] < 2_500
    assert 100_000 < sizes[380] < 300_000
    assert 2_900_000 < sizes[-1] < 3_300_000
    found = [note for text in texts if (note := parse_note(text))]
    assert len(found) == 400
    assert sum(note.stray > 0 for note in found) + sum(note.dangling > 0 for note in found) > 5
    assert any(len(note.parts) > 1 for note in found)


def test_their_lines_are_counted_as_they_were_written(bench: ModuleType, tmp_path: Path) -> None:
    drawn = bench.write(tmp_path / "repo", 120)
    rows = list(read_notes(Git.open(tmp_path / "repo"), "R", {}))
    lines: Counter[str] = Counter()
    for row in rows:
        if isinstance(row, Contribution):
            lines[row.model_raw] += row.lines or 0
    bench.agree(+lines, drawn.lines)
    assert len([row for row in rows if isinstance(row, RepositoryCommit)]) == 30
    assert {row.where for row in rows if isinstance(row, Skip)} <= {"refs/notes/ai"}


def test_lines_that_are_counted_wrongly_stop_the_measurement(bench: ModuleType) -> None:
    with pytest.raises(AssertionError, match="was written"):
        bench.agree(Counter({"m": 1}), Counter({"m": 2}))
    bench.agree(Counter({"m": 1}), Counter({"m": 1, "nobody": 5}))


def test_the_same_notes_are_drawn_each_time(bench: ModuleType) -> None:
    assert list(bench.draw(20, ["a" * 40], bench.Drawn())) == list(bench.draw(20, ["a" * 40], bench.Drawn()))
