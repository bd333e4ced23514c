"""The whole derivation: it reconciles, it does not depend on order, and failures keep their model."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.conclude import conclude
from ledger.domain.git_facts import Commit
from ledger.domain.history import History
from ledger.domain.session_facts import Call, SessionWrite
from tests.domain.building import (
    HOME,
    at,
    branch,
    call,
    commit,
    commit_call,
    credit,
    diff,
    history,
    made_on,
    request,
    run,
    target,
)


def small() -> History:
    """A request whose first try failed, with a review by another model."""
    return history(
        commit("a"),
        commit("x", "a", 1, "feat: x"),
        commit("y", "x", 3, "feat: more"),
        commit("m", "a y", 5, number=7),
        tips=[target("m")],
        requests=[request(7, head="y", merged=5, title="feat: x")],
        contributions=[credit("x"), credit("y"), credit("y", "gpt", "review", "codex")],
        diffs=[diff("x", 30), diff("y", 5)],
        seen=[made_on("x", "one", "s1"), made_on("y", "one", "s1")],
        runs=[run("x", 2, "failed"), run("y", 4)],
        calls=[
            call("c1", 0.5, branch="one"),
            call("c2", 2.5, branch="one", output=500),
            call("c3", 3.5, session="s2", model="gpt", branch="one", output=100),
        ],
    )


def test_a_loop_and_a_review_are_booked_to_their_change() -> None:
    found = conclude(small())
    change = next(change for change in found.change if change.number == 7)
    assert (change.lead_model, change.lead_evidence) == ("opus", "lines")
    assert (change.nusd, change.nusd_implement, change.nusd_review) == (1_600_000, 1_500_000, 100_000)
    assert (change.attempts, change.failed_runs, change.first_pass, change.is_verified) == (2, 1, False, True)
    assert change.cost_known == "known"
    assert change.lineup == "opus + gpt review"
    assert [(row.number, row.ended_by, row.nusd) for row in found.attempt] == [
        (1, "failed-run", 1_000_000),
        (2, "end", 600_000),
    ]


def test_a_contribution_without_calls_leaves_the_cost_partial() -> None:
    facts = small()
    facts = replace(facts, calls=tuple(row for row in facts.calls if row.model != "gpt"))
    change = next(change for change in conclude(facts).change if change.number == 7)
    assert (change.cost_known, change.nusd) == ("partial", 1_500_000)


def test_an_unpriced_call_leaves_the_cost_partial_and_none_priced_is_none() -> None:
    facts = small()
    some = replace(facts, prices=tuple(price for price in facts.prices if price.model_raw == "opus"))
    none = replace(facts, prices=())
    assert [change.cost_known for change in conclude(some).change if change.number == 7] == ["partial"]
    assert [change.cost_known for change in conclude(none).change if change.number == 7] == ["none"]


def test_a_failure_keeps_its_model() -> None:
    facts = history(
        commit("a"),
        commit("x", "a", 1),
        tips=[target("a"), branch("x", "one")],
        requests=[request(7, head="x", closed=9)],
        contributions=[credit("x", "haiku")],
        diffs=[diff("x")],
    )
    change = next(change for change in conclude(facts).change if change.number == 7)
    assert (change.state, change.lead_model) == ("closed", "haiku")


def test_human_work_is_no_group() -> None:
    found = conclude(history(commit("a"), commit("x", "a", 1), tips=[target("a"), branch("x", "feat")]))
    assert [(change.basis, change.has_model) for change in found.change] == [("branch", False)]
    assert found.plain_commits == 1


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Trunk, branches, merges and squashes, with sessions that overlap, commit, write, or come to nothing."""
    count = draw(st.integers(1, 12))
    commits: list[Commit] = [commit("aaaaaaa0")]
    tip = "aaaaaaa0"
    branches: list[str] = []
    for index in range(1, count):
        oid = f"{index:07x}f"
        kind = draw(st.sampled_from(["trunk", "branch", "merge", "squash"]))
        hours = float(index)
        if kind == "trunk":
            commits.append(commit(oid, tip, hours, f"c{index}"))
            tip = oid
        elif kind == "branch":
            base = draw(st.sampled_from(["trunk", *branches])) if branches else "trunk"
            commits.append(commit(oid, tip if base == "trunk" else base, hours, f"c{index}"))
            branches.append(oid)
        elif branches:
            side = branches.pop()
            parents = f"{tip} {side}" if kind == "merge" else tip
            commits.append(commit(oid, parents, hours, f"c{index}", number=index, merged=f"b{side}"))
            tip = oid
    oids = [row.oid for row in commits]
    names = ["main", "", "HEAD", "nowhere", *(f"b{oid}" for oid in branches)]
    calls: list[Call] = draw(
        st.lists(
            st.builds(
                call,
                st.uuids().map(str),
                st.floats(-2, count + 30).map(lambda hours: round(hours, 3)),
                session=st.sampled_from(["", "s1", "s2"]),
                branch=st.sampled_from(names),
                model=st.sampled_from(["opus", "haiku", None]),
                output=st.integers(0, 10**9),
                subagent=st.booleans(),
            ),
            max_size=20,
            unique_by=lambda row: row.event_key,
        )
    )
    chosen = st.sampled_from(oids)
    return history(
        *commits,
        tips=[target(tip), *(branch(oid, f"b{oid}") for oid in branches)],
        calls=calls,
        seen=[made_on(draw(chosen), draw(st.sampled_from(["main", "x"])), draw(st.sampled_from(["s1", "s2", ""])))],
        session_commits=[
            commit_call(h, h + 0.01, printed=oid[:7], subject="c1", number=place)
            for place, (h, oid) in enumerate(draw(st.lists(st.tuples(st.integers(0, count), chosen), max_size=3)))
        ],
        session_writes=[SessionWrite(session="s1", path="p", at=at(0))],
        contributions=[credit(draw(chosen), draw(st.sampled_from(["opus", "haiku"])))],
        requests=[
            request(number, head=draw(chosen), closed=draw(st.sampled_from([None, 3.0])))
            for number in draw(st.sets(st.integers(1, 12), max_size=3))
        ],
    )


