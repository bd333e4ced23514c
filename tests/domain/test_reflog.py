"""Reading a reflog: which commits were made where, and which became which."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.reflog import Line, Made, Mark, Replay, Walk, first_branch, parse_line, replayed


def oid(name: str) -> str:
    return name.encode().hex().ljust(40, "0")


def name_of(oid: str) -> str:
    return bytes.fromhex(oid).rstrip(b"\0").decode()


def line(old: str, new: str, said: str) -> Line:
    """A line as git writes it, read back."""
    raw = f"{oid(old)} {oid(new)} Ann Lee <ann@example.org> 1795617981 +0130\t{said}\n"
    found = parse_line(raw.encode())
    assert found is not None
    return found


def walk(*lines: Line, branch: str = "main", tags: tuple[str, ...] = ()) -> list[Made | Replay]:
    walked = Walk(branch, tags)
    return [told for each in lines for told in walked.read(each)]


def made(*lines: Line, **where: str) -> list[tuple[str, str]]:
    return [(name_of(told.line.new), told.branch) for told in walk(*lines, **where) if isinstance(told, Made)]  # type: ignore[arg-type]


def test_a_line_has_two_ids_an_action_and_a_text() -> None:
    assert line("a", "b", "commit (amend): fix: x") == Line(oid("a"), oid("b"), "commit (amend)", "fix: x")


@pytest.mark.parametrize(
    "raw",
    [b"", b"a b c", b"x" * 40 + b" " + b"y" * 40, b"0" * 40 + b" " + b"1" * 40 + b" Ann <a@b> now +0000\tcommit: x"],
)
def test_what_is_none_of_git_s_is_no_line(raw: bytes) -> None:
    assert parse_line(raw) is None


def test_a_line_may_lack_its_message_and_its_ids_may_be_long() -> None:
    assert parse_line(b"0" * 64 + b" " + b"1" * 64 + b" A <a@b> 1 +0000") == Line("0" * 64, "1" * 64, "", "")


@given(st.binary(max_size=300))
def test_no_bytes_break_it(raw: bytes) -> None:
    found = parse_line(raw)
    if found:
        list(Walk("main").read(found))


@pytest.mark.parametrize(
    "said",
    [
        "commit: x",
        "commit (initial): x",
        "commit (merge): x",
        "cherry-pick: x",
        "revert: x",
        "am: x",
        "merge y: Merge made by",
    ],
)
def test_commits_are_made_on_the_branch_that_is_out(said: str) -> None:
    assert made(line("a", "b", said)) == [("b", "main")]


@pytest.mark.parametrize(
    "said",
    [
        "cherry-pick: fast-forward",
        "merge y: Fast-forward",
        "pull: Fast-forward",
        "reset: moving to x",
        "clone: from y",
        "checkout: moving from a to b",
    ],
)
def test_moving_makes_none(said: str) -> None:
    assert made(line("a", "b", said)) == []


def test_checkouts_renames_and_detached_heads_are_followed() -> None:
    assert made(
        line("a", "a", "checkout: moving from main to feat/x"),
        line("a", "b", "commit: x"),
        line("b", "0", "Branch: renamed refs/heads/feat/x to refs/heads/feat/y"),
        line("b", "c", "commit: y"),
        line("c", "a", "checkout: moving from feat/y to v1.0"),
        line("a", "d", "commit: on a tag"),
        line("d", "a", "checkout: moving from d0000000 to main~2"),
        line("a", "e", "commit: detached"),
        tags=("v1.0",),  # type: ignore[arg-type]
    ) == [("b", "feat/x"), ("c", "feat/y"), ("d", ""), ("e", "")]


def test_the_first_branch_is_the_one_that_was_left_first() -> None:
    lines = [line("a", "b", "commit: x"), line("b", "b", "checkout: moving from main to feat")]
    assert first_branch(lines, "feat") == "main"
    assert first_branch(lines[:1], "feat") == "feat"


def rebase(*steps: tuple[str, str, str]) -> list[Line]:
    lines = [line("z", "o", "rebase (start): checkout main")]
    lines += [line(old, new, f"rebase ({step}): x") for step, old, new in steps]
    return lines


def test_a_rebase_is_told_at_its_end_and_an_aborted_one_never() -> None:
    steps = rebase(("pick", "o", "p"))
    assert not [told for told in walk(*steps) if isinstance(told, Replay)]
    (told,) = (
        told
        for told in walk(*steps, line("p", "p", "rebase (finish): returning to refs/heads/x"))
        if isinstance(told, Replay)
    )
    assert (told.original, told.onto, [step.new for step in told.steps]) == (oid("z"), oid("o"), [oid("p")])
    ended = walk(*steps, line("p", "z", "rebase (abort): returning to refs/heads/x"))
    assert not [told for told in ended if isinstance(told, Replay)]


def test_a_pull_that_rebases_is_one() -> None:
    lines = [
        line("z", "o", "pull -q --rebase up feat/x (start): checkout 0123"),
        line("o", "p", "pull -q --rebase up feat/x (pick): x"),
        line("p", "p", "pull -q --rebase up feat/x (finish): returning to refs/heads/x"),
    ]
    assert [type(told) for told in walk(*lines)] == [Made, Replay]


# -- which became which ------------------------------------------------------------------------------------------------


def mark(name: str, parent: str, subject: str = "", *, author: str = "ann") -> tuple[str, Mark]:
    """`name`'s first letter is what it is a version of: the author date stays with it."""
    return oid(name), Mark(author, name[0], subject or name[0], (oid(parent),))


