"""`ledger ci record`: how a job of CI ended, and what its event says of the request."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ledger.commands.options import Options, now
from ledger.domain.screen import plain, storable
from ledger.errors import LedgerError, NotARepository

if TYPE_CHECKING:
    from ledger.domain.ci_context import CiContext
    from ledger.posting.recording import Recorded
    from ledger.posting.workplace import Workplace

_SAID = ("provider", "repository", "sha", "pr", "base", "run", "attempt", "job", "leg")


@click.command(name="record")
@click.option(
    "--outcome",
    default="",
    envvar="LEDGER_OUTCOME",
    metavar="WORD",
    help="How the tests ended, in CI's word: success, failure, cancelled, skipped …",
)
@click.option("--exit-code", default="", metavar="N", help="The same as an exit code.")
@click.option(
    "--report",
    "patterns",
    multiple=True,
    metavar="PATTERN",
    help="Reports of tests: JUnit XML, CTRF, go test -json or pytest's report log.",
)
@click.option(
    "--needs",
    default="",
    envvar="LEDGER_NEEDS",
    metavar="JSON",
    help="toJSON(needs): a run for each job that was needed.",
)
@click.option("--name", default="", metavar="NAME", help="What the check is called.  [default: workflow / job]")
@click.option("--required", "is_required", is_flag=True, help="The check must pass: beside it others do not count.")
@click.option(
    "--entries",
    default="",
    metavar="FILE",
    help="Add the record to FILE, as entries: for an artifact.",
)
@click.option(
    "--from",
    "artifact",
    default="",
    metavar="FILE",
    help="Record what of such a FILE the workflow_run event bears out.",
)
@click.option(
    "--push/--no-push",
    default=None,
    help="Push the record to the remote, as a ref of its own.  [default: where no other place is named]",
)
@click.option("--strict", is_flag=True, help="Exit with 1 where something could not be recorded.")
@click.option(
    "--provider",
    default="",
    metavar="NAME",
    help="github, gitlab, gitea, bitbucket, buildkite, circleci, azure, jenkins, or another word.",
)
@click.option("--repository", default="", metavar="HOST/OWNER/NAME", help="The repository.")
@click.option("--sha", default="", metavar="COMMIT", help="The change's own commit.")
@click.option("--pr", default="", metavar="NUMBER", help="The request.")
@click.option("--base", default="", metavar="BRANCH", help="The branch that it is to be merged into.")
@click.option("--run", default="", metavar="ID", help="The run of CI.")
@click.option("--attempt", default="", metavar="N", help="Which try of that run.")
@click.option("--job", default="", metavar="NAME", help="The job.")
@click.option(
    "--leg",
    default="",
    envvar="LEDGER_LEG",
    metavar="TEXT",
    help="Which leg of a matrix: strategy.job-index or toJSON(matrix).",
)
@click.pass_obj
def command(options: Options, /, strict: bool, **given: Any) -> None:
    """Record how a job of CI ended, and what its event says of the request.

    The CI, the change's own commit, the request, run, attempt and job are found by the environment and the event's
    message; what you say wins, and an empty text says nothing. It goes to the ledger that a setting names, to --entries
    FILE, or to the remote as a ref of its own. Never fails the job: what it could not do is a warning and stands in the
    job's summary. docs/ci.md has the workflows.
    """
    from ledger.commands.ci_saying import tell
    from ledger.domain.ci_context import CiContext
    from ledger.posting.recording import Recorded

    context, recorded = CiContext(), Recorded()
    try:
        context, recorded = _record(options, given)
    except LedgerError as error:
        recorded.problems.append(str(error))
    except KeyboardInterrupt:
        recorded.problems.append("It was interrupted.")
    except Exception as error:
        bug = plain(f"{type(error).__name__}: {error}".splitlines()[0])
        recorded.problems.append(f"This is a bug ({bug}), please report it.")
    tell(options, os.environ, context, recorded)
    if strict and recorded.problems:
        raise LedgerError("Not all was recorded, and --strict makes that an error.")


def _record(options: Options, given: Mapping[str, Any]) -> tuple[CiContext, Recorded]:
    """The job and what was recorded of it; raises LedgerError where nothing can be."""
    from ledger.domain.ci_providers import Said
    from ledger.posting.ci_job import Asked, look_at_job
    from ledger.posting.recording import record, wanted_places

    asked = Asked(
        said=Said(**{name: storable(given[name]).strip() for name in _SAID}),
        outcome=storable(given["outcome"]),
        exit_code=given["exit_code"],
        needs=storable(given["needs"]),
        name=given["name"],
        is_required=given["is_required"],
        patterns=given["patterns"],
        artifact=_file(given["artifact"]),
    )
    at = now()
    workplace = _workplace(options)
    git = workplace.git if workplace else None
    job = look_at_job(asked, Path(options.path), os.environ, git, at)
    wanted = wanted_places(workplace, os.environ, options.database, _file(given["entries"]), given["push"])
    return job.context, record(job, workplace, wanted, at, options.say)


def _file(name: str) -> Path | None:
    """A file that was named; an empty text names none."""
    return Path(name) if name.strip() else None


def _workplace(options: Options) -> Workplace | None:
    """The clone; None where the job checked nothing out, and is to be recorded all the same."""
    try:
        return options.workplace()
    except NotARepository:
        return None
