"""Which claims count, which contradict them, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.evidence import GRADES, contradictions, counted, grade, of_change, weigh
from ledger.domain.facts import Contribution
from tests.domain.building import START, credit


def claim(
    evidence: str, model: str | None = None, agent: str = "claude-code", role: str = "implement", subject: str = "x"
) -> Contribution:
    return replace(credit(subject, model, role, agent), evidence=evidence)


def told(*rows: Contribution) -> list[tuple[str, bool, bool]]:
    """(model or agent, counts, contradicts), the surest first."""
    return [(each.row.model or each.row.agent, each.counts, each.contradicts) for each in weigh(rows)]


def test_the_order_of_evidence() -> None:
    """As it is written in how-it-counts: what names a model before what does not, in the same line."""
    order = [
        claim("tag", "m"),
        claim("statement", "m"),
        claim("journal", "m"),
        claim("journal"),
        claim("note", "m"),
        claim("note"),
        claim("trailer", "m"),
        claim("coauthor", "m"),
        claim("coauthor"),
        claim("author", "m"),
        claim("author"),
        claim("footer", "m"),
        claim("footer"),
        claim("branch"),
        claim("hearsay", "m"),
    ]
    grades = [grade(row) for row in order]
    assert grades == sorted(set(grades))
    assert grade(claim("trailer")) == grade(claim("coauthor"))
    assert {evidence for evidence, _ in GRADES} >= {row.evidence for row in order[:-1]}


SURER = [
    ("tag", "statement"),
    ("statement", "journal"),
    ("journal", "note"),
    ("note", "trailer"),
    ("journal", "trailer"),
    ("trailer", "author"),
    ("coauthor", "author"),
    ("author", "footer"),
]


@pytest.mark.parametrize(("surer", "weaker"), SURER)
def test_the_surer_of_two_that_name_models_counts_and_the_other_contradicts(surer: str, weaker: str) -> None:
    assert told(claim(weaker, "b"), claim(surer, "a")) == [("a", True, False), ("b", False, True)]


@pytest.mark.parametrize(("surer", "weaker"), SURER)
def test_those_that_agree_are_one(surer: str, weaker: str) -> None:
    assert told(claim(weaker, "a"), claim(surer, "a")) == [("a", True, False), ("a", False, False)]


def test_two_trailers_of_one_agent_both_count_and_contradict() -> None:
    assert told(claim("trailer", "a"), claim("trailer", "b")) == [("a", True, True), ("b", True, True)]


def test_two_agents_that_sign_both_count() -> None:
    found = told(claim("coauthor", "a"), claim("trailer", "b", "codex"), claim("coauthor", agent="cursor"))
    assert [(name, counts) for name, counts, _ in found] == [("b", True), ("a", True), ("cursor", True)]


def test_of_one_agent_s_lines_the_trailer_says_which_model() -> None:
    assert told(claim("coauthor", "a"), claim("trailer", "b")) == [("b", True, False), ("a", False, True)]


def test_what_names_the_model_says_it_where_something_surer_names_the_agent_only() -> None:
    assert told(claim("journal"), claim("trailer", "a")) == [("claude-code", False, False), ("a", True, False)]
    assert told(claim("journal", agent="cursor"), claim("trailer", "a")) == [
        ("cursor", True, False),
        ("a", True, False),
    ]


def test_a_weaker_word_of_another_agent_contradicts() -> None:
    assert told(claim("author", agent="cursor"), claim("trailer", "a")) == [("a", True, False), ("cursor", False, True)]
    assert told(claim("branch", agent="codex"), claim("author")) == [
        ("claude-code", True, False),
        ("codex", False, True),
    ]
    assert told(claim("branch", agent="codex")) == [("codex", True, False)]


def test_that_some_ai_had_a_part_says_nothing_beside_one_that_is_named() -> None:
    assert told(claim("trailer", agent=""), claim("branch", agent="codex")) == [
        ("", False, False),
        ("codex", True, False),
    ]
    assert told(claim("trailer", agent="")) == [("", True, False)]


def test_a_note_lists_everybody_and_contradicts_nobody_in_it() -> None:
    assert told(claim("note", "a"), claim("note", "b"), claim("note", agent=""), claim("trailer", "c")) == [
        ("a", True, False),
        ("b", True, False),
        ("", False, False),
        ("c", False, True),
    ]


def test_of_the_notes_about_a_commit_the_last_one_read_counts() -> None:
    newer = replace(claim("note", "b"), at=START + timedelta(days=1))
    assert told(claim("note", "a"), newer) == [("a", False, False), ("b", True, False)]
    only_human = replace(claim("note", None, "", "review"), at=START + timedelta(days=1))
    assert told(claim("note", "a"), only_human)[0] == ("a", False, False)


def test_roles_are_weighed_apart_and_an_unknown_one_is_work() -> None:
    rows = (claim("journal", "a"), claim("trailer", "b", role="review"), claim("trailer", "c", role=""))
    assert told(*rows) == [("a", True, False), ("c", False, True), ("b", True, False)]


def test_subjects_are_weighed_apart() -> None:
    rows = [claim("journal", "a"), claim("trailer", "b", subject="y"), claim("trailer", "c")]
    assert {(row.subject, row.model) for row in counted(rows)} == {("x", "a"), ("y", "b")}


def test_a_contradiction_is_shown_with_what_counted_and_why() -> None:
    rows = [claim("trailer", "b"), claim("journal", "a"), claim("author", "a"), claim("trailer", "c", subject="y")]
    (found,) = contradictions(rows)
    assert [(each.row.model, each.counts, each.why) for each in found] == [
        ("a", True, "told by the line of a hook"),
        ("b", False, "told by a trailer, less sure than the line of a hook, which names another model"),
        ("a", False, "told by the author or committer, which agrees with the line of a hook"),
    ]
    assert contradictions(rows[1:]) == ()


CLAIMS = st.builds(
    claim,
    st.sampled_from([evidence for evidence, _ in GRADES]),
    st.sampled_from([None, "a", "b", "c"]),
    st.sampled_from(["", "claude-code", "codex"]),
    st.sampled_from(["", "implement", "review"]),
)


@given(st.lists(CLAIMS, max_size=12, unique=True), st.randoms())
def test_no_claim_is_lost_some_counts_and_the_order_does_not_matter(rows: list[Contribution], random: object) -> None:
    found = weigh(rows)
    assert sorted(map(repr, rows)) == sorted(repr(each.row) for each in found)
    staying = {each.row.role or "implement" for each in found if not each.why.endswith("another role")}
    assert staying == {each.row.role or "implement" for each in found if each.counts}
    random.shuffle(rows)  # type: ignore[attr-defined]
    assert weigh(rows) == found
    for each in found:
        if each.row.model and not each.counts and not each.contradicts:
            same = [other.row.model for other in found if other.counts]
            assert each.row.model in same


def test_a_great_many_claims_are_weighed_in_their_order() -> None:
    rows = [claim("author", None, f"agent-{number}") for number in range(30_000)]
    assert sum(1 for _ in counted(rows)) == 30_000


def test_a_tag_moves_a_model_into_another_role_whatever_the_message_says() -> None:
    trailer, tag = credit("a"), replace(credit("a", role="review"), evidence="tag")
    other = replace(credit("a", "gpt"), evidence="coauthor")
    found = {(each.row.evidence, each.row.role): each for each in weigh([trailer, tag, other])}
    assert found["tag", "review"].counts
    assert found["coauthor", "implement"].counts  # the trailer stands in nobody's way any more
    moved = found["trailer", "implement"]
    assert (moved.counts, moved.why) == (False, "told by a trailer, but a tag gives it another role")
    assert set(counted([trailer, tag, other])) == {tag, other}


def test_a_tag_of_the_request_goes_before_what_its_commits_say_in_that_role() -> None:
    tag = replace(credit("request:12", "gpt"), evidence="tag")
    implementing, reviewing = credit("a"), credit("a", "haiku", "review")
    own = replace(credit("b"), evidence="tag")
    assert of_change([tag, implementing, reviewing, own]) == [tag, reviewing, own]
    assert of_change([implementing, replace(tag, subject="a")]) == [implementing, replace(tag, subject="a")]


def test_what_a_tag_settled_is_contradicted_no_more() -> None:
    moved = claim("tag", "opus", role="review"), claim("journal", "opus"), claim("coauthor", "gpt", "codex")
    assert contradictions(moved) == ()
    of_request = replace(claim("tag", "gpt", ""), subject="request:7")
    commits = claim("journal", "opus"), claim("coauthor", "gpt", "codex")
    assert contradictions(commits) != ()
    assert contradictions([*commits, of_request]) == ()
