"""What a branch's name says, where nothing else does."""

from __future__ import annotations

from dataclasses import replace

from ledger.domain.branches import branch_credit, by_branch
from ledger.domain.changes import Identity
from ledger.domain.conclude import Conclusions, conclude
from tests.domain.building import START, branch, call, commit, credit, diff, history, target


def change(name: str | None, *oids: str, landed: str | None = None) -> Identity:
    return Identity(
        id="R/x",
        basis="branch",
        number=7,
        branch=name,
        title="t",
        landed_oid=landed,
        landed_by=None,
        landed_at=None,
        commits=oids,
    )


def test_a_prefix_names_an_agent_and_no_model() -> None:
    found = branch_credit("codex/login", "R", "x", START)
    assert found
    assert (found.agent, found.model, found.model_raw, found.evidence) == ("codex", None, "", "branch")
    assert branch_credit("feat/login", "R", "x", START) is None


def test_it_is_said_of_what_landed_else_of_a_commit_else_of_the_request() -> None:
    found = [
        by_branch([], change("codex/login", *oids, landed=landed), "R")[0].subject
        for oids, landed in ((("x", "y"), "x"), (("y",), None), ((), None))
    ]
    assert found == ["x", "y", "request:7"]
    assert by_branch([], change("feat/login", "x"), "R") == []


def test_it_yields_to_everything_else() -> None:
    named = replace(credit("x", None, agent="codex"), evidence="branch")
    assert by_branch([credit("y"), named], change("codex/login", "x", "y"), "R") == [credit("y")]
    assert by_branch([named], change("codex/login", "x"), "R") == [named]


def concluded(name: str, *, calls: bool = False) -> Conclusions:
    return conclude(
        history(
            commit("a"),
            commit("x", "a", 1),
            tips=(target("a"), branch("x", name)),
            diffs=(diff("x"),),
            calls=[call("c", 0.5, branch=name)] if calls else [],
        )
    )


def test_a_change_of_an_agent_s_branch_is_not_human_work() -> None:
    (found,) = concluded("codex/login").change
    assert (found.has_model, found.lead_model, found.cost_known) == (True, None, "none")
    (other,) = concluded("feat/login").change
    assert not other.has_model


def test_a_name_asks_for_nobody_s_calls() -> None:
    (found,) = concluded("codex/login", calls=True).change
    assert (found.cost_known, found.nusd) == ("known", 1_000_000)
