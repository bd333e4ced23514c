"""The journal's lines: what each tells, and whose work a commit is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.facts import Contribution, Fact, Place, Use
from ledger.domain.git_facts import RepositoryCommit, Rewrite
from ledger.domain.journal import line_facts, parse_line

OLD, NEW = "1" * 40, "2" * 40


def facts(event: str = "commit", **more: str) -> list[Fact]:
    fields = {"v": "1", "at": "1772355600", "event": event, "branch": "feat", "worktree": "/w", **more}
    return list(line_facts(parse_line("\t".join(f"{key}={text}" for key, text in fields.items())), "R"))


def contribution(**more: str) -> tuple[str, str | None] | None:
    told = facts(old=OLD, new=NEW, agent="codex", model="gpt-5.4", **more)
    return next(((row.subject, row.model) for row in told if isinstance(row, Contribution)), None)


def rewrites(told: list[Fact]) -> list[tuple[str, str, str, str]]:
    return [(row.old, row.new, row.kind, row.evidence) for row in told if isinstance(row, Rewrite)]


@pytest.mark.parametrize(
    "line", ["", "v=2\tat=1\tevent=commit", "v=1\tevent=commit", "v=1\tat=x\tevent=commit", "v=1\tat=1\tevent=push"]
)
def test_a_line_that_is_not_ours_is_refused_in_words(line: str) -> None:
    with pytest.raises(ValueError, match="it "):
        parse_line(line)


def test_a_commit_was_seen_on_its_branch_and_place() -> None:
    place, seen = facts(old=OLD, new=NEW, session="s-1")
    assert place == Place(directory="/w", repository_id="R", worktree="/w")
    assert seen == RepositoryCommit(
        repository_id="R", oid=NEW, evidence="hook", branch="feat", session="s-1", worktree="/w"
    )


def sighting(event: str = "commit", **more: str) -> tuple[str, str, str]:
    (seen,) = (
        row for row in facts(event, old=OLD, new=NEW, session="s-1", **more) if isinstance(row, RepositoryCommit)
    )
    return seen.branch, seen.session, seen.worktree


@pytest.mark.parametrize("state", ["rebase", "am"])
def test_what_a_rebase_made_anew_was_not_made_by_the_session_that_ran_it(state: str) -> None:
    assert sighting(action="rebase (pick)", state=state) == sighting(state=state) == ("feat", "", "/w")
    assert sighting(action="commit (amend)", state=state) == ("feat", "s-1", "/w")
    assert sighting(action="commit", state="merge") == ("feat", "s-1", "/w")


@pytest.mark.parametrize(
    ("action", "state"),
    [
        ("commit", ""),
        ("commit (initial)", ""),
        ("commit (amend)", ""),
        ("revert", ""),
        ("", ""),
        ("commit (amend)", "rebase"),  # the list said edit, and somebody did
        ("commit", "rebase"),
    ],
)
def test_new_work_is_its_maker_s(action: str, state: str) -> None:
    assert contribution(action=action, state=state) == (NEW, "gpt-5.4")


@pytest.mark.parametrize(
    ("action", "state"),
    [
        ("rebase (pick)", "rebase"),
        ("rebase (continue)", "rebase"),
        ("rebase (reword)", "rebase"),
        ("cherry-pick", "cherry-pick"),
        ("commit (cherry-pick)", "cherry-pick"),
        ("commit (merge)", "merge"),
        ("commit", "squash"),
        ("am", "am"),
        ("", "rebase"),  # without a reflog it cannot be told apart, so it is nobody's
        ("", "merge"),
        ("", "cherry-pick"),
    ],
)
def test_a_copy_is_not_the_work_of_whoever_made_it(action: str, state: str) -> None:
    assert contribution(action=action, state=state) is None


def test_an_agent_without_a_model_has_a_part_all_the_same() -> None:
    (row,) = (row for row in facts(new=NEW, agent="codex") if isinstance(row, Contribution))
    assert (row.agent, row.model_raw, row.model, row.role) == ("codex", "", None, "implement")
    assert not [row for row in facts(new=NEW) if isinstance(row, Contribution)]


def test_rewrites_are_told_with_their_witness() -> None:
    assert rewrites(facts("rewrite", kind="rebase", old=OLD, new=NEW)) == [(OLD, NEW, "rebase", "post-rewrite")]
    assert rewrites(facts("rewrite", kind="squash", old=OLD, new=NEW)) == [(OLD, NEW, "squash", "post-commit")]
    assert rewrites(facts(action="commit (amend)", old=OLD, new=NEW)) == [(OLD, NEW, "amend", "post-commit")]
    assert rewrites(facts(picked=OLD, new=NEW, state="am")) == [(OLD, NEW, "cherry-pick", "post-commit")]


@pytest.mark.parametrize(
    "more", [{"kind": "guess"}, {"kind": "amend", "old": NEW}, {"kind": "amend", "old": "short"}, {}]
)
def test_what_is_no_rewrite_is_none(more: dict[str, str]) -> None:
    assert rewrites(facts("rewrite", **{"old": OLD, "new": NEW, **more})) == []


def test_a_declaration_has_its_time() -> None:
    (_, use) = facts("use", model="gpt-5.4", role="review", until="1772359200")
    assert isinstance(use, Use)
    (_, other) = facts("use", model="gpt-5.4", role="boss", until="1772359200")
    assert isinstance(other, Use)
    assert other.role == ""
    assert (use.model_raw, use.role, (use.until - use.started_at).total_seconds()) == ("gpt-5.4", "review", 3600)


@given(
    st.dictionaries(st.text(max_size=12), st.text(max_size=60), max_size=8),
    st.sampled_from(["commit", "merge", "rewrite", "use"]),
)
def test_no_fields_break_it(fields: dict[str, str], event: str) -> None:
    list(line_facts({**fields, "v": "1", "event": event, "at": "99999999999999"}, "R"))
