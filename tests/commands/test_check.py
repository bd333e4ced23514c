"""`ledger check` as a person and CI run it: streams, formats, exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.running import run, run_process
from tests.gitting import WHEN, commit, git


@pytest.fixture
def ruled(repository: Path) -> Path:
    """A branch of two small commits, under a policy that wants at most one file."""
    commit(repository, "begin", {"ledger.toml": "[policy.size]\nfiles = 1\nlevel = 'fail'\n"}, at=WHEN)
    git(repository, "switch", "-q", "-c", "feature")
    commit(repository, "docs: a", {"a.md": "1"})
    commit(repository, "docs: b", {"b.md": "1"})
    return repository


def test_a_breach_ends_with_three_and_a_sentence(ruled: Path) -> None:
    done = run("-C", str(ruled), "check")
    assert done.code == 3
    assert done.out.startswith("main..HEAD: 2 commits, judged by size.\n\nfail  size: the change as a whole\n")
    assert done.err == "ledger: main..HEAD has 1 finding against the policy; each says what to do.\n"


def test_a_range_that_keeps_to_it_ends_with_zero(ruled: Path) -> None:
    done = run("-C", str(ruled), "check", "HEAD")
    assert (done.code, done.err) == (0, "")
    assert done.out.endswith("Nothing is against the policy.\n")


def test_warnings_and_an_empty_range_are_no_failure(ruled: Path) -> None:
    (ruled / "ledger.toml").write_text("[policy.size]\nfiles = 1\n")
    assert run("-C", str(ruled), "check").code == 0
    done = run("-C", str(ruled), "check", "HEAD..HEAD")
    assert (done.code, done.out.splitlines()[0]) == (
        0,
        "HEAD..HEAD holds no commit of its own, so there is nothing to check.",
    )


def test_every_format_tells_of_the_breach(ruled: Path) -> None:
    told = {form: run("-C", str(ruled), "check", "--format", form) for form in ("table", "markdown", "json", "github")}
    assert {done.code for done in told.values()} == {3}
    assert json.loads(told["json"].out)["fail"] == 1
    assert "| fail | size | all | It changes 2 files; the policy wants at most 1." in told["markdown"].out
    assert "\n::error title=ledger check%2C size::It changes 2 files; the policy wants at most 1." in told["github"].out


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        ("[policy]\nlevl = 1\n", "", "ledger.toml, line 2: policy has 'levl'; it may have level, roles, "),
        ("[policy\n", "", "ledger.toml is not valid TOML"),
        ("", "", "There is no policy here: ledger init --policy"),
        ("[policy]\n", "nope", "nope names no commit here"),
    ],
)
def test_what_is_wrong_is_one_plain_sentence(ruled: Path, text: str, name: str, words: str) -> None:
    (ruled / "ledger.toml").write_text(text)
    done = run("-C", str(ruled), "check", *([name] if name else []))
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(f"ledger: {words}")
    assert done.err.count("\n") == 1


def test_no_other_command_pays_for_it() -> None:
    """pydantic is imported by what reads a policy; `--help` reads none."""
    code = "import sys; from ledger.commands import cli, COMMANDS; import ledger.commands.init, ledger.commands.check; "
    code += "from ledger.posting.workplace import open_workplace; sys.exit('ledger.policies' in sys.modules)"
    assert run_process(cwd=Path(__file__).parent, python=("-c", code, "-")).code == 0


def test_the_evidence_is_of_past_changes(posted: Path) -> None:
    """Both models have the same history here but for their cost; opus, the dearer by a cent, may implement."""
    (posted / "ledger.toml").write_text(
        '[policy.roles.allow]\n"claude-haiku" = ["scout"]\n[policy.cost.bands]\nany.fail = 1\n'
    )
    done = run("-C", str(posted), "check", "--evidence", "--as-of", "2026-04-01")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(
        "Does the policy pay? 24 decided changes with a model's part, as of 2026-04-01. Observed, "
    )
    assert "roles, fix: cannot be told apart, " in done.out
    assert "cost: past changes say nothing of it, since it is about what is measured here." in done.out
    told = json.loads(run("-C", str(posted), "check", "--evidence", "--format", "json").out)
    (cell,) = told["cells"]
    assert (cell["kept"]["decided"], cell["broken"]["decided"], cell["is_settled"]) == (12, 12, False)
    assert run("-C", str(posted), "check", "--evidence", "--format", "markdown").out.startswith(
        "**Does the policy pay?"
    )


@pytest.mark.parametrize(
    "words", [["--evidence", "HEAD"], ["--evidence", "--format", "github"], ["--as-of", "2026-04-01"]]
)
def test_evidence_and_a_range_do_not_go_together(ruled: Path, words: list[str]) -> None:
    assert run("-C", str(ruled), "check", *words).code == 2


def test_without_a_ledger_there_is_no_evidence(ruled: Path) -> None:
    done = run("-C", str(ruled), "check", "--evidence")
    assert (done.code, done.out) == (1, "")
    assert "ledger init" in done.err
