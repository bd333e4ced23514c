"""Entries: the portable form of the facts, one line of JSON each.

    {"v": 1, "kind": …, "id": …, "repository": [aliases], "at": …, "by": writer, "body": {…}}

A body has the fields of the fact's record but the repository, which goes by its aliases. Written by hand, `id`, `at`
and `by` may be left out, and so may the fields that `_DEFAULTS` fills. What does not fit is refused in a sentence;
unknown kinds and later versions are kept word for word.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ledger.domain.facts import KINDS, Entry, Fact
from ledger.domain.forge_facts import DETAILS, Event, Request
from ledger.domain.models import parse_model
from ledger.domain.reading import Resolve
from ledger.domain.repositories import remotes_first
from ledger.domain.retractions import KIND as RETRACT
from ledger.domain.retractions import VERSION, identity, retraction_id
from ledger.domain.session_facts import Call
from ledger.domain.statements import statement_facts
from ledger.domain.tasks import TYPES
from ledger.domain.usage import Usage, sum_of
from ledger.errors import EntryRefused

_NAMES = {record: name for name, record in KINDS.items()}
_OWN_REPOSITORY = frozenset({"repository", "repository_alias"})
"""Kinds that say which repository there is; their bodies keep its id."""
_NOT_PORTABLE = frozenset({"entry"})
_DEFAULTS: dict[str, dict[str, Any]] = {
    "request": {
        "title": "", "head_ref": "", "head_oid": "", "base_ref": "", "merge_oid": "", "merged_at": None,
        "closed_at": None, "labels": [], "is_draft": False, "commits": [], "earlier": [],
    },
    "run": {"attempt": 1, "request_number": None, "name": "", "is_required": False, "tests": None, "failures": None},
    "event": {"actor": "", "verdict": "", "oid": ""},
    "contribution": {"role": "implement", "agent": "", "model_raw": "", "evidence": "tag"},
}  # fmt: skip
_BIGGEST = 2**63 - 1
_LONGEST = 4_000_000
_MOST_TOKENS = 10**10
"""In one row: far above any bill, and low enough that sums of costs stay within 64 bits."""
_MOST_NUSD = 10**15
_FIRST_YEAR, _LAST_YEAR = 1900, 2500
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "run": {
        "conclusion": ("passed", "failed", "cancelled", "skipped", "unknown"),
        "evidence": ("outcome", "exit-code", "api", "report", ""),
        "reported": ("passed", "failed", "skipped", "unknown", ""),
    },
    "event": {"kind": ("opened", "merged", "closed", "reopened", "reviewed", "reverted", "restored")},
    "request": {"state": ("open", "closed", "merged")},
    "contribution": {"role": ("implement", "review", "scout", "")},
    "role_rule": {"role": ("implement", "review", "scout", "")},
    "call": {"role": ("implement", "review", "scout", "")},
    "use_period": {"role": ("implement", "review", "scout", "")},
    "tag": {"name": ("task", "role", "change")},
}


_SAID = {"task": TYPES, "role": ("implement", "review", "scout")}
"""Name of a tag → the texts that it may have."""


def encode(fact: Fact, aliases: Sequence[str], by: str = "") -> str:
    """The entry of a fact, without a newline; `aliases` are those of its repository."""
    kind = _NAMES[type(fact)]
    if isinstance(fact, Entry):
        return fact.text
    body = _adapter(kind).dump_python(fact, mode="json")
    owner = body.get("repository_id") if kind in _OWN_REPOSITORY else body.pop("repository_id", None)
    at = body.get("at") or body.get("started_at") or body.get("seen_at") or body.get("committed_at")
    line = {
        "v": VERSION,
        "kind": kind,
        "id": fact_id(fact),
        "repository": sorted(aliases) if owner else [],
        **({"at": at} if at else {}),
        **({"by": by} if by else {}),
        "body": body,
    }
    return json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def decode(line: str, where: str, resolve: Resolve, *, nth: int = 1) -> list[Fact]:
    """The facts of one line; raises EntryRefused with a sentence that begins with `where`.

    `nth` says which of the equal lines of its file it is: two equal rows of a spreadsheet are two rows.
    """
    entry = _parse(line, where)
    kind, version = entry.get("kind"), entry.get("v")
    if not isinstance(kind, str) or not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise EntryRefused(f'{where}: an entry needs "v" (a number) and "kind" (a text).')
    if kind in _NOT_PORTABLE:
        raise EntryRefused(f"{where}: an {kind} cannot be written as one; write the fact itself.")
    body = entry.get("body")
    if version > VERSION or kind not in {*KINDS, "statement", RETRACT}:
        return [_kept(entry, kind, line)]
    if not isinstance(body, dict):
        raise EntryRefused(f'{where}: "body" must be an object.')
    if kind == RETRACT:
        return [_retraction(body, line, where)]
    repository = _repository(entry, kind, where, resolve)
    if kind == "statement":
        if not repository:
            raise EntryRefused(f'{where}: a statement needs "repository", a list with one of its names.')
        row = line if nth == 1 else f"{line}\0{nth}"
        facts = statement_facts(body, repository, identity("statement", row), where)
        return [replace(fact, **_checked("statement", fact, where)) for fact in facts]
    fact = _fact(kind, _completed(kind, entry, body, where), repository, where)
    _check_id(entry.get("id"), fact, kind, where)
    return [fact]


def fact_id(fact: Fact) -> str:
    """The deterministic id: sha256 over the kind and the natural key."""
    if isinstance(fact, Entry):
        return fact.id
    key = [
        str(value.astimezone(UTC) if isinstance(value, datetime) else value)
        for value in (getattr(fact, name) for name in fact.key)
    ]
    if isinstance(fact, Event) and not fact.actor:
        key.pop()  # as before events were told apart by whose they are
    return identity(_NAMES[type(fact)], "\0".join(key))


def schema() -> dict[str, Any]:
    """The JSON Schema of a line; the bodies are those of complete entries."""
    kinds = {name: _adapter(name).json_schema(mode="serialization") for name in KINDS if name not in _NOT_PORTABLE}
    for kind, body in kinds.items():
        if kind not in _OWN_REPOSITORY and "repository_id" in body["properties"]:
            del body["properties"]["repository_id"]
            body["required"] = [name for name in body["required"] if name != "repository_id"]
        body["additionalProperties"] = False
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "ledger entry",
        "type": "object",
        "required": ["v", "kind", "id", "repository", "body"],
        "properties": {
            "v": {"const": VERSION},
            "kind": {"enum": sorted([*kinds, RETRACT])},
            "id": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "repository": {"type": "array", "items": {"type": "string"}},
            "at": {"type": "string", "format": "date-time"},
            "by": {"type": "string"},
            "body": {"type": "object"},
        },
        "allOf": [
            {
                "if": {"properties": {"kind": {"const": kind}}},
                "then": {"properties": {"body": {"$ref": f"#/$defs/{kind}"}}},
            }
            for kind in sorted(kinds)
        ],
        "$defs": kinds,
    }


@cache
def _adapter(kind: str) -> TypeAdapter[Any]:
    return TypeAdapter(KINDS[kind])


def _parse(line: str, where: str) -> dict[str, Any]:
    if len(line) > _LONGEST:
        raise EntryRefused(
            f"{where}: the line is longer than {_LONGEST:,} characters; an entry holds facts, not content."
        )
    try:
        entry = json.loads(line)
        if "\\u" in line:
            entry = _clean(entry)
    except (ValueError, RecursionError) as error:
        raise EntryRefused(f"{where}: this is not JSON; write one object a line.") from error
    if not isinstance(entry, dict):
        raise EntryRefused(f"{where}: an entry is a JSON object.")
    return entry


def _clean(value: Any) -> Any:
    """Without NUL, which no database stores; raises ValueError for half a surrogate, which no file does."""
    if isinstance(value, str):
        value.encode()
        return value.replace("\0", "")
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {_clean(name): _clean(item) for name, item in value.items()}
    return value


def _check_id(given: object, fact: Fact, kind: str, where: str) -> None:
    """An id must be the fact's; where the key holds the repository, another clone may know that by another id."""
    if given in (None, fact_id(fact)):
        return
    is_elsewhere = "repository_id" in fact.key and kind not in _OWN_REPOSITORY
    if not (is_elsewhere and isinstance(given, str) and re.fullmatch(r"[0-9a-f]{64}", given)) or given == "0" * 64:
        raise EntryRefused(f'{where}: "id" is not that of this {kind}; leave it out and it is computed.')


