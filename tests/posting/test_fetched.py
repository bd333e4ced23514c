"""What was fetched is posted once, by whoever may say it, and taken back only by who said it."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from ledger.domain.retractions import retraction_id
from ledger.entries import fact_id, retraction
from ledger.exchange.objects import write_commit
from ledger.git import Git
from ledger.posting.fetched import Taken, post_fetched
from ledger.posting.update import update
from ledger.posting.workplace import Workplace, open_workplace
from ledger.store import omissions, reads, told
from ledger.store.engine import Ledger, open_ledger
from tests.gitting import WHEN, commit, git
from tests.posting.calling import NOW

ONE, TWO = "a" * 16, "b" * 16
TRACKING = "refs/ledger-remote/origin/"


class Reader:
    """A repository that was posted, and what is put among its fetched refs."""

    def __init__(self, repository: Path, database: Path) -> None:
        self.path = repository
        self.root = commit(repository, "root", at=WHEN)
        self.workplace: Workplace = open_workplace(str(repository), database=str(database))
        self.ledger: Ledger = open_ledger(str(database))
        update(self.workplace, self.ledger, now=NOW, sources=("commits",))

    def put(self, ref: str, *lines: str, name: str = "ev/2026-11/x.jsonl", parent: str = "") -> str:
        """Put a commit with one file of lines where a fetch would have put it."""
        text = "".join(f"{line}\n" for line in lines).encode()
        made = write_commit(Git.open(self.path), {name: text}, "entries", parent)
        git(self.path, "update-ref", f"{TRACKING}{ref}", made)
        return made

    def post(self, now: datetime = NOW) -> Taken:
        """Post what is new."""
        return post_fetched(self.workplace, self.ledger, now)

    def tag(self, by: str, text: str = "fix") -> str:
        """A line that says which task the root commit was."""
        body = {"subject": self.root, "name": "task", "text": text, "at": "2026-03-01T09:00:00Z"}
        return json.dumps({"v": 1, "kind": "tag", "by": by, "repository": [self.root], "body": body})

    def kept(self, kind: str) -> list[Any]:
        """The facts of a kind."""
        with self.ledger.read() as connection:
            return list(reads.facts(connection, kind))

    def skips(self) -> list[str]:
        """Why something was left out."""
        with self.ledger.read() as connection:
            return [why for _, _, why in omissions.skips(connection)]


@pytest.fixture
def reader(repository: Path, tmp_path: Path) -> Reader:
    return Reader(repository, tmp_path / "ledger.db")


def test_a_ref_is_read_from_where_it_was_left_and_forgotten_when_it_is_gone(reader: Reader) -> None:
    first = reader.put(f"w/{ONE}", reader.tag(ONE))
    assert reader.post() == Taken(new=1)
    assert reader.post() == Taken()
    reader.put(f"w/{ONE}", reader.tag(ONE, "feat"), name="ev/2026-11/y.jsonl", parent=first)
    reader.put("main", reader.tag(TWO, "docs"), name=f"w/{TWO}/2026-11.jsonl")
    assert reader.post() == Taken(new=2)
    git(reader.path, "update-ref", "-d", f"{TRACKING}main")
    reader.post()
    with reader.ledger.read() as connection:
        assert [name.split(" ", 3)[3] for name in reads.cursors(connection, "share")] == [f"w/{ONE}"]
        assert told.origins(connection) == {f"w/{ONE}": 2, f"w/{TWO}": 1}


def test_only_who_told_something_may_take_it_back(reader: Reader) -> None:
    reader.put(f"w/{ONE}", reader.tag(ONE))
    reader.post()
    gone = fact_id(reader.kept("tag")[0])
    reader.put(f"w/{TWO}", retraction(gone, by=TWO).text)
    assert reader.post() == Taken(skipped=1)
    assert "did not tell" in reader.skips()[0]
    assert reader.kept("entry") == []
    chain = [retraction(retraction_id(gone), by=ONE).text, retraction(gone, by=ONE).text, reader.tag(ONE)]
    reader.put(f"w/{ONE}", *chain)  # in whichever order its links come
    assert reader.post() == Taken(new=2)
    assert {entry.kind for entry in reader.kept("entry")} == {"retract"}


def test_an_update_posts_what_was_fetched_and_talks_to_nobody(reader: Reader) -> None:
    reader.put(f"w/{ONE}", reader.tag(ONE), "no JSON")
    update(reader.workplace, reader.ledger, now=NOW, sources=("commits",))
    assert reader.kept("tag") == []  # nothing says that there is anything
    reader.workplace.fetched_marker().touch()
    posted = update(reader.workplace, reader.ledger, now=NOW, sources=("commits",))
    assert (len(reader.kept("tag")), posted.skipped) == (1, 1)
    assert len(reader.skips()) == 1


def test_the_branch_of_entries_is_nobodys_work(reader: Reader) -> None:
    made = reader.put("heads/data", reader.tag(ONE), name=f"w/{ONE}/2026-11/x.jsonl")
    git(reader.path, "update-ref", "refs/remotes/origin/ledger/data", made)
    update(reader.workplace, reader.ledger, now=NOW, sources=("commits",))
    assert [tip.ref for tip in reader.kept("tip")] == ["refs/heads/main"]
    assert [row.oid for row in reader.kept("git_commit")] == [reader.root]
    assert reader.post() == Taken(new=1)
