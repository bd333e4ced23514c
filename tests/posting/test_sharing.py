"""What a clone says, under which id, and that a copy of it goes on under another."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ledger.errors import LedgerError
from ledger.exchange.writer import Patience, Published
from ledger.posting import share_beside
from ledger.posting.fetched import post_fetched
from ledger.posting.sharing import ERROR, choose_remote, fetch, fold, push, shareable
from ledger.posting.tagging import Said, find_target, tag, untag
from ledger.posting.update import update
from ledger.posting.workplace import Workplace, open_workplace
from ledger.store import reads
from ledger.store.engine import Ledger, open_ledger
from tests.exchange.remotes import bare, clone, refs
from tests.gitting import git
from tests.posting.calling import NOW

PATIENCE = Patience(lambda _: None, 3, 30)


class Sharer:
    """A clone that was posted."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.workplace: Workplace = open_workplace(str(path))
        self.ledger: Ledger = open_ledger(self.workplace.database)
        self.update()

    def update(self) -> None:
        """Post what is new, with what was fetched."""
        update(self.workplace, self.ledger, now=NOW, sources=("commits", "journal", "reflogs"))

    def tag(self, task: str) -> None:
        """Say what the last commit is."""
        tag(self.workplace, self.ledger, find_target(self.workplace, self.ledger, ["HEAD"], NOW), Said(task=task), NOW)

    def push(self) -> Published:
        """Share through origin."""
        return push(self.workplace, self.ledger, "origin", "facts", NOW, PATIENCE)

    def pull(self) -> list[str]:
        """Bring in what others share; returns the tasks that tags name and that hold."""
        assert fetch(self.workplace, "origin", 30).is_done
        self.update()
        with self.ledger.read() as connection:
            gone = reads.retractions(connection)
            return [*sorted({row.text for row in reads.facts(connection, "tag")}), f"{len(gone)} taken back"]


@pytest.fixture
def two(tmp_path: Path) -> tuple[Sharer, Sharer]:
    """Two clones of one repository."""
    server = bare(tmp_path)
    return Sharer(clone(server, tmp_path / "one")), Sharer(clone(server, tmp_path / "other"))


def test_a_tag_arrives_is_taken_back_and_is_not_handed_on_by_who_heard_it(two: tuple[Sharer, Sharer]) -> None:
    one, other = two
    one.tag("fix")
    assert one.push().lines == 1
    assert other.pull() == ["fix", "0 taken back"]
    assert shareable(other.workplace, other.ledger, "facts", NOW).lines("x") == []
    untag(one.workplace, one.ledger, find_target(one.workplace, one.ledger, ["HEAD"], NOW), Said(task="fix"), NOW)
    assert one.push().lines == 1
    assert other.pull() == ["fix", "1 taken back"]


def test_a_copy_of_a_clone_takes_an_id_of_its_own_and_nothing_is_lost(
    two: tuple[Sharer, Sharer], tmp_path: Path
) -> None:
    one, other = two
    one.tag("fix")
    one.push()
    shutil.copytree(one.path, tmp_path / "copy")
    copy = Sharer(tmp_path / "copy")
    before = copy.workplace.clone_id()
    one.tag("docs")
    one.push()
    copy.tag("perf")
    done = copy.push()
    assert done.pushed.is_done
    assert done.clone == copy.workplace.clone_id() != before == one.workplace.clone_id()
    with copy.ledger.read() as connection:
        assert {tip.clone_id for tip in reads.facts(connection, "tip")} == {done.clone}
    assert copy.push().lines == 0
    assert other.pull()[:3] == ["docs", "fix", "perf"]
    assert len(refs(tmp_path / "server.git", "refs/ledger/w/")) == 2


def test_what_was_folded_is_heard_by_who_comes_later(two: tuple[Sharer, Sharer], tmp_path: Path) -> None:
    one, other = two
    one.tag("fix")
    one.push()
    assert fold(other.workplace, "origin", NOW, PATIENCE).lines == 1
    git(tmp_path / "server.git", "update-ref", "-d", f"refs/ledger/w/{one.workplace.clone_id()}")
    assert other.pull() == ["fix", "0 taken back"]
    assert post_fetched(other.workplace, other.ledger, NOW).new == 0


def test_a_remote_is_chosen_or_asked_for(two: tuple[Sharer, Sharer]) -> None:
    one, _ = two
    assert choose_remote(one.workplace) == "origin"
    with pytest.raises(LedgerError, match="no remote nowhere"):
        choose_remote(one.workplace, "nowhere")
    git(one.path, "remote", "rename", "origin", "upstream")
    assert choose_remote(one.workplace) == "upstream"
    git(one.path, "remote", "add", "fork", "file:///x")
    with pytest.raises(LedgerError, match="fork, upstream"):
        choose_remote(one.workplace)
    for name in ("fork", "upstream"):
        git(one.path, "remote", "remove", name)
    with pytest.raises(LedgerError, match="git remote add"):
        choose_remote(one.workplace)


def test_beside_a_push_only_who_said_so_shares_and_what_fails_is_noted(
    two: tuple[Sharer, Sharer], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    one, _ = two
    one.tag("fix")
    home = one.workplace.git.ledger_dir
    monkeypatch.chdir(one.path)
    share_beside.main(home, "origin", 0)
    assert refs(tmp_path / "server.git") == {}
    git(one.path, "config", "ledger.share", "facts")
    share_beside.main(home, "file:///typed/on/the/command/line", 0)
    assert refs(tmp_path / "server.git") == {}
    git(one.path, "remote", "set-url", "origin", "file:///nowhere")
    share_beside.main(home, "origin", 0)
    assert "cannot be reached" in (home / ERROR).read_text()
    git(one.path, "remote", "set-url", "origin", f"file://{tmp_path}/server.git")
    share_beside.main(home, "origin", 0)
    assert list(refs(tmp_path / "server.git")) == [f"refs/ledger/w/{one.workplace.clone_id()}"]
    assert not (home / ERROR).exists()
