"""The page on entries: its table is in step, its examples are accepted, and its recipes run as they are printed."""

from __future__ import annotations

import csv
import io
import re
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from ledger.domain.facts import Entry, Fact
from ledger.domain.forge_facts import Request
from ledger.domain.session_facts import Call
from ledger.entries import decode

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "docs" / "entries.md").read_text(encoding="utf-8")
NAME = "github.com/owner/name"


def read(lines: str) -> list[Fact]:
    return [
        fact
        for number, line in enumerate(lines.splitlines(), 1)
        for fact in decode(line, f"line {number}", lambda names: "R" if NAME in names else None)
    ]


def recipe(output: str) -> str:
    """The Python of the recipe that writes `output`."""
    found = re.search(rf"> {re.escape(output)} <<'PY'\n(.*?)\nPY\n", PAGE, re.DOTALL)
    assert found, f"no recipe writes {output}"
    return found[1]


def ran(output: str, path: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "ignore::ResourceWarning", "-", str(path), NAME],
        input=recipe(output),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def spreadsheet() -> str:
    """The page's own table as CSV."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if line[:1] == "|"]
    start = next(place for place, row in enumerate(rows) if row[0] == "change")
    out = io.StringIO()
    csv.writer(out).writerows([rows[start], *rows[start + 2 : start + 5]])
    return out.getvalue()


def test_the_table_of_kinds_is_in_step_with_the_code() -> None:
    assert _generate().generated(PAGE) == PAGE


def test_the_lines_shown_are_accepted() -> None:
    shown = re.findall(r'^    (\{"v".*\})$', PAGE, re.MULTILINE)
    request, retraction = (read(line.replace("the 64 hex digits of an entry", "a" * 64))[0] for line in shown)
    assert isinstance(request, Request)
    assert isinstance(retraction, Entry)


def test_the_spreadsheet_shown_becomes_facts(tmp_path: Path) -> None:
    path = tmp_path / "changes.csv"
    path.write_text(spreadsheet(), encoding="utf-8")
    facts = read(ran("changes.jsonl", path))
    states = {fact.title: fact.state for fact in facts if isinstance(fact, Request)}
    assert states == {"41": "merged", "login rework": "closed"}
    assert sum(fact.reported_nusd or 0 for fact in facts if isinstance(fact, Call)) == 3_850_000_000


def test_a_spreadsheet_saved_by_excel_becomes_the_same_facts(tmp_path: Path) -> None:
    """Excel's `CSV UTF-8` begins with a byte order mark."""
    plain, excel = tmp_path / "plain.csv", tmp_path / "excel.csv"
    plain.write_text(spreadsheet(), encoding="utf-8")
    excel.write_text(spreadsheet(), encoding="utf-8-sig")
    assert read(ran("changes.jsonl", excel)) == read(ran("changes.jsonl", plain))


def _generate() -> ModuleType:
    spec = spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
