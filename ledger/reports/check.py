"""`ledger check` for a person, as text and as Markdown, and for a program, as JSON format 1."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict

from ledger.domain.markdown import escaped, table
from ledger.domain.policed import Checked, Finding
from ledger.domain.policy import FAIL, UNKNOWN, WARN
from ledger.domain.screen import counted, plain

FORMAT = 1
_BRIEF = 7
_WORDS = {FAIL: "fail", WARN: "warn", UNKNOWN: "open"}
"""Level → what a person reads in front of a finding."""


def as_text(checked: Checked) -> str:
    """What was judged, each finding with its remedy, what else to know, and the sum."""
    lines = [opening(checked), ""]
    for finding in checked.findings:
        lines += _lines(finding)
    lines += [*(f"{plain(note, 400)}" for note in checked.notes), summary(checked)]
    return "\n".join(lines) + "\n"


def _lines(finding: Finding) -> Iterator[str]:
    where = f"{finding.commit[:_BRIEF]} {plain(finding.subject, 100)}" if finding.commit else "the change as a whole"
    yield f"{_WORDS[finding.level]}  {finding.rule}: {where}"
    yield f"      {plain(finding.reason, 600)}"
    yield f"      {plain(finding.remedy, 400)}"
    yield ""


def as_markdown(checked: Checked) -> str:
    """The same as a page that GitHub and GitLab show alike."""
    rows = [
        [_WORDS[each.level], each.rule, _where(each), f"{escaped(each.reason, 600)} {escaped(each.remedy, 400)}"]
        for each in checked.findings
    ]
    parts = [f"**{escaped(summary(checked), 400)}** {escaped(opening(checked), 400)}"]
    parts += [table(("", "rule", "where", "what, and what to do"), rows, 4)] if rows else []
    parts += ["".join(f"- {escaped(note, 400)}\n" for note in checked.notes)] if checked.notes else []
    return "\n\n".join(part.rstrip() for part in parts) + "\n"


def _where(finding: Finding) -> str:
    return f"{finding.commit[:_BRIEF]} {escaped(finding.subject, 60)}" if finding.commit else "all"


def as_json(checked: Checked) -> str:
    """All of it; `commit` and `subject` are null for a finding about the change as a whole."""
    told = {
        "format": FORMAT,
        "range": checked.range,
        "commits": checked.commits,
        "rules": checked.rules,
        "fail": len(checked.at(FAIL)),
        "warn": len(checked.at(WARN)),
        "unknown": len(checked.at(UNKNOWN)),
        "findings": [_object(finding) for finding in checked.findings],
        "notes": checked.notes,
    }
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def _object(finding: Finding) -> dict[str, str | None]:
    return {**asdict(finding), "commit": finding.commit or None, "subject": finding.subject or None}


def opening(checked: Checked) -> str:
    """What was judged by which rules."""
    if not checked.commits:
        return f"{plain(checked.range, 80)} holds no commit of its own, so there is nothing to check."
    rules = ", ".join(checked.rules) or "no rule, since all of them are off"
    return f"{plain(checked.range, 80)}: {counted(checked.commits, 'commit')}, judged by {rules}."


def summary(checked: Checked) -> str:
    """How many findings of each level."""
    fails, warns, unknown = (len(checked.at(level)) for level in (FAIL, WARN, UNKNOWN))
    if not checked.findings:
        return "Nothing is against the policy."
    return f"{fails:,} failed, {warns:,} to look at, {unknown:,} that could not be judged."


FORMS = {"table": as_text, "markdown": as_markdown, "json": as_json}
