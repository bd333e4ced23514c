"""A glance is enough for an update exactly where the usual way would find nothing new."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from ledger.domain.reading import Skip
from ledger.posting.standstill import NOTE, glance
from ledger.store.engine import open_ledger
from tests.gitting import commit, git
from tests.posting.standing import World, later


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> World:
    """One world for all changes: each begins where an update is over at a glance."""
    return World.made(tmp_path_factory.mktemp("world"))


@pytest.fixture
def world(shared: World) -> World:
    shared.settle(4)
    return shared


def rewritten(path: Path) -> None:
    """A call's tokens change where they stand, and the date is set back: only that of the change tells."""
    text, status = path.read_text(), path.stat()
    path.write_text(text.replace('"output_tokens": 1000', '"output_tokens": 2000'))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def replaced(path: Path) -> None:
    """Another file of the same size, with a call of another name."""
    draft = path.with_name("draft")
    draft.write_text(path.read_text().replace('"msg_s1_1"', '"msg_s1_9"'))
    draft.replace(path)


def noted(world: World) -> None:
    """A note of git-ai's history, as git keeps it."""
    git(world.repository, "notes", "--ref=ai", "add", "-f", "-m", "no note of git-ai's form", "HEAD")


def jotted(world: World) -> None:
    folder = world.repository / ".git" / "ledger" / "journal"
    folder.mkdir(exist_ok=True)
    fields = ("v=1", "at=1772442000", "event=use", f"worktree={world.repository}", "model=gpt-5.5", "until=1772449200")
    with (folder / "2026-03.log").open("a") as file:
        file.write("\t".join(fields) + "\n")


def aider(world: World) -> None:
    (world.repository / ".aider.chat.history.md").write_text("\n# aider chat started at 2026-03-01 10:00:00\n\n> x\n")


NEWS: dict[str, Callable[[World], object]] = {
    "a call more": lambda world: world.session("s1").write("w", "text"),
    "another session": lambda world: world.session("s2").call(),
    "a transcript that was replaced": lambda world: replaced(world.transcript("s1")),
    "a commit": lambda world: commit(world.repository, "fix: it"),
    "a commit that a tag alone reaches": lambda world: (
        git(world.repository, "switch", "-q", "--detach"),
        git(world.repository, "tag", "kept", commit(world.repository, "fix: apart")),
        git(world.repository, "switch", "-q", "main"),
    ),
    "a branch": lambda world: git(world.repository, "branch", "other"),
    "a reflog's line": lambda world: (
        git(world.repository, "commit", "-q", "--amend", "--allow-empty", "-m", "feat: renamed"),
        git(world.repository, "reset", "-q", "--hard", "HEAD@{1}"),
    ),
    "a line of the journal": jotted,
    "a remote": lambda world: git(world.repository, "remote", "add", "origin", "https://example.org/a/b.git"),
    "a target branch": lambda world: git(world.repository, "config", "ledger.target", "other"),
    "a forge": lambda world: git(world.repository, "config", "ledger.forge", "none"),
    "labels in a file": lambda world: (world.repository / "ledger.toml").write_text('[labels]\nbug = "fix"\n'),
    "a workspace's packages": lambda world: (world.repository / "pnpm-workspace.yaml").write_text("packages:\n- 'a/*'"),
    "roles in the settings": lambda world: git(world.repository, "config", "ledger.roles", "explore*=scout"),
    "a worktree": lambda world: git(world.repository, "worktree", "add", "-q", str(world.home / "linked"), "-b", "l"),
    "another agent": lambda world: shutil.copytree(world.home / ".claude/projects", world.home / ".qwen/projects"),
}
"""What an update reads and posts."""

OTHERS: dict[str, Callable[[World], object]] = {
    "a transcript that was written in place": lambda world: rewritten(world.transcript("s1")),
    "a transcript that is gone": lambda world: world.transcript("s2").unlink(missing_ok=True),
    "a file of any kind among the logs": lambda world: (world.transcript("s1").parent / "note").touch(),
    "chats of Aider": aider,
    "a note of git-ai": noted,
    "a mark that something was fetched": lambda world: (world.repository / ".git/ledger/fetched").touch(),
    "a flag that follows the settings": lambda world: (world.repository / ".git/ledger/trailers").touch(),
    "a word for another forge": lambda world: git(world.repository, "config", "ledger.sync", "off"),
}
"""What the usual way is taken for, whatever it finds."""


