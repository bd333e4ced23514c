"""What to tell a person of commits without a line, of what waits to be posted, and of the settings around it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from ledger.domain.diagnosis import ADVICE, BROKEN, AgentState, CommitsState, Finding, Flag, PostingState
from ledger.domain.screen import counted
from ledger.domain.unlined import HERE

LOGS_UNREAD = timedelta(days=20)
"""Agents delete their logs after thirty days: a warning after twenty leaves ten to read them."""
_UNPOSTED = timedelta(days=1)


def about_commits(seen: CommitsState) -> Iterator[Finding]:
    """Commits that were made here after the hooks came, and that no hook told of."""
    for group in seen.groups:
        if group.reason == HERE:
            were = "was" if group.count == 1 else "were"
            yield Finding(
                "unhooked-commits",
                ADVICE,
                f"{counted(group.count, 'commit')} of the last {seen.looked_at:,} {were} made here without a hook, the "
                f"last on {group.latest_at:%Y-%m-%d} ({group.latest[0][:7]}): by a client that runs no hooks, by hooks "
                "that did not reach the ledger's then, or with LEDGER=0; git alone tells of them, so commit with git "
                "itself where the model matters.",
            )


def about_agents(agents: Iterable[AgentState]) -> Iterator[Finding]:
    """Agents whose commits have no model, because nothing tells the hooks which one they use."""
    silent = [agent.name for agent in agents if not agent.names_its_model]
    if silent:
        options = " ".join(f"--agent {name}" for name in silent)
        yield Finding(
            "agents-silent",
            ADVICE,
            f"No model is told to the hooks by {', '.join(silent)} on this machine, so commits have one only if "
            f"somebody says it; run ledger install {options}.",
        )


def about_flags(flags: Iterable[Flag]) -> Iterator[Finding]:
    """The hook looks at files and not into git's configuration: they must say the same."""
    for flag in flags:
        if flag.wanted != flag.there:
            yield Finding(
                "flag-out-of-step",
                BROKEN,
                f"{flag.key} is {flag.wanted}, but {flag.path}, which the hook looks at, says {flag.there}; "
                "run ledger update, which brings them in step.",
            )


def about_drainer(posting: PostingState) -> Iterator[Finding]:
    """The Python that posts in the background after a commit; commits work without it."""
    if not posting.interpreter:
        yield Finding(
            "no-interpreter",
            ADVICE,
            "No Python was named to post in the background, so the journal waits for the next ledger command; run "
            "ledger install again.",
        )
    elif not posting.has_interpreter:
        yield Finding(
            "interpreter-gone",
            BROKEN,
            f"{posting.interpreter}, the Python that posts in the background, is gone, so the journal waits for the "
            "next ledger command; run ledger install again with the one you use now.",
        )


def about_drain_error(posting: PostingState) -> Iterator[Finding]:
    """What the drainer could not do, unless somebody posted since."""
    at, _, why = posting.drain_error.partition(" ")
    if why and (posting.posted_at is None or at > f"{posting.posted_at:%Y-%m-%dT%H:%M:%SZ}"):
        yield Finding(
            "drain-failed",
            BROKEN,
            f"Posting in the background failed at {at} ({why.rstrip('.')}); run ledger update, which says it again or "
            "mends it.",
        )


def about_share_error(error: str) -> Iterator[Finding]:
    """What sharing beside a push could not do; a later push that goes well takes it away."""
    at, _, why = error.partition(" ")
    if why:
        yield Finding(
            "share-failed",
            ADVICE,
            f"Sharing beside a push failed at {at} ({why.rstrip('.')}); run ledger share push, which says it again or "
            "mends it.",
        )


def about_posting(posting: PostingState, now: datetime) -> Iterator[Finding]:
    """Lines that wait, and logs that nobody read for long, as far as the ledger can tell."""
    if not posting.is_readable:
        return
    last = posting.posted_at
    if posting.lines_waiting and (last is None or now - last > _UNPOSTED):
        when = f"since {last:%Y-%m-%d}" if last else "and nothing was posted yet"
        wait = "waits" if posting.lines_waiting == 1 else "wait"
        lines = counted(posting.lines_waiting, "line")
        yield Finding(
            "lines-waiting", ADVICE, f"{lines} of the journal {wait} to be posted, {when}; run ledger update."
        )
    yield from about_logs(posting.logs_read_at, now)


def about_logs(read_at: datetime | None, now: datetime) -> Iterator[Finding]:
    """Agents delete their logs; what was not read by then is lost."""
    if read_at is None:
        yield Finding("logs-unread", ADVICE, "The agents' logs were never read for this ledger; run ledger update.")
    elif now - read_at > LOGS_UNREAD:
        yield Finding(
            "logs-unread",
            ADVICE,
            f"The agents' logs were last read on {read_at:%Y-%m-%d}, {(now - read_at).days} days ago, and agents "
            "delete them after 30; run ledger update at least every other week.",
        )


def logs_gap(read_at: datetime | None, now: datetime) -> str:
    """What to say after reading the logs, when that was last done long ago; '' where nothing can have been lost."""
    if read_at is None or now - read_at <= LOGS_UNREAD:
        return ""
    return (
        f"The agents' logs had not been read for {(now - read_at).days} days, and agents delete them after 30, so "
        "calls may be missing: run ledger at least every other week."
    )
