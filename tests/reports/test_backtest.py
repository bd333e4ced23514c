"""Rules replayed over past changes, as tables and as an object."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ledger.domain.backtest import whole_of
from ledger.domain.started import at_fallback
from ledger.reports import backtest, backtest_json
from tests.commands.running import ROOT
from tests.domain.starting import One, drawn, loops_on_feat, made, under
from tests.domain.test_backtest import MATCHED, several

LOOPING = made(MATCHED, drawn(1, 600, loops_on_feat))
GAPS = made(
    "docs -> a; fix -> b; feat -> a",
    [*several("fix", "a", 20), *several("fix", "b", 20), *several("docs", "b", 9), *several("test", "b", 6)],
)


PAGE = """\
Whether these rules would have cost less or more cannot be told: 1.00 times
(0.78–1.28) what an accepted change did cost, $1.65 against $1.65 over the 73%
of the work that can be told; that is so close that it hardly matters; accepted
75% against 75% (0 points, -18 to +18), at list price.

The rules, of which the first that fits counts:
  1  docs -> a
  2  fix -> b
  3  feat -> a

                      covers    accepted cost per accepted tries failing
────────────────────────────────────────────────────────────────────────
these rules              73% 75% (53–89) $1.65 (1.25–2.18)  1.33    0.00
always a                 73% 75% (53–89) $1.65 (1.25–2.18)  1.33    0.00
  what happened there        75% (60–86) $1.65 (1.37–1.99)  1.33    0.00
always b                100% 76% (59–88) $1.62 (1.32–2.01)  1.31    0.00
  what happened there        76% (64–86) $1.62 (1.40–1.89)  1.31    0.00

                                    cost per
work  rule    began    accepted     accepted happened         ratio
────────────────────────────────────────────────────────────────────────────────
fix      2 20 of 40 75% (53–89)        $1.65    $1.65          1.00 close
                                 (1.37–2.40)            (0.78–1.28)
docs     1   0 of 9           –            –    $1.61             – unsupported
test     –   0 of 6           –            –    $1.50             – no rule

Cannot be told: fix (so close that it hardly matters).
No rule fits, 11% of the work: test (6 changes).
Unsupported, 16% of the work: docs (9 changes; a began 0 of known cost, 5 are
needed).
No decided change comes to rule 3 (feat -> a).

