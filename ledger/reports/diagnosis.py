"""`ledger doctor` for a person, as text, and for a program, as JSON format 1."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from textwrap import fill
from typing import Any

from ledger.domain.diagnosis import (
    AgentState,
    CommitsState,
    CommitTime,
    Diagnosis,
    EventState,
    Finding,
    HookRun,
    PostingState,
)
from ledger.domain.screen import counted, plain
from ledger.domain.unlined import REASONS
from ledger.reports.rows import as_table

FORMAT = 1
_BRIEF = 7


def as_text(diagnosis: Diagnosis, width: int) -> str:
    """What git runs, the commits, the time of one, how far the ledger is behind; then what is broken, and advice."""
    hooks = diagnosis.hooks
    version = ".".join(map(str, hooks.git_version))
    source = "its configuration and from " if hooks.takes_config else ""
    lines = [f"Hooks: git {version} takes them from {source}{plain(hooks.directory, 400)}."]
    if hooks.hooks_path:
        lines.append(f"core.hooksPath is {plain(hooks.hooks_path, 400)} ({hooks.scope}).")
    table = as_table(("event", "git runs", "the ledger's"), [_event(event) for event in hooks.events], width)
    lines += ["", *(line.rstrip() for line in table.splitlines()), ""]
    lines += [
        *_commits(diagnosis.commits),
        *_time(diagnosis.commit_time, max(width, 60)),
        "",
        *_posting(diagnosis.posting),
        *_agents(diagnosis.agents),
    ]
    for title, findings in (("Broken", diagnosis.broken), ("Advice", diagnosis.advice)):
        lines += _findings(title, findings, max(width, 60))
    if not diagnosis.findings:
        lines += ["", "Nothing is broken, and there is nothing to advise."]
    return "\n".join(lines) + "\n"


def _event(event: EventState) -> tuple[str, str, str]:
    runs = ", ".join(map(_run, event.runs)) or "nothing"
    if event.ways:
        return event.event, runs, "; ".join(event.ways)
    aside = next((each.path for each in event.aside if each.owner == "ledger"), "")
    return event.event, runs, f"not reached, {aside.rpartition('/')[2]}" if aside else "not reached"


def _run(run: HookRun) -> str:
    where = "" if run.source == "file" else f" in {run.where} configuration"
    why_not = "" if run.runs else f", which does not start: {run.why_not}"
    return f"{'hook.' if where else ''}{run.name} ({run.owner}){where}{why_not}"


def _commits(seen: CommitsState) -> Iterator[str]:
    if not seen.looked_at:
        yield "Commits: none yet."
        return
    share = seen.without_line / seen.looked_at
    yield (
        f"Commits: {seen.without_line:,} of the last {seen.looked_at:,} have no hook's line ({share:.0%})"
        f"{':' if seen.groups else '.'}"
    )
    for group in seen.groups:
        latest = ", ".join(oid[:_BRIEF] for oid in group.latest)
        more = ", …" if group.count > len(group.latest) else ""
        yield f"  {group.count:>5,}  {REASONS[group.reason]} ({latest}{more})"


def _time(time: CommitTime | None, width: int) -> Iterator[str]:
    if time:
        yield fill(
            f"An empty commit takes {time.plain_ms:.1f} ms without hooks and {time.hooked_ms:.1f} ms with the "
            f"ledger's, {time.ratio:.1f} times as long (median of {time.rounds}).",
            width,
        )


def _posting(posting: PostingState) -> Iterator[str]:
    rows = {
        "database": plain(posting.database, 400) + (f", schema {posting.schema}" if posting.schema else ", not read"),
        "last posted": _day(posting.posted_at),
        "journal": "not known"
        if posting.lines_waiting is None
        else f"{counted(posting.lines_waiting, 'line')} to post",
        "logs read": _day(posting.logs_read_at),
        "posts by": plain(posting.interpreter, 400) or "nobody in the background",
        **{flag.key.removeprefix("ledger."): flag.there for flag in posting.flags},
    }
    for name, words in rows.items():
        yield f"{name:13} {words}"


def _agents(agents: tuple[AgentState, ...]) -> Iterator[str]:
    for agent in agents:
        yield f"{agent.name:13} {'names its model' if agent.names_its_model else 'tells the hooks no model'}"


def _day(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else "never"


def _findings(title: str, findings: tuple[Finding, ...], width: int) -> Iterator[str]:
    if findings:
        yield f"\n{title}:"
    for finding in findings:
        text = plain(finding.says, 1000)
        yield fill(
            text, width, initial_indent="- ", subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
        )


def as_json(diagnosis: Diagnosis) -> str:
    """All of it; times are ISO 8601 in UTC, null is unknown, and every key is always there."""
    told: dict[str, Any] = {"format": FORMAT, **asdict(diagnosis)}
    told["hooks"]["git_version"] = ".".join(map(str, diagnosis.hooks.git_version))
    for event, state in zip(told["hooks"]["events"], diagnosis.hooks.events, strict=True):
        event["ways"] = state.ways
    told["commits"]["groups"] = [{**asdict(group), "says": REASONS[group.reason]} for group in diagnosis.commits.groups]
    if time := diagnosis.commit_time:
        told["commit_time"] = {
            "rounds": time.rounds,
            "plain_ms": round(time.plain_ms, 3),
            "hooked_ms": round(time.hooked_ms, 3),
            "ratio": round(time.ratio, 3),
        }
    told["broken"], told["advice"] = len(diagnosis.broken), len(diagnosis.advice)
    return json.dumps(told, indent=2, ensure_ascii=False, default=_iso) + "\n"


def _iso(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
