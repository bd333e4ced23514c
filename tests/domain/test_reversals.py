"""What is reverted on the target, in whichever words, and what brings it back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import pytest

from ledger.domain.changes import identify
from ledger.domain.history import History
from ledger.domain.reversals import reverted_at, turns
from tests.domain.building import at, commit, edge, history, request, target


def standing(facts: History) -> Mapping[str, datetime]:
    """Change → when the revert that stands landed."""
    found = {id_.removeprefix("R/"): reverted_at(rows) for id_, rows in turns(identify(facts), facts).items()}
    return {id_: when for id_, when in found.items() if when}


def told(facts: History) -> dict[str, list[tuple[datetime, bool]]]:
    return {id_.removeprefix("R/"): list(rows) for id_, rows in turns(identify(facts), facts).items()}


def test_a_revert_on_the_target_reverts_and_its_revert_restores() -> None:
    reverted = [commit("a"), commit("b", "a", 1), commit("r", "b", 2, reverts=("b",))]
    facts = history(*reverted, tips=[target("r")])
    assert standing(facts) == {"commit:b": at(2)}
    again = history(*reverted, commit("rr", "r", 3, reverts=("r",)), tips=[target("rr")])
    assert standing(again) == {"commit:r": at(3)}


def test_a_revert_inside_its_own_branch_does_not_count() -> None:
    facts = history(
        commit("a"),
        commit("x", "a", 1),
        commit("y", "x", 2, reverts=("x",)),
        commit("m", "a y", 3, merged="feat"),
        tips=[target("m")],
    )
    assert standing(facts) == {}


def test_reverting_the_merge_reverts_the_request() -> None:
    facts = history(
        commit("a"),
        commit("x", "a", 1),
        commit("m", "a x", 3, number=7),
        commit("r", "m", 4, reverts=("m",)),
        tips=[target("r")],
    )
    assert standing(facts) == {"request:7": at(4)}


def test_reverting_an_octopus_reverts_each_of_its_branches() -> None:
    facts = history(
        commit("a"),
        commit("x", "a", 1),
        commit("z", "a", 2, "other"),
        commit("m", "a x z", 3),
        commit("r", "m", 4, reverts=("m",)),
        tips=[target("r")],
    )
    assert standing(facts) == {"commit:x": at(4), "commit:z": at(4)}


def test_a_forge_s_revert_names_the_request() -> None:
    facts = history(
        commit("a"),
        commit("s", "a", 3, "it (#7)", number=7),
        commit("r", "s", 4, 'Revert "it" (#9)', number=9, reverts=("request:7",)),
        tips=[target("r")],
    )
    assert standing(facts) == {"request:7": at(4)}


def test_reverting_a_backport_reverts_the_backport_alone() -> None:
    facts = history(
        commit("a"),
        commit("s", "a", 3, "it"),
        commit("p", "a", 3, "it", committed=5),
        commit("r", "p", 6, "Revert it", reverts=("p",)),
        tips=[target("s"), target("r", "release/1")],
    )
    assert standing(facts) == {}


def test_a_pick_after_the_revert_restores() -> None:
    commits = [commit("a"), commit("s", "a", 3, "it"), commit("v", "s", 4, "Revert it", reverts=("s",))]
    picked = [*commits, commit("p", "v", 3, "it", committed=6)]
    copied = [edge("s", "p", "cherry-pick")]
    facts = history(*picked, tips=[target("p")], rewrites=copied)
    assert standing(facts) == {}
    elsewhere = history(
        *commits, commit("p", "a", 3, "it", committed=6), tips=[target("v"), target("p", "release/1")], rewrites=copied
    )
    assert standing(elsewhere) == {"commit:s": at(4)}


BASE = [commit("a"), commit("b", "a", 1, "one"), commit("r", "b", 2, 'Revert "one"', reverts=("b",))]


def test_every_turn_of_a_chain_has_its_date() -> None:
    facts = history(
        *BASE,
        commit("rr", "r", 3, 'Reapply "one"', reverts=("r",)),
        commit("r3", "rr", 4, 'Revert "Reapply "one""', reverts=("rr",)),
        tips=[target("r3")],
    )
    assert told(facts) == {
        "commit:b": [(at(2), True), (at(3), False), (at(4), True)],
        "commit:r": [(at(3), True), (at(4), False)],
        "commit:rr": [(at(4), True)],
    }


def test_of_two_reverts_one_that_is_taken_back_leaves_the_other() -> None:
    facts = history(
        *BASE, commit("q", "r", 3, "again", reverts=("b",)), commit("rr", "q", 4, "x", reverts=("r",)),
        tips=[target("rr")],
    )  # fmt: skip
    assert told(facts)["commit:b"] == [(at(2), True)]


def test_a_part_of_a_change_that_is_reverted_is_no_revert_of_it_until_the_rest_is() -> None:
    made = [commit("a"), commit("x", "a", 1), commit("y", "x", 2), commit("m", "a y", 3, number=7)]
    one = commit("r", "m", 4, reverts=("x",))
    assert told(history(*made, one, tips=[target("r")])) == {}
    both = history(*made, one, commit("q", "r", 5, reverts=("y",)), tips=[target("q")])
    assert told(both) == {"request:7": [(at(5), True)]}
    back = history(
        *made, one, commit("q", "r", 5, reverts=("y",)), commit("z", "q", 6, reverts=("r",)), tips=[target("z")]
    )
    assert told(back)["request:7"] == [(at(5), True), (at(6), False)]
    whole = history(*made, commit("r", "m", 4, reverts=("m",)), tips=[target("r")])
    assert told(whole) == {"request:7": [(at(4), True)]}


def test_a_squash_is_reverted_by_its_own_id_or_by_one_it_was_made_from() -> None:
    made = [commit("a"), commit("x" * 40, "a", 1), commit("y", "x" * 40, 2), commit("s", "a", 3, "it (#7)", number=7)]
    asked = [request(7, head="y", merged=3, merge_oid="s")]
    for named in ("s", "x" * 40, "x" * 9):
        facts = history(*made, commit("r", "s", 4, reverts=(named,)), tips=[target("r")], requests=asked)
        assert standing(facts) == {"request:7": at(4)}


def test_a_squash_reverts_what_the_commits_that_it_was_made_from_revert_but_for_what_they_took_back() -> None:
    made = [commit("a"), commit("b", "a", 1, "one"), commit("c", "b", 1.5, "two")]
    branch = [
        commit("x", "c", 2, 'Revert "one"', reverts=("b",)),
        commit("y", "x", 3, 'Revert "two"', reverts=("c",)),
        commit("z", "y", 4, 'Reapply "two"', reverts=("y",)),
    ]
    asked = [request(7, head="z", merged=5, merge_oid="s")]
    facts = history(*made, *branch, commit("s", "c", 5, "clean up (#7)", number=7), tips=[target("s")], requests=asked)
    assert standing(facts) == {"commit:b": at(5)}


@pytest.mark.parametrize(
    ("title", "reverted"),
    [
        ('Revert "it"', True),
        ('Revert "it" (#9)', True),
        ('Reapply "it"', False),
        ('Revert "that"', False),
        ("Revert it", False),
    ],
)
def test_a_button_s_title_names_the_one_change_of_that_title(title: str, reverted: bool) -> None:
    facts = history(
        commit("a"), commit("s", "a", 3, "it (#7)", number=7), commit("r", "s", 4, title), tips=[target("r")]
    )
    assert (standing(facts) == {"request:7": at(4)}) is reverted


def test_a_title_that_fits_two_changes_fits_none_and_of_reverts_it_is_the_last() -> None:
    twice = [commit("a"), commit("s", "a", 3, "it (#7)", number=7), commit("t", "s", 4, "it (#8)", number=8)]
    assert told(history(*twice, commit("r", "t", 5, 'Revert "it" (#9)'), tips=[target("r")])) == {}
    once = [commit("a"), commit("s", "a", 3, "it (#7)", number=7)]
    chain = [
        commit("r", "s", 4, 'Revert "it" (#9)', number=9),
        commit("q", "r", 5, 'Reapply "it" (#10)', number=10),
        commit("p", "q", 6, 'Revert "it" (#11)', number=11, reverts=("s",)),
        commit("o", "p", 7, 'Reapply "it" (#12)', number=12),
    ]
    found = told(history(*once, *chain, tips=[target("o")]))
    assert found["request:7"] == [(at(4), True), (at(5), False), (at(6), True), (at(7), False)]


def test_what_a_sentence_names_goes_before_the_title() -> None:
    facts = history(
        *BASE[:2], commit("c", "b", 2, "two"), commit("r", "c", 3, 'Revert "two"', reverts=("b",)), tips=[target("r")]
    )
    assert standing(facts) == {"commit:b": at(3)}
    unknown = history(*BASE[:2], commit("r", "b", 3, 'Revert "one"', reverts=("f" * 40,)), tips=[target("r")])
    assert standing(unknown) == {}


def test_a_revert_s_revert_that_is_dated_before_it_restores_all_the_same() -> None:
    asked = [request(9, merged=9, merge_oid="r", title="undo"), request(10, merged=8, merge_oid="q", title="redo")]
    facts = history(
        commit("a"), commit("s", "a", 3, "it"), commit("r", "s", 4, "undo (#9)", number=9, reverts=("s",)),
        commit("q", "r", 5, "redo (#10)", number=10, reverts=("r",)), tips=[target("q")], requests=asked,
    )  # fmt: skip
    assert told(facts)["commit:s"] == [(at(9), True), (at(9), False)]


def test_changes_that_say_they_revert_each_other_come_to_an_end() -> None:
    facts = history(
        commit("a"), commit("b", "a", 1, reverts=("c",)), commit("c", "b", 2, reverts=("b",)), tips=[target("c")]
    )
    assert set(told(facts)) <= {"commit:b", "commit:c"}
