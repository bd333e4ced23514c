"""When what was seen ahead of an update is kept, and that a note comes back as it was written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ledger.domain.standstill import Look, Note, Plan, Watch, concealed, noted

PLAN = Plan(
    worktree="/w",
    asked="",
    database="/w/.git/ledger/ledger.db",
    environ=(("HOME", "/h"), ("CODEX_HOME", None)),
    watch=Watch(("/w/ledger.toml",), ("/w/.git/ledger/journal",), ("/h/.claude/projects",)),
    roots=("/w",),
    places=("/elsewhere",),
)
FOUND = Note(PLAN, "", "mark views 0019", "2026-04-01T00:00:00+00:00", "watched", ("Taking main for the target.",))
LOOK = Look("d1", is_settled=True)


def test_what_was_seen_ahead_of_an_update_that_found_nothing_is_kept() -> None:
    assert noted(Note(PLAN), LOOK, FOUND, is_idle=True) == replace(FOUND, digest="d1")


@pytest.mark.parametrize(
    ("before", "look", "is_idle"),
    [
        (None, None, True),
        (Note(PLAN), None, True),
        (Note(PLAN), LOOK, False),
        (Note(PLAN), replace(LOOK, is_settled=False), True),
        (Note(replace(PLAN, places=())), LOOK, True),
        (replace(FOUND, plan=replace(PLAN, environ=())), LOOK, True),
    ],
    ids=["nothing noted", "not seen", "it found something", "touched just now", "other places", "other variables"],
)
def test_otherwise_only_what_is_to_be_looked_at_next_time_is_kept(
    before: Note | None, look: Look | None, is_idle: bool
) -> None:
    assert noted(before, look, FOUND, is_idle=is_idle) == Note(PLAN)


def test_a_note_that_tells_nothing_asks_and_has_no_digest() -> None:
    assert (Note(PLAN).digest, Note(PLAN).stamp, Note(PLAN).asks) == ("", "", "always")


def test_what_a_variable_says_is_not_in_the_note() -> None:
    words = [concealed(said) for said in (None, "", "\udcff", "postgresql://ann:secret@host/ledger", "another")]
    assert words[0] is None
    assert len(set(words)) == len(words)
    assert not any(word and "secret" in word for word in words)


def test_watches_add_up() -> None:
    assert Watch(("a",), ("b",), ()) | Watch(("c",), (), ("d",)) == Watch(("a", "c"), ("b",), ("d",))


@pytest.mark.parametrize("odd", ["", " ", "\n", '"', "é", "\udcff", "\0", "\U0001f600", "[]", "null"])
def test_a_note_comes_back_as_it_was_written(odd: str) -> None:
    plan = replace(PLAN, environ=((odd, odd), (odd, None)), watch=Watch((odd, ""), (), (odd,)), places=(odd,), roots=())
    note = replace(FOUND, plan=plan, notices=(odd, odd))
    assert Note.parse(note.text()) == note
    assert note.text().isascii()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "{}",
        '{"format": 1}',
        FOUND.text().replace('"format":1', '"format":2'),
        FOUND.text().replace('"trees":', '"forests":'),
        FOUND.text().replace('"stamp":', '"stomp":'),
        FOUND.text().replace('["HOME","/h"]', "7"),
        FOUND.text()[:-20],
    ],
)
def test_what_is_no_note_of_this_form_is_none(text: str) -> None:
    assert Note.parse(text) is None
