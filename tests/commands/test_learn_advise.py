"""`ledger learn advise`: the sentence, the tables, the object, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

from tests.commands.running import ROOT, run

DAY = ("--as-of", "2026-04-01")


def test_the_evidence_is_told_and_the_rest_is_said_plainly(posted: Path) -> None:
    here = ("-C", str(posted), "learn", "advise")
    done = run(*here, "--task", "fix", *DAY)
    assert (done.code, done.err) == (0, "")
    assert "cannot be told apart by cost per accepted change" in " ".join(done.out.split())
    assert "\x1b" not in done.out
    (posted / "ledger.toml").write_text('[areas]\nshop = { paths = ["src/cart/"], stakes = "high" }\n')
    found = json.loads(run(*here, "--task", "bugfix", "--paths", "src/cart/pay.py", "--json", *DAY).out)
    assert found["asked"] == {"task_type": "fix", "area": "shop", "stakes": "high"}
    assert [(step["words"], step["n"], step["is_told"]) for step in found["steps"]] == [
        ("fix in shop", 0, False),
        ("fix of high stakes", 0, False),
        ("all fix", 24, True),
        ("all task types", 24, False),
    ]
    for arguments, code, said in (
        (["--task", "fixx"], 1, "No task type is called fixx here; did you mean fix?"),
        (["--task", "fix", "--area", "shopp"], 1, "No area is called shopp here; did you mean shop?"),
        (["--task", "fix", "--area", "shop", "--paths", "x"], 1, "leave one of them out"),
        (["--task", "fix", "--repository", "x", "--all"], 1, "--all counts every repository"),
        ([], 2, "--task"),
    ):
        refused = run(*here, *arguments)
        assert (refused.code, refused.out) == (code, "")
        assert said in refused.err
    assert run(*here, "--task", "fix", "--since", "2026-05-01", *DAY).out.startswith(
        "There is no request and no branch"
    )


def test_every_command_of_the_page_works(posted: Path) -> None:
    page = (ROOT / "docs" / "advice.md").read_text()
    commands = [line.partition("#")[0].split()[1:] for line in page.splitlines() if line.startswith("    ledger ")]
    assert len(commands) == 4
    for words in commands:
        done = run("-C", str(posted), *words, *DAY)
        assert (done.code, done.err) == (0, "")
        assert "learn advise" in " ".join(words)
        assert done.out.startswith("{" if "--json" in words else "Of ")
