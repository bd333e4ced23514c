"""What is noted after an update: all that it read, and nothing where a path or a ledger would mean something else."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

import ledger as program
from ledger.domain.standstill import Note, Plan, Watch, concealed
from ledger.posting.agents import AGENTS
from ledger.posting.looking import look_at
from ledger.posting.remembering import Heeded
from ledger.posting.standstill import NOTE
from tests.gitting import WHEN, commit, git
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
    ("settings", "asks"),
    [
        ({}, "never"),
        ({"ledger.forge": "github"}, "watched"),
        ({"ledger.sync": "auto"}, "always"),
        ({"ledger.sync": "off"}, "never"),
    ],
)
def test_it_says_whether_a_forge_would_be_asked(world: World, settings: dict[str, str], asks: str) -> None:
    if settings:
        git(world.repository, "remote", "add", "origin", "https://github.com/example/shop.git", check=False)
    for key, value in settings.items():
        git(world.repository, "config", key, value)
    world.update()
    if asks != "always":
        world.update()
    assert note(world).asks == asks


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


@pytest.mark.parametrize("name", sorted(AGENTS))
def test_whatever_a_source_would_read_it_watches(name: str, repository: Path, tmp_path: Path) -> None:
    """A root that comes, a file of each of its patterns that comes below one, and one that grows."""
    commit(repository, "feat: begin", at=WHEN)
    home = tmp_path / "home"
    home.mkdir()
    (home / ".aider.conf.yml").write_text("analytics-log: ~/aider.jsonl\n")
    environ = {"HOME": str(home)}
    agent = AGENTS[name]

    def look(watch: Watch) -> str:
        seen = look_at(Plan(str(repository), "", "", (), watch, (), ()))
        assert seen is not None
        return seen.digest

    watch = agent.watch(environ)
    looks = [look(watch)]
    for folder in (*watch.folders, *watch.trees):
        Path(folder).mkdir(parents=True, exist_ok=True)
    (home / ".copilot" / "session-state").mkdir(parents=True, exist_ok=True)
    (home / "aider.jsonl").touch()
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
