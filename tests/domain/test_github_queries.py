"""The questions as text: each list under its name, cursors quoted, numbers in their places."""

from __future__ import annotations

from ledger.domain.github_queries import AT_ONCE, DEEP, FIELDS, LISTS, numbered, parts


def test_a_question_by_number_asks_for_the_lists_that_are_wanted() -> None:
    text = numbered({7: {"commits": "", "checks": ""}, 12: {"reviews": "abc"}})
    assert "r7:pullRequest(number:7){number commits(first:100){" in text
    assert "isRequired(pullRequestNumber:7)" in text
    assert 'r12:pullRequest(number:12){number reviews(first:100,after:"abc"){' in text
    assert text.count("{") == text.count("}")


def test_a_cursor_cannot_end_its_quotes() -> None:
    assert r'after:"a\"){nodes"' in numbered({7: {"commits": 'a"){nodes'}})


def test_the_whole_of_a_request_is_asked_for_where_no_list_told_it() -> None:
    text = numbered({7: dict.fromkeys(DEEP, "")}, whole=True)
    assert FIELDS in text
    assert all(f"{name}{':' if name == 'checks' else '('}" in text for name in LISTS)
    assert not any(word in text for word in ("AFTER", "NUMBER"))


def test_numbers_are_asked_for_in_parts() -> None:
    assert [len(part) for part in parts(range(AT_ONCE * 2 + 1))] == [AT_ONCE, AT_ONCE, 1]
    assert parts([]) == []
