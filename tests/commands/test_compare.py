"""`ledger compare`: the sentence, the table, the object, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

from tests.commands.running import run

PAIR = ("claude-opus-4-8", "claude-haiku-4-5")
DAY = ("--as-of", "2026-04-01")


def test_two_models_are_compared_and_the_rest_is_said_plainly(posted: Path) -> None:
    done = run("-C", str(posted), "compare", *PAIR, *DAY)
    assert (done.code, done.err) == (0, "")
    assert " ".join(done.out.split()).startswith(
        "claude-opus-4-8 and claude-haiku-4-5 cannot be told apart by cost per accepted change (ratio "
    )
    assert "\x1b" not in done.out
    assert "Only changes" not in done.out
    some = " ".join(
        run("-C", str(posted), "compare", *PAIR, *DAY, "--since", "2026-03-01", "--task", "fix").out.split()
    )
    assert "costs as billed. Only changes opened since 2026-03-01 of task type fix are counted. Ratios are of" in some
    found = json.loads(run("-C", str(posted), "compare", *PAIR, *DAY, "--format", "json", "--of", "model").out)
    assert (found["format"], found["of"], found["bases"][0]["basis"]) == (1, "model", "request")
    assert found["headline"] == found["headline"].strip()
    assert [found["bases"][0]["whole"][side]["n"] for side in ("one", "other")] == [12, 12]
    for cost, words, known in (("billed", "as billed", 12), ("list", "at list price", 0)):
        told = json.loads(run("-C", str(posted), "compare", *PAIR, *DAY, "--cost", cost, "--format", "json").out)
        assert (told["cost"], told["bases"][0]["whole"]["one"]["base"]["n"]) == (words, known)
    for arguments, said in (
        (["opus", PAIR[1]], "No model is called opus here; did you mean claude-opus-4-8?"),
        ([PAIR[0], PAIR[0]], "cannot be compared with itself"),
        ([*PAIR, "--of", "line-up"], ""),
        ([*PAIR, "--task", "sing"], "No task type is called sing here; there is fix."),
    ):
        refused = run("-C", str(posted), "compare", *arguments, *DAY)
        assert (refused.code, refused.out == "") == ((1, True) if said else (0, False))
        assert said in refused.err
    assert run("-C", str(posted), "compare", PAIR[0]).code == 2
