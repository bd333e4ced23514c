"""What a step does in which order, and what its log says first."""

from __future__ import annotations

import pytest

from ledger.domain.ci_step import (
    STEPS,
    Done,
    Wanted,
    cost_per_accepted,
    first_line,
    harmless,
    store_for,
    verbs,
)
from ledger.domain.report import ordered
from tests.domain.test_report import sums


def test_the_steps_are_done_in_their_order_and_the_report_is_no_verb() -> None:
    wanted = Wanted(steps=("report", "compact", "record", "pull"))
    assert [step for step, _ in verbs(wanted)] == ["pull", "record", "compact"]
    assert {step for step, _ in verbs(Wanted(steps=STEPS))} == {*STEPS} - {"report"}


@pytest.mark.parametrize(
    ("store", "options"),
    [
        ("refs", ("--push", "--entries", "here/record.jsonl")),
        ("database", ("--no-push",)),
        ("artifact", ("--no-push", "--entries", "here/record.jsonl")),
    ],
)
def test_a_record_takes_the_reports_and_goes_where_it_is_to(store: str, options: tuple[str, ...]) -> None:
    wanted = Wanted(steps=("record",), reports=("a/**/*.xml", "b c.xml"), store=store, record_file="here/record.jsonl")
    assert verbs(wanted) == [
        ("record", ("ci", "record", "--strict", "--report", "a/**/*.xml", "--report", "b c.xml", *options)),
    ]


@pytest.mark.parametrize(
    ("steps", "store", "is_pushed"),
    [
        (("sync", "record"), "refs", True),
        (("pull", "sync", "compact"), "refs", True),
        (("sync", "record"), "database", False),
        (("sync", "record"), "artifact", False),
        (("pull", "sync", "report"), "refs", False),
    ],
)
def test_what_a_sync_learns_is_pushed_by_a_step_that_writes_refs_anyway(
    steps: tuple[str, ...], store: str, is_pushed: bool
) -> None:
    found = dict(verbs(Wanted(steps=steps, store=store)))
    assert found["sync"] == ("ci", "sync", *(["--push"] if is_pushed else []))


def test_the_report_of_the_same_job_knows_what_was_recorded_elsewhere() -> None:
    steps = ("record", "update", "report")
    found = verbs(Wanted(steps=steps, record_file="r.jsonl"))
    assert [arguments for step, arguments in found if step == "update"] == [
        ("update", "--source", "entries", "r.jsonl"),
        ("update",),
    ]
    assert len(verbs(Wanted(steps=steps, store="database"))) == 2


def test_a_record_goes_to_the_database_that_is_named_else_to_refs() -> None:
    assert store_for("auto", has_database=True) == "database"
    assert store_for("auto", has_database=False) == "refs"
    assert store_for("artifact", has_database=True) == "artifact"


def done(step: str, *said: str, code: int = 0) -> Done:
    return Done(step, code, said)


@pytest.mark.parametrize(
    "sentence",
    [
        "ledger: github.com does not let the token of GITHUB_TOKEN read requests (403): it needs pull-requests: read.",
        "fatal: unable to access 'https://github.com/a/b/': The requested URL returned error: 403",
        "remote: Permission to a/b.git denied to github-actions[bot].",
        "The token may not comment on request 12: add …",
        "GitLab: You are not allowed to push code to this project.",
    ],
)
def test_a_refusal_is_told_by_its_words_even_where_nothing_failed(sentence: str) -> None:
    assert done("record", sentence).is_refused
    assert done("record", sentence).problem.startswith("record: ")


@pytest.mark.parametrize("sentence", ["Posted 403 new facts, 401 changed.", "Recorded tests passed on 4030aa."])
def test_a_number_alone_is_no_refusal(sentence: str) -> None:
    assert not done("update", sentence).is_refused
    assert done("update", sentence).problem == ""


def test_the_missing_permission_stands_first_with_the_line_to_add() -> None:
    found = [done("sync", "(403)"), done("update", "no database", code=1), done("compact", "error: 403", code=1)]
    assert first_line(found, "github", "headline") == (
        "Missing permission for sync, compact: add `pull-requests: read`, `checks: read` and `contents: write` "
        "to the job's permissions in the workflow."
    )
    assert first_line([done("compact", "(403)")], "gitlab", "") == (
        "Missing permission for compact: give the token in GITLAB_TOKEN the scope `write_repository`."
    )


def test_who_may_write_may_read() -> None:
    line = first_line([done("pull", "(403)"), done("record", "(403)")], "github", "")
    assert "add `contents: write` to" in line


def test_else_the_first_problem_stands_first_and_else_the_headline() -> None:
    assert first_line([done("pull"), done("sync", "a", "why", code=1)], "github", "headline") == "sync: why"
    said = ("Recorded nothing.", "ledger: There is nowhere to record this.", "ledger: Not all was recorded.")
    assert first_line([done("record", *said, code=1)], "github", "") == "record: There is nowhere to record this."
    assert first_line([done("sync", code=2)], "github", "headline") == "sync: it ended with 2"
    assert first_line([done("pull", "Pulled.")], "github", "headline") == "headline"


def test_what_a_verb_printed_is_no_command_and_holds_no_secret() -> None:
    letters = "ghp_0123456789abcdefghij0"
    said = harmless(
        f"fine\x1b[31m\n::set-output name=x::y\n  ::add-mask::z\nA ##[command]b\na@example.org {letters}\n\n"
    )
    assert said == ("fine·[31m", "A #·[command]b", "… …")


def test_all_models_of_the_first_basis_together_have_one_cost() -> None:
    groups = ordered([sums("opus"), sums("haiku", each=3, accepted=15), sums("opus", basis="branch", n=8)])
    assert cost_per_accepted(groups) == pytest.approx((40 + 120) / 45)
    assert cost_per_accepted(()) is None
    assert cost_per_accepted(ordered([sums("opus", known=3)])) is None
    assert cost_per_accepted(ordered([sums("opus", n=3, accepted=2)])) is None
    assert cost_per_accepted(ordered([sums("opus", basis="trunk")])) is None
