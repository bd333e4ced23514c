"""What the logs of one agent tell twice: a fork's copy, a sum beside its parts, a message before it ended.

Each row is kept as a fact under a key that its own file gives it. Which of them counts is decided when conclusions
are drawn, so the order in which files turned up does not matter (usage-formats §2.3, §6, §7).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from ledger.domain.codex_lineage import Lineage
from ledger.domain.grouping import group
from ledger.domain.session_facts import Call, SessionParent

CODEX, COPILOT, OPENCODE = "codex", "copilot-cli", "opencode"
RETELLERS = frozenset({CODEX, COPILOT, OPENCODE})
"""Sources whose logs may tell one call under two keys."""

_OF_CODEX = f"{CODEX}/"
_STORED = "/event/"
_UNFINISHED = f"{OPENCODE}/id/"


def retold(calls: Sequence[Call], parents: Iterable[SessionParent] = ()) -> frozenset[str]:
    """The keys of the calls that another one of these tells as well, and better."""
    by_source = group((call for call in calls if call.source in RETELLERS), lambda call: call.source)
    lineage = Lineage(parents)
    return frozenset(
        [
            *_replayed(by_source.get(CODEX, []), lineage),
            *_summed(by_source.get(COPILOT, [])),
            *_unfinished(by_source.get(OPENCODE, [])),
        ]
    )


def metered_key(thread: str, step: str) -> str:
    """The key of a Codex call that is known by how far its thread's running total had come."""
    return f"{thread}#{step}"


def thread_of(call: Call) -> str:
    """The Codex thread whose running total tells a call; '' where nothing or a record of its own does."""
    if call.source != CODEX:
        return ""
    thread, mark, _ = call.event_key.removeprefix(_OF_CODEX).rpartition("#")
    return thread if mark else ""


def is_leg(call: Call) -> bool:
    """Whether a call is what Copilot CLI's events tell of a session, which its store may know by requests."""
    return call.source == COPILOT and _STORED not in call.event_key


def is_stored(call: Call) -> bool:
    """Whether a call is a request in Copilot CLI's store."""
    return call.source == COPILOT and _STORED in call.event_key


def _replayed(calls: Sequence[Call], lineage: Lineage) -> Iterator[str]:
    """Of the rows of one family with one running total, all but the one of the earliest generation.

    A thread has each total once, so that of one without kin nothing is told again.
    """
    places = {thread: lineage.place(thread) for thread in {thread_of(call) for call in calls} if thread}
    members = Counter(family for family, _ in places.values())
    kin = {thread for thread, (family, _) in places.items() if members[family] > 1}
    metered = [(thread, call) for call in calls if (thread := thread_of(call)) in kin]
    same = group(metered, lambda row: (places[row[0]][0], row[1].event_key.rpartition("#")[2]))
    for rows in same.values():
        _, *copies = sorted(rows, key=lambda row: (places[row[0]][1], row[1].at, row[1].event_key))
        yield from (call.event_key for _, call in copies)


def _summed(calls: Sequence[Call]) -> Iterator[str]:
    """Sums of a session whose requests are known one by one."""
    stored = {call.session for call in calls if is_stored(call)}
    yield from (call.event_key for call in calls if is_leg(call) and call.session in stored)


def _unfinished(calls: Iterable[Call]) -> Iterator[str]:
    """Messages told before they ended, where the same one is told with at least as much in every bucket.

    A message keeps the millisecond in which it began, its model and its directory, in every copy of it.
    """
    same = group(calls, lambda call: (call.at, call.provider, call.model_raw, call.directory))
    for rows in same.values():
        open_ones = [call for call in rows if call.event_key.startswith(_UNFINISHED)]
        for call in open_ones:
            if any(_takes_the_place(other, call) for other in rows if other is not call):
                yield call.event_key


def _takes_the_place(other: Call, call: Call) -> bool:
    mine, theirs = _spent(call), _spent(other)
    if not all(more >= less for more, less in zip(theirs, mine, strict=True)):
        return False
    is_open = other.event_key.startswith(_UNFINISHED)
    return not is_open or theirs != mine or other.event_key < call.event_key


def _spent(call: Call) -> tuple[int, ...]:
    return (call.input or 0, call.cache_read, call.cache_write_5m, call.output or 0)
