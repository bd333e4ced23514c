"""What is tagged counts at once, is replaced and taken back without a trace in git, and travels."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from ledger.domain.facts import Contribution, Tag
from ledger.entries import encode
from ledger.errors import LedgerError
from ledger.posting.tagging import (
    Said,
    Target,
    find_session,
    find_target,
    list_tags,
    tag,
    tag_session,
    untag,
)
from ledger.posting.update import update
from ledger.posting.workplace import Workplace, open_workplace
from ledger.store import reads
from ledger.store.engine import Ledger, open_ledger
from tests.gitting import WHEN, commit, git
from tests.posting.calling import NOW, made, post_calls

OPUS, GPT = Said(model="claude-opus-4-8"), Said(model="gpt-5.4", agent="codex")


@pytest.fixture
def place(repository: Path) -> Workplace:
    """A repository with three commits on main and two on a branch that was merged into it."""
    commit(repository, "feat: first", at=WHEN)
    git(repository, "checkout", "-q", "-b", "side")
    commit(repository, "feat: on the side", {"side": "1"}, at=WHEN + timedelta(hours=1))
    commit(repository, "fix: on the side", {"side": "2"}, at=WHEN + timedelta(hours=2))
    git(repository, "checkout", "-q", "main")
    commit(repository, "feat: second", {"main": "1"}, at=WHEN + timedelta(hours=3))
    git(repository, "merge", "-q", "--no-ff", "-m", "Merge branch 'side'", "side", at=WHEN + timedelta(hours=4))
    return open_workplace(str(repository))


@pytest.fixture
def ledger(place: Workplace) -> Iterator[Ledger]:
    opened = open_ledger(place.database)
    yield opened
    opened.close()


def say(place: Workplace, ledger: Ledger, said: Said, *revisions: str) -> bool:
    return tag(place, ledger, find_target(place, ledger, revisions, NOW), said, NOW)


def asked(ledger: Ledger, sql: str) -> list[tuple[object, ...]]:
    with ledger.read() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(sql)]


def leads(ledger: Ledger) -> list[tuple[object, ...]]:
    return asked(ledger, "SELECT basis, lead_model FROM change WHERE has_model ORDER BY basis, lead_model")


def objects(place: Workplace) -> str:
    return place.git.run("for-each-ref") + place.git.run("count-objects", "-v")


def test_a_commit_is_credited_at_once_and_git_is_not_touched(place: Workplace, ledger: Ledger) -> None:
    before = objects(place)
    assert say(place, ledger, OPUS, "HEAD^1")
    assert leads(ledger) == [("trunk", "claude-opus-4-8")]
    assert objects(place) == before
    assert say(place, ledger, Said(model="claude-opus-4-8[1m]"), "HEAD^1")
    assert [
        row.variant
        for row in list_tags(ledger, find_target(place, ledger, ["HEAD^1"], NOW))
        if isinstance(row, Contribution)
    ] == ["1m"]


def test_saying_it_again_changes_nothing(place: Workplace, ledger: Ledger) -> None:
    say(place, ledger, Said(model="claude-opus-4-8", task="docs"), "HEAD^1")
    before = asked(ledger, "SELECT * FROM contribution, tag, entry")
    assert not say(place, ledger, Said(model="claude-opus-4-8", task="docs"), "HEAD^1")
    assert asked(ledger, "SELECT * FROM contribution, tag, entry") == before


def test_saying_something_else_replaces_it_and_the_first_word_may_come_back(place: Workplace, ledger: Ledger) -> None:
    for said, model in ((OPUS, "claude-opus-4-8"), (GPT, "gpt-5.4"), (OPUS, "claude-opus-4-8"), (GPT, "gpt-5.4")):
        assert say(place, ledger, said, "HEAD^1")
        assert leads(ledger) == [("trunk", model)]


def test_each_role_has_a_model_of_its_own(place: Workplace, ledger: Ledger) -> None:
    say(place, ledger, OPUS, "HEAD^1")
    say(place, ledger, Said(model="gpt-5.4", role="review"), "HEAD^1")
    assert asked(ledger, "SELECT lineup FROM change WHERE has_model") == [("claude-opus-4-8 + gpt-5.4 review",)]


def test_a_role_alone_is_said_of_whoever_is_known(place: Workplace, ledger: Ledger) -> None:
    say(place, ledger, OPUS, "HEAD^1")
    say(place, ledger, Said(role="scout"), "HEAD^1")
    target = find_target(place, ledger, ["HEAD^1"], NOW)
    assert [row.role for row in list_tags(ledger, target) if isinstance(row, Contribution)] == ["scout"]
    with pytest.raises(LedgerError, match="No model is known"):
        say(place, ledger, Said(role="scout"), "HEAD~2")


def test_a_range_is_its_commits_without_the_merges(place: Workplace, ledger: Ledger) -> None:
    target = find_target(place, ledger, ["HEAD^1..HEAD"], NOW)
    assert sorted(target.subjects) == sorted(place.git.run("rev-list", "main^1..side").split())
    tag(place, ledger, target, OPUS, NOW)
    assert leads(ledger) == [("branch", "claude-opus-4-8")]


def test_what_is_named_twice_is_tagged_once(place: Workplace, ledger: Ledger) -> None:
    assert len(find_target(place, ledger, ["HEAD", "main", "@"], NOW).subjects) == 1


def test_a_change_is_meant_with_all_its_commits(place: Workplace, ledger: Ledger) -> None:
    update(place, ledger, now=NOW, sources=("commits",))
    (head,) = asked(ledger, "SELECT oid FROM tip WHERE is_target")
    say(place, ledger, OPUS, str(head[0]))
    ((identity,),) = asked(ledger, "SELECT id FROM change WHERE basis = 'branch'")
    assert len(find_target(place, ledger, [str(identity)], NOW).subjects) == 3


def test_a_tag_follows_the_commit_through_an_amend(place: Workplace, ledger: Ledger, repository: Path) -> None:
    commit(repository, "feat: third", {"main": "3"}, at=WHEN + timedelta(hours=5))
    say(place, ledger, Said(model="claude-opus-4-8", task="docs"), "HEAD")
    git(repository, "commit", "-q", "--amend", "-m", "feat: third, better", at=WHEN + timedelta(hours=6))
    update(place, ledger, now=NOW, sources=("commits", "reflogs"))
    found = asked(ledger, "SELECT title, lead_model, task_type FROM change WHERE basis = 'trunk' AND has_model")
    assert found == [("feat: third, better", "claude-opus-4-8", "docs")]


def test_a_commit_that_no_ref_leads_to_can_be_tagged(place: Workplace, ledger: Ledger, repository: Path) -> None:
    lost = commit(repository, "feat: lost", {"main": "4"}, at=WHEN + timedelta(hours=5))
    git(repository, "reset", "-q", "--hard", "HEAD~1")
    say(place, ledger, OPUS, lost)
    assert asked(ledger, f"SELECT subject FROM git_commit WHERE oid = '{lost}'") == [("feat: lost",)]  # noqa: S608


def test_taking_back_takes_what_is_named_or_everything(place: Workplace, ledger: Ledger) -> None:
    say(place, ledger, Said(model="claude-opus-4-8", task="docs"), "HEAD^1")
    target = find_target(place, ledger, ["HEAD^1"], NOW)
    assert untag(place, ledger, target, Said(model="gpt-5.4"), NOW) == 0
    assert untag(place, ledger, target, Said(task="docs"), NOW) == 1
    assert [type(row) for row in list_tags(ledger, target)] == [Contribution]
    assert untag(place, ledger, target, Said(), NOW) == 1
    assert untag(place, ledger, target, Said(), NOW) == 0
    assert list_tags(ledger, target) == []
    assert leads(ledger) == []


def test_a_trailer_is_not_taken_back(place: Workplace, ledger: Ledger, repository: Path) -> None:
    commit(repository, "feat: said\n\nAssisted-by: codex:gpt-5.4", {"main": "5"}, at=WHEN + timedelta(hours=5))
    assert untag(place, ledger, find_target(place, ledger, ["HEAD"], NOW), Said(), NOW) == 0
    assert leads(ledger) == [("trunk", "gpt-5.4")]


@pytest.mark.parametrize(
    ("revision", "said"),
    [
        ("nonsense", "names no commit, range, request"),
        ("main..nowhere", "names no commit, range, request"),
        ("HEAD..HEAD", "holds no commit"),
        ("#12", "No request is known as #12"),
        ("!12", "No request is known as !12"),
        ("12", "No request is known as 12"),
        ("", "names no commit"),
        ("-x", "names no commit"),
        ("HEAD:side", "names no commit"),
        ("\x1b[2J", "names no commit"),
    ],
)
def test_what_names_nothing_is_a_sentence(place: Workplace, ledger: Ledger, revision: str, said: str) -> None:
    with pytest.raises(LedgerError, match=said) as refused:
        find_target(place, ledger, [revision], NOW)
    assert "\x1b" not in str(refused.value)


def test_a_request_that_a_commit_names_can_be_tagged(place: Workplace, ledger: Ledger, repository: Path) -> None:
    commit(repository, "feat: third (#12)", {"main": "6"}, at=WHEN + timedelta(hours=5))
    for name in ("12", "#12", "!12"):
        assert find_target(place, ledger, [name], NOW).subjects == ("request:12",)
    say(place, ledger, Said(model="claude-opus-4-8", task="perf"), "#12")
    assert asked(ledger, "SELECT number, lead_model, task_type FROM change WHERE has_model") == [
        (12, "claude-opus-4-8", "perf")
    ]


def test_a_number_that_a_ref_has_too_is_refused(place: Workplace, ledger: Ledger, repository: Path) -> None:
    commit(repository, "feat: third (#12)", {"main": "6"}, at=WHEN + timedelta(hours=5))
    git(repository, "tag", "12")
    git(repository, "tag", "13")
    with pytest.raises(LedgerError, match="12 is a request, and a commit's id begins so or a ref is called so"):
        find_target(place, ledger, ["12"], NOW)
    assert find_target(place, ledger, ["#12"], NOW).subjects == ("request:12",)
    assert find_target(place, ledger, ["13"], NOW).subjects == (git(repository, "rev-parse", "HEAD"),)


def test_tags_travel_as_entries_and_so_does_taking_them_back(place: Workplace, ledger: Ledger, tmp_path: Path) -> None:
    from ledger.domain.reading import Named

    say(place, ledger, Said(model="claude-opus-4-8", task="docs"), "HEAD^1")
    say(place, ledger, GPT, "HEAD^1")
    with ledger.read() as connection:
        lines = [
            encode(row, reads.aliases(connection, row.repository_id) if hasattr(row, "repository_id") else [])
            for kind in ("repository", "repository_alias", "contribution", "tag", "entry")
            for row in reads.facts(connection, kind)
        ]
    file = tmp_path / "entries.jsonl"
    for order in (lines, lines[::-1]):
        database = tmp_path / f"{order is lines}.db"
        other = open_ledger(str(database))
        there = open_workplace(str(place.git.worktree), database=str(database))
        update(there, other, now=NOW, sources=("commits",))
        file.write_text("\n".join(order) + "\n")
        update(there, other, now=NOW, sources=("commits",), named={"entries": Named((str(file),))})
        assert asked(other, "SELECT lead_model, task_type FROM change WHERE has_model") == [("gpt-5.4", "docs")]
        other.close()


def test_a_session_is_booked_to_the_change_it_is_said_to_have_made(repository: Path) -> None:
    oid = commit(repository, "feat: first", at=WHEN)
    commit(repository, "feat: second", {"more": "1"}, at=WHEN + timedelta(hours=90))
    post_calls(repository, made("a", hours=40), made("b", hours=41))
    place = open_workplace(str(repository))
    ledger = open_ledger(place.database)
    assert {row[0] for row in asked(ledger, "SELECT change_id FROM charge")} == {""}
    session = find_session(ledger, "s1")
    target = find_target(place, ledger, [oid], NOW)
    assert tag_session(place, ledger, session, target, Said(role="review", task="perf"), NOW, remove=False)
    assert not tag_session(place, ledger, session, target, Said(role="review"), NOW, remove=False)
    told = asked(ledger, "SELECT rule, role, role_evidence FROM charge")
    assert told == [("explicit", "review", "explicit")]
    no_change = Target(target.repository_id, ())
    assert tag_session(place, ledger, session, no_change, Said(role="scout"), NOW, remove=False)
    assert asked(ledger, "SELECT role FROM charge") == [("scout",)]
    assert tag_session(place, ledger, session, target, Said(), NOW, remove=True)
    assert asked(ledger, "SELECT rule, role FROM charge") == [("", "scout")]
    assert tag_session(place, ledger, session, no_change, Said(), NOW, remove=True)
    assert asked(ledger, "SELECT rule, role_evidence FROM charge") == [("", "inferred")]
    ledger.close()


def test_a_session_is_named_by_enough_of_its_id(repository: Path) -> None:
    commit(repository, "feat: first", at=WHEN)
    post_calls(repository, *(made(name, session=name) for name in ("abcdef-1", "abcdef-2", "other-session", "abc")))
    ledger = open_ledger(open_workplace(str(repository)).database)
    assert find_session(ledger, "other-") == "other-session"
    assert find_session(ledger, "abc") == "abc"
    assert find_session(ledger, "abcdef-1") == "abcdef-1"
    for name, said in (("abcdef", "several"), ("othe", "No session"), ("", "No session"), ("nothing", "No session")):
        with pytest.raises(LedgerError, match=said):
            find_session(ledger, name)
    ledger.close()


def test_tags_are_listed_with_what_they_are_of(place: Workplace, ledger: Ledger) -> None:
    say(place, ledger, Said(model="claude-opus-4-8", task="docs"), "HEAD^1")
    say(place, ledger, OPUS, "HEAD^2")
    repository_id = find_target(place, ledger, ["HEAD"], NOW).repository_id
    assert [type(row) for row in list_tags(ledger, repository_id)] == [Contribution, Contribution, Tag]
    assert list_tags(ledger, find_target(place, ledger, ["HEAD"], NOW)) == []


def test_a_tagged_role_outranks_the_trailer_s(place: Workplace, ledger: Ledger, repository: Path) -> None:
    commit(repository, "feat: said\n\nAssisted-by: codex:gpt-5.4", {"main": "7"}, at=WHEN + timedelta(hours=5))
    say(place, ledger, Said(role="review"), "HEAD")
    assert asked(ledger, "SELECT lead_model, lineup FROM change WHERE has_model") == [(None, "gpt-5.4 review")]


def test_a_tagged_request_outranks_its_commits_and_what_was_paid(repository: Path) -> None:
    oid = commit(repository, "feat: said (#12)\n\nAssisted-by: codex:gpt-5.4", at=WHEN)
    post_calls(repository, made("a", "gpt-5.4", hours=-1, subject=oid))
    place = open_workplace(str(repository))
    ledger = open_ledger(place.database)
    say(place, ledger, OPUS, "#12")
    found = asked(ledger, "SELECT lead_model, lead_evidence FROM change WHERE has_model")
    assert found == [("claude-opus-4-8", "tag")]
    ledger.close()
