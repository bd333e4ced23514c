"""The rows of a Claude Code transcript, one after the other (usage-formats §1.2-1.4).

Only assistant rows with a usage object are calls. A call's rows are repeated by streaming, resuming and sidechains;
each becomes a Call with ranks, and `merge_calls` picks the best numbers and the earliest owner in any order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from operator import itemgetter
from typing import Any

from ledger.domain.agent_names import usual_role
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
from ledger.domain.commit_commands import commits_printed, is_commit_command
from ledger.domain.facts import Fact
from ledger.domain.fields import count, moment, text
from ledger.domain.logbook import Logbook
from ledger.domain.merging import merge_calls
from ledger.domain.models import parse_model
from ledger.domain.reading import Skip
from ledger.domain.review_commands import Reviewed, request_named, requests_reviewed
from ledger.domain.session_facts import Call, SessionCommit, SessionReview, SessionWrite, Subagent

AGENT = "claude-code"
_WRITERS = {"Edit": "file_path", "Write": "file_path", "MultiEdit": "file_path", "NotebookEdit": "notebook_path"}
_ALIKE = ("event_key", "directory", "branch", "agent_version", "agent_name", "subagent")
_TOKENS = ("input", "cache_read", "cache_write_5m", "cache_write_1h", "output")
_PLACEHOLDER_OUTPUT = 10
_CHARACTERS_PER_TOKEN = 4

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
        self._streamed: dict[str, Any] | None = None
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
            yield from self._book.enter(Call(**self._streamed))
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
        self._directory = text(row.get("cwd")) or self._directory
        if isinstance(row.get("gitBranch"), str):
            self._branch = row["gitBranch"][:250]
        session = text(row.get("sessionId")) or self._stem
        if kind == "assistant":
            yield from self._assistant(row, message, session, at)
        else:
            yield from self._prompt(row, message, session, at)
            yield from self._results(row, message, session, at)

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
                self._open[use] = [at.isoformat(), session, subagent]
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
        if not isinstance(usage, dict) or model == "<synthetic>" or not model:
            return
        try:
            call = _call(row, message, usage, session, at, self._stem, self._directory, self._branch)
            call |= {"subagent": subagent_of(row), "agent_name": name_of(row, noted=self._noted, asked=self._asked)}
        except ValueError:
            self.refused += 1
            return
        if row.get("isApiErrorMessage") and not any(call[name] for name in _TOKENS):
            return
        yield from self._enter(call)
        if usage.get("iterations"):
            yield from _advisors(Call(**call), usage)

    def _enter(self, call: dict[str, Any]) -> Iterator[Fact]:
        """The rows of a streamed call follow each other: they are one before any record is made of them."""
        self._book.attend(session := call["session"], AGENT, call["agent_version"], call["at"])
        before, self._streamed = self._streamed, call
        if before is None:
            return
        if before["session"] == session and all(before[name] == call[name] for name in _ALIKE):
            self._streamed = _one(before, call)
        else:
            yield from self._book.enter(Call(**before))

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
            made = commits_printed(printed_text)
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


def _call(
    row: Mapping[str, Any],
    message: Mapping[str, Any],
    usage: Mapping[str, Any],
    session: str,
    at: datetime,
    stem: str,
    directory: str,
    branch: str,
) -> dict[str, Any]:
    """One row as the fields of a call; raises ValueError for token counts that are no counts."""
    write_5m, write_1h = _cache_writes(usage)
    output = count(usage, "output_tokens")
    uuid, request = text(row.get("uuid")), text(row.get("requestId"))
    is_sidechain = bool(row.get("isSidechain"))
    model = parse_model(str(message["model"]))
    cost = row.get("costUSD")
    searches = usage.get("server_tool_use")
    moment_text = at.isoformat()
    return {
        "event_key": _event_key(message, session, request, uuid),
        "source": AGENT,
        "session": session,
        "directory": directory,
        "branch": branch,
        "at": at,
        "agent": AGENT,
        "agent_version": text(row.get("version")) or None,
        "model_raw": str(message["model"])[:200],
        "model": model.name,
        "provider": model.provider,
        "family": model.family,
        "role": "",
        "subject": "",
        "is_subagent": is_sidechain or bool(row.get("agentId")),
        "input": count(usage, "input_tokens"),
        "cache_read": count(usage, "cache_read_input_tokens"),
        "cache_write_5m": write_5m,
        "cache_write_1h": write_1h,
        "output": output,
        "reasoning": None,
        "web_searches": count(searches, "web_search_requests") if isinstance(searches, dict) else 0,
        "speed": "" if usage.get("speed") in (None, "standard") else text(usage.get("speed")),
        "service_tier": "" if usage.get("service_tier") in (None, "standard") else text(usage.get("service_tier")),
        "region": _region(usage.get("inference_geo")),
        "request_id": request,
        "reported_nusd": round(cost * 10**9)
        if isinstance(cost, int | float) and not isinstance(cost, bool) and cost >= 0
        else None,
        "reported_kind": "list" if isinstance(cost, int | float) else "",
        "quality": _quality(message, output),
        "best_rank": (int(not is_sidechain), output, moment_text, uuid),
        "owner_rank": (moment_text, int(stem != session), session),
    }


def _one(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """What `merge_calls` makes of two rows of one session and place, where the ranks decide."""
    if before["best_rank"] == after["best_rank"]:
        merged = merge_calls(Call(**before), Call(**after))
        return {name: getattr(merged, name) for name in Call.__slots__}
    best = max(before, after, key=_best_rank)
    owner = min(before, after, key=_owner_rank)
    return {**best, "at": owner["at"], "owner_rank": owner["owner_rank"]}


def _event_key(message: Mapping[str, Any], session: str, request: str, uuid: str) -> str:
    """Anthropic's ids are unique everywhere; a gateway's only in their session, and some rows have none."""
    native = text(message.get("id"))
    if native.startswith("msg_"):
        return f"{AGENT}/{native}"
    return f"{AGENT}/{session}/{native}/{request}" if native else f"{AGENT}/uuid/{uuid}"


def _cache_writes(usage: Mapping[str, Any]) -> tuple[int, int]:
    """5-minute and 1-hour cache writes; the parts are trusted where they are given, else all of it is 5-minute."""
    parts = usage.get("cache_creation")
    if isinstance(parts, dict) and parts:
        return count(parts, "ephemeral_5m_input_tokens"), count(parts, "ephemeral_1h_input_tokens")
    return count(usage, "cache_creation_input_tokens"), 0


def _quality(message: Mapping[str, Any], output: int) -> str:
    """Placeholder where the output was not final yet and what is visible is far longer (usage-formats §1.4)."""
    if message.get("stop_reason") is not None or output > _PLACEHOLDER_OUTPUT:
        return "final"
    content = message.get("content")
    visible = sum(_visible(block) for block in content) if isinstance(content, list) else 0
    return "placeholder" if visible / _CHARACTERS_PER_TOKEN > 4 * output else "final"


def _visible(block: Any) -> int:
    if not isinstance(block, dict):
        return 0
    return len(str(block.get("text") or "")) + (len(str(block.get("input"))) if block.get("type") == "tool_use" else 0)


def _advisors(call: Call, usage: Mapping[str, Any]) -> Iterator[Call]:
    """Calls to another model that the row's own numbers leave out."""
    iterations = usage.get("iterations")
    advisors = [
        part
        for part in (iterations if isinstance(iterations, list) else ())
        if isinstance(part, dict) and part.get("type") == "advisor_message"
    ]
    for number, part in enumerate(advisors, 1):
        name = text(part.get("model")) or call.model_raw
        model = parse_model(name)
        try:
            write_5m, write_1h = _cache_writes(part)
            yield replace(
                call,
                event_key=f"{call.event_key}#adv{number}",
                model_raw=name,
                model=model.name,
                provider=model.provider,
                family=model.family,
                input=count(part, "input_tokens"),
                cache_read=count(part, "cache_read_input_tokens"),
                cache_write_5m=write_5m,
                cache_write_1h=write_1h,
                output=count(part, "output_tokens"),
                web_searches=0,
                reported_nusd=None,
                reported_kind="",
            )
        except ValueError:
            continue


def _region(geo: Any) -> str:
    return geo.lower()[:20] if isinstance(geo, str) and geo not in ("", "global", "not_available") else ""


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
