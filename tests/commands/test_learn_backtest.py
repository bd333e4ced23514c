"""`ledger learn backtest`: rules in, the sentence, tables and object out, and what is refused."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from tests.commands.running import ROOT, run

DAY = ("--as-of", "2026-04-01")
RULES = "fix -> claude-haiku-4-5; else -> claude-opus-4-8"


def test_rules_are_replayed_and_the_rest_is_said_plainly(posted: Path, tmp_path: Path) -> None:
    here = ("-C", str(posted), "learn", "backtest")
    done = run(*here, RULES, *DAY)
    assert (done.code, done.err) == (0, "")
    said = " ".join(done.out.split())
    assert "The rules, of which the first that fits counts: 1 fix -> claude-haiku-4-5 2 else -> claude-opus-4-8" in said
    assert "Observed, not an experiment" in said
    assert "\x1b" not in done.out
    file = tmp_path / "rules.txt"
    file.write_text("# what we do\nfix -> claude-haiku   # the family\nelse -> claude-opus-4-8\n")
    found = json.loads(run(*here, str(file), "--json", "--fallback-cost", "2.50", *DAY).out)
    assert [rule["models"] for rule in found["rules"]] == [["claude-haiku-4-5"], ["claude-opus-4-8"]]
    assert (found["decided"], found["fallback"]["usd"]) == (24, "2.50")
    (posted / "ledger.toml").write_text('[areas]\nshop = { paths = ["src/cart/"], stakes = "high" }\n')
    shop = json.loads(run(*here, f"area=shop -> claude-opus-4-8; {RULES}", "--json", *DAY).out)
    assert [rule["is_idle"] for rule in shop["rules"]] == [True, False, True]
    assert run(*here, RULES, "--since", "2026-05-01", *DAY).out.startswith("There is no request and no branch")


def test_what_is_refused_is_one_sentence(posted: Path) -> None:
    for arguments, code, said in (
        (["fixx -> claude-opus-4-8"], 1, "Line 1: no task type is called fixx here; did you mean fix?"),
        (["fix -> claude-opus-4-7"], 1, "No model or family is called claude-opus-4-7 here; did you mean claude-opus"),
        (["size>300 -> claude-opus-4-8"], 1, "size is not known before a change is tried"),
        (["area=nowhere -> claude-opus-4-8"], 1, "No area is called nowhere here"),
        (["else -> claude-opus-4-8; fix -> claude-opus-4-8"], 1, "no change ever reaches fix -> claude-opus-4-8"),
        (["no/such/file"], 1, "no/such/file is no rule and cannot be read as a file (No such file or directory)"),
        ([""], 1, "An empty text is no rule and cannot be read as a file"),
        ([RULES, "--repository", "x", "--all"], 1, "--all counts every repository"),
        ([RULES, "--fallback-cost", "much"], 1, "The fallback cost is 'much', which is no amount"),
        ([], 2, "RULES"),
    ):
        refused = run("-C", str(posted), "learn", "backtest", *arguments)
        assert (refused.code, refused.out) == (code, ""), arguments
        assert said in refused.err
        assert "Traceback" not in refused.err


def test_an_empty_ledger_says_so(committed: Path) -> None:
    assert run("-C", str(committed), "update", "--source", "journal").code == 0
    done = run("-C", str(committed), "learn", "backtest", RULES)
    assert (done.code, done.out) == (1, "")
    assert done.err.strip().endswith(
        "No model or family is called claude-haiku-4-5 here: no change of this ledger names any."
    )


def test_every_command_of_the_page_works(posted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(posted)
    page = (ROOT / "docs" / "backtest.md").read_text()
    commands = [shlex.split(line, comments=True) for line in page.splitlines() if line.startswith("    ledger ")]
    assert len(commands) == 4
    (posted / "rules.txt").write_text(f"{RULES}\n")
    for words in commands:
        done = run(*words[1:], *DAY)
        assert (done.code, done.err) == (0, ""), words
        assert words[1:3] == ["learn", "backtest"]
