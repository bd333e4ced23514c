"""What `ledger check --evidence` says, and how carefully."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ledger.domain.estimates import Interval, Sums
from ledger.domain.policy_evidence import Cell, Evidence, Side
from ledger.reports.check_evidence import OBSERVED, as_json, as_markdown, as_text, sentence, sentences
from tests.domain.building import START

NOTHING = Interval(None, None, None)
GOOD = Side(20, 18, 1, Sums(20, 18, 20 * 10**9, 25.0, 18 * 10**9))
POOR = Side(20, 0, 0, Sums(20, 0, 20 * 10**9, 25.0, 0))
FEW = Side(2, 1, 0, Sums(2, 1, 2 * 10**9, 2.0, 10**9))


def cell(kept: Side = GOOD, broken: Side = GOOD, ratio: Interval = NOTHING, needed: int | None = None) -> Cell:
    return Cell("size", "request", "fix", kept, broken, ratio, needed)


def evidence(*cells: Cell) -> Evidence:
    return Evidence(
        as_of=START,
        changes=1040,
        cells=cells,
        aside={"size": 0, "tests": 1},
        unknown={"size": 2, "tests": 0},
        silent={"cost": "it is about what is measured here"},
    )


@pytest.mark.parametrize(
    ("ratio", "needed", "words"),
    [
        (
            Interval(0.5, 0.4, 0.7),
            None,
            "with it kept an accepted change cost 0.50 times (0.40–0.70) what it cost without.",
        ),
        (
            Interval(2, 1.1, 4),
            None,
            "with it kept an accepted change cost 2.00 times (1.10–4.00) what it cost without.",
        ),
        (
            Interval(0.8, 0.5, 1.2),
            1689,
            "cannot be told apart, 0.80 times (0.50–1.20) the cost; 1,689 decided changes of each would settle a "
            "difference of this size.",
        ),
        (Interval(1, 0.5, 2), None, "cannot be told apart, 1.00 times (0.50–2.00) the cost."),
    ],
)
def test_it_says_no_more_than_the_interval(ratio: Interval, needed: int | None, words: str) -> None:
    assert sentence(cell(ratio=ratio, needed=needed)) == f"size, fix: {words}"


def test_where_too_little_is_known_that_is_said_once_for_a_rule() -> None:
    branch = replace(cell(kept=FEW), basis="branch", task_type="docs")
    lines = list(sentences(evidence(cell(kept=FEW), branch, replace(branch, rule="tests"))))
    assert lines == [
        "size: too little to say of fix; docs, branch; both sides need 5 decided changes of known cost, 2 accepted.",
        "tests: too little to say of docs, branch; both sides need 5 decided changes of known cost, 2 accepted.",
    ]


def test_the_text_is_labelled_and_shows_both_sides() -> None:
    text = as_text(evidence(cell(broken=POOR), cell(kept=FEW)), 80)
    assert text.startswith(
        "Does the policy pay? 1,040 decided changes with a model's part, as of 2026-03-01. Observed, "
    )
    assert "90% (70–97)" in text
    assert "≥ $" in text
    assert "too few" in text
    assert "── row" not in text, "it fits a usual terminal"
    assert "\nsize: of 2 changes it is not known whether they kept it.\n" in text
    assert "\ntests: 1 change has nothing to do with it.\n" in text
    assert text.endswith("cost: past changes say nothing of it, since it is about what is measured here.\n")


def test_with_nothing_to_weigh_it_says_so_much() -> None:
    empty = Evidence(as_of=START, changes=0, cells=(), aside={}, unknown={}, silent={})
    assert as_text(empty, 80).startswith("Does the policy pay? 0 decided changes")
    assert as_markdown(empty).startswith("**Does the policy pay? 0 decided changes")
    assert json.loads(as_json(empty))["cells"] == []


def test_the_markdown_has_a_table_and_the_sentences() -> None:
    text = as_markdown(evidence(cell(broken=POOR)))
    assert OBSERVED in text
    assert len([line for line in text.splitlines() if line.startswith("|")]) == 4
    assert "\n- size: too little to say of fix" in text


def test_the_json_has_every_key_and_null_for_what_cannot_be_said() -> None:
    told = json.loads(as_json(evidence(cell(kept=FEW, broken=POOR, ratio=NOTHING))))
    assert (told["format"], told["observational"], told["changes"]) == (1, True, 1040)
    (found,) = told["cells"]
    assert found["cost_ratio"] == {"point": None, "lo": None, "hi": None}
    assert found["kept"]["cost_per_accepted"] == {
        **dict.fromkeys(("point", "lo", "hi", "lower_bound")),
        "strength": "none",
    }
    assert found["broken"]["cost_per_accepted"]["lower_bound"].startswith("7.")
    assert found["needed_each"] is None
    assert told["silent"] == {"cost": "it is about what is measured here"}
