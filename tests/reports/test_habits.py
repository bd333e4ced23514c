"""What `ledger learn habits` says, and how carefully."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ledger.domain.habits import Study, study
from ledger.domain.practice import HABITS
from ledger.reports.habits import OBSERVED, as_json, as_text, label, sentences
from tests.domain.test_habits import mixed_work, model_matters, nothing_matters, small_lands
from tests.domain.working import drawn
from tests.store.changing import NOW

HOSTILE = "[red]x\x1b[31m\u202e::error::"


@pytest.fixture(scope="module")
def found() -> Study:
    return study(drawn(3, 240, small_lands), NOW)


def test_the_table_holds_every_habit_and_the_models(found: Study) -> None:
    text = as_text(found, 80)
    opening = "What goes with cost per accepted change? 240 decided requests with a model's part, as of 2026-06-01."
    assert text.startswith(f"{opening} {OBSERVED}\n")
    names = [*(habit.name for habit in HABITS), "model"]
    firsts = [line.split(" ")[0] for line in text.splitlines()]
    assert [name for name in firsts if name in names] == names
    assert not any(line.endswith(" ") for line in text.splitlines())
    assert "── row" not in text


def test_it_says_which_habit_and_which_lever(found: Study) -> None:
    told = list(sentences(found))
    assert told[0].startswith("size: within task types an accepted change of ")
    assert "Cannot be told apart within task types: commits, model." in told
    assert any(line.startswith("Too little to compare: files, tests, age, rewrites, review, labels; ") for line in told)
    assert told[-2] == "The habit that goes with the most here: size (changed lines)."
    assert told[-1].startswith("Levers: by size ")
    assert told[-1].endswith("between models no difference can be told, which does not make it short.")


def test_simpson_is_told_with_which_to_believe() -> None:
    """Told from the side that looks dear, whichever is so within types."""
    (line,) = [line for line in sentences(study(drawn(1, 240, mixed_work, 0.3), NOW)) if "taken together" in line]
    assert line.startswith("size: taken together, an accepted change of 110–716 cost 4.8")
    assert " one of 2–19; within task types 0.95 times (0.53–1.7" in line
    assert line.endswith("Believe the latter: the two did different kinds of work.")


def test_a_model_may_be_the_only_lever() -> None:
    told = list(sentences(study(drawn(1, 120, model_matters), NOW)))
    assert told[0].startswith("model: within fix an accepted change of dear cost ")
    assert told[-2].startswith("No habit goes with cost per accepted change here")
    assert told[-1].endswith("of no habit can it be told, which does not make them short.")


def test_neither_is_said_plainly() -> None:
    told = list(sentences(study(drawn(1, 60, nothing_matters), NOW)))
    assert told[-1] == "Levers: neither habits nor models can be told to move the cost; more decided changes would."


def test_a_habit_that_cannot_be_told_from_the_foremost_is_named(found: Study) -> None:
    commits = next(each for each in found.habits if each.habit and each.habit.name == "commits")
    (size,) = (each for each in found.habits if each.habit and each.habit.name == "size")
    both = replace(found, habits=(size, replace(commits, pairs=size.pairs)))
    assert any(line.endswith("size (changed lines); from it cannot be told: commits.") for line in sentences(both))
    assert json.loads(as_json(both))["not_told_from_foremost"] == ["commits"]


def test_nothing_decided_is_one_sentence() -> None:
    text = as_text(study([], NOW), 80)
    assert text.endswith("There is nothing to learn from yet: changes have to be accepted or rejected first.\n")
    assert text.count("\n") == 1
    told = json.loads(as_json(study([], NOW)))
    assert (told["basis"], told["changes"], told["levers"], told["foremost"]) == (None, 0, "neither", None)


def test_names_from_outside_do_no_harm() -> None:
    rows = drawn(1, 60, model_matters)
    bad = [replace(row, change=replace(row.change, lead_model=HOSTILE, task_type=HOSTILE)) for row in rows]
    text = as_text(study(bad, NOW), 80)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "[red]x·[31m" in text
    assert json.loads(as_json(study(bad, NOW)))["models"]["bands"][0]["name"] == HOSTILE
    (model,) = study(bad, NOW).models.bands
    assert label(study(bad, NOW).models, model) == "[red]x·[31m·::error::"


def test_branches_and_what_is_left_out_are_told() -> None:
    rows = drawn(1, 60, nothing_matters)
    branches = [replace(row, change=replace(row.change, basis="branch")) for row in rows]
    assert as_text(study(branches, NOW), 80).startswith(
        "What goes with cost per accepted change? 60 decided branches with"
    )
    text = as_text(study([*branches, *rows[:7]], NOW), 80)
    assert "Left out: 7 decided changes that are requests, since bases are never pooled." in text
    assert "Not kept, so not looked at: descriptions, linked issues, and force-pushes" in text


def test_many_models_are_all_in_the_json() -> None:
    rows = drawn(1, 60, nothing_matters)
    many = [replace(row, change=replace(row.change, lead_model=f"m{place % 9}")) for place, row in enumerate(rows)]
    found = study(many, NOW)
    assert "3 models with fewer changes stand in the JSON alone." in as_text(found, 80)
    assert len(json.loads(as_json(found))["models"]["bands"]) == 9


def test_the_json_has_every_key_and_money_as_text(found: Study) -> None:
    told = json.loads(as_json(found))
    assert (told["format"], told["observational"], told["foremost"], told["levers"]) == (1, True, "size", "habit")
    size = told["habits"][0]
    assert (size["habit"], size["told_apart"], len(size["bands"])) == ("size", True, 4)
    band = size["bands"][0]
    assert float(band["cost_per_accepted"]["lo"]) < float(band["cost_per_accepted"]["point"])
    assert size["pairs"][0]["is_settled"] is True
    assert told["compared"] == sum(len(habit["pairs"]) for habit in told["habits"])
    assert told["habits"][1]["unknown"]["decided"] == 240


@pytest.mark.parametrize(
    ("habit", "lo", "hi", "name"),
    [
        ("size", 1, 1234, "1–1,234"),
        ("size", 7, 7, "7"),
        ("age", 0.26, 30.5, "0.3–30.5 h"),
        ("tests", 0, 0, "without tests"),
        ("tests", 1, 1, "with tests"),
        ("tests", 0, 1, "with or without"),
    ],
)
def test_a_band_is_called_by_its_values(found: Study, habit: str, lo: float, hi: float, name: str) -> None:
    each = next(row for row in found.habits if row.habit and row.habit.name == habit)
    assert label(each, replace(found.models.bands[0], lo=lo, hi=hi)) == name
