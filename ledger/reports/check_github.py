"""`ledger check --format github`: annotations of a workflow, within what the forge shows of a step (ci.md §1).

A step shows ten annotations of each level and drops the rest in silence, so the last of them counts what is left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ledger.domain.policed import Checked, Finding
from ledger.domain.policy import FAIL, UNKNOWN, WARN
from ledger.domain.screen import counted, plain
from ledger.reports.check import opening, summary

MOST = 10
_COMMANDS = {FAIL: "error", WARN: "warning", UNKNOWN: "notice"}
_BRIEF = 7


def render(checked: Checked) -> str:
    """Workflow commands, and around them what was judged and the sum, as lines of the log."""
    lines = [_line(opening(checked))]
    for level, command in _COMMANDS.items():
        lines += _of_level(command, checked.at(level))
    lines += [*(_line(note) for note in checked.notes), _line(summary(checked))]
    return "\n".join(lines) + "\n"


def _of_level(command: str, findings: Sequence[Finding]) -> Iterator[str]:
    shown = findings if len(findings) <= MOST else findings[: MOST - 1]
    for finding in shown:
        title = f"{finding.rule}: {finding.commit[:_BRIEF]}" if finding.commit else finding.rule
        about = f"{plain(finding.subject, 100)}: " if finding.commit else ""
        text = f"{about}{plain(finding.reason, 600)} {plain(finding.remedy, 400)}"
        yield f"::{command} title={_property(f'ledger check, {title}')}::{_data(text)}"
    left = len(findings) - len(shown)
    if left:
        names = ", ".join(sorted({finding.rule for finding in findings[len(shown) :]}))
        text = f"{counted(left, 'further finding')} ({names}); ledger check lists all of them."
        yield f"::{command} title=ledger check::{_data(text)}"


def _line(text: str) -> str:
    """A line of the log that no workflow takes for a command, whatever stands in it."""
    return f"ledger check: {_disarmed(plain(text, 400))}"


def _data(text: str) -> str:
    return _disarmed(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _disarmed(text: str) -> str:
    """Without the older form of a command, which is found anywhere in a line."""
    return text.replace("##[", "# #[")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
