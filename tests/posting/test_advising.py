"""What past changes say before a choice: from a ledger to the sentence, the tables and the object."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.domain.advised import headline, notes
from ledger.domain.advising import Advice, Asked
from ledger.domain.conclusions import Change
from ledger.domain.path_rules import Area, PathRules
from ledger.errors import LedgerError
from ledger.posting.advising import advise, ask
from ledger.posting.loops import find_retries
from ledger.posting.reporting import make_report
from ledger.reports import advice as table
from ledger.reports import advice_json
from ledger.store.engine import Ledger, open_ledger
from ledger.store.figures import Slice
from tests.store.changing import NOW, change, fill

HOSTILE = "[red]x\x1b[31m\u202e::error::=1+1"
_CHOICES = ("recommend", " use ", "should", "choose", "prefer", "pick ")


def made() -> list[Change]:
    """On auth the cheap model loops, and a second model's review pays there; docs have too few of anything."""
    chance = random.Random(2)
    plan = {
        ("cheap", "fix", "auth", ""): (40, 1.2, 0.15, 4),
        ("strong", "fix", "auth", ""): (30, 1.5, 0.4, 1),
        ("strong", "fix", "auth", "final"): (30, 1.7, 0.95, 1),
        ("strong", "fix", "payments", ""): (3, 1.5, 0.9, 1),
        ("strong", "fix", "none", ""): (10, 0.5, 0.9, 1),
        ("cheap", "fix", "none", ""): (10, 0.3, 0.9, 1),
        ("cheap", "docs", "none", ""): (3, 0.1, 0.9, 1),
        (HOSTILE, "feat", "web\x1b[2J", ""): (8, 2.0, 0.7, 1),
    }
    rows: list[Change] = []
    for (model, task, area, review), (n, each, rate, tries) in plan.items():
        for _ in range(n):
            cost, outcome = each * chance.uniform(0.6, 1.4), "accepted" if chance.random() < rate else "rejected"
            fields: dict[str, Any] = {"lead_model": model, "task_type": task, "area": area, "attempts": tries}
            fields["stakes"] = "high" if area in ("auth", "payments") else "normal"
            fields |= {"lineup": f"{model} + judge review" if review else model, "second_review_when": review}
            fields |= {"failed_runs": tries - 1, "nusd_review": 200_000_000 if review else 0}
            rows.append(change(len(rows), cost, outcome, **fields))
    return [*rows, change(len(rows), 1, basis="trunk", task_type="fix", area="auth")]


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    opened = open_ledger(str(tmp_path_factory.mktemp("ledger") / "ledger.db"))
    fill(opened, made())
    yield opened
    opened.close()


def found(ledger: Ledger, *asked: str, part: Slice | None = None) -> Advice:
    return advise(ledger, NOW, Asked(*asked), part or Slice())


def test_the_answer_that_was_built_in_is_found(ledger: Ledger) -> None:
    said = found(ledger, "fix", "auth", "high")
    assert (said.at, said.verdict, said.basis) == (0, "best", "request")
    assert [each.name for each in said.models.tried] == ["strong", "cheap"]
    strong, cheap = said.models.tried
    assert strong.retries
    assert cheap.retries
    tries = cheap.retries.per_accepted(cheap.retries.attempts)
    assert (tries or 0) > 10 > (strong.retries.per_accepted(strong.retries.attempts) or 99)
    assert headline(said).startswith("Of fix in auth, strong has cost least per accepted change: $")
    assert headline(said).endswith(" for cheap, at list price.")
    assert strong.review
    assert strong.review.verdict == "pays"
    lines = list(notes(said))
    assert any(
        line.startswith("strong: 30 of 60 changes had a second model's review; it pays above 1.1") for line in lines
    )
    assert any(line.startswith("cheap: none of 40 changes had a second model's review; one that") for line in lines)
    assert any(line.startswith("Of line-ups, strong + judge review has cost least") for line in lines)
    assert "Not told with these: 1 commit, counted by another rule." in lines


def test_it_says_what_the_report_and_its_retries_say(ledger: Ledger) -> None:
    only = (("task_type", ("fix",)), ("area", ("auth",)))
    said = found(ledger, "fix", "auth")
    report = {group.sums.model: group for group in make_report(ledger, NOW, only=only).groups}
    loops = {row.who: row for row in find_retries(ledger, NOW, Slice(only=only), "task_type", "model").rows}
    for each in said.models.tried:
        assert each.group.estimate == report[each.name].estimate
        assert each.group.acceptance == report[each.name].acceptance
        assert each.retries == loops[each.name]


def test_too_little_is_widened_and_every_step_says_what_it_holds(ledger: Ledger) -> None:
    said = found(ledger, "fix", "payments", "high")
    assert [(each.n, each.ranked) for each in said.rungs] == [(3, 0), (103, 2), (123, 2), (134, 3)]
    assert said.at == 1
    start = (
        "Of fix in payments alone too little is known to compare (3 decided changes of known cost), so this is wider. "
    )
    assert headline(said).startswith(f"{start}Of fix of high stakes, ")
    text = table.render(said)
    assert "fix in payments 3 3 0 fix of high stakes 103 103 2 ← told all fix" in " ".join(text.split())
    assert text.count("← told") == 1
    other = found(ledger, "docs")
    assert (other.verdict, other.at, other.models.tried[0].review) == ("other", 1, None)
    assert "No model has enough changes of the type docs: an estimate needs 5 decided changes" in headline(other)


