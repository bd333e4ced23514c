"""`ledger update`: what goes in, once, and what is said of it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.posting.standstill import NOTE
from tests.commands.conftest import REMOTE
from tests.commands.running import process_environment, run, run_process, statements
from tests.gitting import WHEN, commit, git
from tests.posting.standing import World


def count(repository: Path, table: str) -> int:
    sql = f"SELECT count(*) FROM {table}"  # noqa: S608 - a name of ours
    return int(run("-C", str(repository), "query", "--format", "csv", sql).out.split()[1])


def test_it_posts_every_commit_and_says_how_much(committed: Path) -> None:
    commit(committed, "fix: second", at=WHEN)
    done = run("-C", str(committed), "update")
    assert (done.code, done.out) == (0, "")
    assert "new facts" in done.err
    assert count(committed, "git_commit") == 2


def test_posting_twice_changes_nothing(committed: Path) -> None:
    run("-C", str(committed), "update")
    assert run("-C", str(committed), "update").err == "Posted 0 new facts, 0 changed.\n"


def test_nothing_new_loads_nothing_that_only_conclusions_and_entries_need(committed: Path) -> None:
    assert run("-C", str(committed), "update").code == 0
    code = (
        "import sys\nfrom ledger.commands import main\n"
        f"try: main(['-q', '-C', {str(committed)!r}, 'update'])\n"
        "except SystemExit: print(*sys.modules, sep='\\n')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=process_environment(), capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.splitlines())
    assert "sqlalchemy" in loaded
    assert not loaded & {"pydantic", "genai_prices", "alembic", "ledger.posting.derive", "ledger.posting.named"}
    assert "ledger.domain.conclude" not in loaded


@pytest.fixture
def still(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world in which nothing is new; an update has something to say besides, and this process finds its logs."""
    world = World.made(tmp_path)
    git(world.repository, "branch", "-q", "-m", "odd")
    world.settle()
    monkeypatch.setenv("HOME", str(world.home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(world.home / ".config"))
    return world


def test_a_glance_opens_nothing_and_says_what_the_usual_way_says(still: World) -> None:
    arguments = ["--database", still.database, "-C", str(still.repository), "update"]
    code = (
        "import sys\nfrom ledger.commands import main\n"
        f"try: main({arguments!r})\n"
        "except SystemExit: print(*sys.modules, sep='\\n')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=process_environment(), capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.splitlines())
    assert not loaded & {"sqlalchemy", "git", "orjson", "ledger.config", "ledger.domain.facts", "ledger.posting.update"}
    (still.repository / ".git" / NOTE).unlink()
    usual = run(*arguments)
    assert usual.err == done.stderr
    assert usual.err.splitlines() == [
        "Taking odd for the target branch; name another with git config ledger.target BRANCH.",
        "Posted 0 new facts, 0 changed.",
    ]


@pytest.mark.parametrize("more", [["--source", "commits"], ["--tag", "role:review"], ["--column", "at=Time"]])
def test_whoever_asks_for_more_gets_it(committed: Path, monkeypatch: pytest.MonkeyPatch, more: list[str]) -> None:
    def unasked(_options: object) -> None:
        raise AssertionError("a glance is for an update of everything")

    monkeypatch.setattr("ledger.commands.update.glance", unasked)
    done = run("-C", str(committed), "update", *more)
    assert "Posted" in done.err or "are for" in done.err or "is for" in done.err


def test_the_headline_needs_no_more_than_a_glance_either(still: World, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = ("--database", still.database, "-C", str(still.repository))
    usual = run(*arguments)
    before = still.times()

    def unwanted(*_: object, **__: object) -> None:
        raise AssertionError("nothing is new")

    still.settle()
    monkeypatch.setattr("ledger.commands.headline.post", unwanted)
    done = run(*arguments)
    assert (done.code, done.err, done.out) == (0, usual.err, usual.out)
    assert all(at > before[name] for name, at in still.times().items())


def test_quiet_says_nothing(committed: Path) -> None:
    assert run("-q", "-C", str(committed), "update") == run("-q", "-C", str(committed), "update")
    assert run("-q", "-C", str(committed), "update").err == ""


def test_it_works_from_a_directory_inside_and_from_another_worktree(committed: Path, tmp_path: Path) -> None:
    (committed / "deep" / "er").mkdir(parents=True)
    git(committed, "worktree", "add", "-q", str(tmp_path / "other"))
    paths = {run("-C", str(place), "db", "path").out for place in (committed / "deep" / "er", tmp_path / "other")}
    assert paths == {f"{committed / '.git' / 'ledger' / 'ledger.db'}\n"}
    assert run("-C", str(tmp_path / "other"), "update").code == 0


@pytest.mark.parametrize("arguments", [["--source", "entries"], ["file"], ["--source", "commits", "file"]])
def test_entries_need_files_and_files_entries(committed: Path, arguments: list[str]) -> None:
    done = run("-C", str(committed), "update", *arguments)
    assert (done.code, done.out) == (1, "")
    assert done.err == "ledger: Name the files of entries: ledger update --source entries FILE.\n"


def test_a_source_that_is_not_known_is_wrong_usage(committed: Path) -> None:
    assert run("-C", str(committed), "update", "--source", "tea-leaves").code == 2


def test_entries_come_from_standard_input(committed: Path) -> None:
    text = statements(3, REMOTE).encode()
    done = run_process("update", "--source", "entries", "-", cwd=committed, stdin=text)
    assert done.code == 0, done.err
    assert count(committed, "request") == 3


def test_a_line_that_does_not_fit_is_left_out_and_the_rest_goes_in(committed: Path, tmp_path: Path) -> None:
    path = tmp_path / "entries.jsonl"
    lines = statements(2, REMOTE).splitlines()
    path.write_text("\n".join([lines[0], "{torn", '{"v": 1}', "", lines[1]]))
    done = run("-C", str(committed), "update", "--source", "entries", str(path))
    assert done.code == 0
    assert "2 left out (ledger report names them)" in done.err
    assert count(committed, "request") == 2
    said = json.loads(run("-C", str(committed), "report", "--format", "json").out)["coverage"]["skipped"]
    assert [skip["where"] for skip in said] == [f"{path} line 2", f"{path} line 3"]


@pytest.mark.parametrize(
    "change",
    [
        "²",
        "#",
        "",
        " ",
        "١٢",
    ],
)
def test_a_change_of_any_name_is_taken_or_refused_in_words(committed: Path, tmp_path: Path, change: str) -> None:
    row = json.loads(statements(1, REMOTE))
    row["body"]["change"] = change
    (tmp_path / "entries.jsonl").write_text(json.dumps(row))
    done = run("-C", str(committed), "update", "--source", "entries", str(tmp_path / "entries.jsonl"))
    assert done.code == 0, done.err


@pytest.mark.parametrize("name", ["missing.jsonl", "."])
def test_a_file_that_cannot_be_read_is_named(committed: Path, tmp_path: Path, name: str) -> None:
    done = run("-C", str(committed), "update", "--source", "entries", str(tmp_path / name))
    assert done.code == 1
    assert f"{tmp_path / name} cannot be read" in done.err


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"not a database, but long enough to be read as one", "is not a SQLite database"), (b"", "")],
)
def test_a_file_in_the_database_s_place(committed: Path, tmp_path: Path, content: bytes, says: str) -> None:
    database = tmp_path / "ledger.db"
    database.write_bytes(content)
    done = run("-C", str(committed), "--database", str(database), "update")
    assert done.code == (1 if says else 0)
    assert says in done.err
    assert not content or database.read_bytes() == content