def test_all_that_an_update_reads_is_looked_at_and_what_is_new_is_read(world: World) -> None:
    tables = (
        *("call", "git_commit", "tip", "rewrite", "use_period", "forge_rule", "role_rule"),
        "repository_rules WHERE labels <> '[]'",
    )
    before, seen = world.counts(*tables), [world.look()]
    for name, change in (NEWS | OTHERS).items():
        change(world)
        assert world.look() not in seen, name
        seen.append(world.look())
    assert world.update() is not None
    after = world.counts(*tables)
    assert [name for name in tables if after[name] <= before[name]] == []


def test_a_repository_inside_that_is_gone_gives_back_its_directory(world: World) -> None:
    inner = world.repository / "inner"
    inner.mkdir()
    git(inner, "init", "-q")
    world.session("s3", inner).call()
    assert world.settle() == 2, "the one that posted, and one that found nothing"
    shutil.rmtree(inner / ".git")
    posted = world.update()
    assert posted is not None
    assert posted.is_derived


def test_a_glance_notes_when_it_was_and_changes_nothing_else(world: World) -> None:
    before, then = world.stamp(), world.times()
    assert world.update() is None
    assert world.stamp() == before
    assert set(world.times().values()) == {world.now}
    assert set(then.values()) == {world.now - timedelta(minutes=1)}


def test_an_update_that_posted_something_leaves_no_look_behind(world: World) -> None:
    world.session("s1").call()
    posted = world.update()
    assert posted is not None
    assert posted.new
    assert not world.is_unchanged()


def test_what_is_left_out_every_time_is_told_every_time(world: World) -> None:
    sealed = world.home / ".gemini" / "antigravity" / "conversations" / "x.pb"
    sealed.parent.mkdir(parents=True)
    sealed.touch()
    assert [posted and posted.skipped for posted in (world.update(), world.update())] == [1, 1]
    assert not world.is_unchanged()
    sealed.unlink()


def test_a_ledger_that_somebody_wrote_to_or_that_was_put_back_or_is_gone_is_seen(world: World) -> None:
    kept = Path(world.database).with_name("kept.db")
    shutil.copy(world.database, kept)
    ledger = open_ledger(world.database)
    with ledger.write() as writing:
        writing.set_text("anything", world.now.isoformat())
    ledger.close()
    assert not world.is_unchanged()
    assert world.update() is not None
    assert world.is_unchanged()
    shutil.move(kept, world.database)
    assert not world.is_unchanged()
    written = shutil.move(world.database, kept)
    assert not world.is_unchanged()
    assert not Path(world.database).exists()
    shutil.move(written, world.database)


def test_while_another_process_writes_the_usual_way_waits_for_it(world: World) -> None:
    with sqlite3.connect(world.database, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        assert not world.is_unchanged()
        other.execute("ROLLBACK")
    other.close()
    assert world.is_unchanged()


def test_what_is_elsewhere_or_unclear_has_no_glance(world: World, tmp_path: Path) -> None:
    def sees(path: str, asked: str | None = world.database, **environ: str) -> bool:
        return glance(path, asked, {**world.environ, **environ}, later).look is not None

    (world.repository / "deep").mkdir(exist_ok=True)
    (tmp_path / "link").symlink_to(world.repository)
    assert sees(str(world.repository))
    assert sees(str(world.repository / "deep"))
    assert sees(str(tmp_path / "link"))
    assert not sees(str(world.repository / "gone"))
    assert not sees(str(world.repository / ".git" / "refs"))
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / ".git").write_text("gitdir: a\0b")
    assert not sees(str(tmp_path / "broken"))
    assert not sees(str(tmp_path))
    assert not sees(str(world.repository), None)
    assert not sees(str(world.repository), "other.db")
    assert not sees(str(world.repository), CODEX_HOME=str(world.home / "codex"))
    assert not sees(str(world.repository), LEDGER_DATABASE_URL=world.database)
    assert not sees(str(world.repository), GIT_DIR=str(world.repository / ".git"))
    shutil.copytree(world.repository, tmp_path / "copy", symlinks=True)
    assert not sees(str(tmp_path / "copy"))


