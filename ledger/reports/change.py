"""One change explained, for a screen: everything that it rests on, and what is uncertain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from ledger.domain.conclusions import Change
from ledger.domain.doubts import doubts
from ledger.domain.explanation import Explanation, Said, SessionWork, Tokens, Work
from ledger.domain.facts import Contribution
from ledger.domain.git_facts import Commit
from ledger.domain.grouping import group
from ledger.domain.money import known, shown, usd
from ledger.domain.path_rules import NONE
from ledger.domain.run_verdicts import is_disputed
from ledger.domain.screen import counted, plain
from ledger.domain.verdicts import how_it_stands, why

_MOST = 20
"""Lines of a section; programs get all of them as JSON."""
_NAMED = 3
_LONGEST = 1000
_ROLES_BY = {"contribution": "as its commits say", "explicit": "as was said", "name": "by the agent's name"}
"""Evidence of a role → how it reads; `inferred` reads as it is."""
_ENDED_BY = {"failed-run": ", ended by a failing run", "other-model": ", taken over by another model"}
"""What ended an attempt → how it reads; the end of the change needs no word."""
_PEOPLE_S = "No change: no model is known to have had a part in it. Such commits are counted, not judged."


def render(explained: Explanation) -> str:
    """Verdict and cost, then commits, who took part, sessions, attempts, runs and events, then the doubts."""
    # Ids and evidence come from entries too, so a line is made harmless as a whole, whatever its parts are.
    return "".join(f"{plain(line, _LONGEST)}\n" for line in _lines(explained))


def render_plain(commit: Commit) -> str:
    """A commit that is part of no change."""
    return f"{_commit(commit)}\n  {_PEOPLE_S}\n"


def _lines(explained: Explanation) -> Iterator[str]:
    change = explained.change
    yield plain(change.title)
    yield f"  {plain(change.id)}"
    yield from (f"  also {plain(alias)}" for alias in explained.aliases)
    yield ""
    yield f"{explained.outcome}, {_how(change)}"
    yield f"  because {why(change, explained.outcome, explained.request)}"
    stands = how_it_stands(change, explained.outcome, explained.as_of)
    yield from [f"  {stands}"] if stands else []
    yield f"task type {plain(change.task_type, 40)} (by {change.type_source}); led by {_lead(change)}; {_cost(change)}"
    yield _touched(change)
    yield f"{counted(change.attempts, 'attempt')}, {counted(change.failed_runs, 'failing run')} before the first pass"
    yield from _section("Commits", _commits(explained), _asked_place(explained))
    yield from _section("Rewrites", _rewrites(explained))
    yield from _section("Who took part", _contributions(explained))
    yield from _section("Contradicted", _contradictions(explained))
    yield from _section("Cost, by session", _sessions(explained))
    yield from _section("Attempts", _attempts(explained))
    yield from _section("Runs", _runs(explained))
    yield from _section("Events", _events(explained))
    yield from _section("Reverts", (f"{_day(each.committed_at)} {_commit(each)}" for each in explained.reverts))
    yield from _section("Uncertain", (f"{doubt.what} {doubt.remedy}".rstrip() for doubt in doubts(explained)))


def _section(title: str, lines: Iterable[str], wanted: int = -1) -> Iterator[str]:
    """The lines under a title, the first of very many; the wanted one is never left out."""
    found = list(lines)
    if not found:
        return
    yield ""
    yield title
    shown_lines = found[:_MOST]
    yield from (f"  {line}" for line in shown_lines)
    if wanted >= _MOST:
        yield "  …"
        yield f"  {found[wanted]}"
    left = len(found) - len(shown_lines) - (wanted >= _MOST)
    if left:
        yield f"  … and {left:,} more; --format json lists all"


def _how(change: Change) -> str:
    parts = [f"basis {change.basis}", f"opened {_day(change.opened_at)}"]
    if change.decided_at:
        parts.append(
            f"{change.state} {_day(change.decided_at)}" + (f" by {change.landed_by}" if change.landed_by else "")
        )
    if change.reverted_at:
        parts.append(f"reverted {_day(change.reverted_at)}")
    if change.basis == "request" and not change.is_forge_known:
        parts.append("known from its landing only")
    return ", ".join(parts)


def _lead(change: Change) -> str:
    if change.lead_evidence == "mixed":
        return "no model, being squashed from several commits of which only some name one"
    if not change.lead_model:
        return "no known model"
    agent = f" in {plain(change.lead_agent, 60)}" if change.lead_agent else ""
    return f"{plain(change.lead_model, 60)}{agent} (by {change.lead_evidence})"


def _touched(change: Change) -> str:
    """Areas, stakes with who says so, and package."""
    if not (change.area or change.areas or change.packages):
        return "area and stakes unknown: not all of its diff was read"
    stakes = f"stakes {change.stakes or 'unknown'}" + (f" by {plain(change.stakes_by)}" if change.stakes_by else "")
    package = [] if change.package == NONE else [_place("package", change.package, change.packages)]
    return "; ".join([_place("area", change.area, change.areas), stakes, *package])


def _place(word: str, most: str, every: str) -> str:
    more = f" (touches {plain(every)})" if every not in ("", most) else ""
    return f"{word} {plain(most, 60) or 'unknown'}{more}"


def _cost(change: Change) -> str:
    if change.cost_known == "none":
        return "cost unknown"
    return f"cost {shown(usd(change.nusd))}" + (
        " at least: only part of it is known" if change.cost_known == "partial" else ""
    )


def _asked_place(explained: Explanation) -> int:
    return next((place for place, (row, _) in enumerate(explained.commits) if row.oid == explained.asked), -1)


def _commits(explained: Explanation) -> Iterator[str]:
    credited = {row.subject for row in explained.contributions}
    for row, commit in explained.commits:
        mark = "> " if row.oid == explained.asked else "  " if explained.asked else ""
        subject = plain(commit.subject, 100) if commit else "(rewritten away before it was read)"
        landed = "  [landed]" if row.oid == explained.change.landed_oid else ""
        by_nobody = commit is not None and len(commit.parents) < 2 and row.oid not in credited
        people_s = "  [names no model]" if by_nobody else ""
        yield f"{mark}{row.oid[:10]} {subject}{landed}{'' if row.is_head else '  [earlier]'}{people_s}"


def _commit(commit: Commit) -> str:
    return f"{plain(commit.oid[:10])} {plain(commit.subject, 100)}"


def _rewrites(explained: Explanation) -> Iterator[str]:
    for row in explained.rewrites:
        yield f"{row.old[:10]} → {row.new[:10]} by {plain(row.kind, 20)}, told by {plain(row.evidence, 20)}"
    told = {row.old for row in explained.rewrites}
    for each, _ in explained.commits:
        if not each.is_head and each.oid not in told:
            yield f"{each.oid[:10]} → this change, by author, date and subject or patch: no rewrite was told"


def _contributions(explained: Explanation) -> Iterator[str]:
    """One line for what is said alike of several commits."""
    alike = group(explained.weighed, lambda each: (_who(each.row), each.why, each.counts or not each.contradicts))
    for (who, why_so, is_kept), found in alike.items():
        doubt = "" if is_kept else ": does not count"
        yield f"{who}, {why_so}, on {_named([each.row.subject for each in found])}{doubt}"


def _who(row: Contribution) -> str:
    who = plain(row.model or row.model_raw, 60) or "(model not named)"
    where = f" in {plain(row.agent, 60)}" if row.agent else ""
    return f"{who}{where} as {plain(row.role, 20) or 'unknown role'}"


def _named(subjects: Sequence[str]) -> str:
    more = f" and {len(subjects) - _NAMED:,} more" if len(subjects) > _NAMED else ""
    return ", ".join(map(_subject, subjects[:_NAMED])) + more


def _subject(subject: str) -> str:
    return plain(subject, 40) if ":" in subject else plain(subject[:10])


def _contradictions(explained: Explanation) -> Iterator[str]:
    for found in explained.contradictions:
        said = ", ".join(map(_side, found.said))
        yield f"{found.role} of {_named(found.subjects)}: {said}; all is kept"


def _side(each: Said) -> str:
    does = "counts" if each.counts else "does not"
    return f"{plain(each.model or each.agent, 60)} by {plain(each.evidence, 20)} {does}"


def _sessions(explained: Explanation) -> Iterator[str]:
    for session in explained.sessions:
        yield _session(session)
        yield from (f"  {_work(work)}" for work in session.work)


def _session(session: SessionWork) -> str:
    name = f"session {plain(session.session, 40)}" if session.session else "calls of no session"
    version = f" {plain(session.agent_version, 20)}" if session.agent_version else ""
    agent = f", {plain(session.agent, 40)}{version}" if session.agent else ""
    tries = f"{'attempt' if len(session.attempts) == 1 else 'attempts'} {', '.join(map(str, session.attempts))}"
    when = f"{_day(session.first_at)} to {_day(session.last_at)}"
    return f"{name}{agent}, {when}, {tries}: {_spent(session)}"


def _work(work: Work) -> str:
    unpriced = f", {work.calls_unpriced:,} without a price," if work.calls_unpriced else ""
    evidence = _ROLES_BY.get(work.role_evidence, plain(work.role_evidence, 20))
    role = f"{work.role} ({evidence})" if work.role else "unknown role"
    return (
        f"{_spent(work)} for {counted(work.calls, 'call')}{unpriced} by "
        f"{plain(work.model, 60) or '(model unknown)'} as {role}, booked by the rule {work.rule}; "
        f"{_tokens(work.tokens)}"
    )


def _spent(work: Work | SessionWork) -> str:
    cost = known(work.nusd, work.calls, work.calls_unpriced)
    return "cost unknown" if cost is None else shown(cost)


def _tokens(tokens: Tokens) -> str:
    """The buckets that hold something."""
    parts = (
        ("in", tokens.input),
        ("read from cache", tokens.cache_read),
        ("written to cache", tokens.cache_write_5m + tokens.cache_write_1h),
        ("out", tokens.output),
    )
    told = (f"{'unknown' if count is None else f'{count:,}'} {name}" for name, count in parts if count != 0)
    return "tokens " + (", ".join(told) or "unknown")


def _attempts(explained: Explanation) -> Iterator[str]:
    for each in explained.attempts:
        who = plain(each.model, 60) or "(model unknown)"
        cost = "" if explained.change.cost_known == "none" else f", {shown(usd(each.nusd))}"
        yield f"{each.number}. {who} from {_day(each.started_at)}{cost}{_ENDED_BY.get(each.ended_by, '')}"


def _runs(explained: Explanation) -> Iterator[str]:
    for run in explained.runs:
        bad = (run.failures or 0) + (run.errors or 0)
        told = [f"{bad:,} of {run.tests:,} tests failed"] if bad and run.tests else []
        told += [f"{run.flaky:,} flaky"] if run.flaky else []
        told += [f"though its reports say {plain(run.reported, 20)}"] if is_disputed(run) else []
        told += ["with changes in the worktree: it tells nothing of this"] if run.is_dirty else []
        name = plain(run.name or run.run, 40)
        ran = f"{name}: {plain(run.conclusion, 20)} on {run.oid[:10]}, attempt {run.attempt}"
        yield ", ".join([f"{_day(run.at)} {ran}", *told])


def _events(explained: Explanation) -> Iterator[str]:
    for event in explained.events:
        yield f"{_day(event.at)} {plain(event.kind, 20)} {plain(event.verdict, 20)}".rstrip()


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"