@given(histories())
def test_charges_sum_to_calls(facts: History) -> None:
    found = conclude(facts)
    priced = sum(cost.nusd for cost in found.call_cost if cost.nusd is not None)
    assert sum(charge.nusd for charge in found.charge) == priced
    assert sum(charge.calls for charge in found.charge) == len(facts.calls)
    assert sum(charge.calls_unpriced for charge in found.charge) == sum(cost.nusd is None for cost in found.call_cost)
    kept = {change.id: change.nusd for change in found.change}
    booked = sum(charge.nusd for charge in found.charge if charge.change_id)
    assert (
        sum(kept.values())
        == booked
        == sum(row.nusd for row in found.attempt)
        == sum(row.nusd for row in found.change_spend)
    )
    assert {charge.change_id for charge in found.charge} <= {*kept, ""}


@given(histories(), st.randoms(use_true_random=False))
def test_the_order_of_facts_does_not_matter(facts: History, chance: random.Random) -> None:
    def shuffled(rows: tuple[object, ...]) -> tuple[object, ...]:
        return tuple(chance.sample(rows, len(rows)))

    names = ("seen", "tips", "ranges", "contributions", "session_commits", "calls", "runs", "requests", "events")
    turned = replace(facts, **{name: shuffled(getattr(facts, name)) for name in names})  # type: ignore[arg-type]
    turned = replace(turned, commits=dict(chance.sample(list(facts.commits.items()), len(facts.commits))))
    assert conclude(turned) == conclude(facts)


def test_a_forgotten_session_s_calls_are_no_duplicates_of_anything() -> None:
    own = replace(call("claude-code/one", 1), source="claude-code", request_id="req_0123456789")
    told = replace(call("litellm/two", 1, session="gone"), source="litellm", directory=HOME)
    named = replace(call("litellm/three", 9, session="gone"), source="litellm", request_id="req_0123456789")
    facts = history(commit("a"), tips=[target("a")], calls=[own, told, named])
    assert {row.event_key for row in conclude(facts).call_cost} == {own.event_key, told.event_key, named.event_key}
    found = conclude(replace(facts, forgotten=frozenset({"gone"})))
    assert {row.event_key for row in found.call_cost} == {own.event_key}
    assert sum(row.calls_duplicate for row in found.call_sum) == 0


def test_costs_and_charges_stand_in_order_of_their_ids_whatever_became_of_the_calls() -> None:
    lost = [call(f"l{number}", 0.5, session=f"none{number}", branch="gone", directory="/x") for number in range(9)]
    own = replace(call("c2", 2.5, branch="one", output=500), request_id="req_00001")
    told = replace(own, event_key="a/req_00001", source="otlp", request_id="req_00001")
    facts = small()
    found = conclude(replace(facts, calls=(*(row for row in facts.calls if row.event_key != "c2"), own, told, *lost)))
    keys = [row.event_key for row in found.call_cost]
    assert keys == ["a/req_00001", "c1", "c2", "c3", *(row.event_key for row in lost)]
    assert found.call_cost[0].match == "joined"
    ids = [row.id for row in found.charge]
    assert ids == sorted(ids)
    assert sum(row.change_id == "" for row in found.charge) == 9
    assert sum(row.calls for row in found.charge) == len(keys) - 1