def _kept(entry: Mapping[str, Any], kind: str, line: str) -> Entry:
    given = entry.get("id")
    named = given if isinstance(given, str) and given else identity(kind, line.strip())
    return Entry(id=named[:64], kind=kind[:60], text=line.strip())


def retraction(gone: str, session: str = "", what: str = "", at: str = "", by: str = "") -> Entry:
    """The entry that takes back the fact of this id; of a session's, with all that the session did."""
    body = {"id": gone, **({"session": session} if session else {}), **({"what": what} if what else {})}
    said = {**({"at": at} if at else {}), **({"by": by} if by else {})}
    line = {"v": VERSION, "kind": RETRACT, "id": retraction_id(gone), "repository": [], **said, "body": body}
    return Entry(id=retraction_id(gone), kind=RETRACT, text=json.dumps(line, sort_keys=True, separators=(",", ":")))


def _retraction(body: Mapping[str, Any], line: str, where: str) -> Entry:
    gone, session = str(body.get("id")), body.get("session", "")
    if not re.fullmatch(r"[0-9a-f]{64}", gone):
        raise EntryRefused(f'{where}: a retraction\'s body needs "id", the 64 hex digits of the entry it takes back.')
    if session and not (isinstance(session, str) and gone == identity("session", session)):
        raise EntryRefused(f'{where}: "session" is not the one whose "id" is taken back; leave it out, or mend the id.')
    return Entry(id=retraction_id(gone), kind=RETRACT, text=line.strip())


