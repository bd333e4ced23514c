"""What `ledger ci step` tells: a log whose first line matters most, files, the job's summary, outputs, a comment."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.commands import printing
from ledger.commands.ci_comment import comment, request_of
from ledger.commands.options import Options, now
from ledger.domain.ci_step import Done, cost_per_accepted, first_line, harmless
from ledger.domain.ci_words import output, warning
from ledger.domain.markdown import escaped
from ledger.domain.money import exact
from ledger.domain.sticky import Part, fitting
from ledger.errors import LedgerError

if TYPE_CHECKING:
    from ledger.posting.commenting import Told

SUMMARY = "GITHUB_STEP_SUMMARY"
_BEGIN = "ledger: "
"""Before a line whose beginning may be somebody's text: a command to the runner begins with `::`."""
_LARGEST = 900_000
"""A step's summary above a mebibyte is thrown away whole, and others write to it too."""


def tell_request(options: Options, done: list[Done]) -> Told | None:
    """The job's request and the repository's report; None where there is none, which is added to what was done."""
    from ledger.posting.commenting import tell

    try:
        workplace = options.workplace()
        return tell(workplace, options.ledger(workplace), request_of(os.environ), now())
    except LedgerError as error:
        done.append(Done("report", error.exit_code, harmless(str(error))))
        return None


def keep_comment(options: Options, mode: str, done: list[Done]) -> None:
    """The comment, if one is wanted; adds what came of it to what was done."""
    if mode == "off":
        return
    try:
        done.append(Done("comment", 0, harmless(comment(options, None, mode, "report"))))
    except LedgerError as error:
        done.append(Done("comment", error.exit_code, harmless(str(error))))


def write_files(told: Told | None, into: Path, done: Sequence[Done]) -> None:
    """report.json and report.md, and the job's summary, which also says what could not be done."""
    from ledger.reports import render

    problems = "".join(f"- {escaped(each.problem, 600)}\n" for each in done if each.problem)
    parts = [Part(f"What could not be done:\n\n{problems}")] if problems else []
    page = fitting([*(told.parts if told else []), *parts], _LARGEST)
    if told:
        (into / "report.json").write_text(render(told.report, "json"), encoding="utf-8")
        (into / "report.md").write_text(page, encoding="utf-8")
    _append(SUMMARY, page)


def write_outputs(told: Told | None, into: Path, done: Sequence[Done]) -> None:
    """The step's outputs, '' for what is not known; the verdict of a record it writes itself.

    A record's file is named where it could not be put elsewhere.
    """
    request, ratio = (told.request, cost_per_accepted(told.report.groups)) if told else (None, None)
    is_known = request is not None and request.change.cost_known != "none"
    record, is_left = into / "record.jsonl", any(each.step == "record" and each.problem for each in done)
    outputs = {
        "cost-usd": exact(request.change.nusd) if request and is_known else "",
        "cost-per-accepted-usd": "" if ratio is None else f"{ratio:.6f}",
        "report-path": str(into / "report.json") if told else "",
        "record-path": str(record) if is_left and record.is_file() else "",
        "problem": next((each.problem for each in done if each.problem), ""),
    }
    number = request_of(os.environ)
    outputs |= {"pr-number": str(number)} if number else {}
    delimiter = f"ledger_{secrets.token_hex(16)}"
    _append("GITHUB_OUTPUT", "".join(output(name, text, delimiter) for name, text in outputs.items()))


def say(done: Sequence[Done], told: Told | None) -> None:
    """The log: the missing permission, the first problem or the headline, then what each part said."""
    headline = "".join(harmless(f"{_BEGIN}{told.report.headline}")).removeprefix(_BEGIN) if told else ""
    first = first_line(done, "gitlab" if os.environ.get("GITLAB_CI") else "github", headline or "Done.")
    for line in dict.fromkeys(filter(None, (first, headline))):
        printing.tell(f"{_BEGIN}{line}")
    for each in done:
        for line in each.said:
            printing.tell(f"{each.step}: {line}")
    if os.environ.get("GITHUB_ACTIONS") == "true" and any(each.problem for each in done):
        printing.tell(warning([first]))


def _append(variable: str, text: str) -> None:
    """Add to the file that the runner named by a variable; nothing where it named none."""
    if path := os.environ.get(variable):
        with open(path, "a", encoding="utf-8", newline="\n") as file:
            file.write(text)
