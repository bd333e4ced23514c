"""Sessions whose commits were all rewritten before they landed, by real git: what git printed is not there any more.

The commits were made in a branch, main moved on meanwhile, and the branch is gone when the ledger first looks.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ledger.posting.update import update
from ledger.posting.workplace import open_workplace
from ledger.store.engine import open_ledger
from tests.gitting import WHEN, commit, git
from tests.posting.sessions import Session

NOW = datetime(2026, 4, 1, tzinfo=UTC)
Booked = dict[str, tuple[int, str]]
"""Title of a change, or the reason that there is none → nano-USD, and the rules that booked it."""


@pytest.fixture
def session(repository: Path, hermetic: Path) -> Session:
    """A session on branch `feature`, from which main has moved on."""
    commit(repository, "first", {"base": "1"}, at=WHEN - timedelta(days=2))
    git(repository, "switch", "-q", "-c", "feature")
    return Session(hermetic, repository)


def post(repository: Path) -> Booked:
    """One update, and where the cost is then."""
    workplace = open_workplace(str(repository))
    ledger = open_ledger(workplace.database)
    update(workplace, ledger, now=NOW)
    sql = """SELECT COALESCE(c.title, h.reason), SUM(h.nusd), GROUP_CONCAT(DISTINCT h.rule) FROM charge h
        LEFT JOIN change c ON c.id = h.change_id GROUP BY COALESCE(c.title, h.reason)"""
    with ledger.read() as connection:
        found = {title: (nusd, rule) for title, nusd, rule in connection.exec_driver_sql(sql)}
        calls, charges = connection.exec_driver_sql(
            "SELECT (SELECT SUM(nusd) FROM call_cost), (SELECT SUM(nusd) FROM charge)"
        ).one()
    ledger.close()
    assert calls == charges > 0
    return found


def land(repository: Path, *options: str, editor: str = "true", forget: bool = True) -> None:
    """Rebase the branch onto a main that moved on, fast-forward main, delete the branch; forget what was before."""
    git(repository, "switch", "-q", "main")
    commit(repository, "meanwhile", {"other": "1"}, at=WHEN - timedelta(days=1))
    git(repository, "switch", "-q", "feature")
    git(repository, "rebase", "-q", *options, "main", env={"GIT_SEQUENCE_EDITOR": editor, "GIT_EDITOR": "true"})
    git(repository, "switch", "-q", "main")
    git(repository, "merge", "-q", "--ff-only", "feature")
    git(repository, "branch", "-q", "-D", "feature")
    if forget:
        git(repository, "reflog", "expire", "--expire=now", "--all")
        git(repository, "prune", "--expire=now")


def work(session: Session, *subjects: str) -> None:
    for number, subject in enumerate(subjects):
        session.call()
        session.write(f"file{number}", subject)
        session.commit(subject)


def nobody_knows(repository: Path, session: Session) -> bool:
    """None of the ids that git printed is an object of the repository."""
    shorts = [line.split("]")[0].split()[-1] for line in session.printed]
    return all(
        not git(repository, "rev-parse", "-q", "--verify", f"{short}^{{commit}}", check=False) for short in shorts
    )


@pytest.mark.parametrize("skew", [-4, 0, 4])
def test_each_is_found_by_its_author_date_and_subject(session: Session, skew: int) -> None:
    session.skew = timedelta(seconds=skew)
    work(session, "feat: one", "feat: two", "feat: three")
    land(session.place)
    assert nobody_knows(session.place, session)
    found = post(session.place)
    assert {title: rule for title, (_, rule) in found.items()} == dict.fromkeys(
        ("feat: one", "feat: two", "feat: three"), "time-and-subject"
    )
    assert len({nusd for nusd, _ in found.values()}) == 1


def test_equal_subjects_within_a_minute_go_each_to_its_own(session: Session) -> None:
    for number in range(2):
        session.write("file", str(number))
        session.commit("wip")
    land(session.place)
    sql = "SELECT COUNT(DISTINCT change_id), COUNT(DISTINCT rule), MIN(rule) FROM charge WHERE change_id <> ''"
    assert "wip" in post(session.place)
    ledger = open_ledger(open_workplace(str(session.place)).database)
    with ledger.read() as connection:
        assert tuple(connection.exec_driver_sql(sql).one()) == (2, 1, "time-and-subject")
    ledger.close()


def test_fixups_that_were_squashed_into_their_commit_follow_it(session: Session) -> None:
    work(session, "feat: one", "feat: two")
    session.call()
    session.write("file0", "mended")
    session.commit("fixup! feat: one")
    land(session.place, "-i", "--autosquash")
    assert nobody_knows(session.place, session)
    assert git(session.place, "log", "--format=%s", "-3") == "feat: two\nfeat: one\nmeanwhile"
    found = post(session.place)
    assert {title: rule for title, (_, rule) in found.items()} == dict.fromkeys(
        ("feat: one", "feat: two"), "time-and-subject"
    )
    assert found["feat: one"][0] > found["feat: two"][0]


def test_a_reworded_commit_is_joined_weakly_or_not_at_all(session: Session) -> None:
    work(session, "wip", "feat: two")
    land(session.place, "-i", editor="sed -i -e '1s/.*/&\\nexec git commit -q --amend -m \"feat: said better\"/'")
    assert git(session.place, "log", "--format=%s", "-2") == "feat: two\nfeat: said better"
    found = post(session.place)
    assert found["feat: two"][1] == "time-and-subject", "the next commit of the session takes it in"
    assert "feat: said better" not in found


def test_a_commit_made_anew_is_found_by_its_patch_although_its_worktree_is_gone(
    session: Session, repository: Path, tmp_path: Path
) -> None:
    git(repository, "switch", "-q", "main")
    git(repository, "branch", "-q", "-D", "feature")
    session.place = tmp_path / "worktree"
    git(repository, "worktree", "add", "-q", "-b", "feature", str(session.place))
    work(session, "wip")
    git(repository, "cherry-pick", "--no-commit", "feature")
    git(repository, "commit", "-q", "-m", "feat: all of it", at=WHEN + timedelta(days=2))
    git(repository, "worktree", "remove", "--force", str(session.place))
    git(repository, "branch", "-q", "-D", "feature")
    git(repository, "reflog", "expire", "--expire=now", "--all")
    found = post_from(repository, session)
    assert found == {"feat: all of it": (25_050_000, "printed-id")}, "the printed commit is the branch's, by its patch"


def post_from(repository: Path, session: Session) -> Booked:
    """As `post`, where the session's directory is known by the setting that names it."""
    git(repository, "config", "--add", "ledger.path", str(session.place))
    return post(repository)


@pytest.mark.parametrize("stop", [Path.exists, post])
def test_posting_on_the_way_books_the_same(session: Session, stop: Callable[[Path], object]) -> None:
    for number in range(3):
        work(session, f"feat: {number}")
        stop(session.place)
    land(session.place)
    stop(session.place)
    found = post(session.place)
    # Who looked in between knows that the three were one branch; who did not sees three commits.
    assert set(found) in ({"feature"}, {f"feat: {number}" for number in range(3)})
    assert sum(nusd for nusd, _ in found.values()) == 3 * 25_050_000
