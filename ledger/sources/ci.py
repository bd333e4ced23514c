"""What CI leaves in files: the message that started a job, and the entries that another job left as an artifact."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from ledger.domain.ci_artifact import LARGEST
from ledger.domain.screen import storable
from ledger.errors import LedgerError

_LARGEST_PAYLOAD = 64 << 20
"""Forges send no message half as large."""
_MOST_LINES = 2000


def read_payload(environ: Mapping[str, str]) -> Mapping[str, Any] | None:
    """The message that GITHUB_EVENT_PATH names; None where nothing is named. Raises LedgerError for what is none."""
    name = environ.get("GITHUB_EVENT_PATH")
    if not name:
        return None
    said = _read(Path(name), _LARGEST_PAYLOAD, "the event's message").decode(errors="replace")
    try:
        payload = json.loads(said)
    except (ValueError, RecursionError) as error:
        raise LedgerError(f"{name} is no JSON, so the event's message tells nothing.") from error
    if not isinstance(payload, dict):
        raise LedgerError(f"{name} is no JSON object, so the event's message tells nothing.")
    return cast("Mapping[str, Any]", _clean(payload)) if "\\u" in said else payload


def read_artifact(path: Path) -> list[str]:
    """The lines of an artifact; raises LedgerError for one that is too large or cannot be read."""
    lines = _read(path, LARGEST, "a run's record").decode(errors="replace").splitlines()
    found = [line for line in lines if line.strip()]
    if len(found) > _MOST_LINES:
        raise LedgerError(f"{path} has more than {_MOST_LINES:,} lines, and no run leaves so many; it was not read.")
    return found


def _read(path: Path, largest: int, what: str) -> bytes:
    try:
        with path.open("rb", buffering=0) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise LedgerError(f"{path} is no file; {what} is read from one.")
            found = bytearray()
            while len(found) <= largest and (piece := file.read(largest + 1 - len(found))):
                found += piece
    except OSError as error:
        raise LedgerError(f"{path} cannot be read ({error.strerror}), so {what} tells nothing.") from error
    if len(found) > largest:
        raise LedgerError(f"{path} is larger than {largest >> 20} MiB, and {what} never is; it was not read.")
    return bytes(found)


def _clean(value: Any) -> Any:
    """Without halves of surrogates and NUL, which no database stores."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {storable(name): _clean(item) for name, item in value.items()}
    return value
