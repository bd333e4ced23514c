"""The rows of a Claude Code transcript, one after the other (usage-formats §1.2-1.4).

Only assistant rows with a usage object are calls. A call's rows are repeated by streaming, resuming and sidechains;
each becomes a Call with ranks, and `merge_calls` picks the best numbers and the earliest owner in any order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any

from ledger.domain.agent_names import usual_role
from ledger.domain.claude_usage import AGENT, advised, advisor, own_fields
from ledger.domain.claude_workers import (
    IN_PLAN,
    PLAN,
    STARTERS,
    asked_for,
    is_prompt,
    name_of,
    subagent_of,
    subagent_told,
)
from ledger.domain.commit_commands import commits_asked, commits_made, is_commit_command
from ledger.domain.facts import Fact
from ledger.domain.fields import moment, text
from ledger.domain.logbook import Logbook
from ledger.domain.merging import merge_calls
from ledger.domain.reading import Skip
from ledger.domain.review_commands import Reviewed, request_named, requests_reviewed
from ledger.domain.session_facts import Call, SessionCommit, SessionReview, SessionWrite, Subagent

_WRITERS = {"Edit": "file_path", "Write": "file_path", "MultiEdit": "file_path", "NotebookEdit": "notebook_path"}
_SHARED = (
    *("sessionId", "cwd", "gitBranch", "version"),
    *("agentId", "isSidechain", "attributionAgent", "attributionSkill"),
)
"""The fields of a row that say where and by whom work is done: nearly every row repeats those of the one before."""
_TOKENS = ("input", "cache_read", "cache_write_5m", "cache_write_1h", "output")

PathKey = Callable[[str, str], str]
_best_rank, _owner_rank = itemgetter("best_rank"), itemgetter("owner_rank")


class Transcript:
    """Reads rows in file order and remembers what later rows need: open `git commit` calls, the last place.

    `path_key` says what stands for a written file, by its path and the directory; `agent_name` is what a note beside
    a subagent's file calls it.
    """

    def __init__(
        self, stem: str, path_key: PathKey, state: Mapping[str, Any] | None = None, *, agent_name: str = ""
    ) -> None:
        state = state or {}
        self._noted = agent_name
        self._started: dict[str, str] = dict(state.get("started", {}))
        self._asked: str = state.get("asked", "")
        self._stem = stem
        self._path_key = path_key
        self._open: dict[str, list[str]] = {key: list(pair) for key, pair in state.get("open", {}).items()}
        self._directory: str = state.get("directory", "")
        self._branch: str = state.get("branch", "")
        self._book = Logbook()
        self._written: dict[tuple[str, str, str], datetime] = {}
        self._writers: set[tuple[str, str]] = set()
        self._shared: tuple[Any, ...] = ()
        self._around: dict[str, Any] = {}
        self._streamed: tuple[dict[str, Any], dict[str, Any]] | None = None
        self.refused = 0

    def state(self) -> dict[str, Any]:
        """What the next reading of this file must know."""
        kept = {
            "open": self._open,
            "directory": self._directory,
            "branch": self._branch,
            "started": self._started,
            "asked": self._asked,
        }
        return {name: value for name, value in kept.items() if value}

    def may_matter(self, line: bytes) -> bool:
        """Cheaply: whether a line can carry a call, a commit or a write; what only looks so is sorted out later."""
        if b'"assistant"' in line and (b'"usage"' in line or b'"tool_use"' in line):
            return True
        if b'"tool_result"' in line:
            # Most bytes are what tools printed: of those only the answer to what is open tells anything.
            return bool(self._open or (self._started and b"agentId" in line))
        ends = line[:4000] + line[-1000:]
        return (bool(self._asked) and b'"user"' in ends) or b"<command-name>" in ends or IN_PLAN in ends

    def ending(self) -> Iterator[Fact | Skip]:
        """The sessions whose calls were read, from the first to the last of them."""
        if self._streamed:
            around, own = self._streamed
            yield from self._book.enter(Call(**around, **own))
        self._streamed = None
        yield from self._book.sessions()

    def read(self, row: Mapping[str, Any]) -> Iterator[Fact]:
        """The facts of one row."""
        kind, message = row.get("type"), row.get("message")
        if kind not in ("assistant", "user") or not isinstance(message, dict):
            return
        at = moment(row.get("timestamp"))
        if at is None:
            self.refused += kind == "assistant" and isinstance(message.get("usage"), dict)
            return
        shared = (*map(row.get, _SHARED), self._asked)
        if shared != self._shared:
            self._shared, self._around = shared, self._surroundings(row)
        session: str = self._around["session"]
        if kind == "assistant":
            yield from self._assistant(row, message, session, at)
        else:
            yield from self._prompt(row, message, session, at)
            yield from self._results(row, message, session, at)

    def _surroundings(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """What the fields that rows share say of a call; the place is kept for rows that do not tell it."""
        self._directory = text(row.get("cwd")) or self._directory
        if isinstance(row.get("gitBranch"), str):
            self._branch = row["gitBranch"][:250]
        return {
            "session": text(row.get("sessionId")) or self._stem,
            "directory": self._directory,
            "branch": self._branch,
            "agent_version": text(row.get("version")) or None,
            "is_subagent": bool(row.get("isSidechain")) or bool(row.get("agentId")),
            "subagent": subagent_of(row),
            "agent_name": name_of(row, noted=self._noted, asked=self._asked),
            "source": AGENT,
            "agent": AGENT,
            "role": "",
            "subject": "",
            "reasoning": None,
        }

    def _assistant(
        self, row: Mapping[str, Any], message: Mapping[str, Any], session: str, at: datetime
    ) -> Iterator[Fact]:
        yield from self._calls(row, message, session, at)
        for block in _blocks(message, "tool_use"):
            if isinstance(block.get("input"), dict):
                yield from self._tool(block, block["input"], subagent_of(row), session, at)

    def _tool(
        self, block: Mapping[str, Any], given: Mapping[str, Any], subagent: str, session: str, at: datetime
    ) -> Iterator[Fact]:
        name, use = str(block.get("name")), text(block.get("id"))[:200]
        if name == "Bash" and use:
            command = str(given.get("command", ""))
            if is_commit_command(command):
                self._open[use] = [at.isoformat(), session, subagent, *commits_asked(command)]
            yield from self._reviews(use, requests_reviewed(command), subagent, session, at)
        elif name in _WRITERS and isinstance(given.get(_WRITERS[name]), str):
            yield from self._write(given[_WRITERS[name]], session, at)
            if subagent and (session, subagent) not in self._writers:
                self._writers.add((session, subagent))
                yield Subagent(session=session, id=subagent, name="", has_written=True, at=at)
        elif name in STARTERS and use and text(given.get("subagent_type")):
            self._started[use] = text(given["subagent_type"])[:100]
        elif name == "ExitPlanMode" and self._asked == PLAN:
            self._asked = ""

    def _write(self, path: str, session: str, at: datetime) -> Iterator[Fact]:
        """A written file, told again only where that was earlier: of two rows the earlier one is kept."""
        known = self._written.get((session, path, self._directory))
        if known is None or at < known:
            self._written[(session, path, self._directory)] = at
            yield SessionWrite(session=session, path=self._path_key(path, self._directory), at=at)

    def _reviews(
        self, identity: str, asked: Sequence[Reviewed], subagent: str, session: str, at: datetime
    ) -> Iterator[Fact]:
        for index, each in enumerate(asked):
            yield SessionReview(
                id=f"{AGENT}/{identity}" + (f"#{index + 1}" if index else ""),
                session=session,
                subagent=subagent,
                directory=self._directory,
                at=at,
                request_number=each.number,
                branch=each.branch,
            )

    def _prompt(self, row: Mapping[str, Any], message: Mapping[str, Any], session: str, at: datetime) -> Iterator[Fact]:
        """What a person asks for ends what was asked before; a command and the plan mode name what follows."""
        said = _flat(message.get("content"))
        if _blocks(message, "tool_result") or not is_prompt(row, said):
            return
        self._asked = asked_for(row, said)
        number = request_named(said) if usual_role(self._asked) == "review" else None
        if number is not None:
            identity = text(row.get("uuid")) or f"{session}@{at.isoformat()}"
            yield from self._reviews(identity, [Reviewed(number)], subagent_of(row), session, at)

    def _calls(self, row: Mapping[str, Any], message: Mapping[str, Any], session: str, at: datetime) -> Iterator[Fact]:
        usage = message.get("usage")
        model = text(message.get("model"))
        if not isinstance(usage, dict) or model == "<synthetic>":
            return
        try:
            own = own_fields(row, message, usage, session, at, self._stem)
        except ValueError:
            self.refused += 1
            return
        if (row.get("isApiErrorMessage") or not model) and not any(own[name] for name in _TOKENS):
            return
        yield from self._enter(own)
        if usage.get("iterations"):
            yield from self._advisors(own, usage)

    def _advisors(self, own: dict[str, Any], usage: Mapping[str, Any]) -> Iterator[Fact]:
        for number, part in enumerate(advised(usage), 1):
            try:
                yield advisor(Call(**self._around, **own), part, number)
            except ValueError:
                self.refused += 1

    def _enter(self, own: dict[str, Any]) -> Iterator[Fact]:
        """The rows of a streamed call follow each other: they are one before any record is made of them."""
        around, before = self._around, self._streamed
        self._book.attend(around["session"], AGENT, around["agent_version"], own["at"])
        self._streamed = around, own
        if before is None:
            return
        if before[0] is around and before[1]["event_key"] == own["event_key"]:
            self._streamed = around, _one(around, before[1], own)
        else:
            yield from self._book.enter(Call(**before[0], **before[1]))

    def _results(
        self, row: Mapping[str, Any], message: Mapping[str, Any], session: str, at: datetime
    ) -> Iterator[Fact]:
        for block in _blocks(message, "tool_result"):
            use, printed_text = str(block.get("tool_use_id")), _flat(block.get("content"))
            if (name := self._started.pop(use, "")) and (subagent := subagent_told(row, printed_text)):
                yield Subagent(session=session, id=subagent, name=name, has_written=False, at=at)
            opened = self._open.pop(use, None)
            if opened is None:
                continue
            made = commits_made(printed_text, opened[3:], has_failed=bool(block.get("is_error")))
            if made and opened[2:] and opened[2]:
                yield Subagent(session=session, id=opened[2], name="", has_written=True, at=at)
            started = min(datetime.fromisoformat(opened[0]), at)
            for index, printed in enumerate(made):
                yield SessionCommit(
                    id=str(block["tool_use_id"])[:200] + (f"#{index + 1}" if index else ""),
                    session=session,
                    directory=self._directory,
                    started_at=started,
                    ended_at=at,
                    printed_id=printed.oid,
                    branch=printed.branch,
                    subject=printed.subject,
                )


def _one(around: Mapping[str, Any], before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """What `merge_calls` makes of two rows of one session and place, where the ranks decide."""
    if before["best_rank"] == after["best_rank"]:
        merged = merge_calls(Call(**around, **before), Call(**around, **after))
        return {name: getattr(merged, name) for name in before}
    best = max(before, after, key=_best_rank)
    owner = min(before, after, key=_owner_rank)
    return {**best, "at": owner["at"], "owner_rank": owner["owner_rank"]}


def _blocks(message: Mapping[str, Any], kind: str) -> list[dict[str, Any]]:
    content = message.get("content")
    return (
        [block for block in content if isinstance(block, dict) and block.get("type") == kind]
        if isinstance(content, list)
        else []
    )


def _flat(content: Any) -> str:
    """The text of a tool result, which is a string or a list of blocks."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "\n".join(str(block.get("text", "")) for block in content if isinstance(block, dict))
    return ""