def _repository(entry: Mapping[str, Any], kind: str, where: str, resolve: Resolve) -> str:
    names = entry.get("repository", [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise EntryRefused(f'{where}: "repository" must be a list of names such as "github.com/owner/name".')
    if kind in _OWN_REPOSITORY or not names:
        return ""
    found = resolve(remotes_first(names))
    if found is None:
        raise EntryRefused(f"{where}: no repository of this ledger is known as {' or '.join(names)[:200]}.")
    return found


def _completed(kind: str, entry: Mapping[str, Any], body: Mapping[str, Any], where: str) -> dict[str, Any]:
    """The body with what people may leave out."""
    whole = {**_DEFAULTS.get(kind, {}), **body}
    if kind in ("request", "contribution", "run", "event") and "at" not in whole and entry.get("at"):
        whole["at"] = entry["at"]
    if kind == "event" and "number" in whole:
        number = whole.pop("number")
        if not isinstance(number, int) or isinstance(number, bool):
            raise EntryRefused(f"{where}: an event's number is the number of a request.")
        whole["subject"] = f"request:{number}"
    if kind == "request":
        state = "merged" if whole["merged_at"] else "closed" if whole["closed_at"] else "open"
        whole.setdefault("state", state)
        whole.setdefault("at", _latest(whole.get("opened_at"), whole["merged_at"], whole["closed_at"]))
    if kind == "contribution" and "model" not in whole:
        model = parse_model(str(whole["model_raw"]))
        whole.update(model=model.name, provider=model.provider, family=model.family)
        whole.setdefault("variant", model.variant)
    return whole


def _latest(*dates: object) -> object:
    """The latest of the dates that can be read, as written; the first where none can, so that it is refused by name."""
    readable = []
    for date in dates:
        try:
            readable.append((datetime.fromisoformat(str(date)).astimezone(UTC), date))
        except (ValueError, OverflowError):
            continue
    return max(readable, key=lambda pair: pair[0])[1] if readable else dates[0]


def _fact(kind: str, body: dict[str, Any], repository: str, where: str) -> Fact:
    names = {field.name for field in fields(KINDS[kind])}
    if "repository_id" in names and kind not in _OWN_REPOSITORY:
        names.discard("repository_id")
        if not repository and kind != "place":
            raise EntryRefused(f'{where}: a {kind} needs "repository", a list with one of its names.')
    unknown = sorted(set(body) - names)
    if unknown:
        raise EntryRefused(f"{where}: a {kind} has no field {unknown[0]!r}.")
    _check_words(kind, body, where)
    if len(names) < len(fields(KINDS[kind])):
        body["repository_id"] = repository or None
    try:
        fact: Fact = _adapter(kind).validate_json(json.dumps(body), strict=True)
    except ValidationError as error:
        raise EntryRefused(f"{where}: {_plain(kind, error)}") from error
    fact = replace(fact, **_checked(kind, fact, where))
    if isinstance(fact, Request):
        _check_earlier(fact, where)
    if isinstance(fact, Usage):
        _check_sums(fact, where)
    return fact


def _check_sums(usage: Usage, where: str) -> None:
    """Raise for sums that do not add up in themselves."""
    for row in usage.sums:
        try:
            told = sum_of(row)
        except ValueError as error:
            raise EntryRefused(f"{where}: usage.sums: {error}.") from error
        if max(filter(None, row[1]), default=0) > _MOST_NUSD or told.day != told.day[:10]:
            raise EntryRefused(f"{where}: usage.sums holds too large a number.")


def _check_earlier(request: Request, where: str) -> None:
    """Raise for details that could not have been left out so: merging would not end alike in every order."""
    names = [name for name, _ in request.earlier]
    is_past = all(told < request.at.isoformat() for _, told in request.earlier)
    if names != sorted(set(names)) or not set(names) <= set(DETAILS) or not is_past:
        raise EntryRefused(
            f"{where}: request.earlier must name details of a request in their order, each told before the request's "
            f'"at": {", ".join(DETAILS)}.'
        )


def _checked(kind: str, fact: Fact, where: str) -> dict[str, Any]:
    """Times in UTC; raises for times without a zone and numbers that no database holds."""
    changed: dict[str, Any] = {}
    for field in fields(fact):
        value = getattr(fact, field.name)
        if isinstance(value, datetime):
            changed[field.name] = _in_utc(f"{kind}.{field.name}", value, where)
        elif isinstance(value, int) and abs(value) > _most(fact, field.name):
            raise EntryRefused(f"{where}: {kind}.{field.name} is too large a number.")
        elif isinstance(value, int) and value < 0 and isinstance(fact, Call):
            raise EntryRefused(f"{where}: {kind}.{field.name} is negative, and a call can only cost.")
    return changed


def _most(fact: Fact, name: str) -> int:
    if not isinstance(fact, Call):
        return _BIGGEST
    return _MOST_NUSD if name == "reported_nusd" else _MOST_TOKENS


def _in_utc(name: str, at: datetime, where: str) -> datetime:
    if at.tzinfo is None:
        raise EntryRefused(f'{where}: {name} needs a zone; write it like "2026-03-01T12:00:00Z".')
    if not _FIRST_YEAR <= at.year <= _LAST_YEAR:
        raise EntryRefused(f"{where}: {name} is in the year {at.year}, which is outside the calendar of this ledger.")
    return at.astimezone(UTC)


def _check_words(kind: str, body: Mapping[str, Any], where: str) -> None:
    """Fields that take one of a few words, and dates that are no bare number."""
    for name, words in _WORDS.get(kind, {}).items():
        if name in body and body[name] not in words:
            raise EntryRefused(f"{where}: {kind}.{name} must be one of {', '.join(filter(None, words))}.")
    if kind == "tag" and body.get("name") in _SAID:
        _check_said(str(body["name"]), body.get("text"), where)
    for field in fields(KINDS[kind]):
        value = body.get(field.name)
        if "datetime" in str(field.type) and isinstance(value, str) and not _DATE.match(value):
            raise EntryRefused(f'{where}: {kind}.{field.name} is not a date; write it like "2026-03-01T12:00:00Z".')


def _check_said(name: str, word: object, where: str) -> None:
    """A tag's text is a word of what it is about."""
    if word not in _SAID[name]:
        raise EntryRefused(f"{where}: the text of a tag for the {name} must be one of {', '.join(_SAID[name])}.")


def _plain(kind: str, error: ValidationError) -> str:
    """The first thing that is wrong, in words."""
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"]) or "body"
    if first["type"] in ("missing", "missing_argument"):
        return f"a {kind} needs the field {name!r}."
    return f"{kind}.{name}: {first['msg'][0].lower()}{first['msg'][1:]}."