def pairs(originals: str, steps: list[Line], *marks: tuple[str, Mark]) -> list[tuple[str, str]]:
    found = replayed([oid(each) for each in originals.split()], steps, dict(marks))
    return [(name_of(old), name_of(new)) for old, new in found]


A, B, C = mark("a", "f"), mark("b", "a"), mark("c", "b")


def test_picks_are_told_by_author_date_and_subject_in_any_order() -> None:
    steps = rebase(("pick", "o", "b1"), ("pick", "b1", "a1"))[1:]
    assert pairs("a b", steps, A, B, mark("b1", "e"), mark("a1", "b1")) == [("b", "b1"), ("a", "a1")]


def test_a_reworded_commit_is_told_without_its_subject() -> None:
    steps = rebase(("pick", "o", "a1"), ("reword", "a1", "b1"), ("reword", "b1", "b2"))[1:]
    marks = (A, B, mark("a1", "e"), mark("b1", "a1"), mark("b2", "a1", "better"))
    assert pairs("a b", steps, *marks) == [("a", "a1"), ("b", "b2")]


def test_squashed_commits_go_where_they_were_squashed() -> None:
    steps = rebase(("pick", "o", "a1"), ("squash", "a1", "a2"), ("fixup", "a2", "a3"))[1:]
    marks = (A, B, C, mark("a1", "e"), mark("a2", "e"), mark("a3", "e"))
    assert pairs("a b c", steps, *marks) == [("a", "a3"), ("b", "a3"), ("c", "a3")]


def test_what_was_squashed_into_an_untouched_commit_is_found_too() -> None:
    steps = rebase(("fixup", "a", "a1"))[1:]
    assert pairs("b", steps, A, B, mark("a1", "f")) == [("a", "a1"), ("b", "a1")]


def test_where_one_was_dropped_and_one_squashed_nothing_is_guessed() -> None:
    steps = rebase(("pick", "o", "a1"), ("squash", "a1", "a2"))[1:]
    assert pairs("a b c", steps, A, B, C, mark("a1", "e"), mark("a2", "e")) == [("a", "a2")]


def test_a_dropped_commit_became_nothing_and_a_new_one_came_from_none() -> None:
    steps = [*rebase(("pick", "o", "b1"))[1:], line("b1", "n", "commit: new"), line("n", "m", "commit (amend): new")]
    assert pairs("a b", steps, A, B, mark("b1", "e"), mark("n", "b1"), mark("m", "b1")) == [("b", "b1")]


def test_another_author_s_commit_of_that_second_is_not_it() -> None:
    steps = rebase(("pick", "o", "a1"))[1:]
    assert pairs("a", steps, A, mark("a1", "e", author="ben")) == []


def test_commits_that_git_has_forgotten_are_left_out() -> None:
    assert pairs("a", rebase(("pick", "o", "a1"))[1:], A) == []