@pytest.mark.parametrize(
    ("asks", "is_watched", "is_enough"),
    [("never", True, True), ("watched", False, True), ("watched", True, False), ("always", False, False)],
)
def test_where_a_forge_or_a_person_would_be_asked_a_glance_is_not_enough(
    world: World, asks: str, is_watched: bool, is_enough: bool
) -> None:
    seen = glance(str(world.repository), world.database, world.environ, later)
    assert seen.note is not None
    told = replace(seen, note=replace(seen.note, asks=asks, notices=("a notice",)))
    assert told.notices(world.now, is_watched=is_watched) == (("a notice",) if is_enough else None)


def test_a_note_that_cannot_be_read_is_none(world: World) -> None:
    path = world.repository / ".git" / NOTE
    kept = path.read_bytes()
    for text in (b"", b"{", b'{"format":1}', b"\xff", kept[:-1]):
        path.write_bytes(text)
        assert glance(str(world.repository), world.database, world.environ).note is None
    path.write_bytes(kept)


def test_what_was_touched_just_before_a_look_is_not_concluded_from(world: World) -> None:
    path = world.transcript("s1")
    path.touch()
    world.clock = lambda: path.stat().st_ctime_ns + 1_000_000_000
    assert all(world.update() is not None for _ in range(2))
    world.clock = later
    assert world.update() is not None
    assert world.update() is None


def test_a_linked_worktree_has_a_note_of_its_own(tmp_path: Path) -> None:
    world = World.made(tmp_path)
    git(world.repository, "worktree", "add", "-q", str(tmp_path / "linked"), "-b", "linked")
    world.update()
    linked = World(tmp_path / "linked", world.home, world.now)
    linked.settle()
    world.settle()
    assert (world.repository / ".git" / "worktrees" / "linked" / NOTE).is_file()
    assert world.is_unchanged()
    commit(tmp_path / "linked", "fix: there")
    assert not world.is_unchanged()
    assert not linked.is_unchanged()


def test_what_is_noted_as_left_out_is_dropped_on_its_day(world: World, tmp_path: Path) -> None:
    """A named file that is gone: the clock alone ends what is said of it."""
    kept, gone = str(tmp_path / "kept.csv"), str(tmp_path / "gone.csv")
    Path(kept).touch()
    ledger = open_ledger(world.database)
    with ledger.write() as writing:
        writing.note_skips("codex", [Skip("row", f"{path} line 1", "why") for path in (kept, gone)], at=world.now)
    ledger.close()
    world.settle()
    world.now += timedelta(days=29)
    assert world.update() is None
    world.now += timedelta(days=2)
    assert world.update() is not None
    assert f"{kept} line 1" in world.skips()
    assert f"{gone} line 1" not in world.skips()
    world.settle()
    Path(kept).unlink()
    assert world.update() is not None
    assert f"{kept} line 1" not in world.skips()


STEPS: dict[str, Callable[[World], object]] = {
    "nothing": World.look,
    "append": lambda world: world.session("s1").call(),
    "touch": lambda world: world.transcript("s1").touch(),
    "in place": lambda world: rewritten(world.transcript("s1")),
    "replace": lambda world: replaced(world.transcript("s1")),
    "delete": lambda world: world.transcript("s1").rename(world.home / "gone"),
    "commit": lambda world: commit(world.repository, "fix: it", {"f": str(world.now)}),
    "setting": lambda world: git(world.repository, "config", "ledger.path", f"/moved/{world.now.minute}"),
}


def test_where_a_glance_was_enough_the_usual_way_finds_nothing(world: World) -> None:
    quick = 0
    for step in Random(1).choices([*sorted(STEPS), "nothing", "nothing", "nothing"], k=7):
        if world.transcript("s1").exists() or step in ("nothing", "append"):
            STEPS[step](world)
        posted = world.update()
        before = world.stamp()
        if posted is None:
            posted = world.update(is_usual=True)
            assert posted is not None
            assert (posted.new, posted.changed, posted.skipped, world.stamp()) == (0, 0, 0, before), step
            quick += 1
    assert quick
