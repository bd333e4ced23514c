"""What is noted after an update: all that it read, and nothing where a path or a ledger would mean something else."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import ledger as program
from ledger.domain.standstill import Note, Watch, concealed
from ledger.posting.agents import AGENTS
from ledger.posting.looking import tell_files
from ledger.posting.remembering import Heeded, asks
from ledger.posting.standstill import NOTE
from ledger.posting.update import update
from ledger.posting.workplace import open_workplace
from ledger.store.engine import open_ledger
from tests.gitting import git
from tests.posting.standing import World


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A world that was updated once."""
    made = World.made(tmp_path_factory.mktemp("world"))
    made.session("s2", made.home).call()
    made.update()
    return made


def note(world: World) -> Note:
    found = Note.parse((world.repository / ".git" / NOTE).read_text())
    assert found is not None
    return found


def test_it_names_the_repository_the_ledger_and_the_places_that_are_nobody_s(world: World) -> None:
    plan = note(world).plan
    assert (plan.worktree, plan.asked, plan.database) == (str(world.repository), world.database, world.database)
    assert plan.places == (str(world.home),)
    assert plan.roots == (str(world.repository),)
    told = dict(plan.environ)
    assert told["HOME"] == concealed(str(world.home))
    assert told["CODEX_HOME"] is None
    assert "PATH" not in told


def test_this_program_is_looked_at_too(world: World) -> None:
    folders = set(note(world).plan.watch.folders)
    package = Path(program.__file__).parent
    modules = {str(path.parent) for path in package.rglob("*.py")}
    assert modules <= folders


@pytest.mark.skipif(os.name == "nt", reason="the note lies in git's own directory")
def test_the_note_is_its_owner_s_alone(world: World) -> None:
    assert (world.repository / ".git" / NOTE).stat().st_mode & 0o777 == 0o600
    assert not list((world.repository / ".git" / "ledger").glob("standstill.*"))


@pytest.mark.parametrize(
    ("forge", "sync", "asked"),
    [
        (None, None, "never"),
        (None, "auto", "never"),
        ("github", None, "watched"),
        ("github", "auto", "always"),
        ("github", "off", "never"),
    ],
)
def test_it_says_whether_a_forge_would_be_asked(world: World, forge: str | None, sync: str | None, asked: str) -> None:
    git(world.repository, "remote", "add", "origin", "https://git.example.org/example/shop.git", check=False)
    workplace = open_workplace(str(world.repository), world.environ, world.database)
    assert asks(replace(workplace, config=replace(workplace.config, forge=forge, sync=sync))) == asked


@pytest.mark.parametrize(
    "change",
    [
        lambda world: git(world.repository, "config", "ledger.path", "moved/away"),
        lambda world: git(world.repository, "config", "core.bare", "true"),
    ],
    ids=["a relative place", "no worktree"],
)
def test_where_it_would_mean_something_else_nothing_is_noted(tmp_path: Path, change: Callable[[World], object]) -> None:
    world = World.made(tmp_path)
    change(world)
    world.update()
    assert not (world.repository / ".git" / NOTE).exists()


def test_a_directory_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    world = World.made(tmp_path)
    (world.repository / ".git" / NOTE).mkdir(parents=True)
    assert world.update() is not None
    assert world.update() is not None


_HEARD: list[Callable[[str], object]] = []


def _hear(event: str, arguments: tuple[object, ...]) -> None:
    """What this process opens or lists; a hook cannot be taken out, so it is deaf but for the one test."""
    if _HEARD and event in ("open", "os.listdir", "os.scandir") and isinstance(arguments[0], str | os.PathLike):
        _HEARD[0](os.fspath(arguments[0]))


