"""What was taken back or forgotten is not shown either."""

from __future__ import annotations

from pathlib import Path

from ledger.domain.explanation import Explanation
from ledger.posting.explaining import explain
from ledger.posting.forgetting import find_loss, forget
from ledger.posting.tagging import Said, find_target, tag, untag
from ledger.posting.workplace import Workplace, open_workplace
from ledger.store.changes import find_changes
from ledger.store.engine import Ledger, open_ledger
from tests.gitting import WHEN, commit, git
from tests.posting.calling import NOW, made, post_calls


def found(ledger: Ledger, oid: str) -> Explanation:
    with ledger.read() as connection:
        (change,) = find_changes(connection, oid)
        return explain(connection, change, NOW, oid)


def opened(repository: Path) -> tuple[Workplace, Ledger]:
    place = open_workplace(str(repository))
    return place, open_ledger(place.database)


def test_a_tag_is_shown_until_it_is_taken_back(repository: Path) -> None:
    oid = commit(repository, "feat: one\n\nAssisted-by: claude-code:claude-opus-4-8", at=WHEN)
    place, ledger = opened(repository)
    target = find_target(place, ledger, [oid], NOW)
    tag(place, ledger, target, Said(model="gpt-5.4"), NOW)
    assert {row.evidence for row in found(ledger, oid).contributions} == {"tag", "trailer"}
    assert found(ledger, oid).contradictions
    untag(place, ledger, target, Said(), NOW)
    assert {row.evidence for row in found(ledger, oid).contributions} == {"trailer"}
    ledger.close()


def test_what_hung_on_a_forgotten_author_is_not_shown(repository: Path) -> None:
    ours = commit(repository, "feat: one (#3)\n\nAssisted-by: claude-code:claude-opus-4-8", at=WHEN)
    place, ledger = opened(repository)
    tag(place, ledger, find_target(place, ledger, ["#3"], NOW), Said(model="gpt-5.4"), NOW)
    forget(place, ledger, find_loss(place, ledger, "ann@example.org"), NOW)
    assert [row.subject for row in found(ledger, ours).contributions] == ["request:3"]
    ledger.close()


def test_tokens_versions_and_rewrites_are_those_of_the_change(repository: Path) -> None:
    first = commit(repository, "feat: one", at=WHEN)
    git(repository, "commit", "-q", "--amend", "-m", "feat: better", at=WHEN)
    oid = git(repository, "rev-parse", "HEAD")
    post_calls(repository, made("a", hours=-1, subject=oid, input=7, cache_read=5), made("b", hours=-0.5, subject=oid))
    place, ledger = opened(repository)
    from ledger.posting.update import update

    update(place, ledger, now=NOW, sources=("commits", "reflogs"))
    shown = found(ledger, oid)
    (session,) = shown.sessions
    (work,) = session.work
    assert (work.calls, work.tokens.input, work.tokens.cache_read, work.tokens.output) == (2, 7, 5, 2000)
    assert [(row.old, row.new) for row in shown.rewrites] == [(first, oid)]
    assert shown.asked == oid
    ledger.close()


def test_commits_of_one_second_stand_in_the_order_in_which_they_were_written(repository: Path) -> None:
    commit(repository, "chore: begin", at=WHEN)
    git(repository, "checkout", "-q", "-b", "gate")
    oids = []
    for minute in range(5):
        dates = {
            "GIT_AUTHOR_DATE": f"{WHEN:%Y-%m-%d}T12:0{minute}:00Z",
            "GIT_COMMITTER_DATE": f"{WHEN:%Y-%m-%d}T13:00:00Z",
        }
        oids.append(commit(repository, f"feat: {minute}\n\nAssisted-by: codex:gpt-5.4", env=dates))
    assert oids != sorted(oids)
    from ledger.posting.update import update

    place, ledger = opened(repository)
    update(place, ledger, now=NOW, sources=("commits",))
    assert [row.oid for row, _ in found(ledger, oids[0]).commits] == oids
    ledger.close()
