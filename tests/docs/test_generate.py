"""What the documentation shows is what the program prints, and its SQL runs."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from ledger.commands import COMMANDS, cli
from tests.commands.conftest import committed, posted
from tests.commands.running import ROOT, run

__all__ = ["committed", "posted"]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
NAMES = [name for section in COMMANDS.values() for name in section]
_SQL = re.compile(r'ledger query ((?:--\S+ \S+ )*)"([^"]+)"|sqlite3 "\$\(ledger db path\)" "([^"]+)"')


def blocks(page: Path) -> list[tuple[str, str]]:
    return re.findall(r"<!-- generated: ([a-z-]+) -->\n(.*?)<!-- end -->", page.read_text(), re.DOTALL)


def shown(path: str) -> str:
    """The help that docs/commands.md shows for a command."""
    found = re.search(
        rf"^## {re.escape(path)}\n\n```\n(.*?)```$", (ROOT / "docs" / "commands.md").read_text(), re.M | re.S
    )
    assert found, path
    return found.group(1)


def printed(*arguments: str) -> str:
    """The help that a person sees."""
    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out):
        patch.setenv("COLUMNS", "100")
        cli([*arguments, "-h"], prog_name="ledger", standalone_mode=False)
    return out.getvalue()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_block_is_known_to_the_generator_and_ends(page: Path) -> None:
    known = {"commands", "options", "tables", "views", "kinds", "report", "areas", "rules", "reasons", "action", "page"}
    text = page.read_text()
    assert text.count("<!-- generated: ") == text.count("<!-- end -->") == len(blocks(page))
    assert {name for name, _ in blocks(page)} <= known
    assert all(content.strip() for _, content in blocks(page))


WITH_A_DEMO = {"README.md", "sql.md"}
"""What they show takes a whole demo to make, which `make lint` does to check them."""


@pytest.mark.parametrize("page", [page for page in PAGES if page.name not in WITH_A_DEMO], ids=lambda page: page.name)
def test_the_generated_parts_are_in_step(page: Path) -> None:
    code = (
        "import pathlib, sys; sys.path.insert(0, 'docs'); import generate\n"
        "text = pathlib.Path(sys.argv[1]).read_text()\nsys.exit(generate.generated(text) != text)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(page)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"run make docs\n{done.stderr}"


@pytest.mark.parametrize("path", [*NAMES, "db path", "db schema", "db rebuild"])
def test_the_help_shown_is_the_help_printed(path: str) -> None:
    assert shown(f"ledger {path}").split() == printed(*path.split()).split()


def test_the_options_before_the_verb_are_shown_as_printed() -> None:
    ((_, content),) = [block for block in blocks(ROOT / "docs" / "commands.md") if block[0] == "options"]
    assert content.replace("```", "").split() == printed().split()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_line_of_sql_runs(page: Path, posted: Path) -> None:
    for options, asked, plain in _SQL.findall(page.read_text()):
        done = run("-C", str(posted), "query", *options.split(), asked or plain)
        assert done.code == 0, done.err
        assert done.out


def test_there_is_sql_to_run() -> None:
    assert len(_SQL.findall((ROOT / "README.md").read_text())) >= 3
