"""What a change's own facts say of its task type and of the lines in it."""

from __future__ import annotations

from dataclasses import replace

from ledger.domain.conclude import conclude
from ledger.domain.conclusions import Change
from ledger.domain.facts import RepositoryRules
from ledger.domain.history import History
from tests.domain.building import at, commit, credit, diff, history, request, target


def concluded(facts: History) -> Change:
    (change,) = (change for change in conclude(facts).change if change.number == 7)
    return change


def merged(*subjects: str, title: str = "it", **more: object) -> History:
    """A request of one commit a subject, the first `c0`, merged."""
    line = [
        commit(f"c{place}", f"c{place - 1}" if place else "a", place + 1, said) for place, said in enumerate(subjects)
    ]
    last = line[-1].oid
    return history(
        commit("a"),
        *line,
        commit("m", f"a {last}", 50, number=7),
        tips=[target("m")],
        requests=[request(7, head=last, merged=50, title=title)],
        contributions=[credit("c0")],
        **more,
    )


def squashed(*subjects: str, title: str = "it", **more: object) -> History:
    """The same, landed as one commit."""
    facts = merged(*subjects, title=title, **more)
    squash = commit("m", "a", 50, f"{title} (#7)", number=7)
    return replace(facts, commits={**facts.commits, "m": squash}, requests=(replace(facts.requests[0], merge_oid="m"),))


def rules(hours: float, clone: str = "c", **labels: str) -> RepositoryRules:
    return RepositoryRules(
        repository_id="R",
        clone_id=clone,
        rules="r",
        labels=tuple(sorted(labels.items())),
        is_configured=True,
        at=at(hours),
    )


def test_a_label_stands_for_what_the_rules_in_force_say() -> None:
    facts = merged("x", rules=[rules(1, urgent="docs"), rules(2, "d", urgent="fix")])
    facts = replace(facts, requests=(replace(facts.requests[0], labels=("Urgent",)),))
    assert (concluded(facts).task_type, concluded(facts).type_source) == ("fix", "label")
    assert concluded(replace(facts, rules=())).type_source == "none"


def test_paths_tell_the_type_only_where_all_of_the_change_is_known() -> None:
    facts = merged("x", "y", diffs=[diff("c0", kind="docs"), diff("c1", kind="docs")])
    assert (concluded(facts).task_type, concluded(facts).type_source) == ("docs", "paths")
    half = merged("x", "y", diffs=[diff("c0", kind="docs")])
    assert (concluded(half).task_type, concluded(half).added) == ("other", None)


def test_lines_of_a_squash_are_not_counted_beside_those_of_its_sources() -> None:
    diffs = [diff("c0", 90, kind="docs"), diff("m", 100)]
    change = concluded(squashed("x", diffs=diffs))
    assert (change.landed_by, change.added, change.type_source) == ("squash", 100, "none")


def test_a_majority_is_one_of_the_commits_and_not_of_their_squash() -> None:
    assert concluded(squashed("fix: a", "b", title="it")).type_source == "none"
    assert concluded(squashed("fix: a", "fix: b", "c", title="it")).task_type == "fix"
    assert concluded(merged("fix: a", "fix: b", "c")).type_source == "commits"