def test_one_model_alone_is_no_comparison(ledger: Ledger) -> None:
    said = found(ledger, "feat")
    assert said.verdict == "one"
    assert "only [red]x·[31m·::error::=1+1 was tried often enough: $" in headline(said)
    assert "29 decided changes of another would show a threefold difference, 72 a twofold one" in headline(said)
    assert next(notes(said)).endswith(
        "one that costs r pays if it raises the share accepted by more than r / $2.02 of itself."
    )


@pytest.mark.parametrize("asked", [("fix", "auth", "high"), ("fix", "payments"), ("feat",), ("docs",), ("chore",)])
def test_nothing_is_chosen_for_the_person_and_nothing_outside_is_obeyed(ledger: Ledger, asked: tuple[str, ...]) -> None:
    for text in (table.render(found(ledger, *asked)), advice_json.render(found(ledger, *asked))):
        assert not [word for word in _CHOICES if word in text.lower()]
        assert "\x1b" not in text
        assert "\u202e" not in text
    assert "\x1b[" in table.render(found(ledger, *asked), color=True)


def test_the_object_has_all_keys_whatever_is_known(ledger: Ledger, tmp_path: Path) -> None:
    empty = open_ledger(str(tmp_path / "empty.db"))
    said = json.loads(advice_json.render(found(ledger, "fix", "auth", "high")))
    nothing = json.loads(advice_json.render(found(empty, "fix")))
    assert headline(found(empty, "fix")) == (
        "There is no request and no branch that a model had a part in, so there is nothing to tell."
    )
    assert "changes" in table.render(found(empty, "fix"))
    empty.close()
    assert said.keys() == nothing.keys()
    assert (said["format"], said["verdict"], nothing["verdict"]) == (1, "best", "nothing")
    assert said["models"].keys() == nothing["lineups"].keys()
    assert [step["is_told"] for step in said["steps"]] == [True, False, False, False]
    assert said["steps"][0]["chosen_by"] == {"task_type": ["fix"], "area": ["auth"]}
    assert said["not_pooled"] == {"request": 0, "branch": 0, "trunk": 1}
    (strong, cheap) = said["models"]["rows"]
    assert strong["cost_per_accepted"]["strength"] == "solid"
    assert cheap["attempts_per_accepted"] > strong["attempts_per_accepted"]
    assert strong["second_review"]["verdict"] == "pays"
    assert cheap["second_review"]["reviewed"] == {"n": 0, "accepted": 0}


def test_what_is_only_on_trunk_or_unheard_is_said(tmp_path: Path) -> None:
    rows = [change(n, 1, is_forge_known=False, task_type="fix") for n in range(6)]
    for place, changes, words in (
        ("unheard.db", rows, "Nothing can be said of all task types: no request's outcome was read from the forge."),
        ("trunk.db", [change(1, 1, basis="trunk")], "nothing to tell: commits on trunk are accepted by construction."),
    ):
        opened = open_ledger(str(tmp_path / place))
        fill(opened, changes)
        assert words in headline(found(opened, "fix"))
        opened.close()


def test_several_repositories_are_told_as_the_clusters_they_are(tmp_path: Path) -> None:
    chance = random.Random(5)
    rows = [
        change(n, chance.uniform(1, 2) * (1 + n % 2), "accepted" if n % 3 else "rejected", task_type="fix",
               lead_model=("a", "b")[n % 2], repository_id=f"R{n % 5}")
        for n in range(100)
    ]  # fmt: skip
    opened = open_ledger(str(tmp_path / "several.db"))
    fill(opened, rows)
    assert found(opened, "fix").models.tried[0].group.base.spread
    alone = found(opened, "fix", part=Slice(repository_id="R1"))
    assert alone.rungs[0].n == 20
    assert alone.models.tried[0].group.base.spread is None
    opened.close()


def test_what_is_asked_is_sorted_as_changes_are(ledger: Ledger) -> None:
    rules = PathRules((Area("auth", ("src/identity/",), "high"), Area("web", ("*.css",), "normal")))

    def asked(task: str, area: str | None = None, *paths: str) -> Asked:
        return ask(ledger, NOW, task, area, paths, rules)

    assert asked("Bug") == Asked("fix")
    assert asked("maint") == Asked("maint")
    assert asked("fix", "AUTH") == Asked("fix", "auth", "high")
    assert asked("fix", "payments") == Asked("fix", "payments")  # a change touched it; no rule names it now
    assert asked("fix", None, "./src/identity/login.py") == Asked("fix", "auth", "high")
    assert asked("fix", None, "src/identity/") == Asked("fix", "auth", "high")
    assert asked("fix", None, "a.css", "b.css", "/src/identity/x.py") == Asked("fix", "web", "high")
    assert asked("fix", None, "README") == Asked("fix", "none", "normal")
    for arguments, words in (
        (("fixx", None), "No task type is called fixx here; did you mean fix?"),
        (("fix", "outh"), "No area is called outh here; did you mean auth?"),
        (("fix", "\x1b]0;"), "No area is called ·]0; here; there is auth, none, payments and 2 more."),
        (("fix", "auth", "a.py"), "--area names the part of the code and --paths finds it: leave one of them out."),
    ):
        with pytest.raises(LedgerError) as error:
            asked(*arguments)
        assert words in str(error.value)