A rule chooses who starts: a change counts for the model that tried it first,
whoever finished it, at all that it cost, with failed tries, reviews and changes
that came to nothing.
Observed, not an experiment: within a kind of work the easy changes may have
gone to the cheap model, and how hard a task is nobody knows before it is tried.
Rules that were picked by looking at the same changes look better than they are:
pick them on earlier changes, with --until, and replay them on later ones, with
--since.
began: by the rule's model, of all decided changes of the kind; happened: what
an accepted one cost, whoever began it. The bounds of ratios and points hold for
everything that is claimed at once; other intervals are at 95%.
Requests, as of 2026-03-01 09:00 UTC, costs at list price.
"""
"""What a terminal of eighty columns shows of GAPS."""


def words(text: str) -> str:
    return " ".join(text.split())


def test_the_rules_stand_beside_the_plain_alternatives_and_what_happened() -> None:
    text = backtest.render(LOOPING, width=120)
    rows = [line.split("  ") for line in text.splitlines()]
    firsts = [row[0] for row in rows if row[0] in ("these rules", "always cheap", "always strong")]
    assert firsts == ["these rules", "always cheap", "always strong"]
    assert text.count("what happened there") == 1  # all of them can be told of the same work
    assert "1  docs -> cheap" in text
    assert "2  else -> strong" in text
    assert text.startswith("By these rules an accepted change would have cost 0.70 times")
    assert "Requests, as of 20" in text


def test_the_page_is_this_to_the_letter() -> None:
    assert backtest.render(GAPS, width=80) == PAGE


def test_each_kind_of_work_has_its_row() -> None:
    lines = backtest.render(LOOPING, width=140).splitlines()
    (docs,) = [line for line in lines if line.startswith("docs ")]
    assert docs.split()[1:5] == ["1", "121", "of", "147"]
    assert docs.endswith("would do")
    (fix,) = [line for line in lines if line.startswith("fix ")]
    assert fix.endswith(("cannot be told", "close"))


def test_what_happened_is_told_again_where_other_work_can_be_told() -> None:
    changes = [*several("fix", "a", 20), *several("fix", "b", 20), *several("docs", "b", 19)]
    assert backtest.render(made("fix -> a; docs -> b", changes)).count("what happened there") == 3


def test_gaps_and_silence_are_shown_as_such() -> None:
    text = backtest.render(GAPS, width=120)
    (docs,) = [line for line in text.splitlines() if line.startswith("docs ")]
    assert docs.split() == ["docs", "1", "0", "of", "9", "–", "–", "$1.61", "–", "unsupported"]
    (test,) = [line for line in text.splitlines() if line.startswith("test ")]
    assert test.split() == ["test", "–", "0", "of", "6", "–", "–", "$1.50", "–", "no", "rule"]
    little = backtest.render(made("docs -> a", several("fix", "b", 9)), width=120)
    assert "these rules 0% – nothing is claimed – –" in words(little)
    assert "$0" not in little
    nothing = backtest.render(made("else -> a", []))
    assert "work" not in nothing.partition("A rule chooses")[0]


def test_nothing_accepted_has_a_bound_and_no_figure() -> None:
    text = backtest.render(made("else -> a", [*[One("fix", "a", 1.0, accepted=False)] * 9, *several("fix", "b", 9)]))
    assert "≥ $3.53" in text


def test_a_narrow_terminal_folds_and_loses_no_word() -> None:
    wide, narrow = backtest.render(LOOPING, width=160), backtest.render(LOOPING, width=80)
    assert max(map(len, narrow.splitlines())) <= 80
    assert sorted(wide.replace("─", "").split()) == sorted(narrow.replace("─", "").split())
    assert not any(line != line.rstrip() for line in narrow.splitlines())
    assert "\x1b" not in narrow
    assert "\x1b[1m" in backtest.render(LOOPING, color=True)


def test_text_from_outside_is_harmless_in_both_forms() -> None:
    hostile = "[red]x\x1b[31m\u202e::error::"
    found = made(f'docs -> "{hostile}"; else -> b', [*several("docs", hostile, 9), *several("fix", "b", 9)])
    for text in (backtest.render(found), backtest_json.render(found)):
        assert "\x1b" not in text
        assert "\u202e" not in text
    assert "[red]x·[31m·::error::" in backtest.render(found)


def test_many_kinds_are_shown_in_part_and_are_all_in_the_object() -> None:
    changes = [One("fix", "a", 1.0, True, f"R{number:02}") for number in range(34) for _ in range(6)]
    found = made("else -> a", changes, repositories={f"R{number:02}": f"owner/{number}" for number in range(34)})
    assert "4 kinds of work with fewer changes stand in the JSON alone." in backtest.render(found)
    assert len(backtest_json.as_object(found)["replay"]["work"]) == 34
    assert backtest_json.as_object(found)["replay"]["work"][0]["repository"] == "owner/0"


def keys(value: Any) -> Any:
    """The shape of an object, to whatever depth."""
    if isinstance(value, dict):
        return {name: keys(each) for name, each in value.items()}
    return [keys(each) for each in value[:1]] if isinstance(value, list) else None


def test_the_object_says_what_the_tables_say() -> None:
    said = json.loads(backtest_json.render(LOOPING))
    assert LOOPING.rules.whole
    ratio = LOOPING.rules.whole.against.ratio
    whole = said["replay"]["whole"]
    assert (said["format"], said["observational"], said["credit"]) == (1, True, "first")
    assert whole["verdict"] == "would do"
    assert whole["against"]["ratio"]["hi"] == pytest.approx(ratio.hi, rel=1e-5)
    assert (whole["against"]["cost"], whole["against"]["acceptance"]) == ("less", "open")
    assert float(whole["rules"]["cost_per_accepted"]["point"]) == pytest.approx(
        LOOPING.rules.whole.rules.cost.point, rel=1e-5
    )
    assert [each["model"] for each in said["always"]] == ["cheap", "strong"]
    assert [row["verdict"] for row in said["replay"]["work"]] == [cell.verdict for cell in LOOPING.rules.cells]
    assert said["rules"][0] == {
        "rule": "docs -> cheap",
        "goes_by": {"task_type": ["docs"]},
        "model": "cheap",
        "models": ["cheap"],
        "is_idle": False,
    }


def test_unknown_is_null_and_no_key_is_ever_missing() -> None:
    said = json.loads(backtest_json.render(GAPS))
    by_words = {row["words"]: row for row in said["replay"]["work"]}
    assert (by_words["test"]["rule"], by_words["docs"]["rule"], by_words["fix"]["rule"]) == (None, 1, 2)
    assert by_words["docs"]["against"] is None
    assert by_words["docs"]["cost_per_accepted"] == {
        "point": None, "lo": None, "hi": None, "lower_bound": None, "strength": "none",
    }  # fmt: skip
    assert by_words["docs"].keys() == by_words["fix"].keys()
    assert [rule["is_idle"] for rule in said["rules"]] == [False, False, True]
    assert said["always"][0].keys() - {"model"} == said["replay"].keys()


def test_a_fallback_cost_is_an_exact_amount_with_a_whole_of_its_own() -> None:
    changes = [*several("fix", "a", 20), *several("fix", "b", 20)]
    rows, _ = under("else -> a", changes)
    nusd = 12_345_678_901
    found = made(
        "else -> a", changes, fallback_nusd=nusd, at_fallback=whole_of([at_fallback(row, nusd) for row in rows])
    )
    said = backtest_json.as_object(found)
    assert said["fallback"]["usd"] == "12.345678901"
    assert keys(said["fallback"]["whole"]) == keys(said["replay"]["whole"])
    assert backtest_json.as_object(made("else -> a", changes))["fallback"] is None


def named(value: Any) -> set[str]:
    """Every key of an object, but those that are names of a rule's own."""
    if isinstance(value, dict):
        own = value.keys() - {"task_type"}
        return {*own, *(name for each in value.values() for name in named(each))}
    return {name for each in value for name in named(each)} if isinstance(value, list) else set()


def test_every_key_is_on_the_page() -> None:
    page = (ROOT / "docs" / "backtest.md").read_text()
    intervals = {"point", "lo", "hi", "lower_bound", "strength", "n", "request", "branch", "trunk"}
    missing = {key for key in named(backtest_json.as_object(GAPS)) - intervals if f"`{key}`" not in page}
    assert missing == {"ratio_alone", "more_accepted_alone"}  # told there as `_alone`
    assert "`_alone`" in page


def test_what_is_hidden_has_no_figure() -> None:
    said = backtest_json.as_object(made("else -> a", several("fix", "a", 9), hidden="of a reason"))
    assert (said["replay"], said["always"], said["hidden"]) == (None, [], "of a reason")
    text = backtest.render(made("else -> a", several("fix", "a", 9), hidden="of a reason"))
    assert text.startswith("Nothing can be told of these rules: of a reason.")
    assert "covers" not in text