def test_a_database_of_another_application_is_left_alone(committed: Path, tmp_path: Path) -> None:
    import sqlite3

    database = tmp_path / "theirs.db"
    connection = sqlite3.connect(database)
    connection.execute("CREATE TABLE theirs (x)")
    connection.commit()
    connection.close()
    before = database.read_bytes()
    done = run("-C", str(committed), "--database", str(database), "update")
    assert done.code == 1
    assert "belongs to another application" in done.err
    assert database.read_bytes() == before


def test_the_command_knows_every_source() -> None:
    from ledger.commands.update import _FOUND, _NAMED
    from ledger.posting.named import NAMED
    from ledger.posting.update import SOURCES

    assert (set(_FOUND), set(_NAMED)) == (set(SOURCES), set(NAMED))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--source", "cursor"], "Name the files that cursor is to read: ledger update --source cursor FILE."),
        (["--source", "cursor", "--source", "litellm", "f"], "Only one source can read the files"),
        (["--source", "entries", "--tag", "repo:a/b", "f"], "--tag is for calls of litellm"),
        (["--tag", "repo:a/b"], "--tag is for calls of litellm"),
    ],
)
def test_what_is_named_has_one_reader(committed: Path, arguments: list[str], says: str) -> None:
    done = run("-C", str(committed), "update", *arguments)
    assert done.code == 1
    assert says in done.err


def test_a_bill_is_posted_with_the_tags_given(committed: Path, tmp_path: Path) -> None:
    bill = tmp_path / "usage.csv"
    bill.write_text(
        "Date,Kind,Model,Input (w/o Cache Write),Output Tokens,Cost\n2026-03-01T09:30:00Z,On-Demand,auto,5,5,0.5\n"
    )
    done = run("-C", str(committed), "update", "--source", "cursor", str(bill), "--tag", f"repo:{REMOTE}")
    assert (done.code, "1 new fact" in done.err or "new facts" in done.err) == (0, True)
    said = json.loads(run("-C", str(committed), "report", "--format", "json").out)
    assert said["reconciliation"]["total_usd"] == "0.50"
    again = run("-C", str(committed), "update", "--source", "cursor", str(bill), "--tag", f"repo:{REMOTE}")
    assert again.err == "Posted 0 new facts, 0 changed.\n"


def test_a_table_is_posted_by_the_names_of_its_columns(committed: Path, tmp_path: Path) -> None:
    bill = tmp_path / "bill.csv"
    bill.write_text("When,Engine,Out,Paid\n2026-03-01 09:30,gpt-5.4,5,0.5\n")
    columns = ("--column", "at=When", "--column", "model=Engine", "--column", "output=Out", "--column", "cost=Paid")
    tag = ("--tag", f"repo:{REMOTE}")
    done = run("-C", str(committed), "update", "--source", "table", str(bill), *columns, *tag)
    assert done.code == 0, done.err
    assert count(committed, "call") == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--source", "cursor", "f", "--column", "a=b"], "--column and --columns are for tables"),
        (["--source", "table", "f", "--column", "model"], "--column model names no column"),
        (["--source", "table", "f", "--column", "engine=x"], "A call has no field 'engine'"),
    ],
)
def test_a_column_map_that_cannot_be_used_is_named(committed: Path, arguments: list[str], says: str) -> None:
    done = run("-C", str(committed), "update", *arguments)
    assert done.code == 1
    assert says in done.err
