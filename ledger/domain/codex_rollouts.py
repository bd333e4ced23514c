"""The rows of a Codex rollout, one after the other (usage-formats §2).

Usage stands in running totals, and since 0.154 in a record of its own per response, which then is the only one that
counts. Rows that a fork or subagent inherited are the parent's calls.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from ledger.domain.codex_lineage import REVIEW, identity_of, remembered
from ledger.domain.codex_usage import Meter, Step, had_spent_before, tokens_of, vector
from ledger.domain.facts import Fact
from ledger.domain.fields import moment, record, text
from ledger.domain.jsonl import loads, objects
from ledger.domain.logbook import Logbook, digest, make_call
from ledger.domain.models import dated_alias, parse_model
from ledger.domain.reading import Skip
from ledger.domain.retold import metered_key
from ledger.domain.session_facts import Call
from ledger.domain.shell_calls import PathKey, ShellCalls, command_of, output_of

AGENT = "codex"
RECORD = b'"token_usage_record"'
_SIGNS = (b'"token_count"', RECORD, b'"turn_context"', b'"session_meta"', b'_review_mode"')
_PATCH = b"*** Begin Patch"
_SAID = re.compile(rb'\{"timestamp":"[^"\\]{0,40}",(?:"ordinal":\d+,)?"type":"response_item"')
"""How a row of what was said, done or printed begins: most bytes are theirs, and none of the signs."""
_FALLBACK = "gpt-5"


@dataclass(frozen=True, slots=True)
class Tier:
    """The service tier that calls were made in since a moment; what it was before, nobody knows."""

    name: str
    since: datetime | None

    def at(self, moment: datetime) -> str:
        """The tier of a call; '' for the usual one, and where it is not known."""
        return self.name if self.since is not None and moment >= self.since else ""


NO_TIER = Tier("", None)


def counts_before_records(lines: Iterator[bytes]) -> bool:
    """Whether running totals count up to the first usage record; True also where there is no record.

    They do not, where records tell all of the thread. They do, where the first record says that its thread had spent
    before: a session that an older version began.
    """
    for line in lines:
        if RECORD not in line:
            continue
        for row in objects(line):
            payload = record(row.get("payload")) if row and row.get("type") == "token_usage_record" else {}
            if _is_valid(payload):
                return had_spent_before(payload)
    return True


def _is_valid(payload: Mapping[str, Any]) -> bool:
    try:
        return bool(text(payload.get("response_id")) and vector(payload.get("usage")))
    except ValueError:
        return False


class Rollout:
    """Reads the rows of one file; what it repeats of another session's is told once more, under its own name."""

    def __init__(
        self, stem: str, path_key: PathKey, state: Mapping[str, Any], *, counts_totals: bool, tier: Tier = NO_TIER
    ) -> None:
        self._stem, self._tier = stem, tier
        self._who = remembered(state["who"]) if "who" in state else None
        self._directory: str = state.get("directory", "")
        self._branch: str = state.get("branch", "")
        self._version: str = state.get("version", "")
        self._model: str = state.get("model", "")
        self._is_own: bool = state.get("own", False)
        self._is_reviewing: bool = state.get("reviewing", False)
        self._counts_totals = counts_totals and state.get("totals", True)
        self._meter = Meter(state.get("meter"))
        self._was_continued = self._meter.is_continued
        self._shell = ShellCalls(AGENT, path_key, state.get("open"))
        self._book = Logbook()
        self.refused = 0

    def state(self) -> dict[str, Any]:
        """What the next reading of this file must know."""
        kept = {
            "who": asdict(self._who) if self._who else None,
            "directory": self._directory,
            "branch": self._branch,
            "version": self._version,
            "model": self._model,
            "own": self._is_own,
            "reviewing": self._is_reviewing,
            "meter": self._meter.state(),
            "open": self._shell.opened(),
        }
        return {**{name: value for name, value in kept.items() if value}, "totals": self._counts_totals}

    def may_matter(self, line: bytes) -> bool:
        """Cheaply: whether a line can carry usage, a model, a commit or a patch."""
        if not _SAID.match(line):
            for sign in _SIGNS:
                if sign in line:
                    return True
        if _PATCH in line:
            return True
        if b"_call" not in line:
            return False
        is_command = b"commit" in line or b"review" in line
        return is_command or (b"_call_output" in line and bool(self._shell.opened()))

    def ending(self) -> Iterator[Fact | Skip]:
        """The sessions; and a word where the file began in the middle of a history."""
        yield from self._book.sessions()
        if self._meter.is_continued and not self._was_continued:
            yield Skip(
                "history", self._stem, "It goes on from a session that it does not hold; only what came since counts."
            )

    def read(self, row: Mapping[str, Any]) -> Iterator[Fact]:
        """The facts of one row."""
        kind, payload = row.get("type"), row.get("payload")
        if not isinstance(payload, dict):
            return
        at = moment(row.get("timestamp"))
        if kind == "session_meta":
            yield from self._introduce(payload)
        elif kind == "turn_context":
            self._turn(payload, row)
        elif kind == "event_msg" and payload.get("type") in ("entered_review_mode", "exited_review_mode"):
            self._is_reviewing = payload["type"] == "entered_review_mode"
        elif at is None:
            self.refused += kind == "token_usage_record" or payload.get("type") == "token_count"
        elif kind == "token_usage_record":
            yield from self._record(payload, at, is_inherited=self._is_inherited(row))
        elif kind == "event_msg" and payload.get("type") == "token_count":
            yield from self._total(payload, at, is_inherited=self._is_inherited(row))
        elif kind == "response_item" and not self._is_inherited(row):
            yield from self._tool(payload, at)

    def _introduce(self, payload: Mapping[str, Any]) -> Iterator[Fact]:
        """The first such row is the file's own; later ones are its ancestors', replayed."""
        found = identity_of(payload)
        if origin := found.origin():
            yield origin
        if self._who is not None:
            return
        self._who = found
        self._directory = text(payload.get("cwd"))
        self._branch = text(record(payload.get("git")).get("branch"))[:250]
        self._version = text(payload.get("cli_version"))

    def _turn(self, payload: Mapping[str, Any], row: Mapping[str, Any]) -> None:
        self._is_own = True
        self._model = text(payload.get("model")) or self._model
        if not self._is_inherited(row):
            self._directory = text(payload.get("cwd")) or self._directory

    def _is_inherited(self, row: Mapping[str, Any]) -> bool:
        """A subagent's own rows begin where it says, else with its first turn."""
        if self._who is None or not self._who.is_subagent:
            return False
        ordinal = row.get("ordinal")
        if self._who.starts_at is not None and isinstance(ordinal, int):
            return ordinal < self._who.starts_at
        return not self._is_own

    def _total(self, payload: Mapping[str, Any], at: datetime, *, is_inherited: bool) -> Iterator[Fact]:
        counts = payload.get("info")
        if not isinstance(counts, dict) or not self._counts_totals:
            return
        try:
            step = self._meter.step(counts)
        except ValueError:
            self.refused += 1
            return
        if step is not None and not is_inherited:
            named = text(counts.get("model")) or text(payload.get("model"))
            yield from self._book.enter(self._metered(step, at, named))

    def _metered(self, step: Step, at: datetime, named: str) -> Call:
        key = metered_key(self._id, digest(step.era, *step.total))
        return self._call(key, step.used, at, named, 0, is_exact=step.is_exact)

    def _record(self, payload: Mapping[str, Any], at: datetime, *, is_inherited: bool) -> Iterator[Fact]:
        if not _is_valid(payload):
            self.refused += 1
            return
        self._counts_totals = False
        thread = text(payload.get("thread_id")) or text(payload.get("session_id")) or self._id
        response = text(payload.get("response_id"))
        used = vector(payload.get("usage")) or ()
        if is_inherited and thread == self._id:
            return  # a copy that does not say whose it is
        is_own = thread == self._id or bool(self._who and self._who.is_subagent)
        known: dict[str, Any] = {"request_id": response, "session": self._session if is_own else thread}
        named = text(payload.get("model"))
        yield from self._book.enter(
            self._call(f"{thread}/{response}", used, at, named, int(thread != self._id), **known)
        )

    @property
    def _id(self) -> str:
        return (self._who.id if self._who else "") or self._stem

    @property
    def _session(self) -> str:
        """A subagent works for the session at the top; where its file does not name it, for the one that began it."""
        who = self._who
        if who is None or not who.is_subagent:
            return self._id
        return who.session if who.session != who.id and who.session else who.parent or self._id

    @property
    def _subagent(self) -> str:
        return self._id[:100] if self._who and self._who.is_subagent else ""

    def _call(
        self,
        key: str,
        used: tuple[int, ...],
        at: datetime,
        named: str,
        generation: int,
        *,
        is_exact: bool = True,
        **known: Any,
    ) -> Call:
        raw = self._model or named
        moment_text = at.isoformat()
        model = parse_model(dated_alias(raw or _FALLBACK, moment_text[:10]))
        who = self._who
        told: dict[str, Any] = {
            "session": self._session,
            "directory": self._directory,
            "branch": self._branch,
            "agent_version": self._version or None,
            "model": model.name,
            "provider": model.provider,
            "family": model.family,
            "agent_name": REVIEW if self._is_reviewing else who.name if who else "",
            "subagent": self._subagent,
            "service_tier": self._tier.at(at),
            "is_subagent": bool(who and who.is_subagent),
            "quality": "final" if raw else "estimated",
            # A copy stands among the rows of another session, maybe of another model: the original is better.
            "best_rank": (int(is_exact), used[3], f"{999 - generation:03d} {moment_text}", self._id),
            "owner_rank": (f"{generation:03d} {moment_text}", generation, self._id),
        }
        told = {**told, **known}
        session = str(told.pop("session"))
        return make_call(AGENT, key, session, at, raw or _FALLBACK, tokens_of(used), **told)

    def _tool(self, payload: Mapping[str, Any], at: datetime) -> Iterator[Fact]:
        kind, call = str(payload.get("type")), text(payload.get("call_id"))
        if kind.endswith("_call_output"):
            yield from self._shell.answered(call, output_of(payload.get("output")), at)
        elif kind in ("function_call", "custom_tool_call", "local_shell_call"):
            given = _arguments(payload)
            directory = text(given.get("workdir")) or self._directory
            command = command_of(given.get("command") or given.get("cmd"))
            patch = command_of(given.get("input")) or command
            yield from self._shell.called(call, command, self._session, directory, at, self._subagent)
            if "*** Begin Patch" in patch:
                yield from self._shell.patched(patch, self._session, directory, at, self._subagent)


def _arguments(payload: Mapping[str, Any]) -> dict[str, Any]:
    """What a tool was called with: JSON text, an action, or a plain text."""
    if isinstance(payload.get("action"), dict):
        return record(payload["action"])
    for name in ("arguments", "input"):
        given = payload.get(name)
        if isinstance(given, str):
            try:
                parsed = loads(given) if given.startswith("{") else None
            except (ValueError, RecursionError):
                parsed = None
            return parsed if isinstance(parsed, dict) else {"input": given}
    return {}
