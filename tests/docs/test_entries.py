"""The page on entries: its table is in step, its examples are accepted, and its recipes run as they are printed."""

from __future__ import annotations

import csv
import io
import json
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


def test_what_github_lists_becomes_requests(tmp_path: Path) -> None:
    path = tmp_path / "requests.json"
    path.write_text(json.dumps([listed(1, merged=True), listed(2), listed(3, closed=True)]), encoding="utf-8")
    found = [fact for fact in read(ran("requests.jsonl", path)) if isinstance(fact, Request)]
    assert [(request.number, request.state) for request in found] == [(1, "merged"), (2, "open"), (3, "closed")]
    assert found[0].merge_oid == "c" * 40
    assert (found[1].merge_oid, found[1].labels, found[1].head_oid) == ("", ("bug",), "b" * 40)
    assert found[0].title == "fix: ünïcode “title”"


def test_the_recipe_asks_github_for_every_field_that_it_uses() -> None:
    asked = re.search(r"--json \\\n(\S+) >", PAGE)
    assert asked
    assert set(re.findall(r'r\["(\w+)"\]', recipe("requests.jsonl"))) == set(asked[1].split(","))


def listed(number: int, *, merged: bool = False, closed: bool = False) -> dict[str, object]:
    """A row in the form of `gh pr list --json`."""
    return {
        "number": number,
        "title": "fix: ünïcode “title”",
        "createdAt": "2026-03-01T09:00:00Z",
        "mergedAt": "2026-03-02T09:00:00Z" if merged else None,
        "closedAt": "2026-03-02T09:00:00Z" if merged or closed else None,
        "headRefName": "topic",
        "headRefOid": "b" * 40,
        "mergeCommit": {"oid": "c" * 40} if merged else None,
        "labels": [{"id": "LA_1", "name": "bug", "description": "", "color": "d73a4a"}],
        "isDraft": False,
    }


def _generate() -> ModuleType:
    spec = spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
