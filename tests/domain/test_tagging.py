"""What a person said lies over what was read, and only over that."""

from __future__ import annotations

from ledger.domain.conclude import conclude
from ledger.domain.facts import Tag
from ledger.domain.tagging import CHANGE, ROLE, TASK, said, with_tags
from tests.domain.building import at, call, commit, credit, history, target


def tag(subject: str, name: str, text: str, hours: float = 0) -> Tag:
    return Tag(repository_id="R", subject=subject, name=name, text=text, at=at(hours))


def test_the_last_word_holds_whatever_its_place() -> None:
    first, last = tag("a", TASK, "fix", 1), tag("b", TASK, "docs", 2)
    assert said([first, last], {"a", "b"}, TASK) == said([last, first], {"a", "b"}, TASK) == "docs"
    assert said([first, last], {"a"}, TASK) == "fix"
    assert said([first, last], {"c"}, TASK) == ""
    assert said([tag("a", ROLE, "scout")], {"a"}, TASK) == ""


def test_words_said_at_once_are_ordered_by_themselves() -> None:
    rows = [tag("a", TASK, "fix"), tag("a", TASK, "docs")]
    assert said(rows, {"a"}, TASK) == said(rows[::-1], {"a"}, TASK)


def test_a_session_s_calls_are_as_its_tags_say_and_no_others() -> None:
    rows = [tag("session:s1", ROLE, "review"), tag("session:s1", TASK, "fix"), tag("session:s1", CHANGE, "request:12")]
    mine, other = with_tags([call("a", 0), call("b", 0, session="s2")], rows)
    assert (mine.role, mine.task_type, mine.subject) == ("review", "fix", "request:12")
    assert other == call("b", 0, session="s2")


def test_without_tags_the_calls_stay_as_they_are() -> None:
    assert with_tags([call("a", 0)], [tag("a", TASK, "fix")]) == (call("a", 0),)


def test_a_tagged_task_outranks_the_trailer_and_the_title() -> None:
    one = commit("a", subject="feat: a thing", task="docs")
    facts = history(one, tips=[target("a")], contributions=[credit("a")], tags=[tag("a", TASK, "perf")])
    (change,) = conclude(facts).change
    assert (change.task_type, change.type_source) == ("perf", "tag")


def test_a_tagged_request_gives_its_type_to_the_change() -> None:
    one = commit("a", subject="feat: a thing (#12)", number=12)
    facts = history(one, tips=[target("a")], contributions=[credit("a")], tags=[tag("request:12", TASK, "perf")])
    (change,) = conclude(facts).change
    assert change.task_type == "perf"


def test_a_session_is_booked_whole_to_the_change_that_it_is_said_to_have_made() -> None:
    commits = [commit("a", hours=1), commit("b", "a", hours=50, subject="other")]
    told = [tag("session:s1", CHANGE, "a")]
    calls = [call("x", 0), call("y", 20), call("z", 60)]
    facts = history(*commits, tips=[target("b")], calls=calls, tags=told)
    found = conclude(facts).charge
    assert {(row.change_id, row.rule) for row in found} == {("R/commit:a", "explicit")}
    assert sum(row.calls for row in found) == 3


def test_a_session_s_role_is_explicit() -> None:
    facts = history(
        commit("a", hours=1), tips=[target("a")], calls=[call("x", 0)], tags=[tag("session:s1", ROLE, "scout")]
    )
    (row,) = conclude(facts).charge
    assert (row.role, row.role_evidence) == ("scout", "explicit")


def test_a_tag_that_is_no_task_type_says_nothing() -> None:
    one = commit("a", subject="feat: a thing")
    rows = [tag("a", TASK, "magic", 2), tag("a", TASK, "perf", 1)]
    facts = history(one, tips=[target("a")], contributions=[credit("a")], tags=rows)
    assert [change.task_type for change in conclude(facts).change] == ["perf"]
    (change,) = conclude(history(one, tips=[target("a")], contributions=[credit("a")], tags=rows[:1])).change
    assert (change.task_type, change.type_source) == ("feat", "title")