def test_an_update_that_finds_nothing_opens_and_asks_for_nothing_that_is_not_in_the_note(tmp_path: Path) -> None:
    world = World.made(tmp_path)
    for agent in AGENTS.values():
        watch = agent.watch(world.environ)
        for folder in (*watch.folders, *watch.trees):
            Path(folder).mkdir(parents=True, exist_ok=True)
    (world.home / ".copilot" / "session-state").mkdir(exist_ok=True)
    (world.repository / ".aider.chat.history.md").touch()
    git(world.repository, "worktree", "add", "-q", str(tmp_path / "linked"), "-b", "linked")
    world.settle()
    opened, heeded = set[str](), Heeded(world.environ)
    ledger = open_ledger(world.database)
    sys.addaudithook(_hear)
    _HEARD.append(opened.add)
    try:
        posted = update(open_workplace(str(world.repository), heeded, world.database), ledger, now=world.now)
    finally:
        _HEARD.clear()
        ledger.close()
    plan = note(world).plan
    assert (posted.new, posted.changed) == (0, 0)
    assert heeded.names <= dict(plan.environ).keys()
    seen = (*plan.watch.files, *plan.watch.folders)
    mine = {path for path in opened if path.startswith(str(tmp_path))} - {str(tmp_path)}
    assert len(mine) > len(AGENTS), "it listens"
    asked_of_git = {f"{world.repository}/.git/config", f"{world.repository}/.git/commondir"}
    assert {path for path in mine if path not in seen and not path.startswith(plan.watch.trees)} <= asked_of_git


# -- what the agents' sources name -------------------------------------------------------------------------------------


def test_an_environment_remembers_what_it_was_asked_for() -> None:
    heeded = Heeded({"A": "1", "B": "2", "C": "3"})
    assert (heeded.get("A"), heeded.get("X"), "B" in heeded, len(heeded)) == ("1", None, True, 3)
    assert heeded.names == {"LEDGER_DATABASE_URL", "A", "X", "B"}
    assert [*heeded] == ["A", "B", "C"]
    assert "C" in heeded.names


@pytest.mark.parametrize("name", sorted(AGENTS))
def test_a_source_asks_for_the_same_variables_to_find_its_logs_and_to_watch_them(name: str, tmp_path: Path) -> None:
    for environ in ({}, {"HOME": str(tmp_path)}, {"USERPROFILE": str(tmp_path), "LOCALAPPDATA": str(tmp_path)}):
        found, watched = Heeded(environ), Heeded(environ)
        AGENTS[name].find_roots(found)
        AGENTS[name].watch(watched)
        assert found.names == watched.names


def look(watch: Watch) -> tuple[str, ...]:
    told = list[str]()
    tell_files(watch, told.append)
    return tuple(told)


@pytest.mark.parametrize("name", sorted(AGENTS))
def test_whatever_a_source_would_read_it_watches(name: str, tmp_path: Path) -> None:
    """A root that comes, a file of each of its patterns that comes below one, and one that grows."""
    (tmp_path / ".aider.conf.yml").write_text("analytics-log: ~/aider.jsonl\n")
    environ = {"HOME": str(tmp_path)}
    agent = AGENTS[name]
    watch = agent.watch(environ)
    looks = [look(watch)]
    for folder in (*watch.folders, *watch.trees):
        Path(folder).mkdir(parents=True, exist_ok=True)
    (tmp_path / ".copilot" / "session-state").mkdir(parents=True, exist_ok=True)
    (tmp_path / "aider.jsonl").touch()
    looks.append(look(watch))
    roots = agent.find_roots(environ)
    assert roots
    for root in roots:
        for pattern in agent.LOGS if root.is_dir() else ():
            path = root / pattern.replace("**", "a/b").replace("*", "x")
            path.parent.mkdir(parents=True, exist_ok=True)
            for text in ("", "more"):
                path.write_text(text)
                looks.append(look(agent.watch(environ)))
            if path.suffix == ".db":
                path.with_name(f"{path.name}-wal").touch()
                looks.append(look(agent.watch(environ)))
    assert len(set(looks)) == len(looks)
