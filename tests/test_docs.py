"""The documentation says what there is, and its commands work."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from ledger.commands import COMMANDS, cli
from ledger.domain.facts import KINDS
from ledger.domain.github_requests import COMMAND
from ledger.posting.named import NAMED
from ledger.posting.update import SOURCES
from ledger.reports import FORMATS
from ledger.store.schema import metadata
from ledger.store.views import VIEWS
from tests.gitting import commit, git

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "DECISIONS.md", *sorted((ROOT / "docs").glob("*.md"))]
_LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)")


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text()


def commands() -> list[str]:
    return [name for section in COMMANDS.values() for name in section]


def test_every_command_and_option_is_documented() -> None:
    text = page("commands.md")
    context = click.Context(cli)
    for name in commands():
        command = cli.get_command(context, name)
        assert command is not None
        assert f"## ledger {name}\n" in text
        inner = [command, *(command.commands.values() if isinstance(command, click.Group) else ())]
        for option in (part for each in inner for part in each.params if isinstance(part, click.Option)):
            assert option.help, option.name
            assert all(word in text for word in option.opts), option.opts


def test_the_help_table_says_what_the_commands_say() -> None:
    context = click.Context(cli)
    for section in COMMANDS.values():
        for name, sentence in section.items():
            command = cli.get_command(context, name)
            assert command is not None
            assert (command.help or "").split("\n\n")[0].replace("\n", " ") == sentence


def test_every_source_and_format_is_documented() -> None:
    assert all(f"| `{source}` |" in page("sources.md") for source in (*SOURCES, *NAMED))
    assert all(form in page("commands.md") for form in FORMATS)


def test_every_table_view_column_and_kind_is_documented() -> None:
    for table in metadata.tables.values():
        block = page("schema.md").partition(f"## {table.name}\n")[2].partition("\n## ")[0]
        assert all(f"| {column.name} |" in block for column in table.columns), table.name
    for view in VIEWS:
        assert f"## {view}\n" in page("sql.md")
    assert all(f"| {kind} |" in page("entries.md") for kind in set(KINDS) - {"entry"})


def anchors(path: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", path.read_text(), re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path: Path) -> None:
    for target, anchor in _LINK.findall(path.read_text()):
        file = (path.parent / target).resolve() if target else path
        assert file.exists(), target
        assert not anchor or anchor in anchors(file), anchor


def test_the_readme_s_commands_exist() -> None:
    text = (ROOT / "README.md").read_text()
    for name in re.findall(r"^    ledger ([a-z]+)", text, re.M) + re.findall(r"`ledger ([a-z]+)", text):
        assert name in commands(), name
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"^    make ([a-z]+)", text, re.M):
        assert f"\n{target}: " in makefile, target


def test_the_text_speaks_of_the_project_alone() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    for name in listed or [str(path.relative_to(ROOT)) for path in PAGES]:
        text = (ROOT / name).read_text(errors="replace")
        assert "/work/" + "main" not in text, name
        assert "/work/" + "shared" not in text, name


def recipe(number: int) -> str:
    """A Python program between PY marks in docs/entries.md."""
    programs: list[str] = re.findall(r"<<'PY'\n(.*?)\nPY\n", page("entries.md"), re.S)
    return programs[number]


def run_recipe(number: int, source: Path, target: Path) -> None:
    """Run a recipe as the page says: file and repository name in, entries out."""
    command = [sys.executable, "-", str(source), "github.com/owner/name"]
    target.write_text(subprocess.run(command, input=recipe(number), capture_output=True, text=True, check=True).stdout)


def ledger(cwd: Path, *arguments: str) -> str:
    return subprocess.run(
        [sys.executable, "-m", "ledger", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ).stdout


def test_the_github_recipe_works_as_it_is_printed(repository: Path, tmp_path: Path) -> None:
    """`gh` is a file here that prints what it would have been told, if it is asked for those fields."""
    commit(repository, "root")
    git(repository, "remote", "add", "origin", "https://github.com/owner/name")
    said: dict[str, object] = {
        "number": 7,
        "title": "feat: x",
        "state": "CLOSED",
        "createdAt": "2026-03-01T12:00:00Z",
        "updatedAt": "2026-03-02T12:00:00Z",
        "mergedAt": None,
        "closedAt": "2026-03-02T12:00:00Z",
        "mergeCommit": None,
        "headRefName": "feat/x",
        "headRefOid": "a" * 40,
        "baseRefName": "main",
        "isDraft": False,
        "labels": [{"name": "bug"}],
        "author": {"login": "ann"},
        "mergedBy": None,
        "reviews": [],
        "url": "https://github.com/owner/name/pull/7",
    }
    (tmp_path / "list.json").write_text(json.dumps([said]))
    for name, text in {
        "gh": f'test "$8" = {",".join(said)} && cat "{tmp_path}/list.json"',
        "ledger": f'exec "{sys.executable}" -m ledger "$@"',
    }.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)
    line = re.search(r"^gh pr list .*$", page("entries.md"), re.M)
    assert line
    environment = {**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    subprocess.run(["sh", "-c", line[0]], cwd=repository, env=environment, check=True, capture_output=True)
    found = json.loads(ledger(repository, "query", "--format", "json", "SELECT number, outcome FROM changes"))
    assert found == [{"number": 7, "outcome": "rejected"}]


def test_the_line_of_gh_is_the_same_wherever_it_is_shown() -> None:
    assert f"\n{COMMAND} > prs.json && ledger ci import prs.json\n" in page("entries.md")
    assert f"`{COMMAND}`" in page("sources.md")


def test_the_spreadsheet_recipe_works(repository: Path, tmp_path: Path) -> None:
    commit(repository, "root")
    git(repository, "remote", "add", "origin", "https://github.com/owner/name")
    table = re.search(r"\| change \|.*?\n\n", page("entries.md"), re.S)
    assert table is not None
    lines = [line.strip("| ").replace(" | ", ",") for line in table[0].splitlines() if line and "---" not in line]
    (tmp_path / "changes.csv").write_text("\n".join(lines) + "\n")
    run_recipe(0, tmp_path / "changes.csv", tmp_path / "changes.jsonl")
    ledger(repository, "update", "--source", "entries", str(tmp_path / "changes.jsonl"))
    sql = "SELECT title, outcome, lead_model, cost_usd FROM changes ORDER BY title"
    found = json.loads(ledger(repository, "query", "--format", "json", sql))
    assert found == [
        {"title": "41", "outcome": "accepted", "lead_model": "claude-opus-4-8", "cost_usd": 2.75},
        {"title": "login rework", "outcome": "rejected", "lead_model": "claude-haiku-4-5", "cost_usd": 1.1},
    ]
    assert json.loads(ledger(repository, "report", "--format", "json"))["cost_kind"] == "billed"


def test_every_finding_of_the_doctor_is_described() -> None:
    said = "".join(
        (ROOT / "ledger" / name).read_text()
        for name in ("domain/advice.py", "hooking/judging.py", "posting/diagnosis.py", "posting/kept.py")
    )
    codes = set(re.findall(r'(?:Finding\(|return |yield )\(?\s*"([a-z]+(?:-[a-z]+)+|[a-z]+)",', said))
    assert len(codes) > 20
    described = set(re.findall(r"`([a-z-]+)`", page("doctor.md").split("## What it says")[1].split("## As JSON")[0]))
    assert codes == {code for code in described if code != "commit-msg"}
