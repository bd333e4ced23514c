"""The demo's entries, decoded by the codec that decodes everyone's."""

from pathlib import Path

import pytest

from ledger.demo.history import ALIAS, Made
from ledger.demo.plan import Scenario
from ledger.demo.requests import write_requests
from ledger.demo.scenario import draw_scenario
from ledger.domain.forge_facts import Event, Request, Run
from ledger.entries import decode


@pytest.fixture
def scenario() -> Scenario:
    return draw_scenario(seed=4, changes=80)


def test_every_request_review_and_run_of_the_plan_is_an_entry(scenario: Scenario, tmp_path: Path) -> None:
    count = write_requests(scenario, _made(scenario), tmp_path / "requests.jsonl")
    lines = (tmp_path / "requests.jsonl").read_text().splitlines()
    assert len(lines) == count
    facts = [fact for line in lines for fact in decode(line, "here", lambda names: "r" if ALIAS in names else None)]
    states = {fact.number: fact.state for fact in facts if isinstance(fact, Request)}
    words = {"accepted": "merged", "rejected": "closed", "open": "open"}
    assert states == {change.number: words[change.outcome] for change in scenario.changes}
    turns = [turn for change in scenario.changes for turn in change.turns]
    runs = [fact for fact in facts if isinstance(fact, Run)]
    assert len({(run.run, run.attempt) for run in runs}) == len(runs) == sum(len(turn.runs) for turn in turns)
    assert sum(run.conclusion == "failed" for run in runs) == sum(not run.passed for turn in turns for run in turn.runs)
    assert sum(isinstance(fact, Event) for fact in facts) == sum(turn.role == "review" for turn in turns)


def _made(scenario: Scenario) -> Made:
    """What git would have made of it."""
    made = Made()
    for change in scenario.changes:
        for turn in change.turns:
            if turn.commit:
                oid = f"{int(turn.commit.at.timestamp()):08x}{change.number:04x}".ljust(40, "0")
                made.commits[turn.commit] = made.heads[change.number] = oid
        if change.outcome == "accepted":
            made.landings[change.number] = f"{change.number:040x}"
    return made
