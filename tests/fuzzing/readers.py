"""Each reader as a fuzzer sees it: bytes in a file at a place where it looks, and files that it reads well."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ledger.domain.reading import Cursor, Named
from ledger.domain.session_facts import Call
from ledger.errors import LedgerError
from ledger.posting.agents import AGENTS
from ledger.posting.named import read_named
from tests.domain.requesting import gh, gitlab, rest
from tests.domain.test_antigravity import usage as antigravity_usage
from tests.naming import lines
from tests.posting.entering import statement
from tests.sources import test_aider as aider
from tests.sources import test_antigravity as antigravity
from tests.sources import test_claude_code as claude
from tests.sources import test_codex_exec as codex_exec
from tests.sources import test_copilot_cli as copilot
from tests.sources import test_cursor as cursor
from tests.sources import test_gemini_cli as gemini
from tests.sources import test_hostile as hostile
from tests.sources import test_litellm as litellm
from tests.sources import test_opencode as opencode
from tests.sources import test_openrouter as openrouter
from tests.sources import test_otlp as otlp
from tests.sources import test_table as table

Read = Callable[[Path, dict[str, str]], list[Any]]


@dataclass(frozen=True, slots=True)
class Reader:
    """A way of reading: the file's place below a folder, who reads it, and files to begin with."""

    place: str
    read: Read
    seeds: Callable[[], Sequence[bytes]]


def _agent(source: str) -> Read:
    return lambda folder, known: list(AGENTS[source].read([folder], known, str, [str(folder)]))


def _file_of(source: str, place: str) -> Read:
    return lambda folder, known: list(AGENTS[source].read([folder / place], known, str, [str(folder)]))


def _named(source: str, place: str, **columns: str) -> Read:
    def read(folder: Path, known: dict[str, str]) -> list[Any]:
        try:
            return list(read_named(source, Named((str(folder / place),), known=known, columns=columns)))
        except LedgerError:
            return []  # an expected refusal in a sentence

    return read


def _logs(source: str) -> Reader:
    return Reader(hostile.PLACES[source], _agent(source), lambda: [lines(hostile.ROWS[source]).encode()])


def _database(make: Callable[[Path], Path]) -> Callable[[], list[bytes]]:
    def seeds() -> list[bytes]:
        with tempfile.TemporaryDirectory() as folder:
            return [make(Path(folder)).read_bytes()]

    return seeds


def _claude() -> list[bytes]:
    bash = claude.row("msg_3", 4, content=claude.bash("git commit -m x"))
    rows = [claude.row("msg_1", 1), claude.row("msg_2", 2, isSidechain=True), bash]
    return [lines([*rows, claude.user(5, claude.result("[main abc1234] x"))]).encode()]


def _chats() -> list[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        gemini.old_chat(Path(folder), gemini.message(), gemini.message("m2"))
        return [path.read_bytes() for path in Path(folder).rglob("*.json")]


def _aider() -> list[bytes]:
    return [lines([aider.event("launched"), aider.sent(1), aider.sent(2), aider.event("exit")]).encode()]


def _litellm() -> list[bytes]:
    rows = [litellm.spend_log(), litellm.spend_log("chatcmpl-2")]
    return [lines(rows).encode(), json.dumps(litellm.payload()).encode(), litellm.table(rows).encode()]


def _openrouter() -> list[bytes]:
    pages = (openrouter.generation(), {"data": [openrouter.day()]})
    return [openrouter.table(openrouter.exported()).encode(), *(json.dumps(page).encode() for page in pages)]


def _cursor() -> list[bytes]:
    page = {"usageEventsDisplay": [cursor.event()]}
    return [*(cursor.table(cursor.row(form), form=form).encode() for form in cursor.HEADERS), json.dumps(page).encode()]


def _otlp() -> list[bytes]:
    rows = (otlp.spans(otlp.span()), otlp.logs(otlp.event()), otlp.metrics())
    return [lines([row]).encode() for row in rows]


def _requests() -> list[bytes]:
    rows = (gh(7, "MERGED", url=None), rest(8, html_url=None, base={"ref": "main"}), gitlab(9, web_url=None))
    return [*(json.dumps([row]).encode() for row in rows), b"number,opened,merged,closed\n7,2026-03-01,,2026-03-02\n"]


READERS: dict[str, Reader] = {
    **{source: _logs(source) for source in hostile.PLACES},
    "claude-code": Reader("projects/-x/s1.jsonl", _agent("claude-code"), _claude),
    "gemini-documents": Reader("tmp/x/chats/a.json", _agent("gemini-cli"), _chats),
    "aider": Reader("analytics.jsonl", _file_of("aider", "analytics.jsonl"), _aider),
    "aider-history": Reader(".aider.chat.history.md", _agent("aider"), lambda: [aider.HISTORY.encode()]),
    "opencode": Reader(
        "export.json", _agent("opencode"), _database(lambda folder: opencode.in_export(folder, opencode.message()))
    ),
    "opencode-database": Reader(
        "opencode.db", _agent("opencode"), _database(lambda folder: opencode.in_database(folder, opencode.message()))
    ),
    "copilot-store": Reader(
        "session-store.db", _agent("copilot-cli"), _database(lambda folder: copilot.store(folder, copilot.request(1)))
    ),
    "antigravity": Reader(
        "c1.db",
        _agent("antigravity"),
        _database(lambda folder: antigravity.conversation(folder, antigravity_usage())),
    ),
    "litellm": Reader("rows", _named("litellm", "rows"), _litellm),
    "openrouter": Reader("rows", _named("openrouter", "rows"), _openrouter),
    "cursor": Reader("rows", _named("cursor", "rows"), _cursor),
    "otlp": Reader("rows", _named("otlp", "rows"), _otlp),
    "table": Reader("rows", _named("table", "rows", **table.COLUMNS), lambda: [table.TABLE.encode()]),
    "codex-exec": Reader(
        "rows", _named("codex-exec", "rows"), lambda: [lines(codex_exec.printed((100, 10), (300, 30))).encode()]
    ),
    "requests": Reader("rows", _named("requests", "rows"), _requests),
    "entries": Reader("rows", _named("entries", "rows"), lambda: [lines([statement()]).encode()]),
}
"""Name → reader: each agent's logs in each of their forms, and each source of named files."""


@contextmanager
def folder_of(base: str | None = None) -> Iterator[Path]:
    """A folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(dir=base) as made:
        yield Path(made)


def feed(reader: Reader, folder: Path, content: bytes, cut: int) -> list[Call]:
    """Read the content in two goes, the first up to the cut, and check every row; returns the calls of both."""
    path = folder / reader.place
    path.parent.mkdir(parents=True, exist_ok=True)
    found: list[Any] = []
    for part in (content[:cut], content):
        path.write_bytes(part)
        rows = reader.read(folder, {row.name: row.text for row in found if isinstance(row, Cursor)})
        hostile.check(rows, path)
        found += rows
    return [row for row in found if isinstance(row, Call)]
